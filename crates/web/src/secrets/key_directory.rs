//! The private keys that sign access tokens: a directory of files, shared by replicas.
//!
//! The name of a file says when its key begins to sign (Unix seconds) and how: `0-es256.pem` is the
//! one of the first start, `1790000000-eddsa.pem` a later one. A key is never changed; one is added
//! some time before it signs, so that every server knows it by then, and removed when none of its
//! tokens can be good any more.

use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use gradebook_app::Randomness;
use gradebook_auth::keys::{Algorithm, KeyError, KeyState};
use gradebook_auth::{KeyRing, SigningKey};

use super::SecretError;
use super::file::{self, Created};

/// The name of the directory in the data directory.
pub(super) const DIRECTORY: &str = "keys";
/// From when the key of the first start signs. It is the same on every replica, so that of two that
/// start together one makes the key and the other finds it.
const FIRST_START: i64 = 0;
/// The year 9999; a number beyond is none of seconds.
const LATEST: i64 = 253_402_300_799;
/// How often a directory is listed anew because a file was removed meanwhile.
const MOST_LISTINGS: usize = 5;

const VOID_TOKENS: &str = "access tokens that it signed are void then, and clients refresh them";

/// The directory of the keys.
#[derive(Debug, Clone)]
pub struct KeyDirectory {
    path: PathBuf,
}

/// How to change keys.
#[derive(Debug, Clone, Copy)]
pub struct Rotation {
    /// What the new key is for; that of the newest key if not stated.
    pub algorithm: Option<Algorithm>,
    /// Now, in Unix seconds.
    pub now: i64,
    /// Seconds until the new key signs. Every server must look at the directory in that time.
    pub lead: i64,
    /// Somebody else may have the old keys: the new one signs at once, and all others are removed.
    pub compromised: bool,
}

impl Rotation {
    /// Seconds until a new key signs.
    pub const LEAD: i64 = 30;

    /// At the usual pace.
    #[must_use]
    pub const fn at(now: i64) -> Self {
        Self {
            algorithm: None,
            now,
            lead: Self::LEAD,
            compromised: false,
        }
    }
}

/// What a rotation did.
#[derive(Debug)]
pub struct Rotated {
    /// The keys that there are now.
    pub ring: KeyRing,
    /// The new one's id.
    pub kid: String,
    /// From when it signs, Unix seconds.
    pub signs_from: i64,
    /// Ids of keys that were removed although tokens of theirs may not have expired.
    pub withdrawn: Vec<String>,
    /// Ids of keys that were removed because none of their tokens can be good.
    pub spent: Vec<String>,
}

/// A file as it was found: another name, time, length, owner or mode is another file.
type Seen = (PathBuf, u64, i64, i64, u64, u32, u32);

/// What the directory looks like from outside, to see cheaply whether anything changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sight(Vec<Seen>);

struct KeyFile {
    path: PathBuf,
    signs_from: i64,
    key: SigningKey,
}

