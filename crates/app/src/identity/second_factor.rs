//! The second factor: setting up an authenticator app, its codes, and recovery codes for whoever
//! loses it.

mod error;

use gradebook_auth::actions::{Account, ManageOwnSecondFactor, ManageOwnSession};
use gradebook_auth::mac::MacKey;
use gradebook_auth::password::{recovery_code, typed_recovery_code};
use gradebook_auth::sealing::SealingKey;
use gradebook_auth::totp::{Enrolment, SECRET_BYTES, TotpSecret};
use gradebook_auth::{Actor, Denied, Grant, Verdict, authorize};
use gradebook_domain::UserId;
use gradebook_persistence::repo::people::{self, Credentials};
use gradebook_persistence::repo::second_factors::{self, StoredSecret};
use gradebook_persistence::repo::sessions;
use gradebook_persistence::{DbError, Tx};

pub use error::SecondFactorError;

use super::throttle::Tried;
use crate::App;

/// How many recovery codes there are.
const RECOVERY_CODES: usize = 10;
/// A secret that nobody confirms is forgotten after an hour: the page with its QR code may still be
/// open somewhere.
const PENDING_MS: i64 = 60 * 60 * 1000;

/// Seals the secrets of authenticator apps and names recovery codes.
pub(crate) struct SecondFactors {
    sealing: SealingKey,
    recovery: MacKey,
}

impl SecondFactors {
    pub(crate) fn new(secret: &[u8]) -> Self {
        Self {
            sealing: SealingKey::derive(secret, "totp"),
            recovery: MacKey::derive(secret, "recovery code"),
        }
    }

    fn open(&self, owner: UserId, stored: &StoredSecret) -> Option<TotpSecret> {
        let secret = self.sealing.open(owner.0, &stored.sealed).ok()?;
        TotpSecret::from_stored(&secret).ok()
    }

    fn tag(&self, owner: UserId, code: &str) -> Option<String> {
        let code = typed_recovery_code(code)?;
        let parts = [&owner.0.to_be_bytes(), code.as_bytes()];
        Some(self.recovery.name(&parts))
    }
}

/// How an account stands to the second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecondFactorState {
    /// Whether signing in takes a code.
    pub enabled: bool,
    /// Whether the school requires it of the account's role.
    pub required: bool,
    /// How many recovery codes are left.
    pub recovery_codes_left: u64,
}

impl App {
    /// How the actor's account stands.
    ///
    /// # Errors
    /// [`SecondFactorError::Gone`]; database failures.
    pub async fn second_factor(
        &self,
        actor: &Actor,
    ) -> Result<SecondFactorState, SecondFactorError> {
        let found = self.own_account(actor).await?;
        let enabled = found.user.totp_enabled;
        let recovery_codes_left = if enabled {
            second_factors::codes_left(&self.db, found.user.id).await?
        } else {
            0
        };
        Ok(SecondFactorState {
            enabled,
            required: self.totp_required_of.contains(&found.user.role),
            recovery_codes_left,
        })
    }

    /// Makes a secret for the actor's authenticator app. Signing in stays as it is until the app's
    /// first code confirms it within an hour.
    ///
    /// # Errors
    /// [`SecondFactorError::AlreadyEnabled`].
    pub async fn begin_totp(&self, actor: &Actor) -> Result<Enrolment, SecondFactorError> {
        let found = self.own_account(actor).await?;
        if found.user.totp_enabled {
            return Err(SecondFactorError::AlreadyEnabled);
        }
        let mut bytes = [0; SECRET_BYTES];
        self.random.fill(&mut bytes);
        let secret = TotpSecret::new(bytes);
        let owner = found.user.id;
        let sealed = self.factors.sealing.seal(owner.0, secret.as_bytes())?;
        let at = self.clock.now_ms();
        self.db
            .write(async |tx| {
                // Of two at once, the second replaces what the first began.
                let grant = self.hold(tx, actor, owner).await?;
                second_factors::begin(tx, &grant, at, &sealed).await?;
                Ok::<_, SecondFactorError>(())
            })
            .await?;
        Ok(secret.enrolment(&found.user.username))
    }

    /// What [`App::begin_totp`] made and nobody has confirmed yet, to show it again.
    ///
    /// # Errors
    /// [`SecondFactorError::NothingToConfirm`], [`SecondFactorError::AlreadyEnabled`].
    pub async fn pending_totp(&self, actor: &Actor) -> Result<Enrolment, SecondFactorError> {
        let found = self.own_account(actor).await?;
        let (_, secret) = self.pending(&found).await?;
        Ok(secret.enrolment(&found.user.username))
    }

