//! Amendments as people read them.

use std::collections::{HashMap, HashSet};

use gradebook_auth::actions::{SeeGradebook, SeeOwnGrades};
use gradebook_auth::{Actor, Grant, Role};
use gradebook_domain::{
    AmendmentId, AmendmentKind, AmendmentState, AssessmentId, CourseId, UserId,
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};

use super::gradebook::Student;
use super::visible;
use crate::db::Read;
use crate::entity::{amendment, assessment, course_teacher, score, user};
use crate::error::DbError;
use crate::repo::amendments::{Amendment, read};
use crate::repo::scores::{self, StoredScore};

/// Which amendments to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AmendmentFilter {
    /// In this state.
    pub state: Option<AmendmentState>,
    /// Those that somebody decided: neither the open ones nor those that were taken back.
    pub decided: bool,
    /// Of this course.
    pub course: Option<CourseId>,
}

/// Those that the actor may read: all, those of the own courses, or the own requests of which the
/// assessment can be seen. Those of deleted assessments are left out.
fn readable(actor: &Actor) -> Condition {
    let user = actor.user_id().map_or(0, |user| user.0);
    let mut all = Condition::all();
    let known = match actor.role {
        Role::Student => visible::assessments(),
        Role::Admin | Role::Teacher => assessment::Entity::find()
            .select_only()
            .column(assessment::Column::Id)
            .into_query(),
    };
    match actor.role {
        Role::Admin => {}
        Role::Teacher => {
            let taught = course_teacher::Entity::find()
                .select_only()
                .column(course_teacher::Column::CourseId)
                .filter(course_teacher::Column::TeacherId.eq(user))
                .into_query();
            all = all.add(amendment::Column::CourseId.in_subquery(taught));
        }
        Role::Student => {
            all = all.add(amendment::Column::MadeBy.eq(user));
        }
    }
    all.add(amendment::Column::AssessmentId.in_subquery(known))
}

/// The amendments that the actor may read, newest first, older than `before` if given.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn list(
    db: &impl Read,
    actor: &Actor,
    filter: &AmendmentFilter,
    before: Option<AmendmentId>,
    limit: u64,
) -> Result<Vec<Amendment>, DbError> {
    let mut select = amendment::Entity::find()
        .filter(readable(actor))
        .order_by_desc(amendment::Column::Id)
        .limit(limit);
    if let Some(state) = filter.state {
        select = select.filter(amendment::Column::State.eq(state.as_str()));
    }
    if filter.decided {
        let others = [AmendmentState::Open, AmendmentState::Withdrawn];
        let others = others.map(AmendmentState::as_str);
        select = select.filter(amendment::Column::State.is_not_in(others));
    }
    if let Some(course) = filter.course {
        select = select.filter(amendment::Column::CourseId.eq(course.0));
    }
    if let Some(before) = before {
        select = select.filter(amendment::Column::Id.lt(before.0));
    }
    let rows = select.all(&db.on().0).await?;
    rows.into_iter().map(read).collect()
}

/// One amendment, whoever asks: the policy judges it.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn one(db: &impl Read, id: AmendmentId) -> Result<Option<Amendment>, DbError> {
    let row = amendment::Entity::find_by_id(id.0).one(&db.on().0).await?;
    row.map(read).transpose()
}

/// How many wait for the actor: for an admin all open ones, for a teacher the requests for a review
/// in the own courses that nobody has answered.
///
/// # Errors
/// Any database failure.
pub async fn waiting_for(db: &impl Read, actor: &Actor) -> Result<u64, DbError> {
    let mut select = amendment::Entity::find()
        .filter(amendment::Column::Waiting.eq(1))
        .filter(readable(actor));
    if actor.role == Role::Teacher {
        select = select
            .filter(amendment::Column::Kind.eq(AmendmentKind::Review.as_str()))
            .filter(amendment::Column::Answer.is_null());
    }
    Ok(select.count(&db.on().0).await?)
}

/// How many requests for a review a student has made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requests {
    /// That nobody has settled, of assessments that can be seen.
    pub open: u64,
    /// About this version of the score, whatever became of them.
    pub of_score: u64,
    /// Since the time that was named.
    pub since: u64,
}

/// What the student asked for already: in all, about the score of `assessment` at this version, and
/// since `since`, unix milliseconds.
///
/// # Errors
/// Any database failure.
pub async fn requests_made(
    db: &impl Read,
    student: UserId,
    (assessment, version): (AssessmentId, i64),
    since: i64,
) -> Result<Requests, DbError> {
    let own = || {
        amendment::Entity::find()
            .filter(amendment::Column::MadeBy.eq(student.0))
            .filter(amendment::Column::Kind.eq(AmendmentKind::Review.as_str()))
    };
    let open = own()
        .filter(amendment::Column::Waiting.eq(1))
        .filter(amendment::Column::AssessmentId.in_subquery(visible::assessments()));
    let of_score = own()
        .filter(amendment::Column::AssessmentId.eq(assessment.0))
        .filter(amendment::Column::BeforeVersion.eq(version));
    let since = own().filter(amendment::Column::MadeAt.gt(since));
    let on = db.on().0;
    Ok(Requests {
        open: open.count(&on).await?,
        of_score: of_score.count(&on).await?,
        since: since.count(&on).await?,
    })
}

