use aws_lc_rs::digest;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::jwk::thumbprint;
use super::*;
use crate::jws::JwsKey;

fn key_of(algorithm: Algorithm) -> SigningKey {
    SigningKey::read(algorithm, &SigningKey::generate(algorithm).unwrap()).unwrap()
}

fn key() -> SigningKey {
    key_of(Algorithm::Es256)
}

fn pem(der: &[u8]) -> String {
    let base64 = STANDARD.encode(der);
    format!("-----BEGIN PRIVATE KEY-----\n{base64}\n-----END PRIVATE KEY-----\n")
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

/// The private key of RFC 8037, appendix A.1, as PKCS#8.
fn rfc_8037() -> SigningKey {
    let d = URL_SAFE_NO_PAD
        .decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
        .unwrap();
    let mut der = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20".to_vec();
    der.extend(d);
    SigningKey::read(Algorithm::EdDsa, &pem(&der)).unwrap()
}

/// RFC 8037, appendices A.2 to A.4: public key, thumbprint, and a signature, which is always the
/// same for the same text.
#[test]
fn ed25519_of_the_rfc() {
    install_crypto();
    let key = rfc_8037();
    let kid = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
    assert_eq!(
        serde_json::to_value(key.public().jwk().unwrap()).unwrap(),
        json!({
            "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": kid,
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        })
    );
    let signed = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    let signature =
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    assert_eq!(key.sign(signed).unwrap(), signature);
    assert!(key.public().verifies(signed, signature));
    assert!(!key.public().verifies(b"other", signature));
}

/// RFC 7515, appendix A.1.
#[test]
fn hmac_of_the_rfc() {
    install_crypto();
    let secret = URL_SAFE_NO_PAD
        .decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")
        .unwrap();
    let key = SigningKey::read(Algorithm::Hs256, &STANDARD.encode(&secret)).unwrap();
    let signed = b"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    let signature = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    assert_eq!(key.sign(signed).unwrap(), signature);
    assert!(key.public().verifies(signed, signature));
    let required = format!(
        r#"{{"k":"{}","kty":"oct"}}"#,
        URL_SAFE_NO_PAD.encode(&secret)
    );
    let hash = digest::digest(&digest::SHA256, required.as_bytes());
    assert_eq!(key.public().kid(), URL_SAFE_NO_PAD.encode(hash));
}

#[test]
fn kid_is_the_thumbprint_of_the_public_key() {
    let key = key();
    let jwk = serde_json::to_value(key.public().jwk().unwrap()).unwrap();
    // serde_json keeps members in the order of their names, as the RFC wants.
    let required = json!({"kty": "EC", "crv": "P-256", "x": jwk["x"], "y": jwk["y"]});
    let hash = digest::digest(&digest::SHA256, required.to_string().as_bytes());
    assert_eq!(key.public().kid(), URL_SAFE_NO_PAD.encode(hash));
}

#[test]
fn a_jwk_shows_the_public_parts_only() {
    let keys = Algorithm::ALL.map(key_of);
    let kids = keys.clone().map(|key| key.public().kid().to_owned());
    let [es256, eddsa, hs256] = keys;
    let ring = KeyRing::new([(30, es256), (20, eddsa), (10, hs256)]).unwrap();
    // HS256 signs, and nothing of it is shown.
    for (now, first) in [(10, 1), (20, 1), (30, 0)] {
        let jwks = serde_json::to_value(ring.jwks(now)).unwrap();
        let shown = jwks["keys"].as_array().unwrap();
        assert_eq!(shown.len(), 2);
        assert_eq!(
            shown[0]["kid"],
            kids[first].as_str(),
            "the one that signs is first"
        );
        for key in shown {
            let names: Vec<_> = key.as_object().unwrap().keys().collect();
            if key["kty"] == "EC" {
                assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
                assert_eq!(key["alg"], "ES256");
            } else {
                assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x"]);
                assert_eq!(key["alg"], "EdDSA");
            }
        }
    }
    let symmetric = KeyRing::of(key_of(Algorithm::Hs256));
    assert!(symmetric.jwks(0).keys.is_empty());
}

#[test]
fn text_round_trips_and_signs() {
    install_crypto();
    install_crypto();
    for algorithm in Algorithm::ALL {
        let text = SigningKey::generate(algorithm).unwrap();
        let is_pem = text.starts_with("-----BEGIN PRIVATE KEY-----\n");
        assert_eq!(is_pem, algorithm != Algorithm::Hs256);
        assert!(text.lines().all(|line| line.len() <= 64));
        let key = SigningKey::read(algorithm, &text).unwrap();
        let again = SigningKey::read(algorithm, &text.replace('\n', "\r\n")).unwrap();
        assert_eq!(key.public().kid(), again.public().kid());
        assert_eq!(key.public().algorithm(), algorithm);
        let signature = key.sign(b"message").unwrap();
        assert!(again.public().verifies(b"message", &signature));
        assert!(!again.public().verifies(b"Message", &signature));
        assert_ne!(text, SigningKey::generate(algorithm).unwrap());
        assert_eq!(algorithm.name().parse(), Ok(algorithm));
        assert_eq!(algorithm.as_str().to_lowercase(), algorithm.name());
    }
    assert_eq!("ES256".parse::<Algorithm>(), Err(UnknownAlgorithm));
}

#[test]
fn other_private_keys_are_refused() {
    let p384 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, &SystemRandom::new());
    let p384 = pem(p384.unwrap().as_ref());
    let rsa = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let rsa = AsDer::<Pkcs8V1Der<'_>>::as_der(&rsa).unwrap();
    let rsa = pem(rsa.as_ref());
    let es256 = SigningKey::generate(Algorithm::Es256).unwrap();
    let eddsa = SigningKey::generate(Algorithm::EdDsa).unwrap();
    let cut = es256.replace("MIG", "MIH");
    for (algorithm, others) in [(Algorithm::Es256, &eddsa), (Algorithm::EdDsa, &es256)] {
        let refused = KeyError::NotAPrivateKey(algorithm).to_string();
        assert!(refused.contains(algorithm.as_str()), "{refused}");
        for text in [
            "",
            "secret",
            "-----BEGIN PRIVATE KEY-----",
            &p384,
            &rsa,
            &cut,
            others,
        ] {
            assert_eq!(
                SigningKey::read(algorithm, text).err(),
                Some(KeyError::NotAPrivateKey(algorithm))
            );
        }
    }
}

