use std::collections::HashSet;
use std::fs;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gradebook_app::SystemRandomness;
use tempfile::TempDir;

use super::*;

const NOW: i64 = 1_790_000_000;
const DAY: i64 = 86_400;

/// A data directory with the key of a first start.
fn started(algorithm: Algorithm) -> (TempDir, KeyDirectory) {
    let folder = tempfile::tempdir().unwrap();
    let keys = KeyDirectory::of(folder.path());
    keys.create_first(algorithm, &SystemRandomness).unwrap();
    (folder, keys)
}

fn rotate(keys: &KeyDirectory, rotation: Rotation) -> Rotated {
    keys.rotate(rotation, &SystemRandomness).unwrap()
}

fn message(keys: &KeyDirectory) -> String {
    keys.load().unwrap_err().to_string()
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

/// A file that only its owner can read.
fn put(keys: &KeyDirectory, name: &str, content: &str) -> PathBuf {
    let path = keys.path().join(name);
    fs::write(&path, content).unwrap();
    set_mode(&path, 0o600);
    path
}

#[test]
fn names_say_when_and_how() {
    for (name, expected) in [
        ("0-es256.pem", Some((0, Algorithm::Es256))),
        ("1790000000-eddsa.pem", Some((NOW, Algorithm::EdDsa))),
        ("1790000000-hs256.key", Some((NOW, Algorithm::Hs256))),
        ("253402300799-es256.pem", Some((LATEST, Algorithm::Es256))),
        // Milliseconds.
        ("1790000000000-es256.pem", None),
        ("-1-es256.pem", None),
        ("+1-es256.pem", None),
        ("01-es256.pem", None),
        ("1-ES256.pem", None),
        ("1-es256.key", None),
        ("1-hs256.pem", None),
        ("1-rs256.pem", None),
        ("1-es256.pem.bak", None),
        ("es256.pem", None),
        ("1-es256", None),
        ("", None),
    ] {
        assert_eq!(meaning(name), expected, "{name}");
    }
}

#[test]
fn a_rotation_gives_every_key_its_turn() {
    let (_folder, keys) = started(Algorithm::Es256);
    let first = keys
        .load()
        .unwrap()
        .newest()
        .key()
        .public()
        .kid()
        .to_owned();
    let one = rotate(&keys, Rotation::at(NOW));
    assert_eq!(one.signs_from, NOW + 30);
    assert!(one.withdrawn.is_empty() && one.spent.is_empty());
    assert_eq!(one.ring.signing(NOW).public().kid(), first);
    assert_eq!(one.ring.signing(NOW + 30).public().kid(), one.kid);
    assert!(
        one.ring.find(&one.kid, NOW).is_some(),
        "known before it signs"
    );
    let file = keys.path().join(format!("{}-es256.pem", NOW + 30));
    assert_eq!(mode(&file), 0o600);
    // Again in the same second, and with another algorithm.
    let eddsa = Rotation {
        algorithm: Some(Algorithm::EdDsa),
        ..Rotation::at(NOW)
    };
    let two = rotate(&keys, eddsa);
    assert_eq!(two.signs_from, NOW + 31);
    assert_eq!(two.ring.keys().count(), 3);
    // Without a word the algorithm stays; what is spent goes.
    let three = rotate(&keys, Rotation::at(NOW + DAY));
    let algorithm = three.ring.newest().key().public().algorithm();
    assert_eq!(algorithm, Algorithm::EdDsa);
    assert_eq!(
        HashSet::from([first, one.kid]),
        HashSet::from_iter(three.spent)
    );
    assert_eq!(three.ring.keys().count(), 2);
    assert_eq!(three.ring.signing(NOW + DAY).public().kid(), two.kid);
    assert!(three.withdrawn.is_empty());
    assert_eq!(keys.load().unwrap().keys().count(), 2);
}

#[test]
fn a_key_stays_while_a_token_of_it_may_live() {
    let (_folder, keys) = started(Algorithm::Es256);
    rotate(&keys, Rotation::at(NOW));
    let turn = NOW + 30;
    let too_early = rotate(&keys, Rotation::at(turn + 904));
    assert!(too_early.spent.is_empty());
    let in_time = rotate(&keys, Rotation::at(turn + 905));
    assert_eq!(in_time.spent.len(), 1);
}

#[test]
fn after_a_theft_only_the_new_key_is_left() {
    let (_folder, keys) = started(Algorithm::Hs256);
    let next = rotate(&keys, Rotation::at(NOW));
    let stolen = Rotation {
        compromised: true,
        ..Rotation::at(NOW + 5)
    };
    let after = rotate(&keys, stolen);
    assert_eq!(after.withdrawn.len(), 2, "the waiting one, too");
    assert!(after.withdrawn.contains(&next.kid) && after.spent.is_empty());
    assert_eq!(after.ring.keys().count(), 1);
    assert_eq!(after.ring.signing(NOW + 5).public().kid(), after.kid);
    assert_eq!(fs::read_dir(keys.path()).unwrap().count(), 1);
    // In the same second once more, and on a machine whose clock is behind.
    let again = rotate(&keys, stolen);
    assert_eq!(again.withdrawn, [after.kid]);
    assert_eq!(again.ring.signing(NOW - DAY).public().kid(), again.kid);
}

#[test]
fn replicas_that_start_together_have_one_key() {
    let folder = tempfile::tempdir().unwrap();
    let keys = KeyDirectory::of(folder.path());
    let kids: HashSet<String> = std::thread::scope(|scope| {
        let start = || {
            keys.create_first(Algorithm::EdDsa, &SystemRandomness)
                .unwrap();
            keys.load()
                .unwrap()
                .newest()
                .key()
                .public()
                .kid()
                .to_owned()
        };
        let starting: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
        starting
            .into_iter()
            .map(|one| one.join().unwrap())
            .collect()
    });
    assert_eq!(kids.len(), 1);
    assert_eq!(fs::read_dir(keys.path()).unwrap().count(), 1);
}

#[test]
fn exposed_keys_are_refused() {
    let (_folder, keys) = started(Algorithm::Es256);
    let file = keys.path().join("0-es256.pem");
    for wrong in [0o640, 0o604, 0o620, 0o666] {
        set_mode(&file, wrong);
        let message = message(&keys);
        let advice = format!("(mode {wrong:04o}); run `chmod 600 {}`", file.display());
        assert!(message.contains(&advice), "{message}");
    }
    set_mode(&file, 0o600);
    for wrong in [0o755, 0o710, 0o770, 0o701] {
        set_mode(keys.path(), wrong);
        let message = message(&keys);
        let advice = format!(
            "(mode {wrong:04o}); run `chmod 700 {}`",
            keys.path().display()
        );
        assert!(message.contains(&advice), "{message}");
    }
    set_mode(keys.path(), 0o700);
    keys.load().unwrap();
}

#[test]
fn what_is_no_key_is_refused_by_name() {
    let (_folder, keys) = started(Algorithm::Es256);
    let rsa = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let rsa = AsDer::<Pkcs8V1Der<'_>>::as_der(&rsa).unwrap();
    let rsa = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(rsa.as_ref())
    );
    let es256 = SigningKey::generate(Algorithm::Es256).unwrap();
    let long = "A".repeat(20_000);
    for (name, content, problem) in [
        (
            "5-es256.pem",
            rsa.as_str(),
            "holds no private key for ES256",
        ),
        ("5-eddsa.pem", &rsa, "holds no private key for EdDSA"),
        ("5-eddsa.pem", &es256, "holds no private key for EdDSA"),
        ("5-es256.pem", "", "holds no private key for ES256"),
        ("5-es256.pem", &long, "holds no private key for ES256"),
        ("5-hs256.key", &es256, "is not base64"),
        ("5-hs256.key", "secret", "is not base64"),
        ("5-hs256.key", "c2VjcmV0", "is shorter than 32 bytes"),
        (
            "5-hs256.key",
            &STANDARD.encode([7; 48]),
            "does not look random",
        ),
        ("5-rs256.pem", &rsa, "is no key: its name"),
        ("old.pem", &es256, "is no key: its name"),
    ] {
        let path = put(&keys, name, content);
        let message = message(&keys);
        let start = format!("{} {problem}", path.display());
        assert!(message.starts_with(&start), "{message}");
        // Nor does a rotation get past it.
        assert!(keys.rotate(Rotation::at(NOW), &SystemRandomness).is_err());
        fs::remove_file(path).unwrap();
    }
    let path = keys.path().join("5-es256.pem");
    fs::write(&path, [0xff, 0xfe, 0]).unwrap();
    set_mode(&path, 0o600);
    assert!(message(&keys).contains("holds no private key for ES256"));
    fs::remove_file(path).unwrap();
    // The same key under a second name.
    let first = fs::read_to_string(keys.path().join("0-es256.pem")).unwrap();
    let twice = put(&keys, "5-es256.pem", &first);
    assert!(message(&keys).contains("two keys have the same key id"));
    fs::remove_file(twice).unwrap();
    // Unfinished files of another process are no keys.
    put(&keys, ".5-es256.pem.0123", "half a ke");
    assert_eq!(keys.load().unwrap().keys().count(), 1);
}