/// Which of these are students' requests for a review.
///
/// # Errors
/// Any database failure.
pub async fn reviews_among(
    db: &impl Read,
    ids: &HashSet<AmendmentId>,
) -> Result<HashSet<AmendmentId>, DbError> {
    let found: Vec<i64> = amendment::Entity::find()
        .select_only()
        .column(amendment::Column::Id)
        .filter(amendment::Column::Id.is_in(ids.iter().map(|id| id.0)))
        .filter(amendment::Column::Kind.eq(AmendmentKind::Review.as_str()))
        .into_tuple()
        .all(&db.on().0)
        .await?;
    Ok(found.into_iter().map(AmendmentId).collect())
}

/// The open amendment of this kind for a cell, if there is one.
///
/// # Errors
/// Any database failure.
pub async fn open_of_cell(
    db: &impl Read,
    (assessment, student): (AssessmentId, UserId),
    kind: AmendmentKind,
) -> Result<Option<AmendmentId>, DbError> {
    let found: Option<i64> = amendment::Entity::find()
        .select_only()
        .column(amendment::Column::Id)
        .filter(amendment::Column::Waiting.eq(1))
        .filter(amendment::Column::AssessmentId.eq(assessment.0))
        .filter(amendment::Column::StudentId.eq(student.0))
        .filter(amendment::Column::Kind.eq(kind.as_str()))
        .into_tuple()
        .one(&db.on().0)
        .await?;
    Ok(found.map(AmendmentId))
}

/// An open amendment as a mark on a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenAmendment {
    /// Id.
    pub id: AmendmentId,
    /// Assessment.
    pub assessment: AssessmentId,
    /// Student.
    pub student: UserId,
    /// What sort of amendment it is.
    pub kind: AmendmentKind,
}

/// The open amendments of the grant's course.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn open_of_course(
    db: &impl Read,
    grant: &Grant<SeeGradebook>,
) -> Result<Vec<OpenAmendment>, DbError> {
    open_of_courses(db, &[grant.on().course]).await
}

/// The open amendments of these courses, all of which the caller may keep.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn open_of_courses(
    db: &impl Read,
    courses: &[CourseId],
) -> Result<Vec<OpenAmendment>, DbError> {
    let rows = amendment::Entity::find()
        .filter(amendment::Column::Waiting.eq(1))
        .filter(amendment::Column::CourseId.is_in(courses.iter().map(|id| id.0)))
        .order_by_asc(amendment::Column::Id)
        .all(&db.on().0)
        .await?;
    rows.into_iter()
        .map(|row| {
            read(row).map(|one| OpenAmendment {
                id: one.id,
                assessment: one.assessment,
                student: one.student,
                kind: one.kind,
            })
        })
        .collect()
}

/// The stored scores of these cells.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn cells(
    db: &impl Read,
    amendments: &[Amendment],
) -> Result<HashMap<(AssessmentId, UserId), StoredScore>, DbError> {
    let assessments: HashSet<i64> = amendments.iter().map(|one| one.assessment.0).collect();
    let students: HashSet<i64> = amendments.iter().map(|one| one.student.0).collect();
    let rows = score::Entity::find()
        .filter(score::Column::AssessmentId.is_in(assessments))
        .filter(score::Column::StudentId.is_in(students))
        .all(&db.on().0)
        .await?;
    rows.into_iter()
        .map(|row| scores::read(row).map(|one| ((one.assessment, one.student), one)))
        .collect()
}

/// These people by id, with student numbers where they have one.
///
/// # Errors
/// Any database failure.
pub async fn people(
    db: &impl Read,
    ids: HashSet<UserId>,
) -> Result<HashMap<UserId, Student>, DbError> {
    let rows: Vec<(i64, Option<String>, String)> = user::Entity::find()
        .select_only()
        .columns([
            user::Column::Id,
            user::Column::StudentNumber,
            user::Column::Name,
        ])
        .filter(user::Column::Id.is_in(ids.into_iter().map(|id| id.0)))
        .into_tuple()
        .all(&db.on().0)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, number, name)| {
            let person = Student {
                id: UserId(id),
                student_number: number.unwrap_or_default(),
                name,
            };
            (UserId(id), person)
        })
        .collect())
}

/// The newest request of the grant's student for each assessment.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn requests_of(
    db: &impl Read,
    grant: &Grant<SeeOwnGrades>,
) -> Result<HashMap<AssessmentId, Amendment>, DbError> {
    let newest = amendment::Entity::find()
        .select_only()
        .column_as(amendment::Column::Id.max(), "newest")
        .filter(readable(grant.actor()))
        .filter(amendment::Column::StudentId.eq(grant.on().student.0))
        .group_by(amendment::Column::AssessmentId)
        .into_query();
    let rows = amendment::Entity::find()
        .filter(amendment::Column::Id.in_subquery(newest))
        .all(&db.on().0)
        .await?;
    rows.into_iter()
        .map(|row| read(row).map(|one| (one.assessment, one)))
        .collect()
}
