//! The secrets in the data directory: pepper, refresh secret and signing keys.
//!
//! Each is made at the first start and never replaced by itself. A new one is written to a file of
//! its own and then linked to its name, which fails if the name is taken: of two replicas that start
//! together one makes the secret and the other reads it, and neither sees half a file.

mod file;
mod key_directory;

use std::io;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gradebook_app::Randomness;
use gradebook_auth::KeyRing;
use gradebook_auth::keys::{Algorithm, KeyError, SECRET_BYTES, strong_secret};
use gradebook_auth::password::Pepper;

pub(crate) use file::create_private_file;
pub(crate) use key_directory::Sight;
pub use key_directory::{KeyDirectory, Rotated, Rotation};

const PEPPER: &str = "pepper";
const REFRESH_SECRET: &str = "refresh-secret";

/// The secrets of one installation.
pub(crate) struct Secrets {
    /// Mixed into every password.
    pub(crate) pepper: Pepper,
    /// Seals the second factors; the pepper's bytes, from which other keys are derived.
    pub(crate) second_factor_secret: Vec<u8>,
    /// Derives refresh tokens.
    pub(crate) refresh_secret: Vec<u8>,
    /// Sign access tokens.
    pub(crate) keys: KeyRing,
}

/// Why the secrets cannot be used; each says what to do.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum SecretError {
    /// The data directory is not there and cannot be made.
    #[error(
        "cannot create the data directory {}: {cause}; make it writable for the account that runs \
         gradebook, or name another with --data-dir or GRADEBOOK_DATA_DIR", path.display()
    )]
    Directory { path: PathBuf, cause: io::Error },
    /// A file cannot be written.
    #[error(
        "cannot write {}: {cause}; make the data directory writable for the account that runs \
         gradebook, or name another with --data-dir or GRADEBOOK_DATA_DIR", path.display()
    )]
    Write { path: PathBuf, cause: io::Error },
    /// A file cannot be read.
    #[error(
        "cannot read {}: {cause}; make it readable for the account that runs gradebook, and for \
         nobody else", path.display()
    )]
    Read { path: PathBuf, cause: io::Error },
    /// Other accounts of the machine can read a secret.
    #[error(
        "{} can be read by other accounts of this machine (mode {mode:04o}); run `chmod 600 {}`, and \
         replace it if somebody may have read it", path.display(), path.display()
    )]
    Exposed { path: PathBuf, mode: u32 },
    /// What is there is no secret.
    #[error(
        "{} {problem}; restore it from a backup. Without one, remove it and start again: {loss}",
        path.display()
    )]
    Unusable {
        path: PathBuf,
        problem: String,
        loss: &'static str,
    },
    /// Other accounts of the machine can put keys into the directory, or take them out.
    #[error(
        "{} can be entered by other accounts of this machine (mode {mode:04o}); run `chmod 700 {}`, \
         and `gradebook keys rotate --compromised` if somebody may have been there",
        path.display(), path.display()
    )]
    ExposedDirectory { path: PathBuf, mode: u32 },
    /// A file among the keys whose name says nothing.
    #[error(
        "{} is no key: its name is not the Unix second from which it signs and its algorithm, like \
         1790000000-es256.pem, -eddsa.pem or -hs256.key; move it elsewhere, or give it such a name",
        path.display()
    )]
    StrangeName { path: PathBuf },
    /// The keys make no ring.
    #[error(
        "the keys in {} cannot be used: {problem}; restore the directory from a backup, or remove \
         what was added", path.display()
    )]
    Keys { path: PathBuf, problem: KeyError },
    /// A file cannot be removed.
    #[error(
        "cannot remove {}: {cause}; make the directory writable for the account that runs gradebook, \
         and run the command again", path.display()
    )]
    Remove { path: PathBuf, cause: io::Error },
    /// The pepper went missing from a data directory that is in use.
    #[error(
        "{} is missing, but {} is there: with a new pepper nobody could sign in any more; restore it \
         from the backup of the data directory. Only if no account exists yet, remove the other file \
         and start again", path.display(), beside.display()
    )]
    PepperLost { path: PathBuf, beside: PathBuf },
    /// No key could be made.
    #[error("cannot make a signing key: the system gives no randomness; try again")]
    KeyGeneration,
}

const ALL_PASSWORDS: &str = "every account then needs `gradebook user reset-password`";
const ALL_SESSIONS: &str = "everybody then has to sign in again";

impl Secrets {
    /// The files, the pepper first; the keys are a directory of files.
    pub(crate) const FILES: [&'static str; 3] = [PEPPER, REFRESH_SECRET, key_directory::DIRECTORY];

    /// Of these those that the directory lacks.
    pub(crate) fn missing(directory: &Path) -> Vec<&'static str> {
        let there = |file: &str| match file {
            key_directory::DIRECTORY => KeyDirectory::of(directory).has_keys(),
            file => directory.join(file).exists(),
        };
        let files = Self::FILES.into_iter();
        files.filter(|file| !there(file)).collect()
    }

    /// Reads the secrets, making those that do not exist yet. A first key is one of `algorithm`.
    ///
    /// # Errors
    /// [`SecretError`].
    pub(crate) fn load_or_create(
        directory: &Path,
        algorithm: Algorithm,
        random: &dyn Randomness,
    ) -> Result<Self, SecretError> {
        create_directory(directory)?;
        let path = |name: &str| directory.join(name);
        let keys = KeyDirectory::of(directory);
        // Looked at before the pepper, which is the first to be made: another replica that is
        // starting can then not be taken for a loss.
        let beside = if path(REFRESH_SECRET).exists() {
            Some(path(REFRESH_SECRET))
        } else {
            keys.has_keys().then(|| keys.path().to_path_buf())
        };
        if let (false, Some(beside)) = (path(PEPPER).exists(), beside) {
            return Err(SecretError::PepperLost {
                path: path(PEPPER),
                beside,
            });
        }
        let second_factor_secret = secret(path(PEPPER), random, ALL_PASSWORDS)?;
        let refresh_secret = secret(path(REFRESH_SECRET), random, ALL_SESSIONS)?;
        keys.create_first(algorithm, random)?;
        let keys = keys.load()?;
        let pepper = Pepper::new(&second_factor_secret)
            .map_err(|_| unusable(path(PEPPER), "is too short", ALL_PASSWORDS))?;
        Ok(Self {
            pepper,
            second_factor_secret,
            refresh_secret,
            keys,
        })
    }
}

/// Makes the data directory, for its owner only. One that exists is left as it is.
pub(crate) fn create_directory(directory: &Path) -> Result<(), SecretError> {
    file::create_directory(directory).map_err(|cause| SecretError::Directory {
        path: directory.to_path_buf(),
        cause,
    })
}

fn secret(
    path: PathBuf,
    random: &dyn Randomness,
    loss: &'static str,
) -> Result<Vec<u8>, SecretError> {
    if !path.exists() {
        let mut bytes = [0_u8; SECRET_BYTES];
        random.fill(&mut bytes);
        let content = format!("{}\n", STANDARD.encode(bytes));
        if let Err(cause) = file::create(&path, random, &content) {
            return Err(SecretError::Write { path, cause });
        }
    }
    // Read back even if this process made it: another may have been faster.
    let text = file::read(&path)?;
    strong_secret(&text).map_err(|problem| unusable(path, problem, loss))
}

fn unusable(path: PathBuf, problem: impl ToString, loss: &'static str) -> SecretError {
    SecretError::Unusable {
        path,
        problem: problem.to_string(),
        loss,
    }
}

#[cfg(test)]
mod tests;
