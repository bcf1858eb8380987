//! The secrets in the data directory: pepper, refresh secret and signing key.
//!
//! Each is made at the first start and never replaced by itself. A new one is written to a file of
//! its own and then linked to its name, which fails if the name is taken: of two replicas that start
//! together one makes the secret and the other reads it, and neither sees half a file.

use std::collections::HashSet;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gradebook_app::Randomness;
use gradebook_auth::SigningKey;
use gradebook_auth::keys::Algorithm;
use gradebook_auth::password::Pepper;

const PEPPER: &str = "pepper";
const REFRESH_SECRET: &str = "refresh-secret";
const SIGNING_KEY: &str = "signing-key.pem";
/// Bytes of a secret that this program makes.
const SECRET_BYTES: usize = 32;
/// Different bytes among 32 random ones are about 30; with fewer than this somebody typed it.
const FEWEST_DIFFERENT: usize = 16;
/// No secret is longer; whatever else was put there is not read into memory.
const LONGEST_FILE: u64 = 16 * 1024;

/// The secrets of one installation.
pub(crate) struct Secrets {
    /// Mixed into every password.
    pub(crate) pepper: Pepper,
    /// Derives refresh tokens.
    pub(crate) refresh_secret: Vec<u8>,
    /// Signs access tokens.
    pub(crate) signing_key: SigningKey,
}

/// Why the secrets cannot be used; each says what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SecretError {
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
        problem: &'static str,
        loss: &'static str,
    },
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
    /// The files, the pepper first.
    pub(crate) const FILES: [&'static str; 3] = [PEPPER, REFRESH_SECRET, SIGNING_KEY];

    /// Of these files those that the directory lacks.
    pub(crate) fn missing(directory: &Path) -> Vec<&'static str> {
        let files = Self::FILES.into_iter();
        files
            .filter(|file| !directory.join(file).exists())
            .collect()
    }

    /// Reads the secrets, making those that do not exist yet.
    ///
    /// # Errors
    /// [`SecretError`].
    pub(crate) fn load_or_create(
        directory: &Path,
        random: &dyn Randomness,
    ) -> Result<Self, SecretError> {
        create_directory(directory)?;
        let path = |name: &str| directory.join(name);
        // Looked at before the pepper, which is the first to be made: another replica that is
        // starting can then not be taken for a loss.
        let beside = [REFRESH_SECRET, SIGNING_KEY]
            .map(path)
            .into_iter()
            .find(|other| other.exists());
        if let (false, Some(beside)) = (path(PEPPER).exists(), beside) {
            return Err(SecretError::PepperLost {
                path: path(PEPPER),
                beside,
            });
        }
        let new_secret = || {
            let mut bytes = [0_u8; SECRET_BYTES];
            random.fill(&mut bytes);
            Ok(format!("{}\n", STANDARD.encode(bytes)))
        };
        let (file, text) = read_or_create(path(PEPPER), random, new_secret)?;
        let pepper = secret_bytes(&file, &text, ALL_PASSWORDS)?;
        let (file, text) = read_or_create(path(REFRESH_SECRET), random, new_secret)?;
        let refresh_secret = secret_bytes(&file, &text, ALL_SESSIONS)?;
        let (file, text) = read_or_create(path(SIGNING_KEY), random, || {
            SigningKey::generate(Algorithm::Es256).map_err(|_| SecretError::KeyGeneration)
        })?;
        let signing_key =
            SigningKey::read(Algorithm::Es256, &text).map_err(|_| SecretError::Unusable {
                path: file,
                problem: "holds no private key for ES256 (PKCS#8 PEM)",
                loss: ALL_SESSIONS,
            })?;
        let pepper = Pepper::new(&pepper).map_err(|_| SecretError::Unusable {
            path: path(PEPPER),
            problem: "is too short",
            loss: ALL_PASSWORDS,
        })?;
        Ok(Self {
            pepper,
            refresh_secret,
            signing_key,
        })
    }
}

/// Makes the data directory, for its owner only. One that exists is left as it is.
pub(crate) fn create_directory(directory: &Path) -> Result<(), SecretError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .map_err(|cause| SecretError::Directory {
            path: directory.to_path_buf(),
            cause,
        })
}

/// Makes an empty file that only its owner can read, unless it exists. The SQLite driver would make
/// it readable for all.
pub(crate) fn create_private_file(path: &Path) -> io::Result<()> {
    match private().create_new(true).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600);
    options
}

fn read_or_create(
    path: PathBuf,
    random: &dyn Randomness,
    content: impl FnOnce() -> Result<String, SecretError>,
) -> Result<(PathBuf, String), SecretError> {
    if !path.exists() {
        let content = content()?;
        create(&path, random, &content).map_err(|cause| SecretError::Write {
            path: path.clone(),
            cause,
        })?;
    }
    // Read back even if this process made it: another may have been faster.
    let text = read(&path)?;
    Ok((path, text))
}

fn create(path: &Path, random: &dyn Randomness, content: &str) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // Not the process id: two containers that share the directory may both be process 1.
    let mut suffix = [0_u8; 8];
    random.fill(&mut suffix);
    let suffix = u64::from_le_bytes(suffix);
    let unfinished = directory.join(format!(".{name}.{suffix:016x}"));
    let written = write_then_link(&unfinished, path, content);
    // Whatever happened, the file under its first name is of no more use.
    let _ = std::fs::remove_file(&unfinished);
    written?;
    // The name itself must survive a power cut: passwords hashed with a lost pepper are lost.
    File::open(directory)?.sync_all()
}

fn write_then_link(unfinished: &Path, path: &Path, content: &str) -> io::Result<()> {
    let mut file = private().create_new(true).open(unfinished)?;
    file.write_all(content.as_bytes())?;
    file.sync_all()?;
    match std::fs::hard_link(unfinished, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    }
}

fn read(path: &Path) -> Result<String, SecretError> {
    let failed = |cause| SecretError::Read {
        path: path.to_path_buf(),
        cause,
    };
    let file = File::open(path).map_err(failed)?;
    let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(SecretError::Exposed {
            path: path.to_path_buf(),
            mode,
        });
    }
    let mut text = String::new();
    file.take(LONGEST_FILE)
        .read_to_string(&mut text)
        .map_err(failed)?;
    Ok(text)
}

fn secret_bytes(path: &Path, text: &str, loss: &'static str) -> Result<Vec<u8>, SecretError> {
    let unusable = |problem| SecretError::Unusable {
        path: path.to_path_buf(),
        problem,
        loss,
    };
    let bytes = STANDARD
        .decode(text.trim())
        .map_err(|_| unusable("is not base64"))?;
    if bytes.len() < SECRET_BYTES {
        return Err(unusable("is shorter than 32 bytes"));
    }
    if bytes.iter().collect::<HashSet<_>>().len() < FEWEST_DIFFERENT {
        return Err(unusable("does not look random"));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests;
