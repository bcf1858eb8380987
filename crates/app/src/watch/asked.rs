//! Which columns somebody asks for, and what else they could ask for.

use std::collections::HashSet;

use gradebook_domain::{ClassId, CourseId, ExamId, TermId, UserId};
use gradebook_persistence::query::courses::{Class, Course, Person};
use gradebook_persistence::query::watch::WatchedColumn;

/// Which columns to watch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WatchFilter {
    /// Those of an exam.
    pub exam: Option<ExamId>,
    /// Those of a term, unless an exam is named; without either, the term that runs.
    pub term: Option<TermId>,
    /// Of these only those of a course,
    pub course: Option<CourseId>,
    /// of a class,
    pub class: Option<ClassId>,
    /// of a grade level,
    pub grade: Option<String>,
    /// and of a teacher.
    pub teacher: Option<UserId>,
}

impl WatchFilter {
    pub(super) fn fits(&self, course: &Course) -> bool {
        let class = &course.class;
        let teaches = |id| course.teachers.iter().any(|one| one.id == id);
        self.course.is_none_or(|id| id == course.id)
            && self.class.is_none_or(|id| id == class.id)
            && self
                .grade
                .as_ref()
                .is_none_or(|grade| *grade == class.grade_level)
            && self.teacher.is_none_or(teaches)
    }
}

/// What of an exam or a term can be asked for: the classes and the teachers of its columns.
#[derive(Debug, Clone, Default)]
pub struct WatchChoice {
    /// By grade level and name.
    pub classes: Vec<Class>,
    /// By name.
    pub teachers: Vec<Person>,
}

impl WatchChoice {
    pub(super) fn of(columns: &[WatchedColumn]) -> Self {
        let mut choice = Self::default();
        let (mut classes, mut teachers) = (HashSet::new(), HashSet::new());
        for WatchedColumn { course, .. } in columns {
            if classes.insert(course.class.id) {
                choice.classes.push(course.class.clone());
            }
            for person in &course.teachers {
                if teachers.insert(person.id) {
                    choice.teachers.push(person.clone());
                }
            }
        }
        choice.classes.sort_by_cached_key(Class::place);
        choice
    }
}
