//! Terms, and what stands in them.

use gradebook_auth::actions::ManageSetup;
use gradebook_auth::{Actor, Grant, Role};
use gradebook_domain::{AssessmentState, TermId};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
};

use super::courses::{self, Term};
use crate::db::Read;
use crate::entity::{assessment, course, exam, term};
use crate::error::DbError;

/// Terms after `after`, in order of id.
///
/// # Errors
/// Any database failure.
pub async fn list(
    db: &impl Read,
    _grant: &Grant<ManageSetup>,
    after: TermId,
    limit: u64,
) -> Result<Vec<Term>, DbError> {
    let rows = term::Entity::find()
        .filter(term::Column::Id.gt(after.0))
        .order_by_asc(term::Column::Id)
        .limit(limit)
        .all(&db.on().0)
        .await?;
    Ok(rows.into_iter().map(courses::read_term).collect())
}

/// All terms, the newest first.
///
/// # Errors
/// Any database failure.
pub async fn all(db: &impl Read) -> Result<Vec<Term>, DbError> {
    let rows = newest_first().all(&db.on().0).await?;
    Ok(rows.into_iter().map(courses::read_term).collect())
}

/// The terms that have courses which the actor may see, the newest first; all of them for an admin.
///
/// # Errors
/// Any database failure.
pub async fn visible_to(db: &impl Read, actor: &Actor) -> Result<Vec<Term>, DbError> {
    if actor.role == Role::Admin {
        return all(db).await;
    }
    let of_courses = course::Entity::find()
        .select_only()
        .column(course::Column::TermId)
        .filter(courses::visible_to(actor))
        .into_query();
    let rows = newest_first()
        .filter(term::Column::Id.in_subquery(of_courses))
        .all(&db.on().0)
        .await?;
    Ok(rows.into_iter().map(courses::read_term).collect())
}

fn newest_first() -> Select<term::Entity> {
    term::Entity::find()
        .order_by_desc(term::Column::StartsOn)
        .order_by_desc(term::Column::Id)
}

/// One term.
///
/// # Errors
/// Any database failure.
pub async fn one(db: &impl Read, id: TermId) -> Result<Option<Term>, DbError> {
    let row = term::Entity::find_by_id(id.0).one(&db.on().0).await?;
    Ok(row.map(courses::read_term))
}

/// Another term of the same school year that has a day in common with these dates.
///
/// # Errors
/// Any database failure.
pub async fn overlapping(
    db: &impl Read,
    school_year: &str,
    (starts_on, ends_on): (&str, &str),
    except: Option<TermId>,
) -> Result<Option<Term>, DbError> {
    let mut select = term::Entity::find()
        .filter(term::Column::SchoolYear.eq(school_year))
        .filter(term::Column::StartsOn.lte(ends_on))
        .filter(term::Column::EndsOn.gte(starts_on))
        .order_by_asc(term::Column::Id);
    if let Some(except) = except {
        select = select.filter(term::Column::Id.ne(except.0));
    }
    Ok(select.one(&db.on().0).await?.map(courses::read_term))
}

/// How much stands in a term: what its closing would touch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TermContent {
    /// Courses.
    pub courses: u64,
    /// Exams.
    pub exams: u64,
    /// Assessments that students do not see.
    pub drafts: u64,
    /// Assessments that students see and teachers change.
    pub published: u64,
    /// Assessments that are locked.
    pub locked: u64,
    /// Those of them that the closing of the term locked.
    pub locked_by_term: u64,
}

/// Counts what stands in a term.
///
/// # Errors
/// Any database failure.
pub async fn content(db: &impl Read, id: TermId) -> Result<TermContent, DbError> {
    let on = &db.on().0;
    let of_term = || {
        course::Entity::find()
            .select_only()
            .column(course::Column::Id)
            .filter(course::Column::TermId.eq(id.0))
    };
    let states: Vec<(String, bool, i64)> = assessment::Entity::find()
        .select_only()
        .columns([assessment::Column::State, assessment::Column::LockedByTerm])
        .column_as(Expr::col(assessment::Column::Id).count(), "many")
        .filter(assessment::Column::CourseId.in_subquery(of_term().into_query()))
        .group_by(assessment::Column::State)
        .group_by(assessment::Column::LockedByTerm)
        .into_tuple()
        .all(on)
        .await?;
    let many = |state: AssessmentState, by_term: Option<bool>| {
        states
            .iter()
            .filter(|(of, by, _)| of == state.as_str() && by_term.is_none_or(|asked| asked == *by))
            .filter_map(|(_, _, count)| u64::try_from(*count).ok())
            .sum()
    };
    Ok(TermContent {
        courses: of_term().count(on).await?,
        exams: exam::Entity::find()
            .filter(exam::Column::TermId.eq(id.0))
            .count(on)
            .await?,
        drafts: many(AssessmentState::Draft, None),
        published: many(AssessmentState::Published, None),
        locked: many(AssessmentState::Locked, None),
        locked_by_term: many(AssessmentState::Locked, Some(true)),
    })
}
