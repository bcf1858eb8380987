//! What the school has of what a roster names.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use gradebook_domain::{ClassId, UserId};
use gradebook_persistence::query::courses::Class;
use gradebook_persistence::query::gradebook::Student;
use gradebook_persistence::query::roster::Enrolment;
use gradebook_persistence::query::roster_import as reads;
use gradebook_persistence::repo::people::{self, Numbered, User};
use gradebook_persistence::repo::{assessments, school};
use gradebook_persistence::{DbError, Read, Tx};

use super::sheet::{ClassKey, Roster};
use crate::username::username_key;

/// What rows are judged by.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// The class of each of the file's, where the school has it.
    pub(super) classes: Vec<Option<Class>>,
    /// Students by number.
    pub(super) students: HashMap<String, User>,
    /// Whoever has a username of the file, in the form by which usernames are compared.
    pub(super) usernames: HashMap<String, User>,
    /// Every enrolment of the students, with its class.
    pub(super) enrolments: HashMap<UserId, Vec<(Enrolment, Class)>>,
    /// In which classes they have scores, with the first and last day of the term.
    pub(super) scored: HashMap<(ClassId, UserId), Vec<(String, String)>>,
    /// Students whose number is one of the file's but for zeros at the front, by the file's.
    pub(super) near: HashMap<String, Numbered>,
    /// Who is in the file's classes today or later.
    pub(super) members: Vec<(ClassId, Student)>,
    /// The first day of a school year's first term.
    pub(super) first_days: BTreeMap<String, String>,
    /// Today.
    pub(super) today: String,
}

/// Which of several classes a file's is: the one spelt the same, or the only one spelt nearly so.
fn matching(key: &ClassKey, classes: &[Class]) -> Option<Class> {
    let key_of = |class: &Class| ClassKey {
        school_year: class.school_year.clone(),
        grade_level: class.grade_level.clone(),
        name: class.name.clone(),
    };
    if let Some(exact) = classes.iter().find(|class| key_of(class) == *key) {
        return Some(exact.clone());
    }
    let folded = key.folded();
    let mut near = classes
        .iter()
        .filter(|class| key_of(class).folded() == folded);
    near.next().filter(|_| near.next().is_none()).cloned()
}

/// The school years of the file, also in the spelling of the school.
async fn classes(db: &impl Read, roster: &Roster) -> Result<Vec<Option<Class>>, DbError> {
    if roster.classes.is_empty() {
        return Ok(Vec::new());
    }
    let years = years(roster);
    let all = reads::classes_of_years(db, &years).await?;
    let found = roster.classes.iter().map(|key| matching(key, &all));
    Ok(found.collect())
}

fn years(roster: &Roster) -> BTreeSet<String> {
    let years = roster.classes.iter().map(|key| key.school_year.clone());
    years.collect()
}

async fn students(db: &impl Read, roster: &Roster) -> Result<HashMap<String, UserId>, DbError> {
    let numbers: Vec<String> = roster.numbers.iter().cloned().collect();
    let found = people::students_by_number(db, &numbers).await?;
    Ok(found.into_iter().collect())
}

async fn usernames(db: &impl Read, roster: &Roster) -> Result<HashMap<String, User>, DbError> {
    let keys = roster.rows.iter();
    let keys: HashSet<String> = keys
        .filter_map(|row| username_key(row.sign_in_name()).ok())
        .collect();
    let keys: Vec<String> = keys.into_iter().collect();
    let found = people::by_username_keys(db, &keys).await?;
    Ok(found.into_iter().collect())
}

impl Facts {
    pub(super) async fn look_up(
        db: &impl Read,
        roster: &Roster,
        today: &str,
    ) -> Result<Self, DbError> {
        let numbers = students(db, roster).await?;
        let ids: Vec<UserId> = numbers.values().copied().collect();
        let strangers = roster
            .numbers
            .iter()
            .filter(|one| !numbers.contains_key(*one));
        let strangers: Vec<String> = strangers.cloned().collect();
        let users = people::by_ids(db, &ids).await?;
        let students = users
            .into_iter()
            .filter_map(|user| Some((user.student_number.clone()?, user)))
            .collect();
        let enrolments = reads::enrolments_of(db, &ids).await?;
        let left: BTreeSet<ClassId> = enrolments
            .values()
            .flatten()
            .filter(|(one, _)| one.dates.ends_on.as_deref().is_none_or(|day| day >= today))
            .map(|(one, _)| one.class)
            .collect();
        let mut scored: HashMap<_, Vec<_>> = HashMap::new();
        for (class, student, first, last) in reads::scored_terms(db, &ids, &left).await? {
            let of_student = scored.entry((class, student)).or_default();
            of_student.push((first, last));
        }
        let classes = classes(db, roster).await?;
        let known: BTreeSet<ClassId> = classes.iter().flatten().map(|class| class.id).collect();
        Ok(Self {
            students,
            usernames: usernames(db, roster).await?,
            near: people::nearly_numbered(db, &strangers).await?,
            enrolments,
            scored,
            members: reads::members(db, &known, today).await?,
            first_days: reads::first_days(db, &years(roster)).await?,
            today: today.to_owned(),
            classes,
        })
    }

    /// The same with everything locked that it tells: first the classes, then the courses and
    /// assessments of those that are left, so that no score is entered there meanwhile, then the
    /// accounts, whose enrolments nobody changes without locking them.
    pub(super) async fn lock(
        tx: &Tx,
        roster: &Roster,
        today: &str,
        left: impl Fn(&Self) -> BTreeSet<ClassId>,
    ) -> Result<Self, DbError> {
        let found = classes(tx, roster).await?;
        let of_file: BTreeSet<ClassId> = found.iter().flatten().map(|class| class.id).collect();
        school::lock_classes(tx, &of_file).await?;
        let before = Self::look_up(tx, roster, today).await?;
        let to_leave = left(&before);
        assessments::lock_classes(tx, &to_leave).await?;
        let ids: BTreeSet<UserId> = before.users().map(|user| user.id).collect();
        people::lock_all(tx, &ids).await?;
        let facts = Self::look_up(tx, roster, today).await?;
        let all_locked = facts.users().all(|user| ids.contains(&user.id))
            && left(&facts).is_subset(&to_leave)
            && facts
                .classes
                .iter()
                .flatten()
                .all(|class| of_file.contains(&class.id));
        if all_locked {
            Ok(facts)
        } else {
            // Somebody added or moved whom the file names while this waited: look again.
            Err(DbError::run_again(
                "what a roster names was changed meanwhile",
            ))
        }
    }

    fn users(&self) -> impl Iterator<Item = &User> {
        self.students.values().chain(self.usernames.values())
    }
}
