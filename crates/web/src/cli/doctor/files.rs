//! Files of this machine: data directory, secrets, front end, free space.

use std::fs::{self, Metadata};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use gradebook_app::SystemRandomness;
use gradebook_auth::keys::Algorithm;
use rustix::fs::{Access, access, statvfs};
use rustix::process::geteuid;

use super::report::Check;
use crate::assets;
use crate::config::Config;
use crate::secrets::Secrets;

const DATA_DIRECTORY: &str = "data directory";
const SECRETS: &str = "keys";
const FRONT_END: &str = "front end";
const DISK: &str = "disk";
/// Below this much free space writes are about to fail.
const FULL: u64 = 200 * MB;
/// Below this much somebody should make room.
const NEARLY_FULL: u64 = 1024 * MB;
const MB: u64 = 1024 * 1024;

pub(super) fn checks(config: &Config) -> Vec<Check> {
    let mut checks = vec![data_directory(&config.data_dir)];
    checks.extend(exposed(config));
    checks.push(secrets(&config.data_dir));
    checks.push(front_end(config.static_dir.as_deref()));
    checks.extend(disks(config));
    checks
}

fn data_directory(path: &Path) -> Check {
    let shown = path.display();
    let metadata = match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => metadata,
        Ok(_) => {
            return Check::fail(
                DATA_DIRECTORY,
                format!("{shown} is not a directory"),
                "name another with --data-dir or GRADEBOOK_DATA_DIR",
            );
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Check::warn(
                DATA_DIRECTORY,
                format!("{shown} is not there yet"),
                "the first `gradebook serve` makes it; if it was there before, check --data-dir, \
                 GRADEBOOK_DATA_DIR and the folder that the command runs in",
            );
        }
        Err(error) => {
            return Check::fail(
                DATA_DIRECTORY,
                format!("cannot look at {shown}: {error}"),
                "make it accessible for the account that runs gradebook",
            );
        }
    };
    let (owner, own) = (metadata.uid(), geteuid().as_raw());
    if owner != own {
        return Check::warn(
            DATA_DIRECTORY,
            format!("{shown} belongs to account {owner}, and this runs as {own}"),
            "run doctor as the account that runs the server: another one may see other things",
        );
    }
    if access(path, Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK).is_err() {
        return Check::fail(
            DATA_DIRECTORY,
            format!("{shown} cannot be written"),
            format!("run `chmod 700 {shown}`; if it is mounted, mount it for writing"),
        );
    }
    let mode = mode(&metadata);
    if mode & 0o077 != 0 {
        return Check::warn(
            DATA_DIRECTORY,
            format!("other accounts can look into {shown} (mode {mode:04o})"),
            format!("run `chmod 700 {shown}`"),
        );
    }
    Check::ok(DATA_DIRECTORY, format!("{shown}, mode {mode:04o}"))
}

fn mode(metadata: &Metadata) -> u32 {
    metadata.permissions().mode() & 0o7777
}

/// Files with something in them that other accounts can read or write: secrets, the database, a
/// forgotten backup.
fn exposed(config: &Config) -> Option<Check> {
    let mut files = files_below(&config.data_dir, 3);
    if files.is_empty() {
        return None;
    }
    if let Some(database) = config.database_url.sqlite_file() {
        let name = database.as_os_str().to_owned();
        for suffix in ["", "-wal", "-shm"] {
            let mut file = name.clone();
            file.push(suffix);
            files.push(PathBuf::from(file));
        }
    }
    files.sort();
    files.dedup();
    let open: Vec<String> = files
        .iter()
        .filter_map(|file| {
            let metadata = fs::metadata(file).ok()?;
            let mode = mode(&metadata);
            let readable = metadata.len() > 0 && mode & 0o077 != 0;
            readable.then(|| format!("{} (mode {mode:04o})", file.display()))
        })
        .collect();
    if open.is_empty() {
        return Some(Check::ok(
            DATA_DIRECTORY,
            "nobody else can read a file in it",
        ));
    }
    Some(Check::fail(
        DATA_DIRECTORY,
        format!(
            "other accounts of this machine can read {}",
            open.join(", ")
        ),
        "run `chmod 600` on them, and replace every secret that somebody may have read",
    ))
}

