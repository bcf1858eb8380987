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
    /// The names that the school has.
    pub(super) names: HashMap<String, String>,
}

impl People {
    pub(super) async fn of(
        db: &impl Read,
        course: CourseId,
        sheet: &Sheet,
    ) -> Result<Self, DbError> {
        let numbers: Vec<String> = sheet.rows.iter().map(|row| row.number.clone()).collect();
        let (mut students, mut names) = (HashMap::new(), HashMap::new());
        for one in people::numbered(db, &numbers).await? {
            students.insert(one.number.clone(), one.id);
            names.insert(one.number, one.name);
        }
        let ids: HashSet<UserId> = students.values().copied().collect();
        let members = access::members(db, &HashSet::from([course]), &ids).await?;
        Ok(Self {
            students,
            members,
            names,
        })
    }

    pub(super) fn member(&self, course: CourseId, number: &str) -> Option<UserId> {
        let student = *self.students.get(number)?;
        self.members.contains(&(course, student)).then_some(student)
    }
}
