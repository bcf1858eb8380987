use aws_lc_rs::digest;
use serde_json::{Value, json};

use super::jwk::thumbprint;
use super::*;

fn key() -> SigningKey {
    SigningKey::from_pem(&SigningKey::generate().unwrap()).unwrap()
}

/// The example of RFC 7638, section 3.1.
#[test]
fn thumbprint_of_the_rfc() {
    let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
    assert_eq!(
        thumbprint(&[("e", "AQAB"), ("kty", "RSA"), ("n", n)]),
        "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
    );
}

#[test]
fn kid_is_the_thumbprint_of_the_public_key() {
    let key = key();
    let jwk = serde_json::to_value(key.public().jwk()).unwrap();
    // serde_json keeps members in the order of their names, as the RFC wants.
    let required = json!({"kty": "EC", "crv": "P-256", "x": jwk["x"], "y": jwk["y"]});
    let hash = digest::digest(&digest::SHA256, required.to_string().as_bytes());
    assert_eq!(key.public().kid(), URL_SAFE_NO_PAD.encode(hash));
}

#[test]
fn a_jwk_shows_the_public_parts_only() {
    let ring = KeyRing::new(key(), [key().public().clone()]).unwrap();
    let jwks = serde_json::to_value(ring.jwks()).unwrap();
    let keys = jwks["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[0]["kid"], ring.active().public().kid());
    for key in keys {
        let names: Vec<_> = key.as_object().unwrap().keys().collect();
        assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
        assert_eq!(key["alg"], "ES256");
    }
}

#[test]
fn pem_round_trips_and_signs() {
    install_crypto();
    install_crypto();
    let pem = SigningKey::generate().unwrap();
    assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"));
    assert!(pem.lines().all(|line| line.len() <= 64));
    let key = SigningKey::from_pem(&pem).unwrap();
    let again = SigningKey::from_pem(&pem.replace('\n', "\r\n")).unwrap();
    assert_eq!(key.public().kid(), again.public().kid());
    let signature = key.sign(b"message").unwrap();
    assert!(again.public().verifies(b"message", &signature));
    assert!(!again.public().verifies(b"Message", &signature));
    assert_ne!(pem, SigningKey::generate().unwrap());
}

#[test]
fn other_private_keys_are_refused() {
    let der = EcdsaKeyPair::generate_pkcs8(
        &aws_lc_rs::signature::ECDSA_P384_SHA384_FIXED_SIGNING,
        &SystemRandom::new(),
    )
    .unwrap();
    let p384 = pem("PRIVATE KEY", der.as_ref());
    let cut = SigningKey::generate().unwrap().replace("MIG", "MIH");
    for text in ["", "secret", "-----BEGIN PRIVATE KEY-----", &p384, &cut] {
        assert_eq!(
            SigningKey::from_pem(text).err(),
            Some(KeyError::NotAPrivateKey)
        );
    }
}

#[test]
fn a_ring_has_one_key_per_kid() {
    let (active, other) = (key(), key());
    let twice = [other.public().clone(), other.public().clone()];
    assert_eq!(
        KeyRing::new(active.clone(), twice).err(),
        Some(KeyError::DuplicateKid)
    );
    let same = [active.public().clone()];
    assert_eq!(
        KeyRing::new(active.clone(), same).err(),
        Some(KeyError::DuplicateKid)
    );
    let ring = KeyRing::new(active, [other.public().clone()]).unwrap();
    assert!(ring.find(other.public().kid()).is_some());
    assert!(ring.find("").is_none());
}

#[test]
fn a_public_key_must_say_what_it_is_for() {
    let good = serde_json::to_value(key().public().jwk()).unwrap();
    let read = |jwk: Value| -> Option<VerifyingKey> {
        VerifyingKey::from_jwk(serde_json::from_value(jwk).ok()?).ok()
    };
    assert!(read(good.clone()).is_some());
    for (name, wrong) in [
        ("kty", json!("RSA")),
        ("crv", json!("P-384")),
        ("alg", json!("HS256")),
        ("use", json!("enc")),
        ("kid", json!("")),
        ("kid", json!("k".repeat(129))),
        ("x", json!(good["y"])),
        ("y", json!("AAAA")),
        ("d", json!("AAAA")),
        ("key_ops", json!(["verify"])),
    ] {
        let mut bad = good.clone();
        bad[name] = wrong;
        assert!(read(bad).is_none(), "{name}");
    }
}

#[test]
fn private_parts_stay_out_of_debug() {
    let pem = SigningKey::generate().unwrap();
    let key = SigningKey::from_pem(&pem).unwrap();
    let shown = format!("{key:?}");
    assert!(shown.contains("redacted") && shown.contains(key.public().kid()));
    assert!(!shown.contains(&pem[40..60]));
}
