//! What whoever starts an import agreed to, held against what it would do now.

use super::error::ImportError;
use super::outcome::ImportOutcome;

/// What somebody agreed to.
#[derive(Debug, Clone, Default)]
pub struct Agreed {
    /// The plan that they saw; `None` for whatever the plan is.
    pub plan_hash: Option<String>,
    /// Rows that cannot be imported are left out. Otherwise one of them stops everything.
    pub allow_partial: bool,
    /// Nobody looked at names that are not the school's: a row that is imported and has one stops
    /// everything. Programs are told of such rows and decide for themselves.
    pub same_names_only: bool,
}

impl Agreed {
    pub(super) fn check(&self, outcome: &ImportOutcome) -> Result<(), ImportError> {
        let agreed = self.plan_hash.as_ref();
        if agreed.is_some_and(|hash| *hash != outcome.plan_hash) {
            return Err(ImportError::PlanChanged(Box::new(outcome.clone())));
        }
        if outcome.counts.rejected > 0 && !self.allow_partial {
            return Err(ImportError::Rejected(Box::new(outcome.clone())));
        }
        if self.same_names_only && outcome.names_differ > 0 {
            return Err(ImportError::Order {
                code: "names_not_checked",
                detail: "some rows have another name than the school; say that they were looked at"
                    .to_owned(),
            });
        }
        Ok(())
    }
}