#[test]
fn symmetric_keys_are_long_and_random() {
    let read = |text: &str| SigningKey::read(Algorithm::Hs256, text).err();
    let of = |bytes: &[u8]| read(&STANDARD.encode(bytes));
    let es256 = SigningKey::generate(Algorithm::Es256).unwrap();
    for text in ["secret!", &es256] {
        assert_eq!(read(text), Some(WeakSecret::NotBase64.into()));
    }
    assert_eq!(read(""), Some(WeakSecret::Short.into()));
    let bytes: Vec<u8> = (0..=255).collect();
    assert_eq!(of(&bytes[..31]), Some(WeakSecret::Short.into()));
    assert_eq!(of(&[0; 32]), Some(WeakSecret::NotRandom.into()));
    let repeated: Vec<u8> = (0..64).map(|at| at % 15).collect();
    assert_eq!(of(&repeated), Some(WeakSecret::NotRandom.into()));
    let barely: Vec<u8> = (0..64).map(|at| at % 16).collect();
    assert_eq!(of(&barely), None);
    assert_eq!(of(&bytes[..32]), None);
}

#[test]
fn a_ring_has_one_key_per_kid_and_at_least_one() {
    let one = key();
    let twice = [(1, one.clone()), (2, one)];
    assert_eq!(KeyRing::new(twice).err(), Some(KeyError::DuplicateKid));
    assert_eq!(KeyRing::new([]).err(), Some(KeyError::Empty));
}

#[test]
fn a_key_signs_from_its_time_until_that_of_the_next() {
    let keys = [key(), key(), key()];
    let kids = keys.clone().map(|key| key.public().kid().to_owned());
    let [first, second, third] = keys;
    let ring = KeyRing::new([(3_000, third), (1_000, first), (2_000, second)]).unwrap();
    for (now, expected) in [
        // A clock that is behind all of them must sign, too.
        (i64::MIN, 0),
        (999, 0),
        (1_000, 0),
        (1_999, 0),
        (2_000, 1),
        (2_999, 1),
        (3_000, 2),
        (i64::MAX, 2),
    ] {
        assert_eq!(ring.signing(now).public().kid(), kids[expected], "{now}");
    }
    assert_eq!(ring.newest().key().public().kid(), kids[2]);
    let times: Vec<_> = ring
        .keys()
        .map(|one| (one.signs_from(), one.signs_until()))
        .collect();
    assert_eq!(
        times,
        [(1_000, Some(2_000)), (2_000, Some(3_000)), (3_000, None)]
    );
}

