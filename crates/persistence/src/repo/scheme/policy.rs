//! How a course counts and what it shows.

use gradebook_auth::Grant;
use gradebook_auth::actions::EditAssessments;
use gradebook_domain::{AbsentPolicy, LetterScale};

use super::change_policies;
use crate::change_log::Stamp;
use crate::db::Tx;
use crate::error::DbError;

/// How a course counts and what it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFields {
    /// What an absence counts.
    pub absent: AbsentPolicy,
    /// The letters, if it gives any.
    pub letters: Option<LetterScale>,
    /// Whether students see the class's mean and distribution.
    pub show_class_statistics: bool,
}

/// Changes how the grant's course counts and what it shows.
///
/// # Errors
/// Any database failure.
pub async fn change_policy(
    tx: &Tx,
    grant: &Grant<EditAssessments>,
    stamp: &Stamp<'_>,
    to: &PolicyFields,
    detail: String,
) -> Result<(), DbError> {
    let course = [(grant.on().course, detail)];
    change_policies(tx, std::slice::from_ref(grant), stamp, to, &course).await
}
