//! The devices on which a person is signed in, as they see and end them.

use gradebook_auth::actions::{Account, ManageOwnSession};
use gradebook_auth::{Actor, Denied, authorize};
use gradebook_domain::SessionId;
use gradebook_persistence::change_log::ChangeKind;
use gradebook_persistence::repo::people;
use gradebook_persistence::repo::sessions::{self, OpenSession};
use gradebook_persistence::{DatabaseFailure, DbError};

use crate::App;

/// More sessions than anybody looks through.
const MOST_LISTED: u64 = 200;

/// Why a session was not ended, or none are listed.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// It is not there, has ended, or is somebody else's.
    #[error("there is no such session")]
    NotFound,
    /// The session that asks has ended itself.
    #[error("this session has ended")]
    SignedOut,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
}

impl DatabaseFailure for SessionError {
    fn database_failure(&self) -> Option<&DbError> {
        match self {
            Self::Database(error) => Some(error),
            Self::NotFound | Self::SignedOut => None,
        }
    }
}

impl From<Denied> for SessionError {
    fn from(_: Denied) -> Self {
        Self::NotFound
    }
}

impl App {
    /// The actor's sessions that can still be used, the last used first; 200 at most.
    ///
    /// # Errors
    /// [`SessionError::NotFound`] when the account is gone.
    pub async fn sessions(&self, actor: &Actor) -> Result<Vec<OpenSession>, SessionError> {
        let user = actor.user_id().ok_or(SessionError::NotFound)?;
        let grant = authorize::<ManageOwnSession>(actor, Account { user })?;
        let ver = people::by_id(&self.db, user)
            .await?
            .map(|found| found.user.ver)
            .ok_or(SessionError::NotFound)?;
        let now = self.clock.now_ms();
        Ok(sessions::open(&self.db, &grant, ver, now, MOST_LISTED).await?)
    }

    /// Ends one of the actor's sessions; its tokens are void on every replica within two seconds.
    ///
    /// # Errors
    /// [`SessionError::NotFound`] for one that is not there, has ended or is not theirs.
    pub async fn end_session_of_mine(
        &self,
        actor: &Actor,
        session: SessionId,
    ) -> Result<(), SessionError> {
        let user = actor.user_id().ok_or(SessionError::NotFound)?;
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| {
                let grant = authorize::<ManageOwnSession>(actor, Account { user })?;
                if !self.lasts(tx, actor).await? {
                    return Err(SessionError::SignedOut);
                }
                let kind = ChangeKind::SessionEnded;
                if sessions::end(tx, &grant, &stamp, session, kind).await? {
                    Ok(())
                } else {
                    Err(SessionError::NotFound)
                }
            })
            .await
    }

    /// Ends all of the actor's sessions but the one that asks, and returns how many.
    ///
    /// # Errors
    /// Database failures; [`SessionError::NotFound`] for somebody without an account.
    pub async fn end_other_sessions(&self, actor: &Actor) -> Result<usize, SessionError> {
        let user = actor.user_id().ok_or(SessionError::NotFound)?;
        let stamp = self.stamp(actor);
        self.db
            .write(async |tx| {
                let grant = authorize::<ManageOwnSession>(actor, Account { user })?;
                if !self.lasts(tx, actor).await? {
                    return Err(SessionError::SignedOut);
                }
                Ok(sessions::end_others(tx, &grant, &stamp, actor.session).await?)
            })
            .await
    }
}