#[test]
fn a_key_verifies_until_its_last_token_is_over() {
    let keys = [key(), key(), key()];
    let kids = keys.clone().map(|key| key.public().kid().to_owned());
    let [first, second, third] = keys;
    let ring = KeyRing::new([(1_000, first), (2_000, second), (3_000, third)]).unwrap();
    let known = |now| kids.clone().map(|kid| ring.find(&kid, now).is_some());
    let states = |now| {
        let mut found = ring.keys().map(|one| ring.state(one, now));
        [(); 3].map(|()| found.next().unwrap())
    };
    use KeyState::{Next, Signs, Spent, Verifies};
    for (now, verify, state) in [
        // Known before they sign.
        (0, [true, true, true], [Signs, Next, Next]),
        (1_999, [true, true, true], [Signs, Next, Next]),
        (
            2_000,
            [true, true, true],
            [Verifies { until: 2_905 }, Signs, Next],
        ),
        (
            2_904,
            [true, true, true],
            [Verifies { until: 2_905 }, Signs, Next],
        ),
        (2_905, [false, true, true], [Spent, Signs, Next]),
        (
            3_000,
            [false, true, true],
            [Spent, Verifies { until: 3_905 }, Signs],
        ),
        (3_905, [false, false, true], [Spent, Spent, Signs]),
        (i64::MAX, [false, false, true], [Spent, Spent, Signs]),
    ] {
        assert_eq!((known(now), states(now)), (verify, state), "{now}");
        assert_eq!(
            ring.jwks(now).keys.len(),
            verify.iter().filter(|one| **one).count()
        );
    }
    assert!(ring.find("", 0).is_none());
}

/// Two replicas with different settings may make keys for the same second.
#[test]
fn of_two_keys_for_one_moment_the_same_signs_everywhere() {
    let (one, other) = (key(), key());
    let ring = KeyRing::new([(5, one.clone()), (5, other.clone())]).unwrap();
    let turned = KeyRing::new([(5, other), (5, one)]).unwrap();
    for now in [0, 5, 10_000] {
        let (here, there) = (ring.signing(now), turned.signing(now));
        assert_eq!(here.public().kid(), there.public().kid());
    }
    assert_eq!(
        ring.keys()
            .filter(|one| ring.state(one, 5) == KeyState::Signs)
            .count(),
        1
    );
}

#[test]
fn a_public_key_must_say_what_it_is_for() {
    let read = |jwk: Value| -> Option<VerifyingKey> {
        VerifyingKey::from_jwk(serde_json::from_value(jwk).ok()?).ok()
    };
    let es256 = serde_json::to_value(key().public().jwk()).unwrap();
    let eddsa = serde_json::to_value(rfc_8037().public().jwk()).unwrap();
    let breaks = |good: &Value, changes: &[(&str, Value)]| {
        assert!(read(good.clone()).is_some());
        for (name, wrong) in changes {
            let mut bad = good.clone();
            bad[name] = wrong.clone();
            assert!(read(bad).is_none(), "{name}");
        }
    };
    for good in [&es256, &eddsa] {
        let mut longest = good.clone();
        longest["kid"] = json!("k".repeat(128));
        assert!(read(longest).is_some());
        breaks(
            good,
            &[
                ("kty", json!("RSA")),
                ("kty", json!("oct")),
                ("crv", json!("P-384")),
                ("alg", json!("HS256")),
                ("use", json!("enc")),
                ("kid", json!("")),
                ("kid", json!("k".repeat(129))),
                ("x", json!("AAAA")),
                ("y", json!("AAAA")),
                ("y", json!(null)),
                ("d", json!("AAAA")),
                ("k", json!("AAAA")),
                ("key_ops", json!(["verify"])),
            ],
        );
    }
    breaks(
        &es256,
        &[("x", es256["y"].clone()), ("alg", json!("EdDSA"))],
    );
    breaks(
        &eddsa,
        &[("y", es256["y"].clone()), ("alg", json!("ES256"))],
    );
}

#[test]
fn private_parts_stay_out_of_debug() {
    for algorithm in Algorithm::ALL {
        let text = SigningKey::generate(algorithm).unwrap();
        let key = SigningKey::read(algorithm, &text).unwrap();
        let kid = key.public().kid().to_owned();
        let shown = format!("{key:?} {:?}", KeyRing::of(key.clone()));
        assert!(shown.contains("redacted") && shown.contains(&kid));
        let public = format!("{:?}", key.public());
        assert!(public.contains(&kid) && public.contains(&format!("{algorithm:?}")));
        let secret = text.lines().max_by_key(|line| line.len()).unwrap();
        assert!(!(shown + &public).contains(&secret[..20]));
    }
}
