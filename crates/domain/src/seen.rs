//! What a student has seen of a score over time, and so what a correction replaced.

use crate::score::Score;

/// Something that happened to a cell or to its assessment, in the order in which it happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellEvent {
    /// Students see the assessment from now on.
    Shown,
    /// They do not any more.
    Hidden,
    /// The cell got this score.
    Scored(Score),
}

/// What the student saw before the score that they see now, and which event replaced it.
///
/// What was entered and changed while nobody could see it is nobody's business: a score that was
/// taken back, changed twice and published again replaced the one that was shown before.
#[must_use]
pub fn replaced(events: &[CellEvent]) -> Option<(Score, usize)> {
    let mut visible = false;
    let mut score = Score::Blank;
    let mut shown: Option<Score> = None;
    let mut replaced = None;
    for (at, event) in events.iter().enumerate() {
        match event {
            CellEvent::Shown => visible = true,
            CellEvent::Hidden => visible = false,
            CellEvent::Scored(new) => score = *new,
        }
        if visible && shown != Some(score) {
            replaced = shown.map(|before| (before, at));
            shown = Some(score);
        }
    }
    replaced
}

#[cfg(test)]
mod tests {
    use super::CellEvent::{Hidden, Scored, Shown};
    use super::*;

    fn scored(value: &str) -> Score {
        Score::Scored(value.parse().unwrap())
    }

    #[test]
    fn the_last_score_that_was_seen_was_replaced() {
        let (a, b, c, d) = (scored("80"), scored("85"), scored("90"), scored("88"));
        for (events, expected) in [
            (vec![], None),
            (vec![Scored(a), Shown], None),
            (vec![Scored(b), Scored(a), Shown], None),
            (vec![Scored(a), Shown, Scored(b)], Some((a, 2))),
            (vec![Scored(a), Shown, Scored(b), Scored(c)], Some((b, 3))),
            // Changed and changed back while it was hidden.
            (
                vec![Scored(a), Shown, Hidden, Scored(b), Scored(a), Shown],
                None,
            ),
            // What was there between was never seen.
            (
                vec![Scored(a), Shown, Hidden, Scored(c), Scored(d), Shown],
                Some((a, 5)),
            ),
            (
                vec![
                    Scored(a),
                    Shown,
                    Scored(b),
                    Hidden,
                    Scored(c),
                    Scored(b),
                    Shown,
                ],
                Some((a, 2)),
            ),
            (vec![Shown, Scored(a)], Some((Score::Blank, 1))),
            // A remark alone changes no score.
            (vec![Scored(a), Shown, Scored(b), Scored(b)], Some((a, 2))),
        ] {
            assert_eq!(replaced(&events), expected, "{events:?}");
        }
    }
}
