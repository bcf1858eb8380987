//! Who the rows of a file for one course are.

use std::collections::{HashMap, HashSet};

use gradebook_domain::{CourseId, UserId};
use gradebook_persistence::query::access;
use gradebook_persistence::repo::people;
use gradebook_persistence::{DbError, Read};

use super::sheet::Sheet;

/// The students of the school that a file names by their numbers, and which of them belong to the
/// course.
pub(super) struct People {
    pub(super) students: HashMap<String, UserId>,
    members: HashSet<(CourseId, UserId)>,
    /// The names that the school has for the numbers of rows that have a name.
    pub(super) names: HashMap<String, String>,
}

impl People {
    pub(super) async fn of(
        db: &impl Read,
        course: CourseId,
        sheet: &Sheet,
    ) -> Result<Self, DbError> {
        let numbers: Vec<String> = sheet.rows.iter().map(|row| row.number.clone()).collect();
        let students = people::students_by_number(db, &numbers).await?;
        let students: HashMap<String, UserId> = students.into_iter().collect();
        let ids: HashSet<UserId> = students.values().copied().collect();
        let members = access::members(db, &HashSet::from([course]), &ids).await?;
        let named = sheet.rows.iter().filter(|row| row.name.is_some());
        let named: Vec<String> = named.map(|row| row.number.clone()).collect();
        let names = people::student_names(db, &named).await?;
        Ok(Self {
            students,
            members,
            names: names.into_iter().collect(),
        })
    }

    pub(super) fn member(&self, course: CourseId, number: &str) -> Option<UserId> {
        let student = *self.students.get(number)?;
        self.members.contains(&(course, student)).then_some(student)
    }
}