impl KeyDirectory {
    /// That of a data directory.
    #[must_use]
    pub fn of(data_dir: &Path) -> Self {
        Self {
            path: data_dir.join(DIRECTORY),
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the directory and its first key, unless there is one.
    ///
    /// # Errors
    /// [`SecretError`].
    pub fn create_first(
        &self,
        algorithm: Algorithm,
        random: &dyn Randomness,
    ) -> Result<(), SecretError> {
        file::create_directory(&self.path).map_err(|cause| SecretError::Directory {
            path: self.path.clone(),
            cause,
        })?;
        if self.names()?.is_empty() {
            let (text, _) = generate(algorithm)?;
            // Taken: by another replica that starts now.
            self.create(&text, algorithm, FIRST_START, random)?;
        }
        Ok(())
    }

    /// Whether a key is there, or may be: a directory that cannot be listed is not taken for empty.
    pub(crate) fn has_keys(&self) -> bool {
        self.path.exists() && self.names().map_or(true, |names| !names.is_empty())
    }

    /// Reads all keys.
    ///
    /// # Errors
    /// [`SecretError`] says which file is wrong, and what to do.
    pub fn load(&self) -> Result<KeyRing, SecretError> {
        self.ring(&self.files()?)
    }

    /// Adds a key and removes those that are of no more use. Keys that may be needed stay.
    ///
    /// # Errors
    /// [`SecretError`].
    pub fn rotate(
        &self,
        rotation: Rotation,
        random: &dyn Randomness,
    ) -> Result<Rotated, SecretError> {
        let old = self.files()?;
        let ring = self.ring(&old)?;
        let newest = ring.newest();
        let algorithm = rotation
            .algorithm
            .unwrap_or_else(|| newest.key().public().algorithm());
        let mut signs_from = if rotation.compromised {
            rotation.now
        } else {
            // Two rotations shortly after each other: each key has its turn.
            (rotation.now + rotation.lead).max(newest.signs_from() + 1)
        };
        let (text, kid) = generate(algorithm)?;
        while self.create(&text, algorithm, signs_from, random)? == Created::Taken {
            signs_from += 1;
        }
        let (mut withdrawn, mut spent) = (Vec::new(), Vec::new());
        for (one, in_ring) in old.iter().zip(ring.keys()) {
            let removed = match ring.state(in_ring, rotation.now) {
                KeyState::Spent => &mut spent,
                _ if rotation.compromised => &mut withdrawn,
                _ => continue,
            };
            remove(&one.path)?;
            removed.push(one.key.public().kid().to_owned());
        }
        file::sync_directory(&self.path).map_err(|cause| self.unreadable(cause))?;
        Ok(Rotated {
            ring: self.load()?,
            kid,
            signs_from,
            withdrawn,
            spent,
        })
    }

    /// Looks at the files without reading them.
    pub(crate) fn sight(&self) -> Result<Sight, SecretError> {
        let mut seen = Vec::new();
        // The directory itself is looked at for its mode only: its time changes with each name.
        let own = self
            .path
            .metadata()
            .map_err(|cause| self.unreadable(cause))?;
        seen.push((self.path.clone(), own.ino(), 0, 0, 0, own.mode(), own.uid()));
        for name in self.names()? {
            let path = self.path.join(name);
            // Gone meanwhile: the next look shows it.
            let Ok(of) = path.metadata() else { continue };
            let (time, nanos) = (of.mtime(), of.mtime_nsec());
            seen.push((path, of.ino(), time, nanos, of.len(), of.mode(), of.uid()));
        }
        Ok(Sight(seen))
    }

    fn create(
        &self,
        text: &str,
        algorithm: Algorithm,
        signs_from: i64,
        random: &dyn Randomness,
    ) -> Result<Created, SecretError> {
        let path = self.path.join(name(signs_from, algorithm));
        file::create(&path, random, text).map_err(|cause| SecretError::Write { path, cause })
    }

    /// The names of the files, sorted, without those that are not finished.
    fn names(&self) -> Result<Vec<String>, SecretError> {
        let list = || -> io::Result<Vec<String>> {
            let mut names = Vec::new();
            for entry in std::fs::read_dir(&self.path)? {
                names.push(entry?.file_name().to_string_lossy().into_owned());
            }
            names.retain(|name| !name.starts_with('.'));
            names.sort();
            Ok(names)
        };
        list().map_err(|cause| self.unreadable(cause))
    }

    fn unreadable(&self, cause: io::Error) -> SecretError {
        SecretError::Read {
            path: self.path.clone(),
            cause,
        }
    }

    /// The keys in the order of the ring.
    fn files(&self) -> Result<Vec<KeyFile>, SecretError> {
        let own = self
            .path
            .metadata()
            .map_err(|cause| self.unreadable(cause))?;
        let mode = own.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(SecretError::ExposedDirectory {
                path: self.path.clone(),
                mode,
            });
        }
        let mut listings = 0;
        loop {
            listings += 1;
            let found: Result<Vec<KeyFile>, SecretError> = self
                .names()?
                .iter()
                .map(|name| read(&self.path, name))
                .collect();
            match found {
                // Removed between listing and reading: what replaces it may have come meanwhile.
                Err(SecretError::Read { cause, .. })
                    if cause.kind() == io::ErrorKind::NotFound && listings < MOST_LISTINGS => {}
                Err(error) => return Err(error),
                Ok(mut found) => {
                    found.sort_by(|one, other| one.order().cmp(&other.order()));
                    return Ok(found);
                }
            }
        }
    }

    fn ring(&self, files: &[KeyFile]) -> Result<KeyRing, SecretError> {
        let keys = files.iter().map(|one| (one.signs_from, one.key.clone()));
        KeyRing::new(keys).map_err(|error| SecretError::Keys {
            path: self.path.clone(),
            problem: error,
        })
    }
}

impl KeyFile {
    /// As [`KeyRing`] orders them.
    fn order(&self) -> (i64, &str) {
        (self.signs_from, self.key.public().kid())
    }
}

/// A new key as text, and its id.
fn generate(algorithm: Algorithm) -> Result<(String, String), SecretError> {
    let failed = |_| SecretError::KeyGeneration;
    let text = SigningKey::generate(algorithm).map_err(failed)?;
    let key = SigningKey::read(algorithm, &text).map_err(failed)?;
    Ok((text, key.public().kid().to_owned()))
}

fn remove(path: &Path) -> Result<(), SecretError> {
    match std::fs::remove_file(path) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(SecretError::Remove {
            path: path.to_path_buf(),
            cause,
        }),
        _ => Ok(()),
    }
}

fn read(directory: &Path, name: &str) -> Result<KeyFile, SecretError> {
    let path = directory.join(name);
    let Some((signs_from, algorithm)) = meaning(name) else {
        return Err(SecretError::StrangeName { path });
    };
    let text = file::read(&path)?;
    match SigningKey::read(algorithm, &text) {
        Ok(key) => Ok(KeyFile {
            path,
            signs_from,
            key,
        }),
        Err(problem) => Err(unusable(path, problem)),
    }
}

fn unusable(path: PathBuf, problem: KeyError) -> SecretError {
    SecretError::Unusable {
        path,
        problem: problem.to_string(),
        loss: VOID_TOKENS,
    }
}

fn name(signs_from: i64, algorithm: Algorithm) -> String {
    let kind = match algorithm {
        Algorithm::Es256 | Algorithm::EdDsa => "pem",
        Algorithm::Hs256 => "key",
    };
    format!("{signs_from}-{}.{kind}", algorithm.name())
}

/// What the name of a file says; each key has exactly one name.
fn meaning(file: &str) -> Option<(i64, Algorithm)> {
    let (seconds, rest) = file.split_once('-')?;
    let (algorithm, _) = rest.split_once('.')?;
    let signs_from = seconds.parse().ok()?;
    let algorithm = algorithm.parse().ok()?;
    let known = (FIRST_START..=LATEST).contains(&signs_from) && name(signs_from, algorithm) == file;
    known.then_some((signs_from, algorithm))
}

#[cfg(test)]
mod tests;
