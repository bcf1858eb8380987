//! What a student saw change: pure rules over the steps of one score.

use gradebook_domain::{AssessmentId, CellEvent, ChangeId, CourseId, Score, seen_changes};
use gradebook_persistence::query::changes::OwnStep;

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
pub(super) fn changes(
    assessment: AssessmentId,
    course: CourseId,
    title: &str,
    steps: &[OwnStep],
) -> Vec<PublishedChange> {
    let events: Vec<CellEvent> = steps.iter().map(|step| step.what).collect();
    seen_changes(&events)
        .into_iter()
        .filter_map(|one| {
            let step = steps.get(one.event)?;
            Some(PublishedChange {
                id: step.id,
                at: step.at,
                course,
                assessment,
                title: title.to_owned(),
                from: one.from,
                to: one.to,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use gradebook_domain::Points;

    #[test]
    fn a_change_is_that_of_the_step_which_showed_it() {
        let points = |text: &str| Score::Scored(text.parse::<Points>().unwrap());
        let steps: Vec<OwnStep> = [
            CellEvent::Scored(points("58")),
            CellEvent::Shown,
            CellEvent::Hidden,
            CellEvent::Scored(points("62")),
            CellEvent::Shown,
        ]
        .into_iter()
        .zip(1..)
        .map(|(what, id)| OwnStep {
            id: ChangeId(id),
            at: id * 1000,
            assessment: AssessmentId(1),
            what,
        })
        .collect();
        let found = changes(AssessmentId(1), CourseId(2), "Quiz", &steps);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].id, found[0].at), (ChangeId(5), 5000));
        assert_eq!((found[0].from, found[0].to), (points("58"), points("62")));
        assert!(found[0].is_correction());
    }
}
