//! What a student saw change: pure rules over the steps of one score.

use gradebook_domain::{AssessmentId, ChangeId, CourseId, Score};
use gradebook_persistence::query::changes::{OwnStep, OwnStepKind};

/// A student's score became another one after the student could see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedChange {
    /// The change that showed it: of the score, or of the assessment's state.
    pub id: ChangeId,
    /// When the student could see the new score, unix milliseconds.
    pub at: i64,
    /// The course of the assessment.
    pub course: CourseId,
    /// Assessment.
    pub assessment: AssessmentId,
    /// Its title.
    pub title: String,
    /// What the student saw before.
    pub from: Score,
    /// What the student saw then.
    pub to: Score,
}

impl PublishedChange {
    /// Whether another score took the place of one, rather than the first one that of nothing.
    #[must_use]
    pub fn is_correction(&self) -> bool {
        self.from != Score::Blank
    }
}

/// The changes that the student saw, oldest first, of the steps of one score, oldest first.
///
/// What happens while an assessment is taken back counts once, when it is published again: from what
/// was seen last to what is seen then.
pub(super) fn changes(
    assessment: AssessmentId,
    course: CourseId,
    title: &str,
    steps: &[OwnStep],
) -> Vec<PublishedChange> {
    let mut found = Vec::new();
    let mut visible = false;
    let mut now = Score::Blank;
    let mut seen: Option<Score> = None;
    for step in steps {
        match step.kind {
            OwnStepKind::Scored(score) => now = score,
            OwnStepKind::Published => visible = true,
            OwnStepKind::Unpublished => visible = false,
        }
        if !visible {
            continue;
        }
        if let Some(from) = seen.filter(|from| *from != now) {
            found.push(PublishedChange {
                id: step.id,
                at: step.at,
                course,
                assessment,
                title: title.to_owned(),
                from,
                to: now,
            });
        }
        seen = Some(now);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use gradebook_domain::Points;

    fn points(text: &str) -> Score {
        Score::Scored(text.parse::<Points>().unwrap())
    }

    /// From and to of each change that the student sees.
    fn seen(kinds: &[OwnStepKind]) -> Vec<(Score, Score)> {
        let steps: Vec<OwnStep> = (1..)
            .zip(kinds)
            .map(|(id, kind)| OwnStep {
                id: ChangeId(id),
                at: id * 1000,
                assessment: AssessmentId(1),
                kind: *kind,
            })
            .collect();
        changes(AssessmentId(1), CourseId(1), "Quiz", &steps)
            .into_iter()
            .map(|change| (change.from, change.to))
            .collect()
    }

    use OwnStepKind::{Published, Scored, Unpublished};

    #[test]
    fn what_stood_there_before_publishing_stays_hidden() {
        assert_eq!(
            seen(&[Scored(points("58")), Scored(points("62")), Published]),
            []
        );
    }

    #[test]
    fn a_change_of_a_published_score_is_told() {
        let steps = [
            Scored(points("62")),
            Published,
            Scored(points("64")),
            Scored(Score::Absent),
        ];
        let expected = [(points("62"), points("64")), (points("64"), Score::Absent)];
        assert_eq!(seen(&steps), expected);
    }

    #[test]
    fn a_score_that_came_later_is_no_correction() {
        let steps = [Published, Scored(points("70")), Scored(points("71"))];
        let found = seen(&steps);
        assert_eq!(found[0], (Score::Blank, points("70")));
        assert_eq!(found[1], (points("70"), points("71")));
    }

    #[test]
    fn what_happens_while_it_is_taken_back_counts_once() {
        let steps = [
            Scored(points("80")),
            Published,
            Unpublished,
            Scored(points("5")),
            Scored(points("85")),
            Published,
        ];
        assert_eq!(seen(&steps), [(points("80"), points("85"))]);
        let back = [
            Scored(points("80")),
            Published,
            Unpublished,
            Scored(points("5")),
            Scored(points("80")),
            Published,
        ];
        assert_eq!(seen(&back), []);
    }

    #[test]
    fn a_remark_alone_is_no_change_of_the_score() {
        assert_eq!(
            seen(&[Scored(points("80")), Published, Scored(points("80"))]),
            []
        );
    }
}
