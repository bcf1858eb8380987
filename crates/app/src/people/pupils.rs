//! Many pupils at once, from a list that somebody pasted: a number and a name on each line. They have no
//! password yet; slips give them one.

use std::collections::{BTreeMap, HashMap, HashSet};

use gradebook_auth::actions::{ManagePeople, ManageSetup, School};
use gradebook_auth::{Actor, Grant, Role, authorize};
use gradebook_domain::{ClassId, SubjectId, TermId, UserId};
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::query::courses::Class;
use gradebook_persistence::query::structure;
use gradebook_persistence::repo::people::{self, NewUser};
use gradebook_persistence::repo::the_school::the_school;
use gradebook_persistence::repo::{assessments, school};
use gradebook_persistence::{DatabaseFailure, DbError, Tx};

use super::{PeopleError, number, usable_name};
use crate::App;
use crate::setup::{
    ClassFields, FIRST_CATEGORY, Fault, SetupError, day, known_class, locked_open, new_class,
};
use crate::username::new_username_key;

/// Pupils of one list.
const MOST_PUPILS: usize = 1_000;

/// What is wrong with a line of a list of pupils.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    /// A number without a name, or a name without a number.
    #[error("a line has a student number, a space and a name")]
    Incomplete,
    /// The number can be none, or no username.
    #[error("a student number has at most 32 characters without spaces")]
    Number,
    /// The name can be none.
    #[error("a name has at most 128 characters")]
    Name,
    /// An earlier line has the number.
    #[error("an earlier line has this number")]
    Twice,
    /// Somebody has the number, or it is somebody's username.
    #[error("somebody has this number already")]
    Taken,
    /// Somebody has a number that is hard to tell from it.
    #[error("somebody's number differs only in zeros at the front, spaces, letter case or width")]
    Alike,
}

