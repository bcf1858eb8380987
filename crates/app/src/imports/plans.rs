//! Plans of kept files that were made a moment ago: a page that is looked at again and again reads its
//! file once.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gradebook_auth::Role;
use gradebook_domain::ImportId;
use gradebook_persistence::change_log::Mark;

use super::outcome::ImportOutcome;

/// Plans that are remembered, and the bytes that all of them may take.
const MOST: usize = 6;
const MOST_BYTES: usize = 32 << 20;

/// What a plan depends on. Whatever is written anywhere has a row in the change log, so a plan holds for
/// as long as the log has no other rows; writing it makes the plan anew in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PlanOf {
    pub(super) import: ImportId,
    pub(super) role: Role,
    /// The change log when the plan began to be made.
    pub(super) at: Mark,
    /// A file without a day means today.
    pub(super) day: i64,
}

struct Known {
    of: PlanOf,
    bytes: usize,
    plan: Arc<ImportOutcome>,
}

/// The plans, the latest last.
#[derive(Default)]
pub(crate) struct Plans(Mutex<VecDeque<Known>>);

impl Plans {
    fn all(&self) -> MutexGuard<'_, VecDeque<Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, of: PlanOf) -> Option<Arc<ImportOutcome>> {
        let all = self.all();
        let found = all.iter().find(|known| known.of == of);
        found.map(|known| Arc::clone(&known.plan))
    }

    pub(super) fn put(&self, of: PlanOf, plan: &Arc<ImportOutcome>) {
        let bytes = plan.bytes();
        let mut all = self.all();
        all.retain(|known| (known.of.import, known.of.role) != (of.import, of.role));
        all.push_back(Known {
            of,
            bytes,
            plan: Arc::clone(plan),
        });
        while all.len() > MOST || all.iter().map(|known| known.bytes).sum::<usize>() > MOST_BYTES {
            all.pop_front();
        }
    }

    /// Forgets the plans of an import that is over.
    pub(super) fn forget(&self, import: ImportId) {
        self.all().retain(|known| known.of.import != import);
    }
}

#[cfg(test)]
mod tests {
    use gradebook_domain::ChangeId;

    use super::super::error::Errors;
    use super::super::outcome::Rows;
    use super::super::{ImportReport, Outcome};
    use super::*;

    fn of(import: i64, rows: usize) -> PlanOf {
        PlanOf {
            import: ImportId(import),
            role: Role::Admin,
            at: Mark {
                newest: ChangeId(9),
                rows,
            },
            day: 0,
        }
    }

    fn plan(name_bytes: usize) -> Arc<ImportOutcome> {
        let mut rows = Rows::default();
        rows.known(2, "S1", Some(&"n".repeat(name_bytes)));
        rows.mark(2, Outcome::New);
        let nothing = Errors::default();
        Arc::new(rows.outcome(ImportReport::default(), String::new(), nothing))
    }

    #[test]
    fn a_plan_does_not_hold_once_a_lower_change_appears() {
        let plans = Plans::default();
        plans.put(of(1, 8), &plan(3));
        assert!(plans.get(of(1, 8)).is_some());
        assert!(plans.get(of(1, 9)).is_none());
    }

    #[test]
    fn the_latest_plans_are_remembered_and_only_so_many_bytes() {
        let plans = Plans::default();
        for import in 1..=7 {
            plans.put(of(import, 8), &plan(3));
        }
        let known = |import| plans.get(of(import, 8)).is_some();
        assert_eq!([1, 2, 7].map(known), [false, true, true]);
        plans.put(of(8, 8), &plan(MOST_BYTES - (1 << 20)));
        plans.put(of(9, 8), &plan(MOST_BYTES / 2));
        assert_eq!([7, 8, 9].map(known), [false, false, true]);
        plans.put(of(10, 8), &plan(MOST_BYTES));
        assert_eq!([9, 10].map(known), [false, false]);
    }
}
