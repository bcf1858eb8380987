//! A small school to try the product with: everything in it is invented.

mod fill;
mod people;
mod scheme;

use gradebook_auth::password::HashingError;
use gradebook_auth::{Actor, Denied};
use gradebook_persistence::repo::people as accounts;
use gradebook_persistence::{DatabaseFailure, DbError};

use crate::App;
use fill::Filling;
use people::{CLASSES, pupil_name, pupil_number};

/// The password of every account of the demonstration school.
pub const DEMO_PASSWORD: &str = "gradebook-demo";

/// An account to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoAccount {
    /// The name to sign in with.
    pub username: String,
    /// The person's name.
    pub name: String,
    /// What the person teaches, or the class that they are in.
    pub what: String,
}

/// The accounts of the demonstration school that are worth trying.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoSchool {
    /// The password of all of them.
    pub password: &'static str,
    /// Runs the school.
    pub admin: DemoAccount,
    /// All teachers.
    pub teachers: Vec<DemoAccount>,
    /// A pupil of each class.
    pub students: Vec<DemoAccount>,
    /// A pupil who has to change the initial password (the same) at the first sign-in.
    pub first_login_student: DemoAccount,
}

/// Why there is no demonstration school.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The demo password could not be hashed.
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// The operator may do all of this; a refusal is a fault of this program.
    #[error("the policy refused to fill the demonstration school")]
    Forbidden,
    /// The subjects that every school starts with are not there.
    #[error("the subject {0} is missing; have all migrations been applied?")]
    SubjectMissing(&'static str),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
}

impl From<Denied> for DemoError {
    fn from(_: Denied) -> Self {
        Self::Forbidden
    }
}

impl DatabaseFailure for DemoError {
    fn database_failure(&self) -> Option<&DbError> {
        match self {
            Self::Database(error) => Some(error),
            Self::Hashing(_) | Self::Forbidden | Self::SubjectMissing(_) => None,
        }
    }
}

const ADMIN: (&str, &str) = ("demo.admin", "苏静 Su Jing");
/// Each teaches the subject at the same place in all classes.
const TEACHERS: [(&str, &str, &str); 3] = [
    ("lin.yue", "林悦", "语文 Chinese, all classes"),
    ("chen.siyuan", "陈思远", "数学 Mathematics, all classes"),
    ("olivia.hart", "Olivia Hart", "英语 English, all classes"),
];
/// Teaches with another teacher, one class only: sees a single course.
const ASSISTANT: (&str, &str, &str) = (
    "ben.foster",
    "Ben Foster",
    "数学 Mathematics, Class 1, with 陈思远",
);
/// The pupil who still has the initial password, as class and place.
const NEWCOMER: (usize, usize) = (2, 39);
fn class_name(class: usize) -> String {
    format!("Class {}", class + 1)
}

fn pupil((class, pupil): (usize, usize)) -> DemoAccount {
    DemoAccount {
        username: pupil_number(class, pupil),
        name: pupil_name(class, pupil),
        what: class_name(class),
    }
}

/// The accounts of the demonstration school, to print them.
#[must_use]
pub fn demo_accounts() -> DemoSchool {
    let account = |(username, name, what): (&str, &str, &str)| DemoAccount {
        username: username.to_owned(),
        name: name.to_owned(),
        what: what.to_owned(),
    };
    DemoSchool {
        password: DEMO_PASSWORD,
        admin: account((ADMIN.0, ADMIN.1, "runs the school")),
        teachers: TEACHERS
            .into_iter()
            .chain([ASSISTANT])
            .map(account)
            .collect(),
        students: (0..CLASSES).map(|class| pupil((class, 0))).collect(),
        first_login_student: pupil(NEWCOMER),
    }
}

impl App {
    /// The accounts to try, if this database is the demonstration school.
    ///
    /// # Errors
    /// Any database failure.
    pub async fn demo_school(&self) -> Result<Option<DemoSchool>, DbError> {
        let found = accounts::by_username_key(&self.db, ADMIN.0).await?;
        Ok(found.map(|_| demo_accounts()))
    }

    /// Fills a database that has no accounts with the demonstration school; `None`, and nothing
    /// done, when it has some.
    ///
    /// # Errors
    /// [`DemoError`]; nothing is stored then.
    pub async fn fill_demo(&self) -> Result<Option<DemoSchool>, DemoError> {
        if accounts::count(&self.db).await? > 0 {
            return Ok(None);
        }
        // One hash for all: a hundred would take half a minute.
        let hash = self.passwords.hash(DEMO_PASSWORD.to_owned()).await?;
        let operator = &Actor::operator();
        let stamp = self.stamp(operator);
        let filled = self
            .db
            .write(async |tx| {
                if accounts::count(tx).await? > 0 {
                    return Ok(false);
                }
                let filling = Filling {
                    tx,
                    operator,
                    stamp,
                    hash: hash.as_str(),
                    new_batch: &|| self.new_batch(),
                };
                filling.run().await.map(|()| true)
            })
            .await;
        match filled {
            // Another replica was faster.
            Err(DemoError::Database(DbError::Duplicate(_))) => Ok(None),
            other => Ok(other?.then(demo_accounts)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::username::username_key;

    #[test]
    fn usernames_are_their_own_keys() {
        let school = demo_accounts();
        let all = school.teachers.iter().chain(&school.students);
        for account in all.chain([&school.admin, &school.first_login_student]) {
            assert_eq!(
                username_key(&account.username).as_ref(),
                Ok(&account.username)
            );
        }
    }
}