#[test]
fn an_empty_directory_has_no_keys() {
    let folder = tempfile::tempdir().unwrap();
    let keys = KeyDirectory::of(folder.path());
    assert!(!keys.has_keys());
    assert!(message(&keys).starts_with("cannot read"));
    fs::create_dir(keys.path()).unwrap();
    set_mode(keys.path(), 0o700);
    assert!(!keys.has_keys());
    assert!(message(&keys).contains("there is no key"));
}

#[test]
fn keys_of_other_programs_are_taken() {
    let (_folder, keys) = started(Algorithm::Es256);
    // Version 1 of PKCS#8, on one line and with Windows line ends.
    let seed = STANDARD.encode(
        [
            b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20".as_slice(),
            &(1..=32).collect::<Vec<u8>>(),
        ]
        .concat(),
    );
    let text = format!("-----BEGIN PRIVATE KEY-----\r\n{seed}\r\n-----END PRIVATE KEY-----\r\n");
    put(&keys, &format!("{NOW}-eddsa.pem"), &text);
    let secret: Vec<u8> = (0..64).collect();
    put(
        &keys,
        &format!("{}-hs256.key", NOW + 9),
        &STANDARD.encode(secret),
    );
    let ring = keys.load().unwrap();
    let algorithms: Vec<_> = ring
        .keys()
        .map(|one| one.key().public().algorithm())
        .collect();
    assert_eq!(algorithms, Algorithm::ALL);
}

#[test]
fn a_look_tells_every_change() {
    let (_folder, keys) = started(Algorithm::Es256);
    let mut looks = vec![keys.sight().unwrap()];
    assert_eq!(keys.sight().unwrap(), looks[0]);
    let mut changed = |what: &str| {
        let now = keys.sight().unwrap();
        assert!(!looks.contains(&now), "{what}");
        looks.push(now);
    };
    rotate(&keys, Rotation::at(NOW));
    changed("a key came");
    let first = keys.path().join("0-es256.pem");
    set_mode(&first, 0o640);
    changed("a key was exposed");
    set_mode(&first, 0o600);
    set_mode(keys.path(), 0o711);
    changed("the directory was exposed");
    set_mode(keys.path(), 0o700);
    fs::write(&first, "nothing").unwrap();
    changed("a key was written over");
    fs::remove_file(first).unwrap();
    changed("a key went");
}
