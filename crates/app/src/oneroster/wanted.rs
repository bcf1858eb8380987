//! What a bundle says the school has: terms, classes, people and so on, each by its place in a list.

use std::collections::HashMap;

use gradebook_auth::Role;
use gradebook_domain::{
    AbsentPolicy, Aggregation, AssessmentState, LetterScale, Points, Score, ScoreLimits, Weight,
};

use super::error::Place;

/// A term.
pub(super) struct WantedTerm {
    pub(super) school_year: String,
    pub(super) name: String,
    pub(super) starts_on: String,
    pub(super) ends_on: String,
    pub(super) weight: Weight,
    pub(super) open: bool,
}

/// A subject.
pub(super) struct WantedSubject {
    pub(super) code: String,
    pub(super) name_zh: String,
    pub(super) name_en: String,
    pub(super) full_marks: Points,
    /// Place among the subjects, where the bundle says.
    pub(super) position: Option<i64>,
}

/// A class.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct WantedClass {
    pub(super) school_year: String,
    pub(super) grade_level: String,
    pub(super) name: String,
}

/// A person.
pub(super) struct WantedPerson {
    pub(super) place: Place,
    pub(super) username: String,
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) student_number: Option<String>,
    pub(super) enabled: bool,
    pub(super) locale: String,
}

/// A membership of a class.
pub(super) struct WantedEnrolment {
    pub(super) class: usize,
    pub(super) person: usize,
    pub(super) starts_on: String,
    pub(super) ends_on: Option<String>,
}

/// A course.
pub(super) struct WantedCourse {
    pub(super) place: Place,
    pub(super) class: usize,
    pub(super) subject: usize,
    pub(super) term: usize,
    pub(super) absent: AbsentPolicy,
    pub(super) letters: Option<LetterScale>,
    pub(super) show_class_statistics: bool,
}

/// An exam.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WantedExam {
    pub(super) term: usize,
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) held_on: String,
}

/// A category of a course.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WantedCategory {
    pub(super) course: usize,
    pub(super) name: String,
    pub(super) weight: Weight,
    pub(super) aggregation: Aggregation,
    pub(super) drop_lowest: u32,
    pub(super) drop_highest: u32,
    pub(super) position: i64,
}

/// An assessment.
pub(super) struct WantedAssessment {
    pub(super) place: Place,
    pub(super) course: usize,
    pub(super) category: usize,
    pub(super) exam: Option<usize>,
    pub(super) title: String,
    pub(super) limits: ScoreLimits,
    pub(super) weight: Weight,
    pub(super) held_on: String,
    pub(super) state: AssessmentState,
    /// Whether the closing of its term locked it.
    pub(super) locked_by_term: bool,
    pub(super) position: i64,
}

/// A score.
pub(super) struct WantedScore {
    pub(super) place: Place,
    pub(super) assessment: usize,
    pub(super) person: usize,
    pub(super) score: Score,
    pub(super) comment: Option<String>,
    pub(super) corrected: bool,
}

/// Everything that a bundle asks for.
#[derive(Default)]
pub(super) struct Wanted {
    pub(super) terms: Vec<WantedTerm>,
    pub(super) subjects: Vec<WantedSubject>,
    pub(super) classes: Vec<WantedClass>,
    pub(super) people: Vec<WantedPerson>,
    pub(super) enrolments: Vec<WantedEnrolment>,
    pub(super) courses: Vec<WantedCourse>,
    /// Courses and their teachers.
    pub(super) teachers: Vec<(usize, usize)>,
    pub(super) exams: Vec<WantedExam>,
    pub(super) categories: Vec<WantedCategory>,
    pub(super) assessments: Vec<WantedAssessment>,
    pub(super) scores: Vec<WantedScore>,
    pub(super) skipped: Skipped,
}

/// Rows that have no counterpart here and were passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Skipped {
    /// People who are neither students nor teachers nor administrators, and their enrolments.
    pub people: usize,
    /// Enrolments in another role, and teachers of homerooms.
    pub enrolments: usize,
    /// Results without a score, such as letters.
    pub results: usize,
}

/// Places by `sourcedId`.
pub(super) type Ids = HashMap<String, usize>;
