//! What becomes of one score of a file.

use gradebook_domain::{AssessmentState, Score, ScoreLimits, ScoreRefusal};
use gradebook_persistence::repo::scores::StoredScore;

/// What becomes of a score.
pub(super) enum Judged {
    /// The cell is as the file says.
    AsItIs,
    /// It is written; whether the student is to see it as corrected.
    Write {
        /// It corrects what students have seen.
        corrected: bool,
    },
    /// It cannot be written.
    Refused {
        /// Why, as a stable name.
        code: &'static str,
        /// Why, in words.
        detail: String,
    },
}

/// Whether a write changes what students have seen, which needs a reason. Filling a cell that never had a
/// score corrects nothing, as in the grid.
pub(super) fn corrects(state: AssessmentState, before: Option<&StoredScore>) -> bool {
    state == AssessmentState::Published && before.is_some()
}

/// Judges a score against its assessment and what is stored.
pub(super) fn judge(
    score: Score,
    before: Option<&StoredScore>,
    limits: ScoreLimits,
    state: AssessmentState,
    has_reason: bool,
) -> Judged {
    let refused = |code, detail: &str| Judged::Refused {
        code,
        detail: detail.to_owned(),
    };
    match limits.check(score) {
        Ok(_) => {}
        Err(ScoreRefusal::Negative) => return refused("negative", "below zero"),
        Err(ScoreRefusal::AboveMaximum { limit }) => {
            return refused("above_maximum", &format!("above the maximum, {limit}"));
        }
    }
    if before.map(|stored| stored.score) == Some(score) {
        return Judged::AsItIs;
    }
    let correction = corrects(state, before);
    if state == AssessmentState::Locked {
        refused("locked", "the assessment is locked")
    } else if correction && !has_reason {
        let detail = "this score is published: changing it needs a reason";
        refused("reason_required", detail)
    } else {
        Judged::Write {
            corrected: (correction && before.is_some_and(StoredScore::has_score))
                || before.is_some_and(|stored| stored.corrected),
        }
    }
}
