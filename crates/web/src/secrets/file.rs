//! Files that only their owner can read.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::Path;

use gradebook_app::Randomness;

use super::SecretError;

/// No secret is longer; whatever else was put there is not read into memory.
const LONGEST_FILE: u64 = 16 * 1024;

/// Makes a directory for its owner only. One that exists is left as it is.
pub(super) fn create_directory(directory: &Path) -> io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
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

/// Whether a file was made, or its name was taken already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Created {
    New,
    Taken,
}

/// Makes a file with this content at once: nobody sees half of it, and nobody's is replaced.
pub(super) fn create(path: &Path, random: &dyn Randomness, content: &str) -> io::Result<Created> {
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
    let created = written?;
    // The name itself must survive a power cut: passwords hashed with a lost pepper are lost.
    sync_directory(directory)?;
    Ok(created)
}

/// Sees the names in a directory through to the disk.
pub(super) fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

pub(super) fn write_then_link(
    unfinished: &Path,
    path: &Path,
    content: &str,
) -> io::Result<Created> {
    let mut file = private().create_new(true).open(unfinished)?;
    file.write_all(content.as_bytes())?;
    give_to_owner_of_directory(&file, unfinished)?;
    file.sync_all()?;
    match std::fs::hard_link(unfinished, path) {
        Ok(()) => Ok(Created::New),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(Created::Taken),
        Err(error) => Err(error),
    }
}

/// A command that root runs must not leave files that the server cannot read.
fn give_to_owner_of_directory(file: &File, path: &Path) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new(".")).metadata()?;
    if directory.uid() != file.metadata()?.uid() {
        // Where root may not do that, the file stays root's, and the server says what is wrong.
        let _ = fchown(file, Some(directory.uid()), Some(directory.gid()));
    }
    Ok(())
}

/// Reads a file that nobody else can read.
pub(super) fn read(path: &Path) -> Result<String, SecretError> {
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
    let mut bytes = Vec::new();
    file.take(LONGEST_FILE)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    // Not a text is one that cannot be what it should be, which is found out soon.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