/// Why a list of pupils was not taken.
#[derive(Debug, thiserror::Error)]
pub enum PupilsError {
    /// Lines are wrong: their numbers, from 1, and why.
    #[error("some lines cannot be used")]
    Lines(Vec<(usize, LineFault)>),
    /// No line has anything in it.
    #[error("the list is empty")]
    Empty,
    /// More lines than are taken at once.
    #[error("a list has at most 1000 pupils; import a file instead")]
    TooMany,
    /// What is around the list is wrong.
    #[error(transparent)]
    Place(#[from] SetupError),
    /// Who asks may not, or not any more.
    #[error(transparent)]
    Person(#[from] PeopleError),
}

impl DatabaseFailure for PupilsError {
    fn database_failure(&self) -> Option<&DbError> {
        match self {
            Self::Place(error) => error.database_failure(),
            Self::Person(error) => error.database_failure(),
            _ => None,
        }
    }
}

impl From<DbError> for PupilsError {
    fn from(error: DbError) -> Self {
        // A number that was free a moment ago, too.
        Self::Person(error.into())
    }
}

/// A pupil of a list.
struct Pupil {
    line: usize,
    number: String,
    key: String,
    name: String,
}

/// The pupils of a list: a number, then a name, with a space, a tab or a comma between.
fn read(list: &str) -> Result<Vec<Pupil>, PupilsError> {
    let (mut pupils, mut wrong) = (Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    for (line, text) in (1..).zip(list.lines()) {
        let text = text.trim();
        if text.is_empty() {
            continue;
        }
        let between = |sign: char| sign.is_whitespace() || matches!(sign, ',' | '，' | ';' | '；');
        let Some((number, name)) = text.split_once(between) else {
            wrong.push((line, LineFault::Incomplete));
            continue;
        };
        let name = name.trim_matches(between);
        let number = number::usable(number);
        let key = number.as_deref().and_then(|one| new_username_key(one).ok());
        match (key, number, usable_name(name)) {
            (Some(key), Some(number), Ok(name)) => {
                if seen.insert(people::alike(&number)) {
                    let name = name.to_owned();
                    pupils.push(Pupil {
                        line,
                        number,
                        key,
                        name,
                    });
                } else {
                    wrong.push((line, LineFault::Twice));
                }
            }
            (_, _, Err(_)) => wrong.push((line, LineFault::Name)),
            _ => wrong.push((line, LineFault::Number)),
        }
    }
    if pupils.len() > MOST_PUPILS {
        Err(PupilsError::TooMany)
    } else if wrong.is_empty() {
        Ok(pupils)
    } else {
        Err(PupilsError::Lines(wrong))
    }
}

impl App {
    /// Adds the pupils of a list to a class, with accounts that have no password yet. Returns how many.
    ///
    /// # Errors
    /// [`PupilsError`]; nobody is added then.
    pub async fn add_pupils(
        &self,
        actor: &Actor,
        class: ClassId,
        list: &str,
        from: Option<&str>,
    ) -> Result<usize, PupilsError> {
        let grant = authorize::<ManagePeople>(actor, School).map_err(PeopleError::from)?;
        let pupils = read(list)?;
        if pupils.is_empty() {
            return Err(PupilsError::Empty);
        }
        let from = match from.map(str::trim) {
            None | Some("") => self.today(),
            Some(typed) => day(typed).map_err(|fault| SetupError::field("starts_on", fault))?,
        };
        let stamp = Stamp {
            batch: Some(self.new_batch()),
            ..self.stamp(actor)
        };
        self.db
            .write(async |tx| {
                self.asker_lasts(tx, actor).await?;
                known_class(tx, class).await?;
                assessments::lock_class(tx, class).await?;
                put_pupils(tx, (&grant, &stamp), class, &pupils, &from).await?;
                Ok::<_, PupilsError>(pupils.len())
            })
            .await
    }

    /// Adds a class with the pupils of a list, which may be empty, and its courses in these subjects.
    /// The pupils are in it from the term's first day on, or from today if that is earlier.
    ///
    /// # Errors
    /// [`PupilsError`]; nothing is added then.
    pub async fn begin_class(
        &self,
        actor: &Actor,
        typed: &ClassFields,
        list: &str,
        (term, subjects): (TermId, &[SubjectId]),
    ) -> Result<Class, PupilsError> {
        let grant = authorize::<ManagePeople>(actor, School).map_err(PeopleError::from)?;
        let setup = authorize::<ManageSetup>(actor, School).map_err(PeopleError::from)?;
        let new = new_class(typed)?;
        let pupils = read(list)?;
        let stamp = Stamp {
            batch: Some(self.new_batch()),
            ..self.stamp(actor)
        };
        self.db
            .write(async |tx| {
                self.asker_lasts(tx, actor).await?;
                let term = locked_open(tx, term).await?;
                if term.school_year != new.school_year {
                    let (class, term) = (new.school_year.clone(), term.school_year);
                    let fault = Fault::OtherYear { class, term };
                    return Err(SetupError::field("school_year", fault).into());
                }
                let known = structure::subjects(tx).await?;
                if subjects
                    .iter()
                    .any(|id| !known.iter().any(|(one, _)| one.id == *id))
                {
                    return Err(SetupError::field("subjects", Fault::Unknown("subject")).into());
                }
                let id = school::create_class(tx, &setup, &stamp, &new).await;
                let id = id.map_err(SetupError::from)?;
                let from = self.today().min(term.starts_on.clone());
                put_pupils(tx, (&grant, &stamp), id, &pupils, &from).await?;
                let wanted: Vec<(ClassId, SubjectId)> =
                    subjects.iter().map(|subject| (id, *subject)).collect();
                school::create_courses(tx, &setup, &stamp, term.id, &wanted, FIRST_CATEGORY)
                    .await
                    .map_err(SetupError::from)?;
                Ok::<_, PupilsError>(Class {
                    id,
                    school_year: new.school_year.clone(),
                    grade_level: new.grade_level.clone(),
                    name: new.name.clone(),
                })
            })
            .await
    }
}

async fn put_pupils(
    tx: &Tx,
    (grant, stamp): (&Grant<ManagePeople>, &Stamp<'_>),
    class: ClassId,
    pupils: &[Pupil],
    from: &str,
) -> Result<(), PupilsError> {
    if pupils.is_empty() {
        return Ok(());
    }
    let keys: Vec<String> = pupils.iter().map(|one| one.key.clone()).collect();
    let numbers: Vec<String> = pupils.iter().map(|one| one.number.clone()).collect();
    let names: HashSet<String> = people::taken_usernames(tx, &keys)
        .await?
        .into_iter()
        .collect();
    let held: BTreeMap<String, UserId> = people::students_by_number(tx, &numbers)
        .await?
        .into_iter()
        .collect();
    let near = people::nearly_numbered(tx, &numbers).await?;
    let refused = pupils.iter().filter_map(|one| {
        if names.contains(&one.key) || held.contains_key(&one.number) {
            Some((one.line, LineFault::Taken))
        } else {
            near.get(&one.number).map(|_| (one.line, LineFault::Alike))
        }
    });
    let refused: Vec<(usize, LineFault)> = refused.collect();
    if !refused.is_empty() {
        return Err(PupilsError::Lines(refused));
    }
    let locale = the_school(tx).await?.locale_of_accounts().to_owned();
    let accounts: Vec<NewUser> = pupils
        .iter()
        .map(|one| NewUser {
            username: one.number.clone(),
            username_key: one.key.clone(),
            name: one.name.clone(),
            role: Role::Student,
            student_number: Some(one.number.clone()),
            password_hash: None,
            password_change_required: true,
            locale: locale.clone(),
        })
        .collect();
    let ids: HashMap<String, UserId> = people::create(tx, grant, stamp, &accounts)
        .await?
        .into_iter()
        .collect();
    let members: Vec<(ClassId, UserId)> = pupils
        .iter()
        .filter_map(|one| Some((class, *ids.get(&one.key)?)))
        .collect();
    Ok(school::enrol(tx, grant, stamp, &members, from).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pupils(list: &str) -> Vec<(usize, String, String)> {
        let read = read(list).unwrap_or_default();
        let read = read.into_iter();
        read.map(|one| (one.line, one.number, one.name)).collect()
    }

    #[test]
    fn a_list_is_read_as_people_paste_it() {
        let list = "2026001 李雷\r\n\n2026002\t韩 梅梅\n 2026003，Jim Green \n2026004, O’Neil\n";
        let of = |line, number: &str, name: &str| (line, number.to_owned(), name.to_owned());
        assert_eq!(
            pupils(list),
            [
                of(1, "2026001", "李雷"),
                of(3, "2026002", "韩 梅梅"),
                of(4, "2026003", "Jim Green"),
                of(5, "2026004", "O’Neil"),
            ]
        );
        assert!(pupils(" \n").is_empty());
    }

    #[test]
    fn every_wrong_line_is_named() {
        let long = format!("{} Long", "1".repeat(33));
        let list = format!("1 A\n2\n1 B\n{long}\n5 {}", "x".repeat(129));
        let Err(PupilsError::Lines(wrong)) = read(&list) else {
            panic!("the list was taken");
        };
        assert_eq!(
            wrong,
            [
                (2, LineFault::Incomplete),
                (3, LineFault::Twice),
                (4, LineFault::Number),
                (5, LineFault::Name),
            ]
        );
    }
}