    async fn pending(
        &self,
        found: &Credentials,
    ) -> Result<(StoredSecret, TotpSecret), SecondFactorError> {
        if found.user.totp_enabled {
            return Err(SecondFactorError::AlreadyEnabled);
        }
        let owner = found.user.id;
        let since = self.clock.now_ms() - PENDING_MS;
        let stored = second_factors::secret(&self.db, owner)
            .await?
            .filter(|stored| stored.created_at > since)
            .ok_or(SecondFactorError::NothingToConfirm)?;
        let secret = self.factors.open(owner, &stored);
        let secret = secret.ok_or(SecondFactorError::NothingToConfirm)?;
        Ok((stored, secret))
    }

    /// Turns the second factor on, now that the app has shown a right code; ends the actor's other
    /// sessions, which were started without it. Returns the recovery codes, which are told only here.
    ///
    /// # Errors
    /// [`SecondFactorError::WrongCode`], [`SecondFactorError::NothingToConfirm`],
    /// [`SecondFactorError::AlreadyEnabled`], [`SecondFactorError::Throttled`].
    pub async fn confirm_totp(
        &self,
        actor: &Actor,
        code: &str,
    ) -> Result<Vec<String>, SecondFactorError> {
        let found = self.own_account(actor).await?;
        let owner = found.user.id;
        let tried = Tried::OwnSecret(owner, actor.session);
        let attempt = self.attempt(&[tried]).await?;
        let (stored, secret) = self.pending(&found).await?;
        let Some(step) = secret.step_of(code, self.now_s()) else {
            self.failed(&attempt).await?;
            return Err(SecondFactorError::WrongCode);
        };
        let (codes, tags) = self.new_codes(owner);
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| {
                // Sign-ins that are under way wait, and then see that a code is asked for.
                people::lock(tx, owner).await?;
                self.began_here(tx, actor, &stored).await?;
                let grant = own(actor, owner)?;
                let confirmed =
                    second_factors::confirm(tx, &grant, &stamp, &stored.sealed, step).await?;
                if !confirmed {
                    return Err(SecondFactorError::NothingToConfirm);
                }
                second_factors::replace_recovery_codes(tx, &grant, &stamp, &tags).await?;
                attempt.succeeded(tx).await?;
                let grant = authorize::<ManageOwnSession>(actor, Account { user: owner })?;
                if let Some(session) = actor.session {
                    sessions::mark_second_factor(tx, &grant, session).await?;
                }
                sessions::end_others(tx, &grant, &stamp, actor.session).await?;
                Ok(())
            })
            .await?;
        Ok(codes)
    }

    /// Turns the second factor off and ends the actor's other sessions.
    ///
    /// # Errors
    /// [`SecondFactorError::Required`], [`SecondFactorError::NotEnabled`],
    /// [`SecondFactorError::WrongPassword`], [`SecondFactorError::Throttled`].
    pub async fn remove_totp(
        &self,
        actor: &Actor,
        password: String,
    ) -> Result<(), SecondFactorError> {
        let found = self.own_account(actor).await?;
        if !found.user.totp_enabled {
            return Err(SecondFactorError::NotEnabled);
        }
        if self.totp_required_of.contains(&found.user.role) {
            return Err(SecondFactorError::Required);
        }
        let owner = found.user.id;
        self.check_own_password(actor, &found, password).await?;
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| {
                let grant = self.hold(tx, actor, owner).await?;
                second_factors::remove(tx, &grant, &stamp).await?;
                let grant = authorize::<ManageOwnSession>(actor, Account { user: owner })?;
                sessions::end_others(tx, &grant, &stamp, actor.session).await?;
                Ok(())
            })
            .await
    }

    /// Makes new recovery codes; the earlier ones are void.
    ///
    /// # Errors
    /// [`SecondFactorError::NotEnabled`], [`SecondFactorError::WrongPassword`],
    /// [`SecondFactorError::Throttled`].
    pub async fn renew_recovery_codes(
        &self,
        actor: &Actor,
        password: String,
    ) -> Result<Vec<String>, SecondFactorError> {
        let found = self.own_account(actor).await?;
        if !found.user.totp_enabled {
            return Err(SecondFactorError::NotEnabled);
        }
        let owner = found.user.id;
        self.check_own_password(actor, &found, password).await?;
        let (codes, tags) = self.new_codes(owner);
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| {
                let grant = self.hold(tx, actor, owner).await?;
                second_factors::replace_recovery_codes(tx, &grant, &stamp, &tags).await?;
                Ok::<_, SecondFactorError>(())
            })
            .await?;
        Ok(codes)
    }

    /// Uses a code of the app, or a recovery code, in the caller's transaction; `false` when it is
    /// not right or was used before.
    pub(crate) async fn use_code(
        &self,
        tx: &Tx,
        actor: &Actor,
        owner: UserId,
        code: &str,
    ) -> Result<bool, DbError> {
        let Ok(grant) = own(actor, owner) else {
            return Ok(false);
        };
        let stored = second_factors::secret(tx, owner)
            .await?
            .filter(|stored| stored.confirmed);
        let Some(stored) = stored else {
            return Ok(false);
        };
        let Some(secret) = self.factors.open(owner, &stored) else {
            tracing::error!(
                user_id = owner.0,
                "a second factor cannot be opened with this pepper; `gradebook user reset-totp` takes it away"
            );
            return Ok(false);
        };
        if let Some(step) = secret.step_of(code, self.now_s()) {
            return second_factors::use_step(tx, &grant, step).await;
        }
        match self.factors.tag(owner, code) {
            Some(tag) => {
                let stamp = self.stamp(actor);
                second_factors::use_recovery_code(tx, &grant, &stamp, &tag).await
            }
            None => Ok(false),
        }
    }

    /// Locks the account of a session that lasts: leave to change its second factor.
    async fn hold(
        &self,
        tx: &Tx,
        actor: &Actor,
        owner: UserId,
    ) -> Result<Grant<ManageOwnSecondFactor>, SecondFactorError> {
        people::lock(tx, owner).await?;
        if !self.lasts(tx, actor).await? {
            return Err(SecondFactorError::Gone);
        }
        Ok(own(actor, owner)?)
    }

    /// A secret is confirmed by the session that began it: one that was begun by whoever held the
    /// account before a reset or a change of the password must not become its owner's.
    async fn began_here(
        &self,
        tx: &Tx,
        actor: &Actor,
        stored: &StoredSecret,
    ) -> Result<(), SecondFactorError> {
        let (Some(user), Some(session)) = (actor.user, actor.session) else {
            return Err(SecondFactorError::Gone);
        };
        let lasting = sessions::lock_open(tx, user, session).await?;
        let lasting = lasting.ok_or(SecondFactorError::Gone)?;
        if stored.created_at < lasting.began_at {
            return Err(SecondFactorError::NothingToConfirm);
        }
        Ok(())
    }

    async fn own_account(&self, actor: &Actor) -> Result<Credentials, SecondFactorError> {
        let id = actor.user_id().ok_or(SecondFactorError::Gone)?;
        people::by_id(&self.db, id)
            .await?
            .filter(|found| found.user.enabled)
            .ok_or(SecondFactorError::Gone)
    }

    async fn check_own_password(
        &self,
        actor: &Actor,
        found: &Credentials,
        password: String,
    ) -> Result<(), SecondFactorError> {
        let tried = Tried::OwnSecret(found.user.id, actor.session);
        let attempt = self.attempt(&[tried]).await?;
        let stored = found.password_hash.clone();
        match self.passwords.verify(stored, password).await? {
            Verdict::Match { .. } => {
                let forgotten = self.db.write(async |tx| attempt.succeeded(tx).await).await;
                Ok(forgotten?)
            }
            Verdict::NoMatch => {
                self.failed(&attempt).await?;
                Err(SecondFactorError::WrongPassword)
            }
        }
    }

    /// New recovery codes and the tags under which they are stored.
    fn new_codes(&self, owner: UserId) -> (Vec<String>, Vec<String>) {
        (0..RECOVERY_CODES)
            .filter_map(|_| {
                let mut bytes = [0; 8];
                self.random.fill(&mut bytes);
                let code = recovery_code(&bytes);
                let tag = self.factors.tag(owner, &code)?;
                Some((code, tag))
            })
            .unzip()
    }
}

fn own(actor: &Actor, user: UserId) -> Result<Grant<ManageOwnSecondFactor>, Denied> {
    authorize::<ManageOwnSecondFactor>(actor, Account { user })
}
