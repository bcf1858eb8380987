//! The part of a course that is one student's: whoever joins late owes nothing from before, whoever
//! leaves nothing of after. The rule itself is `DaysInClass::owes`.

use std::borrow::Cow;
use std::collections::HashSet;

use gradebook_domain::{AssessmentId, Marks, Scheme, Score, UserId};
use gradebook_persistence::query::courses::Course;
use gradebook_persistence::query::gradebook::{Assessment, Student};
use gradebook_persistence::query::membership::DaysInClass;

/// The scheme as it is for one student: without what is none of theirs, judged by the day on which it
/// was held and by their score in it.
pub(crate) fn of_student<'a>(
    scheme: &'a Scheme,
    assessments: &[Assessment],
    marks: &Marks,
    owes: impl Fn(&str, Score) -> bool,
) -> Cow<'a, Scheme> {
    let elsewhere: HashSet<AssessmentId> = assessments
        .iter()
        .filter(|one| !owes(&one.held_on, marks.get(one.id)))
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

/// How much of a term a student is in the class of a gradebook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stay {
    /// Who.
    pub student: UserId,
    /// The first day in the class, ISO 8601, if the term had begun before.
    pub joined_on: Option<String>,
    /// The last day in the class, if the term goes on after it.
    pub left_on: Option<String>,
    /// The assessments of days on which they were elsewhere: without a score in one it is none of theirs.
    pub elsewhere: Vec<AssessmentId>,
}

/// The stays of those who are not in the class for all of the term.
pub(crate) fn stays<'a>(
    course: &Course,
    students: &[Student],
    assessments: impl Iterator<Item = &'a Assessment> + Clone,
    days: &DaysInClass,
) -> Vec<Stay> {
    let term = &course.term;
    let of_student = |student: UserId| {
        let spans = days.spans(course.class.id, student).iter();
        let in_term = spans.filter(|(first, last)| term.overlaps(first, last.as_deref()));
        let first = in_term.clone().map(|(first, _)| first).min();
        // Without a last day it is for good.
        let last = in_term
            .map(|(_, last)| last.as_ref())
            .reduce(|a, b| a.zip(b).map(|(a, b)| a.max(b)));
        let elsewhere = assessments
            .clone()
            .filter(|one| !days.owes(course, student, &one.held_on, Score::Blank));
        Stay {
            student,
            joined_on: first.filter(|day| **day > term.starts_on).cloned(),
            left_on: last.flatten().filter(|day| **day < term.ends_on).cloned(),
            elsewhere: elsewhere.map(|one| one.id).collect(),
        }
    };
    students
        .iter()
        .map(|student| of_student(student.id))
        .filter(|stay| {
            stay.joined_on.is_some() || stay.left_on.is_some() || !stay.elsewhere.is_empty()
        })
        .collect()
}
