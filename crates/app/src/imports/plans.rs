//! Plans of kept files that were made a moment ago: a page that is looked at again and again reads its
//! file once.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use gradebook_auth::Role;
use gradebook_domain::{ChangeId, ImportId};

use super::outcome::ImportOutcome;

/// Plans that are remembered. One of 20,000 rows takes a few megabytes.
const MOST: usize = 6;

/// What a plan depends on. Whatever is written anywhere has a row in the change log, so a plan holds for
/// as long as there is no newer one; writing it makes the plan anew in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PlanOf {
    pub(super) import: ImportId,
    pub(super) role: Role,
    /// The newest change when the plan began to be made.
    pub(super) at: ChangeId,
    /// A file without a day means today.
    pub(super) day: i64,
}

/// The plans, the latest last.
#[derive(Default)]
pub(crate) struct Plans(Mutex<VecDeque<(PlanOf, ImportOutcome)>>);

impl Plans {
    fn all(&self) -> MutexGuard<'_, VecDeque<(PlanOf, ImportOutcome)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, of: PlanOf) -> Option<ImportOutcome> {
        let all = self.all();
        let found = all.iter().find(|(known, _)| *known == of);
        found.map(|(_, plan)| plan.clone())
    }

    pub(super) fn put(&self, of: PlanOf, plan: &ImportOutcome) {
        let mut all = self.all();
        all.retain(|(known, _)| (known.import, known.role) != (of.import, of.role));
        if all.len() >= MOST {
            all.pop_front();
        }
        all.push_back((of, plan.clone()));
    }

    /// Forgets the plans of an import that is over.
    pub(super) fn forget(&self, import: ImportId) {
        self.all().retain(|(known, _)| known.import != import);
    }
}
