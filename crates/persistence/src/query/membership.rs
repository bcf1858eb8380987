//! Who is in a class during a term: whoever belongs to it on some day of the term. Whoever leaves
//! during the term keeps their place, and whoever joins after it has none.
//!
//! The rule is said twice here and nowhere else: for what was read already, and for the database.

use sea_orm::Condition;
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};

use super::courses::Term;
use crate::entity::enrolment;

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
