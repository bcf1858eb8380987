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

/// One score that took the place of another before the student's eyes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenChange {
    /// The place of the event that showed it: of the score, or of the assessment's state.
    pub event: usize,
    /// What the student saw before.
    pub from: Score,
    /// What the student saw then.
    pub to: Score,
}

/// What changed before the student's eyes, in order. What is shown first replaces nothing.
///
/// What was entered and changed while nobody could see it is nobody's business: a score that was
/// taken back, changed twice and published again replaced the one that was shown before.
#[must_use]
pub fn seen_changes(events: &[CellEvent]) -> Vec<SeenChange> {
    let mut visible = false;
    let mut score = Score::Blank;
    let mut shown: Option<Score> = None;
    let mut changes = Vec::new();
    for (event, what) in events.iter().enumerate() {
        match what {
            CellEvent::Shown => visible = true,
            CellEvent::Hidden => visible = false,
            CellEvent::Scored(new) => score = *new,
        }
        if !visible {
            continue;
        }
        if let Some(from) = shown.filter(|from| *from != score) {
            changes.push(SeenChange {
                event,
                from,
                to: score,
            });
        }
        shown = Some(score);
    }
    changes
}

/// What a student sees of a cell now, in terms of what happened to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// The event by which the present score came into sight.
    pub since: usize,
    /// The other score that the student saw before it, however long nothing stood there in between;
    /// `None` when the present score is the first.
    pub before: Option<Score>,
}

/// How the score that the student sees now came into sight; `None` when nothing ever did.
#[must_use]
pub fn seen(events: &[CellEvent]) -> Option<Seen> {
    let changes = seen_changes(events);
    if let Some(last) = changes.last() {
        let mut earlier = changes.iter().rev().map(|change| change.from);
        return Some(Seen {
            since: last.event,
            before: earlier.find(|from| *from != Score::Blank && *from != last.to),
        });
    }
    let since = events.iter().position(|event| *event == CellEvent::Shown)?;
    Some(Seen {
        since,
        before: None,
    })
}

#[cfg(test)]
mod tests {
    use super::CellEvent::{Hidden, Scored, Shown};
    use super::*;

    fn scored(value: &str) -> Score {
        Score::Scored(value.parse().unwrap())
    }

    #[test]
    fn every_score_that_was_seen_is_told_in_order() {
        let (a, b, c) = (scored("80"), scored("85"), scored("90"));
        let events = [
            Scored(c),
            Scored(a),
            Shown,
            Scored(b),
            Hidden,
            Scored(c),
            Scored(a),
            Shown,
            Scored(Score::Absent),
            Scored(Score::Absent),
        ];
        let told: Vec<_> = seen_changes(&events)
            .into_iter()
            .map(|one| (one.event, one.from, one.to))
            .collect();
        assert_eq!(told, [(3, a, b), (7, b, a), (8, a, Score::Absent)]);
    }

    #[test]
    fn the_last_score_that_was_seen_was_replaced() {
        let (a, b, c, d) = (scored("80"), scored("85"), scored("90"), scored("88"));
        let replaced = |events: &[CellEvent]| {
            let seen = seen(events)?;
            Some((seen.before?, seen.since))
        };
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
            // A cell that was seen blank showed no score: the first one corrects nothing.
            (vec![Shown, Scored(a)], None),
            (vec![Scored(Score::Blank), Shown, Scored(a)], None),
            // What was taken out for a while and came back as another one was seen.
            (
                vec![Scored(a), Shown, Scored(Score::Blank), Scored(b)],
                Some((a, 3)),
            ),
            (
                vec![Scored(a), Shown, Scored(Score::Blank), Scored(a)],
                None,
            ),
            (vec![Scored(a), Shown, Scored(Score::Blank)], Some((a, 2))),
            // A remark alone changes no score.
            (vec![Scored(a), Shown, Scored(b), Scored(b)], Some((a, 2))),
        ] {
            assert_eq!(replaced(&events), expected, "{events:?}");
        }
    }

    #[test]
    fn a_score_is_as_new_as_its_coming_into_sight() {
        let (a, b) = (scored("80"), scored("85"));
        for (events, since) in [
            (vec![Scored(a)], None),
            (vec![Scored(b), Scored(a), Shown], Some(2)),
            (vec![Shown, Scored(a)], Some(1)),
            (vec![Scored(a), Shown, Scored(b)], Some(2)),
            // Shown again as it was: nothing new.
            (vec![Scored(a), Shown, Hidden, Shown], Some(1)),
            (vec![Scored(a), Shown, Hidden, Scored(b), Shown], Some(4)),
        ] {
            let found = seen(&events).map(|seen| seen.since);
            assert_eq!(found, since, "{events:?}");
        }
    }
}
