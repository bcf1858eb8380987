//! Published attack vectors against [`open`].
//!
//! Project Wycheproof's files are not ours to copy, so they are read from
//! `GRADEBOOK_VECTORS` or from `shared/vectors` beside the checkout. Our own
//! vectors, in the same form, lie in `testdata` and always run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::*;
use crate::keys::{Algorithm, Jwk, VerifyingKey, install_crypto};

/// Formally valid vectors that we refuse on purpose: (file, tcId) and why.
const STRICTER: &[(&str, u64, &str)] = &[
    // Marked valid because lax decoders skip such characters.
    ("json_web_signature_test", 372, "'?' inside the header"),
    ("json_web_signature_test", 373, "'?' inside the payload"),
];

/// Vectors marked invalid whose token is, letter for letter, one marked valid
/// (their padding was lost when the file was made): (file, tcId, its twin).
/// Tokens with padding are refused by `own_vectors`.
const CONTRADICTORY: &[(&str, u64, u64)] = &[
    ("json_web_signature_test", 367, 357),
    ("json_web_signature_test", 370, 357),
];

enum Keys {
    Known(Algorithm, BTreeMap<String, VerifyingKey>),
    /// The set itself is refused: unsupported, unsuitable or ambiguous keys.
    Refused,
}

impl Keys {
    fn of(group: &Value) -> Self {
        let set = group.get("public").unwrap_or(&group["private"]);
        let keys = match set.get("keys") {
            Some(keys) => keys.as_array().unwrap().clone(),
            None => vec![set.clone()],
        };
        let read: Option<Vec<VerifyingKey>> = keys.into_iter().map(Self::one).collect();
        let Some(read) = read.filter(|read| !read.is_empty()) else {
            return Self::Refused;
        };
        let algorithm = read[0].algorithm();
        // A ring may hold several algorithms, but never a set that others can read.
        let mixed = read.iter().any(|key| key.algorithm() != algorithm);
        let count = read.len();
        let filed: BTreeMap<_, _> = read
            .into_iter()
            .map(|key| (key.kid().to_owned(), key))
            .collect();
        if mixed || filed.len() < count {
            return Self::Refused;
        }
        Self::Known(algorithm, filed)
    }

    fn one(key: Value) -> Option<VerifyingKey> {
        if key["alg"] == "HS256" && key["kty"] == "oct" {
            let secret = URL_SAFE_NO_PAD.decode(key["k"].as_str()?).ok()?;
            // One of the vectors' keys is all zeros, which `SigningKey::read` would refuse.
            let key = VerifyingKey::symmetric(&secret).named(key["kid"].as_str()?);
            return (secret.len() >= 32).then_some(key);
        }
        let jwk: Jwk = serde_json::from_value(key).ok()?;
        VerifyingKey::from_jwk(jwk).ok()
    }

    fn open(&self, token: &str) -> Result<Opened, Reason> {
        match self {
            Self::Known(_, keys) => open(token, |kid| keys.get(kid)),
            Self::Refused => Err(Reason::UnknownKey),
        }
    }
}

#[derive(Debug, Default, PartialEq)]
struct Count {
    es256: Answers,
    eddsa: Answers,
    hs256: Answers,
    /// Of algorithms that we do not have, and encrypted tokens: all refused.
    other: usize,
    stricter: usize,
    contradictory: usize,
}

#[derive(Debug, Default, PartialEq)]
struct Answers {
    valid: usize,
    invalid: usize,
}

impl Answers {
    fn at_least(&self, valid: usize, invalid: usize) -> bool {
        self.valid >= valid && self.invalid >= invalid
    }
}

fn run(path: &Path, count: &mut Count) {
    install_crypto();
    let file = path.file_stem().unwrap().to_str().unwrap();
    let all: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    for group in all["testGroups"].as_array().unwrap() {
        let keys = Keys::of(group);
        let tests = group["tests"].as_array().unwrap();
        for test in tests {
            let id = test["tcId"].as_u64().unwrap();
            let contradictory = CONTRADICTORY.iter().find(|c| (c.0, c.1) == (file, id));
            if let Some(&(_, _, twin)) = contradictory {
                let twin = tests.iter().find(|t| t["tcId"] == twin).unwrap();
                assert_eq!(
                    (&test["jws"], "valid"),
                    (&twin["jws"], twin["result"].as_str().unwrap())
                );
                count.contradictory += 1;
                continue;
            }
            let token = test.get("jws").unwrap_or(&test["jwe"]);
            // The JSON form of a token is refused as well.
            let token = token
                .as_str()
                .map_or_else(|| token.to_string(), str::to_owned);
            let valid = test["result"] == "valid";
            let stricter = STRICTER.iter().any(|s| (s.0, s.1) == (file, id));
            let supported = !matches!(keys, Keys::Refused);
            let opened = keys.open(&token);
            assert_eq!(
                opened.is_ok(),
                valid && supported && !stricter,
                "{file} {id} {}: {opened:?}",
                test["comment"]
            );
            let answers = match &keys {
                Keys::Known(Algorithm::Es256, _) => &mut count.es256,
                Keys::Known(Algorithm::EdDsa, _) => &mut count.eddsa,
                Keys::Known(Algorithm::Hs256, _) => &mut count.hs256,
                Keys::Refused => {
                    count.other += 1;
                    continue;
                }
            };
            let counter = match valid {
                _ if stricter => &mut count.stricter,
                true => &mut answers.valid,
                false => &mut answers.invalid,
            };
            *counter += 1;
        }
    }
}

#[test]
fn own_vectors() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/jws_vectors.json");
    let mut count = Count::default();
    run(&path, &mut count);
    assert!(count.es256.at_least(3, 20), "{count:?}");
    assert!(count.eddsa.at_least(3, 20), "{count:?}");
    assert!(count.hs256.at_least(3, 20), "{count:?}");
}

#[test]
fn wycheproof() {
    let asked = std::env::var_os("GRADEBOOK_VECTORS").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors");
    let folder = asked.clone().unwrap_or(beside);
    if asked.is_none() && !folder.is_dir() {
        println!(
            "SKIPPED: no Wycheproof vectors in {}; only our own ran",
            folder.display()
        );
        return;
    }
    let mut count = Count::default();
    for name in [
        "json_web_signature_test",
        "json_web_crypto_test",
        "json_web_key_test",
    ] {
        run(&folder.join(name).with_extension("json"), &mut count);
    }
    println!("Wycheproof: {count:?}");
    // The project has no EdDSA among its signed tokens; ours are in `own_vectors`.
    assert!(count.es256.at_least(3, 50), "{count:?}");
    assert!(count.hs256.at_least(8, 40), "{count:?}");
    assert!(count.other >= 300, "{count:?}");
    assert_eq!(
        (count.stricter, count.contradictory),
        (STRICTER.len(), CONTRADICTORY.len())
    );
}
