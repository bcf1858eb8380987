//! The part of a course that is one student's: whoever joins late owes nothing of before, whoever
//! leaves nothing of after.

use std::borrow::Cow;
use std::collections::HashSet;

use gradebook_domain::{AssessmentId, Marks, Scheme, Score};
use gradebook_persistence::query::gradebook::Assessment;

/// The scheme as it is for one student: what was held on a day on which they were not in the class
/// counts only if they have a score in it.
pub(crate) fn of_student<'a>(
    scheme: &'a Scheme,
    assessments: &[Assessment],
    marks: &Marks,
    in_class_on: impl Fn(&str) -> bool,
) -> Cow<'a, Scheme> {
    let scored = |id| marks.get(id) != Score::Blank;
    let elsewhere: HashSet<AssessmentId> = assessments
        .iter()
        .filter(|one| !in_class_on(&one.held_on) && !scored(one.id))
        .map(|one| one.id)
        .collect();
    if elsewhere.is_empty() {
        return Cow::Borrowed(scheme);
    }
    let mut scheme = scheme.clone();
    scheme
        .assessments
        .retain(|one| !elsewhere.contains(&one.id));
    Cow::Owned(scheme)
}
