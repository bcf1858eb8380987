//! Initial passwords for a class, to print and cut apart.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use gradebook_auth::actions::{ManagePeople, School};
use gradebook_auth::password::{HashingError, PasswordHash};
use gradebook_auth::{Actor, authorize};
use gradebook_domain::{ClassId, UserId};
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::query::class_accounts::{self, ClassAccounts};
use gradebook_persistence::query::courses::Class;
use gradebook_persistence::repo::people::{self, User};

use super::PeopleError;
use crate::App;

/// How often a full queue of passwords to hash is met before giving up, and the pause between.
const PATIENCE: u32 = 20;
const PAUSE: Duration = Duration::from_millis(500);

/// The students of a class by what becomes of them when slips are made.
#[derive(Debug, Clone)]
pub struct ClassSlips {
    /// The class.
    pub class: Class,
    /// Those who have no password of their own and get an initial one.
    pub waiting: Vec<User>,
    /// Those who keep the password that they chose.
    pub own: Vec<User>,
    /// Those who cannot sign in at all.
    pub disabled: Vec<User>,
}

/// The slips of a class. It has no `Debug`, so that passwords get into no log.
pub struct PrintedSlips {
    /// The class, and who gets no slip.
    pub rest: ClassSlips,
    /// Each with the one-time password that is told only here.
    pub slips: Vec<(User, String)>,
}

fn sorted_out(class: Class, students: Vec<User>) -> ClassSlips {
    let (enabled, disabled) = students.into_iter().partition(|user| user.enabled);
    let (own, waiting) = Vec::into_iter(enabled)
        .partition(|user: &User| user.has_password && !user.password_change_required);
    ClassSlips {
        class,
        waiting,
        own,
        disabled,
    }
}

impl App {
    /// Every class with how many of its students wait for a password.
    ///
    /// # Errors
    /// [`PeopleError::Forbidden`] for anybody but an admin.
    pub async fn classes_for_slips(
        &self,
        actor: &Actor,
    ) -> Result<Vec<ClassAccounts>, PeopleError> {
        let grant = authorize::<ManagePeople>(actor, School)?;
        let today = self.today();
        Ok(class_accounts::of_all_classes(&self.db, &grant, &today).await?)
    }

    /// Who of a class would be given a slip, and who would not. Students whose enrolment begins
    /// later belong to the class already: slips are handed out before the first day.
    ///
    /// # Errors
    /// [`PeopleError::NotFound`], [`PeopleError::Forbidden`] for anybody but an admin.
    pub async fn class_slips(
        &self,
        actor: &Actor,
        class: ClassId,
    ) -> Result<ClassSlips, PeopleError> {
        let grant = authorize::<ManagePeople>(actor, School)?;
        let today = self.today();
        let (class, students) = class_accounts::of_class(&self.db, &grant, class, &today)
            .await?
            .ok_or(PeopleError::NotFound)?;
        Ok(sorted_out(class, students))
    }

    /// Gives everybody in a class who has no password of their own a new one-time password, and
    /// ends the sessions that these accounts have. All of them get one, or nobody.
    ///
    /// # Errors
    /// [`PeopleError`]; nothing is changed then.
    pub async fn make_class_slips(
        &self,
        actor: &Actor,
        class: ClassId,
    ) -> Result<PrintedSlips, PeopleError> {
        let grant = authorize::<ManagePeople>(actor, School)?;
        let found = self.class_slips(actor, class).await?;
        let mut passwords: HashMap<UserId, String> = HashMap::new();
        let mut hashes: BTreeMap<UserId, String> = BTreeMap::new();
        // One after the other and before the transaction, so that people who sign in meanwhile
        // get their turn, and nobody waits for a lock.
        for user in &found.waiting {
            let initial = self.new_initial_password();
            let hash = self.patient_hash(&initial).await?;
            hashes.insert(user.id, hash.into_string());
            passwords.insert(user.id, initial);
        }
        let stamp = Stamp {
            batch: Some(self.new_batch()),
            ..self.stamp(actor)
        };
        let given = self
            .db
            .write(async |tx| {
                self.asker_lasts(tx, actor).await?;
                let given = people::give_initial_passwords(tx, &grant, &stamp, &hashes).await?;
                Ok::<_, PeopleError>(given)
            })
            .await?;
        let ClassSlips {
            class,
            waiting,
            mut own,
            disabled,
        } = found;
        let mut slips = Vec::with_capacity(given.len());
        for user in waiting {
            // Whoever chose a password while these were hashed keeps it.
            match passwords
                .remove(&user.id)
                .filter(|_| given.contains(&user.id))
            {
                Some(password) => slips.push((user, password)),
                None => own.push(user),
            }
        }
        let rest = ClassSlips {
            class,
            waiting: Vec::new(),
            own,
            disabled,
        };
        Ok(PrintedSlips { rest, slips })
    }

    /// Hashes a password of many; while the queue is full the others come first.
    async fn patient_hash(&self, password: &str) -> Result<PasswordHash, HashingError> {
        let mut tries = 1;
        loop {
            match self.passwords.hash(password.to_owned()).await {
                Err(HashingError::Busy) if tries < PATIENCE => {}
                done => return done,
            }
            tries += 1;
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// The day (UTC), ISO 8601.
    pub(crate) fn today(&self) -> String {
        jiff::Timestamp::from_millisecond(self.clock.now_ms())
            .map(|now| now.to_zoned(jiff::tz::TimeZone::UTC).date().to_string())
            .unwrap_or_default()
    }
}
