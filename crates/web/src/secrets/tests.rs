use std::fs;
use std::os::unix::fs::PermissionsExt;

use gradebook_app::SystemRandomness;

use super::file::{Created, write_then_link};
use super::*;

const FIRST_KEY: &str = "keys/0-es256.pem";

fn load(directory: &Path) -> Result<Secrets, SecretError> {
    Secrets::load_or_create(directory, Algorithm::Es256, &SystemRandomness)
}

fn message(directory: &Path) -> String {
    match load(directory) {
        Ok(_) => panic!("these secrets should be refused"),
        Err(error) => error.to_string(),
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn the_first_start_makes_them_and_the_second_reads_them() {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("new/data");
    let first = load(&directory).unwrap();
    assert_eq!(mode(&directory), 0o700);
    for name in [PEPPER, REFRESH_SECRET, FIRST_KEY] {
        assert_eq!(mode(&directory.join(name)), 0o600, "{name}");
    }
    assert_eq!(mode(&directory.join("keys")), 0o700);
    // Nothing unfinished is left.
    assert_eq!(fs::read_dir(&directory).unwrap().count(), 3);
    assert_eq!(fs::read_dir(directory.join("keys")).unwrap().count(), 1);
    let second = load(&directory).unwrap();
    assert_eq!(first.refresh_secret, second.refresh_secret);
    let kid = |secrets: &Secrets| secrets.keys.newest().key().public().kid().to_owned();
    assert_eq!(kid(&first), kid(&second));
    assert_eq!(first.refresh_secret.len(), 32);
}

#[test]
fn replicas_that_start_together_end_with_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    let contents: Vec<String> = (0..8).map(|one| format!("secret of {one}")).collect();
    std::thread::scope(|scope| {
        for (number, content) in contents.iter().enumerate() {
            let unfinished = folder.path().join(format!(".secret.{number}"));
            let path = &path;
            scope.spawn(move || write_then_link(&unfinished, path, content).unwrap());
        }
    });
    let kept = fs::read_to_string(&path).unwrap();
    assert!(contents.contains(&kept));
    let late = write_then_link(&folder.path().join(".late"), &path, "late").unwrap();
    assert_eq!(late, Created::Taken);
    assert_eq!(fs::read_to_string(&path).unwrap(), kept);
}

#[test]
fn a_secret_that_others_can_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    load(folder.path()).unwrap();
    for name in [PEPPER, REFRESH_SECRET, FIRST_KEY] {
        let path = folder.path().join(name);
        for wrong in [0o640, 0o604, 0o660] {
            fs::set_permissions(&path, fs::Permissions::from_mode(wrong)).unwrap();
            let message = message(folder.path());
            let advice = format!("(mode {wrong:04o}); run `chmod 600 {}`", path.display());
            assert!(message.contains(&advice), "{message}");
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[test]
fn weak_and_garbled_secrets_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    load(folder.path()).unwrap();
    let zeros = STANDARD.encode([0_u8; 32]);
    let short = STANDARD.encode(b"0123456789abcdefghij");
    for (name, content, problem) in [
        (PEPPER, "", "is shorter than 32 bytes"),
        (PEPPER, "secret!", "is not base64"),
        (PEPPER, zeros.as_str(), "does not look random"),
        (REFRESH_SECRET, short.as_str(), "is shorter than 32 bytes"),
        (
            FIRST_KEY,
            "-----BEGIN PRIVATE KEY-----",
            "holds no private key",
        ),
    ] {
        let path = folder.path().join(name);
        let good = fs::read(&path).unwrap();
        fs::write(&path, content).unwrap();
        let message = message(folder.path());
        let start = format!("{} {problem}", path.display());
        assert!(message.starts_with(&start), "{message}");
        assert!(message.contains("restore it from a backup"), "{message}");
        fs::write(&path, good).unwrap();
    }
    load(folder.path()).unwrap();
}

#[test]
fn a_lost_pepper_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    load(folder.path()).unwrap();
    fs::remove_file(folder.path().join(PEPPER)).unwrap();
    assert!(message(folder.path()).contains("pepper is missing, but"));
    // The keys alone tell, too, that the directory was in use; an empty directory does not.
    fs::remove_file(folder.path().join(REFRESH_SECRET)).unwrap();
    let said = message(folder.path());
    assert!(said.contains("/keys is there"), "{said}");
    assert!(!folder.path().join(PEPPER).exists());
    fs::remove_file(folder.path().join(FIRST_KEY)).unwrap();
    load(folder.path()).unwrap();
}

#[test]
fn a_directory_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let message = message(&file.join("data"));
    let start = format!(
        "cannot create the data directory {}",
        file.join("data").display()
    );
    assert!(message.starts_with(&start), "{message}");
    assert!(message.contains("GRADEBOOK_DATA_DIR"), "{message}");
}
