//! Who is in a class during a term: whoever belongs to it on some day of the term. Whoever leaves
//! during the term keeps their place, and whoever joins after it has none. And what of the term is
//! theirs: what the class did on a day on which they were in it, and whatever they have a score in.
//!
//! Each rule is said twice here and nowhere else: for what was read already, and for the database.

use std::collections::{HashMap, HashSet};

use gradebook_domain::{ClassId, Score, UserId};
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::courses::{Course, Term};
use crate::db::Read;
use crate::entity::enrolment;
use crate::error::DbError;

/// First and last day in a class; without a last day, for good.
pub type Span = (String, Option<String>);

/// On which days students are in classes.
#[derive(Debug, Clone, Default)]
pub struct DaysInClass(HashMap<(ClassId, UserId), Vec<Span>>);

impl DaysInClass {
    /// Those of these classes.
    ///
    /// # Errors
    /// Any database failure.
    pub async fn of_classes(db: &impl Read, classes: &HashSet<ClassId>) -> Result<Self, DbError> {
        let ids = classes.iter().map(|class| class.0);
        Self::where_(db, enrolment::Column::ClassId.is_in(ids)).await
    }

    /// Those of one student, in all their classes.
    ///
    /// # Errors
    /// Any database failure.
    pub(crate) async fn of_student(db: &impl Read, student: UserId) -> Result<Self, DbError> {
        Self::where_(db, enrolment::Column::StudentId.eq(student.0)).await
    }

    async fn where_(db: &impl Read, which: SimpleExpr) -> Result<Self, DbError> {
        let rows: Vec<(i64, i64, String, Option<String>)> = enrolment::Entity::find()
            .select_only()
            .columns([
                enrolment::Column::ClassId,
                enrolment::Column::StudentId,
                enrolment::Column::StartsOn,
                enrolment::Column::EndsOn,
            ])
            .filter(which)
            .order_by_asc(enrolment::Column::StartsOn)
            .into_tuple()
            .all(&db.on().0)
            .await?;
        let mut days = Self::default();
        for (class, student, first, last) in rows {
            days.add(ClassId(class), UserId(student), (first, last));
        }
        Ok(days)
    }

    /// The student is in the class on these days, too; spans come in the order of their first days.
    pub(crate) fn add(&mut self, class: ClassId, student: UserId, span: Span) {
        self.0.entry((class, student)).or_default().push(span);
    }

    /// From when until when a student is in a class; in between they may have been away.
    #[must_use]
    pub fn spans(&self, class: ClassId, student: UserId) -> &[Span] {
        self.0.get(&(class, student)).map_or(&[], Vec::as_slice)
    }

    /// Whether what a course did on a day, ISO 8601, is the student's: they were in its class, or they
    /// have a score in it all the same. Anything else owes nobody: whoever joins late has nothing to
    /// make up of before, whoever leaves nothing of after. A day outside the term counts as the term's
    /// first or last one. Said for the database by [`on_day`].
    #[must_use]
    pub fn owes(&self, course: &Course, student: UserId, day: &str, score: Score) -> bool {
        let term = &course.term;
        let day = Ord::max(
            Ord::min(day, term.ends_on.as_str()),
            term.starts_on.as_str(),
        );
        let on = |(first, last): &Span| {
            first.as_str() <= day && last.as_ref().is_none_or(|last| last.as_str() >= day)
        };
        let spans = self.spans(course.class.id, student);
        score != Score::Blank || spans.iter().any(on)
    }
}

impl Term {
    /// Whether somebody who is in a class from one day until another (or for good) is in it on some
    /// day of the term.
    #[must_use]
    pub fn overlaps(&self, starts_on: &str, ends_on: Option<&str>) -> bool {
        overlap((&self.starts_on, &self.ends_on), (starts_on, ends_on))
    }
}

/// The same of the first and last day of a term that is not stored yet.
#[must_use]
pub fn overlap(term: (&str, &str), (starts_on, ends_on): (&str, Option<&str>)) -> bool {
    starts_on <= term.1 && ends_on.is_none_or(|day| day >= term.0)
}

/// The enrolments that are in the term.
pub(crate) fn during(term: &Term) -> Condition {
    within(term.starts_on.as_str(), term.ends_on.as_str())
}

/// The enrolments that are between the first and the last day of a term, which may be columns.
pub(crate) fn within(
    first_day: impl Into<SimpleExpr>,
    last_day: impl Into<SimpleExpr>,
) -> Condition {
    let column = |of: enrolment::Column| Expr::col((enrolment::Entity, of));
    let stays = column(enrolment::Column::EndsOn)
        .is_null()
        .or(column(enrolment::Column::EndsOn).gte(first_day));
    Condition::all()
        .add(column(enrolment::Column::StartsOn).lte(last_day))
        .add(stays)
}

/// Of the enrolments within a term those on a day; all may be columns.
pub(crate) fn on_day<D: Into<SimpleExpr> + Clone>(day: D, term: (D, D)) -> Condition {
    let column = |of: enrolment::Column| Expr::col((enrolment::Entity, of));
    let (first_day, last_day) = term;
    let (joined, left) = (enrolment::Column::StartsOn, enrolment::Column::EndsOn);
    let has_come = column(joined)
        .lte(day.clone())
        .or(column(joined).lte(first_day));
    let stays = column(left).is_null();
    let stays = stays
        .or(column(left).gte(day))
        .or(column(left).gte(last_day));
    Condition::all().add(has_come).add(stays)
}
