//! The first admin of a school that nobody administers yet. Whoever reaches the server first must not
//! be let in: what counts is a code that only somebody at the server's own terminal is shown.

use std::sync::atomic::{AtomicBool, Ordering};

use gradebook_auth::actions::{ManagePeople, School};
use gradebook_auth::mac::MacKey;
use gradebook_auth::{Actor, Role, Via, authorize};
use gradebook_persistence::repo::people::{self, User};
use gradebook_persistence::repo::the_school::lock_the_school;
use gradebook_persistence::{DatabaseFailure, DbError};

use super::{NewPassword, NewPerson, PeopleError, put};
use crate::identity::throttle::{NotNow, Tried};
use crate::{App, Client};

/// Letters that nobody takes for another.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Letters of a code, of five bits each, and of one of its groups.
const LENGTH: usize = 16;
const GROUP: usize = 4;

/// Makes and compares the set-up code: all replicas with the same pepper have the same one.
pub(crate) struct SetupCode {
    key: MacKey,
    /// Whether there was an account: there always is one from then on.
    peopled: AtomicBool,
}

/// Why there is no first admin.
#[derive(Debug, thiserror::Error)]
pub enum FirstAdminError {
    /// Somebody has an account already.
    #[error("the school has been begun already: sign in")]
    Begun,
    /// The code is not the one that the server shows.
    #[error("this is not the set-up code")]
    WrongCode,
    /// Too many wrong codes from this address.
    #[error("too many failed attempts; wait {retry_after_s} seconds")]
    Throttled {
        /// Seconds until the next attempt is looked at.
        retry_after_s: u32,
    },
    /// The account cannot be added as it was typed.
    #[error(transparent)]
    Person(#[from] PeopleError),
}

impl DatabaseFailure for FirstAdminError {
    fn database_failure(&self) -> Option<&DbError> {
        match self {
            Self::Person(error) => error.database_failure(),
            _ => None,
        }
    }
}

impl From<DbError> for FirstAdminError {
    fn from(error: DbError) -> Self {
        Self::Person(error.into())
    }
}

impl SetupCode {
    pub(crate) fn new(secret: &[u8]) -> Self {
        Self {
            key: MacKey::derive(secret, "set-up code"),
            peopled: AtomicBool::new(false),
        }
    }

    /// The letters without groups.
    fn letters(&self) -> String {
        let tag = self.key.tag(&[b"code"]);
        let mut letters = String::with_capacity(LENGTH);
        for byte in tag.iter().take(LENGTH) {
            letters.push(char::from(LETTERS[usize::from(byte % 32)]));
        }
        letters
    }

    fn text(&self) -> String {
        let letters = self.letters();
        let groups: Vec<&str> = (0..LENGTH / GROUP)
            .filter_map(|group| letters.get(group * GROUP..(group + 1) * GROUP))
            .collect();
        groups.join("-")
    }

    /// Whether this is the code, in a time that does not depend on where it differs.
    fn is(&self, typed: &str) -> bool {
        let folded: String = typed
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|letter| match letter.to_ascii_lowercase() {
                'o' => '0',
                'i' | 'l' => '1',
                other => other,
            })
            .collect();
        let right = self.key.tag(&[b"compared", self.letters().as_bytes()]);
        self.key.holds(&[b"compared", folded.as_bytes()], &right)
    }
}

impl App {
    /// Whether nobody has an account yet, so that the school waits to be begun.
    ///
    /// # Errors
    /// Any database failure.
    pub async fn is_new(&self) -> Result<bool, DbError> {
        if self.first_admin.peopled.load(Ordering::Acquire) {
            return Ok(false);
        }
        let peopled = people::count(&self.db).await? > 0;
        if peopled {
            self.first_admin.peopled.store(true, Ordering::Release);
        }
        Ok(!peopled)
    }

    /// The code with which the school is begun, for the server's own terminal; none once somebody has
    /// an account.
    ///
    /// # Errors
    /// Any database failure.
    pub async fn setup_code(&self) -> Result<Option<String>, DbError> {
        Ok(self.is_new().await?.then(|| self.first_admin.text()))
    }

    /// Adds the first admin for somebody who knows the set-up code. Of two at once one is added.
    ///
    /// # Errors
    /// [`FirstAdminError`]; nothing is added then.
    pub async fn add_first_admin(
        &self,
        code: &str,
        (username, name): (&str, &str),
        password: String,
        locale: &str,
        client: &Client,
    ) -> Result<User, FirstAdminError> {
        if !self.is_new().await? {
            return Err(FirstAdminError::Begun);
        }
        let attempt = self.attempt(&[Tried::Address(&client.address)]).await;
        let attempt = attempt.map_err(|not_now| match not_now {
            NotNow::Wait(retry_after_s) => FirstAdminError::Throttled { retry_after_s },
            NotNow::Database(error) => error.into(),
        })?;
        if !self.first_admin.is(code) {
            self.failed(&attempt).await?;
            tracing::warn!(address = client.address, "set-up code refused");
            return Err(FirstAdminError::WrongCode);
        }
        // The code is shown at the server's terminal only: whoever has it stands there.
        let operator = Actor::operator().via(Via::Web);
        let grant = authorize::<ManagePeople>(&operator, School).map_err(PeopleError::from)?;
        let new = NewPerson {
            username: username.to_owned(),
            name: name.to_owned(),
            role: Role::Admin,
            student_number: None,
            password: Some(NewPassword::Chosen(password)),
            locale: locale.to_owned(),
            enabled: true,
        };
        let ready = self.ready_person(new).await?;
        let stamp = self.stamp(&operator);
        let added = self
            .db
            .write(async |tx| {
                lock_the_school(tx).await?;
                if people::count(tx).await? > 0 {
                    return Err(FirstAdminError::Begun);
                }
                Ok(put(tx, &grant, &stamp, &ready).await?)
            })
            .await?;
        tracing::info!(user_id = added.id.0, "the first admin was added");
        Ok(added)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_the_same_for_all_who_have_the_secret_and_for_nobody_else() {
        let (one, two) = (SetupCode::new(&[1; 32]), SetupCode::new(&[1; 32]));
        let code = one.text();
        assert_eq!(code, two.text());
        assert_eq!(code.len(), LENGTH + LENGTH / GROUP - 1);
        assert_ne!(code, SetupCode::new(&[2; 32]).text());
    }

    #[test]
    fn a_code_is_read_as_people_type_it_and_no_other_is_right() {
        let code = SetupCode::new(&[1; 32]);
        let text = code.text();
        let spaced = format!(" {} ", text.to_uppercase().replace('-', " "));
        assert!(code.is(&text) && code.is(&spaced));
        assert!(code.is(&text.replace('0', "O").replace('1', "l")));
        let mut other = text.clone();
        let last = other.pop();
        other.push(if last == Some('z') { 'y' } else { 'z' });
        for wrong in ["", &text[1..], &format!("{text}0"), &other] {
            assert!(!code.is(wrong), "{wrong}");
        }
    }
}
