//! How the scores of a course have gone: a line for the eye, and the same in words.

use gradebook_app::CourseGrades;
use gradebook_domain::Percentage;

use crate::i18n::T;

/// How many scores the line goes through, the last ones.
const SHOWN: usize = 12;
/// The picture's size; a margin of 3 keeps the last point inside.
const WIDTH: usize = 96;
const HEIGHT: i64 = 24;
const MARGIN: usize = 3;

/// The percentages of scores, one after the other, in a picture of 96 × 24.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trend {
    /// For `<polyline>`.
    pub(super) points: String,
    /// The last point.
    pub(super) last: (usize, i64),
    /// What the line says, for who does not see it.
    pub(super) text: String,
}

impl Trend {
    /// Nothing for fewer than two scores, which have no direction.
    pub(super) fn of(t: T, one: &CourseGrades) -> Option<Self> {
        let scored = one.assessments.iter().filter_map(|grade| {
            let max = grade.assessment.limits.max_score;
            let percentage = Percentage::of(grade.score().value()?, max)?;
            Some(percentage.rounded())
        });
        let mut scored: Vec<_> = scored.take(SHOWN).collect();
        scored.reverse();
        if scored.len() < 2 {
            return None;
        }
        let steps = scored.len() - 1;
        let room = WIDTH - 2 * MARGIN;
        let drawn = (0..).zip(&scored).map(|(place, value)| {
            // Extra credit is drawn at the upper edge.
            let hundredths = value.hundredths().clamp(0, 10_000);
            let high = (HEIGHT - 6) * hundredths / 10_000;
            (MARGIN + place * room / steps, HEIGHT - 3 - high)
        });
        let drawn: Vec<(usize, i64)> = drawn.collect();
        let points: Vec<String> = drawn.iter().map(|(x, y)| format!("{x},{y}")).collect();
        let values = scored.iter().map(ToString::to_string);
        Some(Self {
            points: points.join(" "),
            last: drawn.last().copied()?,
            text: t.with("trend", "values", t.list(values)),
        })
    }
}