fn files_below(folder: &Path, depth: usize) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let Some(depth) = depth.checked_sub(1) else {
        return files;
    };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_file() => files.push(entry.path()),
            Ok(kind) if kind.is_dir() => files.extend(files_below(&entry.path(), depth)),
            _ => {}
        }
    }
    files
}

/// Reads the secrets as the server does, but only where that makes none.
fn secrets(directory: &Path) -> Check {
    let missing = Secrets::missing(directory);
    if missing.len() == Secrets::FILES.len() {
        return Check::warn(
            SECRETS,
            "there are none yet",
            "the first `gradebook serve` makes them; then back the data directory up with the \
             database",
        );
    }
    // A lost pepper is an error before anything is made.
    let lost_pepper = missing.contains(&Secrets::FILES[0]);
    if !missing.is_empty() && !lost_pepper {
        return Check::warn(
            SECRETS,
            format!("missing: {}", missing.join(", ")),
            "restore them from the backup of the data directory; otherwise the next start makes new \
             ones, and everybody has to sign in again",
        );
    }
    match Secrets::load_or_create(directory, Algorithm::default(), &SystemRandomness) {
        Ok(_) => Check::ok(SECRETS, format!("{} are usable", Secrets::FILES.join(", "))),
        Err(error) => {
            let text = error.to_string();
            let (found, next) = text.split_once("; ").unwrap_or((&text, "restore a backup"));
            Check::fail(SECRETS, found, next)
        }
    }
}

fn front_end(setting: Option<&Path>) -> Check {
    let directory = assets::directory(setting);
    let shown = directory.display();
    let missing = assets::missing_in(&directory);
    if missing.is_empty() {
        return Check::ok(FRONT_END, format!("all files are in {shown}"));
    }
    Check::fail(
        FRONT_END,
        format!("{shown} lacks {}", missing.join(", ")),
        "copy static/dist of the same build there, or name its place in GRADEBOOK_STATIC_DIR",
    )
}

fn disks(config: &Config) -> Vec<Check> {
    let mut places = vec![config.data_dir.clone()];
    if let Some(file) = config.database_url.sqlite_file() {
        let folder = file.parent().map(Path::to_path_buf).unwrap_or_default();
        if folder != config.data_dir && !folder.as_os_str().is_empty() {
            places.push(folder);
        }
    }
    places.iter().map(|place| disk(place)).collect()
}

fn disk(place: &Path) -> Check {
    // What does not exist yet will be made in the closest folder that does.
    let existing = place
        .ancestors()
        .find(|path| path.exists())
        .filter(|path| !path.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    match statvfs(existing) {
        Ok(found) => room(place, found.f_bavail.saturating_mul(found.f_frsize)),
        Err(error) => Check::fail(
            DISK,
            format!(
                "cannot see how much is free for {}: {error}",
                place.display()
            ),
            "check that it is mounted and can be read",
        ),
    }
}

fn room(place: &Path, free: u64) -> Check {
    let found = format!("{} MB free for {}", free / MB, place.display());
    let next = "make room: without it grades cannot be saved";
    match free {
        0..FULL => Check::fail(DISK, found, next),
        FULL..NEARLY_FULL => Check::warn(DISK, found, next),
        _ => Check::ok(DISK, found),
    }
}

#[cfg(test)]
mod tests {
    use super::super::report::Status;
    use super::*;

    #[test]
    fn little_room_is_told_before_there_is_none() {
        for (megabytes, status) in [
            (0, Status::Fail),
            (199, Status::Fail),
            (200, Status::Warn),
            (1023, Status::Warn),
            (1024, Status::Ok),
        ] {
            assert_eq!(room(Path::new("x"), megabytes * MB).status, status);
        }
    }

    #[test]
    fn what_others_can_read_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).unwrap();
        assert_eq!(data_directory(path).status, Status::Ok);
        fs::set_permissions(path, fs::Permissions::from_mode(0o750)).unwrap();
        assert_eq!(data_directory(path).status, Status::Warn);
        assert_eq!(data_directory(&path.join("not")).status, Status::Warn);
        let file = path.join("backup.tar");
        fs::write(&file, "x").unwrap();
        assert_eq!(data_directory(&file).status, Status::Fail);
        assert_eq!(files_below(path, 3), [file]);
    }

    #[test]
    fn a_bundle_of_another_build_is_no_front_end() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(front_end(Some(folder.path())).status, Status::Fail);
        assert_eq!(front_end(None).status, Status::Ok);
    }
}
