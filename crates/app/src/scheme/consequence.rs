//! What a change of the scheme does to what students have seen.

use std::collections::HashMap;

use gradebook_domain::{
    AssessmentId, LetterScale, Marks, Percentage, Reading, Scheme, Score, UserId, total,
};
use gradebook_persistence::query::gradebook::{Assessment, Gradebook};

use super::EditSchemeError;
use crate::reason;

/// What a change does to what students have seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Consequence {
    /// Published and locked assessments that it touches.
    pub assessments: usize,
    /// Students of the class whose current or final percentage, or whose letter, becomes another.
    pub students: usize,
}

impl Consequence {
    /// Of both.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            assessments: self.assessments + other.assessments,
            students: self.students + other.students,
        }
    }

    /// Whether the change needs this reason, or none.
    pub(super) fn allowed(self, reason: Option<&str>) -> Result<Option<&str>, EditSchemeError> {
        let reason = reason::given(reason)?;
        if self.assessments > 0 && reason.is_none() {
            return Err(EditSchemeError::ReasonRequired(self));
        }
        Ok(reason)
    }
}

/// How many students see another total or letter when the gradebook `before` becomes `after`.
pub(super) fn students_affected(before: &Gradebook, after: &Gradebook) -> usize {
    let mut scores: HashMap<UserId, Vec<(AssessmentId, Score)>> = HashMap::new();
    for stored in &before.scores {
        let row = scores.entry(stored.student).or_default();
        row.push((stored.assessment, stored.score));
    }
    let (old, new) = (shown(before), shown(after));
    before
        .students
        .iter()
        .filter(|student| {
            let marks: Marks = scores
                .remove(&student.id)
                .unwrap_or_default()
                .into_iter()
                .collect();
            seen(&old, before.course.letters.as_ref(), &marks)
                != seen(&new, after.course.letters.as_ref(), &marks)
        })
        .count()
}

/// The scheme of what students see.
fn shown(book: &Gradebook) -> Scheme {
    Scheme {
        absent: book.course.absent,
        categories: book.categories.iter().map(|one| one.scheme).collect(),
        assessments: book
            .assessments
            .iter()
            .filter(|one| one.state.visible_to_students())
            .map(Assessment::scheme)
            .collect(),
    }
}

type Seen<'a> = (Option<Percentage>, Option<Percentage>, Option<&'a str>);

fn seen<'a>(scheme: &Scheme, letters: Option<&'a LetterScale>, marks: &Marks) -> Seen<'a> {
    let current = total(scheme, marks, Reading::Current).percentage;
    let last = total(scheme, marks, Reading::Final).percentage;
    let letter = letters
        .zip(last.as_ref())
        .and_then(|(scale, percentage)| scale.letter(percentage));
    (current, last, letter)
}
