//! The keys that sign access tokens: taken up while the server runs, and put on record.

use gradebook_auth::actions::{ManageSetup, School};
use gradebook_auth::keys::{KeyRing, RingKey};
use gradebook_auth::{Actor, authorize};
use gradebook_persistence::repo::keys::{self, KeyRecord};

use crate::App;
use crate::error::ReadError;

impl App {
    /// Signs and verifies with these keys from now on. Says whether they differ from those before.
    ///
    /// Where a key is gone whose tokens were good, they are void, and open event streams end: their
    /// readers come back with a token of another key.
    pub fn replace_keys(&self, ring: KeyRing) -> bool {
        let now = self.now_s();
        let before = self.tokens.keys();
        let withdrawn = before.keys().any(|one| {
            let kid = one.key().public().kid();
            before.find(kid, now).is_some() && ring.find(kid, now).is_none()
        });
        let times = |ring: &KeyRing| -> Vec<(String, i64)> {
            ring.keys()
                .map(|one| (one.key().public().kid().to_owned(), one.signs_from()))
                .collect()
        };
        let differ = times(&before) != times(&ring);
        self.tokens.replace_keys(ring);
        if withdrawn {
            self.live.end_all();
        }
        differ
    }

    /// Brings the record of the keys up to date: what is new, what has stopped signing, and that
    /// those with the ids `withdrawn` were removed before their time.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for anybody but the operator; database failures.
    pub async fn record_signing_keys(
        &self,
        actor: &Actor,
        withdrawn: &[String],
    ) -> Result<(), ReadError> {
        let grant = authorize::<ManageSetup>(actor, School)?;
        let stamp = self.stamp(actor);
        let ring = self.tokens.keys();
        let records: Vec<KeyRecord> = ring.keys().map(record).collect();
        self.db
            .write(async |tx| {
                keys::record(tx, &grant, &stamp, &records, withdrawn).await?;
                Ok::<_, ReadError>(())
            })
            .await
    }
}

fn record(one: &RingKey) -> KeyRecord {
    let key = one.key().public();
    KeyRecord {
        kid: key.kid().to_owned(),
        algorithm: key.algorithm().as_str().to_owned(),
        // `null` for a symmetric key.
        public_jwk: serde_json::to_string(&key.jwk()).unwrap_or_default(),
        retired_at: one.signs_until().map(|until| until.saturating_mul(1000)),
    }
}
