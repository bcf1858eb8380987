//! Students' totals over an exam's subjects, and their ranks.

use std::collections::BTreeMap;

use crate::ids::{ClassId, SubjectId, UserId};
use crate::points::Points;
use crate::rank::{RankStyle, ranks};

/// One student's total and ranks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StudentPlace {
    /// The student.
    pub student: UserId,
    /// The class that they are ranked in: of several, the one in which most of their scores of this
    /// exam are, then the one with the lowest id.
    pub class: ClassId,
    /// The sum of the scored values, one a subject; `None` when nothing is scored.
    pub total: Option<Points>,
    /// How many subjects are scored.
    pub counted: usize,
    /// The place in the class, 1 is the highest total.
    pub rank_in_class: Option<usize>,
    /// The place among all students of the grade level.
    pub rank_in_grade: Option<usize>,
}

/// By how many places somebody went up (positive) or down since an earlier exam.
#[must_use]
pub fn rank_change(now: Option<usize>, earlier: Option<usize>) -> Option<i64> {
    let now = i64::try_from(now?).ok()?;
    let earlier = i64::try_from(earlier?).ok()?;
    Some(earlier - now)
}

/// What one student has in each class: subject and value of what is scored.
pub(super) type Scored = BTreeMap<ClassId, BTreeMap<SubjectId, Points>>;

/// The places of all students, in order of class and student.
pub(super) fn places<'a>(
    scored: &BTreeMap<UserId, Scored>,
    grade_of: impl Fn(ClassId) -> Option<&'a str>,
    style: RankStyle,
) -> Vec<StudentPlace> {
    let mut places: Vec<StudentPlace> = scored
        .iter()
        .filter_map(|(student, classes)| unranked(*student, classes))
        .collect();
    places.sort_by_key(|place| (place.class, place.student));
    let in_class = ranked(&places, style, |place| Some(place.class));
    let in_grade = ranked(&places, style, |place| grade_of(place.class));
    for (row, place) in places.iter_mut().enumerate() {
        place.rank_in_class = in_class.get(&row).copied();
        place.rank_in_grade = in_grade.get(&row).copied();
    }
    places
}

fn unranked(student: UserId, classes: &Scored) -> Option<StudentPlace> {
    let (class, own) = classes
        .iter()
        .max_by_key(|(class, subjects)| (subjects.len(), core::cmp::Reverse(**class)))?;
    // A subject taken in two classes counts once, as in the own class.
    let mut subjects = own.clone();
    for elsewhere in classes.values() {
        for (subject, value) in elsewhere {
            subjects.entry(*subject).or_insert(*value);
        }
    }
    let values: Vec<Points> = subjects.into_values().collect();
    Some(StudentPlace {
        student,
        class: *class,
        total: (!values.is_empty())
            .then(|| Points::checked_sum(&values))
            .flatten(),
        counted: values.len(),
        rank_in_class: None,
        rank_in_grade: None,
    })
}

/// The rank of each row that has a total, within its group.
fn ranked<G: Ord>(
    places: &[StudentPlace],
    style: RankStyle,
    group: impl Fn(&StudentPlace) -> Option<G>,
) -> BTreeMap<usize, usize> {
    let mut groups: BTreeMap<G, Vec<(usize, Points)>> = BTreeMap::new();
    for (row, place) in places.iter().enumerate() {
        if let (Some(group), Some(total)) = (group(place), place.total) {
            groups.entry(group).or_default().push((row, total));
        }
    }
    groups
        .into_values()
        .flat_map(|rows| ranks(&rows, style))
        .collect()
}
