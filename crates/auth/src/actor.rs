//! Who is doing something: the person, their role and the way in that they used.

use std::fmt;
use std::str::FromStr;

use gradebook_domain::{SessionId, UserId};

/// What a person is to the school. Everybody has exactly one role; the coarse
/// gate of the policy. What a teacher may touch follows from what they teach,
/// which is read with the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Runs the school's gradebook: sees and changes everything.
    Admin,
    /// Keeps the gradebooks of the courses that they teach.
    Teacher,
    /// Sees their own published grades.
    Student,
}

impl Role {
    /// Every role, for matrices and forms.
    pub const ALL: [Self; 3] = [Self::Admin, Self::Teacher, Self::Student];

    /// The name under which the role is stored and sent: `admin`, `teacher`
    /// or `student`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Teacher => "teacher",
            Self::Student => "student",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no [`Role`]; matching is exact and case-sensitive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a role is one of admin, teacher, student")]
pub struct UnknownRole;

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or(UnknownRole)
    }
}

/// The way in that an actor used: the `source` column of the change log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Via {
    /// A browser page.
    Web,
    /// The JSON interface.
    Api,
    /// The command line on the server.
    Cli,
    /// A file that was imported, whatever carried it in.
    Import,
}

impl Via {
    /// The name under which the change log stores it: `web`, `api`, `cli` or
    /// `import`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Api => "api",
            Self::Cli => "cli",
            Self::Import => "import",
        }
    }
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who asks for something. Made at the edge from a verified access token, or
/// by [`Actor::operator`] for the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The account; `None` only for the person at the server's shell.
    pub user: Option<UserId>,
    /// The role that the token carries, or `Admin` for the operator.
    pub role: Role,
    /// The signed-in session; `None` where there is none (command line).
    pub session: Option<SessionId>,
    /// The way in.
    pub via: Via,
}

impl Actor {
    /// A signed-in person.
    #[must_use]
    pub const fn person(user: UserId, role: Role, session: SessionId, via: Via) -> Self {
        Self {
            user: Some(user),
            role,
            session: Some(session),
            via,
        }
    }

    /// The person at the server's shell. They can read the database file and
    /// the keys, so they act as an admin, without an account of their own.
    #[must_use]
    pub const fn operator() -> Self {
        Self {
            user: None,
            role: Role::Admin,
            session: None,
            via: Via::Cli,
        }
    }

    /// The account that the change log names as the actor; `None` for the
    /// operator.
    #[must_use]
    pub const fn user_id(&self) -> Option<UserId> {
        self.user
    }

    /// The same actor, its writes marked as coming from another way in (an
    /// admin's upload is recorded as `import`).
    #[must_use]
    pub const fn via(mut self, via: Via) -> Self {
        self.via = via;
        self
    }

    /// Whether this actor is the person with this account.
    #[must_use]
    pub fn is(&self, user: UserId) -> bool {
        self.user == Some(user)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn role_names_round_trip_and_are_exact() {
        let names = Role::ALL.map(|role| role.to_string());
        assert_eq!(names, ["admin", "teacher", "student"]);
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        for wrong in ["", "Admin", "admin ", "root"] {
            assert_eq!(wrong.parse::<Role>(), Err(UnknownRole));
        }
    }

    #[test]
    fn ways_in_have_the_names_of_the_change_log() {
        let names = [Via::Web, Via::Api, Via::Cli, Via::Import].map(|via| via.to_string());
        assert_eq!(names, ["web", "api", "cli", "import"]);
    }

    #[test]
    fn a_person_is_their_own_account_and_no_other() {
        let person = Actor::person(UserId(7), Role::Student, SessionId(1), Via::Web);
        assert_eq!(person.user_id(), Some(UserId(7)));
        assert!(person.is(UserId(7)));
        assert!(!person.is(UserId(8)));
    }

    #[test]
    fn the_operator_has_no_account() {
        let operator = Actor::operator();
        assert_eq!(operator.user_id(), None);
        assert!(!operator.is(UserId(0)));
        assert_eq!(operator.via.as_str(), "cli");
        assert_eq!(operator.via(Via::Import).via.as_str(), "import");
    }
}
