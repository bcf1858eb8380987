//! Who is in a class during a term: whoever belongs to it on some day of the term. Whoever leaves
//! during the term keeps their place, and whoever joins after it has none.
//!
//! The rule is said twice here and nowhere else: for what was read already, and for the database.

use std::collections::HashMap;

use gradebook_domain::{ClassId, UserId};
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};

use super::courses::Term;
use crate::db::Read;
use crate::entity::enrolment;
use crate::error::DbError;

/// First and last day in a class; without a last day, for good.
pub type Span = (String, Option<String>);

/// Whether a day is in one of these spans.
#[must_use]
pub fn is_within(spans: &[Span], day: &str) -> bool {
    let on = |(first, last): &Span| {
        first.as_str() <= day && last.as_ref().is_none_or(|last| last.as_str() >= day)
    };
    spans.iter().any(on)
}

/// On which days students are in a class.
#[derive(Debug, Clone, Default)]
pub struct DaysInClass(HashMap<UserId, Vec<Span>>);

impl DaysInClass {
    /// Those of a class.
    ///
    /// # Errors
    /// Any database failure.
    pub async fn of_class(db: &impl Read, class: ClassId) -> Result<Self, DbError> {
        let rows: Vec<(i64, String, Option<String>)> = enrolment::Entity::find()
            .select_only()
            .columns([
                enrolment::Column::StudentId,
                enrolment::Column::StartsOn,
                enrolment::Column::EndsOn,
            ])
            .filter(enrolment::Column::ClassId.eq(class.0))
            .into_tuple()
            .all(&db.on().0)
            .await?;
        let mut days: HashMap<UserId, Vec<Span>> = HashMap::new();
        for (student, first, last) in rows {
            days.entry(UserId(student)).or_default().push((first, last));
        }
        Ok(Self(days))
    }

    /// Whether a student is in the class on a day, ISO 8601.
    #[must_use]
    pub fn includes(&self, student: UserId, day: &str) -> bool {
        let spans = self.0.get(&student);
        spans.is_some_and(|spans| is_within(spans, day))
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
