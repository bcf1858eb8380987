//! Exams as lists show them: searched, and in parts.

use std::collections::{HashMap, HashSet};

use gradebook_auth::{Actor, Role};
use gradebook_domain::{ExamId, TermId};
use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
};

use super::courses::{self, Class, Term};
use super::gradebook::{Exam, read_exam};
use crate::db::Read;
use crate::entity::{assessment, class, course, course_teacher, exam, term};
use crate::error::DbError;
use crate::words::Word;

/// An exam with the classes that sit it.
#[derive(Debug, Clone)]
pub struct ExamClasses {
    /// The exam.
    pub exam: Exam,
    /// Its term.
    pub term: Term,
    /// The classes among those that the actor may see, in order of id.
    pub classes: Vec<Class>,
}

/// Which exams to list; what is left open holds for all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExamFilter {
    /// The term.
    pub term: Option<TermId>,
    /// Parts of the names of exam, term and school year, with spaces between: an exam has all of them.
    pub text: String,
}

impl ExamFilter {
    /// Those of a term.
    #[must_use]
    pub fn of_term(term: TermId) -> Self {
        Self {
            term: Some(term),
            ..Self::default()
        }
    }

    fn condition(&self) -> Condition {
        let mut all =
            Condition::all().add_option(self.term.map(|term| exam::Column::TermId.eq(term.0)));
        for word in Word::all_of(&self.text) {
            let terms = term::Entity::find()
                .select_only()
                .column(term::Column::Id)
                .filter(word.in_any([term::Column::Name, term::Column::SchoolYear]))
                .into_query();
            let found = word
                .in_any([exam::Column::Name])
                .add(exam::Column::TermId.in_subquery(terms));
            all = all.add(found);
        }
        all
    }
}

/// The courses whose exams the actor may see; students see none here: they read their own grades.
fn visible_courses(actor: &Actor) -> Option<Select<course::Entity>> {
    let user = match (actor.role, actor.user_id()) {
        (Role::Student, _) => return None,
        (_, user) => user.map_or(0, |user| user.0),
    };
    let mut visible_courses = course::Entity::find();
    if actor.role == Role::Teacher {
        let taught = course_teacher::Entity::find()
            .select_only()
            .column(course_teacher::Column::CourseId)
            .filter(course_teacher::Column::TeacherId.eq(user))
            .into_query();
        let classes = course::Entity::find()
            .select_only()
            .columns([course::Column::ClassId, course::Column::TermId])
            .filter(course::Column::Id.in_subquery(taught))
            .into_query();
        // A class of which somebody teaches a subject in that term, as `access::class_exam` asks.
        let class_in_term = [course::Column::ClassId, course::Column::TermId].map(Expr::col);
        visible_courses = visible_courses.filter(Expr::tuple(class_in_term).in_subquery(classes));
    }
    Some(visible_courses.select_only().column(course::Column::Id))
}

/// What holds for the exams that are found among those of these courses.
fn matching(actor: &Actor, visible_ids: &SelectStatement, filter: &ExamFilter) -> Condition {
    let exam_ids = assessment::Entity::find()
        .select_only()
        .column(assessment::Column::ExamId)
        .filter(assessment::Column::ExamId.is_not_null())
        .filter(assessment::Column::CourseId.in_subquery(visible_ids.clone()))
        .into_query();
    // Admins see also one that no course sits yet.
    let sat = (actor.role != Role::Admin).then(|| exam::Column::Id.in_subquery(exam_ids));
    filter.condition().add_option(sat)
}

/// How many exams the actor is shown; with `from`, this one and the newer ones.
///
/// # Errors
/// Any database failure.
pub async fn count(
    db: &impl Read,
    actor: &Actor,
    filter: &ExamFilter,
    from: Option<ExamId>,
) -> Result<u64, DbError> {
    let Some(visible) = visible_courses(actor) else {
        return Ok(0);
    };
    let mut select = exam::Entity::find().filter(matching(actor, &visible.into_query(), filter));
    if let Some(from) = from {
        select = select.filter(exam::Column::Id.gte(from.0));
    }
    Ok(select.count(&db.on().0).await?)
}

/// The exams before `before`, newest first, with the classes of each that the actor teaches (all for an
/// admin).
///
/// # Errors
/// Any database failure.
pub async fn visible_to(
    db: &impl Read,
    actor: &Actor,
    filter: &ExamFilter,
    before: Option<ExamId>,
    limit: u64,
) -> Result<Vec<ExamClasses>, DbError> {
    let Some(visible) = visible_courses(actor) else {
        return Ok(Vec::new());
    };
    let visible_ids = visible.into_query();
    let mut select = exam::Entity::find()
        .filter(matching(actor, &visible_ids, filter))
        .order_by_desc(exam::Column::Id)
        .limit(limit);
    if let Some(before) = before {
        select = select.filter(exam::Column::Id.lt(before.0));
    }
    let exams = select.all(&db.on().0).await?;
    let pairs: Vec<(Option<i64>, i64)> = assessment::Entity::find()
        .select_only()
        .columns([assessment::Column::ExamId, assessment::Column::CourseId])
        .filter(assessment::Column::ExamId.is_in(exams.iter().map(|exam| exam.id)))
        .filter(assessment::Column::CourseId.in_subquery(visible_ids))
        .into_tuple()
        .all(&db.on().0)
        .await?;
    let sitting: HashSet<i64> = pairs.iter().map(|(_, course)| *course).collect();
    let class_of: HashMap<i64, i64> = course::Entity::find()
        .select_only()
        .columns([course::Column::Id, course::Column::ClassId])
        .filter(course::Column::Id.is_in(sitting))
        .into_tuple::<(i64, i64)>()
        .all(&db.on().0)
        .await?
        .into_iter()
        .collect();
    let class_ids: HashSet<i64> = class_of.values().copied().collect();
    let classes = class::Entity::find()
        .filter(class::Column::Id.is_in(class_ids))
        .order_by_asc(class::Column::Id)
        .all(&db.on().0)
        .await?;
    let terms: HashMap<i64, Term> = term::Entity::find()
        .filter(term::Column::Id.is_in(exams.iter().map(|exam| exam.term_id)))
        .all(&db.on().0)
        .await?
        .into_iter()
        .map(|row| (row.id, courses::read_term(row)))
        .collect();
    Ok(exams
        .into_iter()
        .filter_map(|row| {
            let of_exam: HashSet<i64> = pairs
                .iter()
                .filter(|(exam, _)| *exam == Some(row.id))
                .filter_map(|(_, course)| class_of.get(course).copied())
                .collect();
            Some(ExamClasses {
                term: terms.get(&row.term_id)?.clone(),
                exam: read_exam(row),
                classes: classes
                    .iter()
                    .filter(|class| of_exam.contains(&class.id))
                    .cloned()
                    .map(courses::read_class)
                    .collect(),
            })
        })
        .collect())
}
