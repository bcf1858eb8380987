//! Takes up keys that were added to the directory of keys, or removed, while the server runs.

use std::sync::Arc;
use std::time::Duration;

use gradebook_app::App;
use gradebook_auth::KeyRing;

use crate::secrets::{KeyDirectory, SecretError, Sight};
use crate::shutdown::Shutdown;

/// The directory that a server takes its keys from, and how often it looks.
#[derive(Debug, Clone)]
pub struct WatchedKeys {
    /// The directory.
    pub directory: KeyDirectory,
    /// The pause between two looks; much shorter than the lead of a new key.
    pub every: Duration,
}

impl WatchedKeys {
    /// Looks every two seconds.
    #[must_use]
    pub const fn new(directory: KeyDirectory) -> Self {
        Self {
            directory,
            every: Duration::from_secs(2),
        }
    }
}

/// Looks until the server stops. What is wrong is logged, and the keys stay as they were.
pub(super) async fn watch(app: Arc<App>, keys: WatchedKeys, mut stop: Shutdown) {
    let mut taken: Option<Sight> = None;
    let mut complaint: Option<String> = None;
    loop {
        tokio::select! {
            () = stop.requested() => return,
            () = tokio::time::sleep(keys.every) => {}
        }
        let directory = keys.directory.clone();
        let before = taken.clone();
        // A directory on the network may take its time, which must not keep requests waiting.
        let looked = tokio::task::spawn_blocking(move || look(&directory, before.as_ref())).await;
        match looked {
            Ok(Ok(new)) => {
                if complaint.take().is_some() {
                    tracing::info!("the signing keys can be read again");
                }
                if let Some((sight, ring)) = new {
                    taken = Some(sight);
                    take_up(&app, ring);
                }
            }
            Ok(Err(error)) => {
                let error = error.to_string();
                if complaint.as_ref() != Some(&error) {
                    tracing::error!(%error, "the signing keys stay as they were");
                    complaint = Some(error);
                }
            }
            // It can only have been cut off by the end of the process.
            Err(_) => return,
        }
    }
}

/// The keys, unless the directory looks as it did.
fn look(
    directory: &KeyDirectory,
    before: Option<&Sight>,
) -> Result<Option<(Sight, KeyRing)>, SecretError> {
    // Before reading: what changes meanwhile makes the next look differ.
    let sight = directory.sight()?;
    if before == Some(&sight) {
        return Ok(None);
    }
    Ok(Some((sight, directory.load()?)))
}

fn take_up(app: &App, ring: KeyRing) {
    let newest = ring.newest();
    let (kid, signs_from) = (newest.key().public().kid().to_owned(), newest.signs_from());
    if app.replace_keys(ring) {
        tracing::info!(newest = kid, signs_from, "took up other signing keys");
    }
}
