//! Published attack vectors against [`open`].
//!
//! Project Wycheproof's files are not ours to copy, so they are read from
//! `GRADEBOOK_VECTORS` or from `shared/vectors` beside the checkout. Our own
//! vectors, in the same form, lie in `testdata` and always run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use aws_lc_rs::hmac;
use serde_json::Value;

use super::*;
use crate::keys::{Jwk, VerifyingKey, by_kid, install_crypto};

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

/// HS256, so that the vectors about encodings (all of them HS256) reach the
/// reader too; the crate itself has no symmetric keys.
struct Hs256(hmac::Key);

impl JwsKey for Hs256 {
    fn algorithm(&self) -> &str {
        "HS256"
    }

    fn verifies(&self, signed: &[u8], signature: &str) -> bool {
        let tag = decode(signature).unwrap();
        hmac::verify(&self.0, signed, &tag).is_ok()
    }
}

enum Keys {
    Es256(BTreeMap<String, VerifyingKey>),
    Hs256(BTreeMap<String, Hs256>),
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
        if keys.iter().all(|key| key["alg"] == "HS256") {
            let read = keys.iter().map(|key| {
                let secret = URL_SAFE_NO_PAD.decode(key["k"].as_str()?).ok()?;
                let key_id = key["kid"].as_str()?.to_owned();
                let key = Hs256(hmac::Key::new(hmac::HMAC_SHA256, &secret));
                (secret.len() >= 32).then_some((key_id, key))
            });
            let read: Option<Vec<_>> = read.collect();
            return match read.map(by_kid) {
                Some(Ok(filed)) => Self::Hs256(filed),
                _ => Self::Refused,
            };
        }
        let read = keys.into_iter().map(|key| {
            let jwk: Jwk = serde_json::from_value(key).ok()?;
            let key = VerifyingKey::from_jwk(jwk).ok()?;
            Some((key.kid().to_owned(), key))
        });
        let read: Option<Vec<_>> = read.collect();
        match read.map(by_kid) {
            Some(Ok(filed)) => Self::Es256(filed),
            _ => Self::Refused,
        }
    }

    fn open(&self, token: &str) -> Result<Opened, Reason> {
        match self {
            Self::Es256(keys) => open(token, |kid| keys.get(kid)),
            Self::Hs256(keys) => open(token, |kid| keys.get(kid)),
            Self::Refused => Err(Reason::UnknownKey),
        }
    }
}

#[derive(Debug, Default, PartialEq)]
struct Count {
    es256_valid: usize,
    es256_invalid: usize,
    hs256_valid: usize,
    hs256_invalid: usize,
    /// Of algorithms that we do not have, and encrypted tokens: all refused.
    other: usize,
    stricter: usize,
    contradictory: usize,
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
            let counter = match (&keys, valid) {
                _ if stricter => &mut count.stricter,
                (Keys::Es256(_), true) => &mut count.es256_valid,
                (Keys::Es256(_), false) => &mut count.es256_invalid,
                (Keys::Hs256(_), true) => &mut count.hs256_valid,
                (Keys::Hs256(_), false) => &mut count.hs256_invalid,
                (Keys::Refused, _) => &mut count.other,
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
    assert!(
        count.es256_valid >= 3 && count.es256_invalid >= 20,
        "{count:?}"
    );
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
    assert!(
        count.es256_valid >= 3 && count.es256_invalid >= 50,
        "{count:?}"
    );
    assert!(
        count.hs256_valid >= 8 && count.hs256_invalid >= 40,
        "{count:?}"
    );
    assert!(count.other >= 300, "{count:?}");
    assert_eq!(
        (count.stricter, count.contradictory),
        (STRICTER.len(), CONTRADICTORY.len())
    );
}
