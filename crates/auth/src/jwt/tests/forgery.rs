//! Attacks on a token's form, header and signature.

use aws_lc_rs::hmac;
use serde_json::{Value, json};

use super::*;

fn with_header(change: impl FnOnce(&mut Value)) -> Reason {
    let tokens = tokens();
    let mut header = head(&tokens);
    change(&mut header);
    refusal(
        &tokens,
        &forge(&tokens, &header.to_string(), &body().to_string()),
    )
}

#[test]
fn headers_say_exactly_three_things() {
    for typ in ["JWT", "jwt", "AT+JWT", "application/at+jwt", ""] {
        assert_eq!(with_header(|h| h["typ"] = json!(typ)), Reason::WrongType);
    }
    assert_eq!(
        with_header(|h| {
            h.as_object_mut().unwrap().remove("typ");
        }),
        Reason::WrongType
    );
    for name in ["alg", "kid"] {
        let reason = with_header(|h| {
            h.as_object_mut().unwrap().remove(name);
        });
        assert_eq!(reason, Reason::BadHeader, "no {name}");
    }
    for (name, value) in [
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("b64", json!(false)),
        ("b64", json!(true)),
        ("jku", json!("https://evil.example/jwks.json")),
        (
            "jwk",
            serde_json::to_value(tokens().keys().jwks(NOW).keys[0].clone()).unwrap(),
        ),
        ("x5u", json!("https://evil.example/x")),
        ("x5c", json!(["MIIB"])),
        ("x5t", json!("AAAA")),
        ("cty", json!("JWT")),
        ("zip", json!("DEF")),
        ("anything", json!(null)),
    ] {
        let reason = with_header(|h| h[name] = value);
        assert_eq!(reason, Reason::BadHeader, "{name}");
    }
}

#[test]
fn algorithms_cannot_be_chosen() {
    for alg in [
        "none", "None", "NONE", "nOnE", "", "HS256", "ES384", "es256",
    ] {
        assert_eq!(
            with_header(|h| h["alg"] = json!(alg)),
            Reason::WrongAlgorithm
        );
    }
    // Unsigned, as `none` is written.
    let tokens = tokens();
    let mut header = head(&tokens);
    header["alg"] = json!("none");
    let unsigned = forge(&tokens, &header.to_string(), &body().to_string());
    let cut = &unsigned[..=unsigned.rfind('.').unwrap()];
    assert_eq!(refusal(&tokens, cut), Reason::BadSignature);
    // HMAC with the public key as its secret, in every form it is published in.
    header["alg"] = json!("HS256");
    let message = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(body().to_string())
    );
    let jwk = serde_json::to_string(&tokens.keys().signing(NOW).public().jwk()).unwrap();
    let jwk_value: Value = serde_json::from_str(&jwk).unwrap();
    let mut point = vec![4];
    for name in ["x", "y"] {
        let text = jwk_value[name].as_str().unwrap();
        point.extend(URL_SAFE_NO_PAD.decode(text).unwrap());
    }
    let mut der = b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00".to_vec();
    der.extend(&point);
    let pem = format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        base64::engine::general_purpose::STANDARD.encode(&der)
    );
    for secret in [jwk.as_bytes(), &point, &der, pem.as_bytes()] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let tag = URL_SAFE_NO_PAD.encode(hmac::sign(&key, message.as_bytes()));
        assert_eq!(
            refusal(&tokens, &format!("{message}.{tag}")),
            Reason::WrongAlgorithm
        );
    }
}

/// Keys of all algorithms side by side, as after two changes of the setting: each answers to its own.
#[test]
fn a_key_answers_to_its_own_algorithm_only() {
    let keys = Algorithm::ALL.map(key);
    let ring = KeyRing::new(keys.clone().map(|key| (0, key))).unwrap();
    // All begin at once, so the two that never sign are kept verifying by a clock at the start.
    let tokens = tokens_of(ring);
    let body = AccessClaims {
        iat: 0,
        nbf: 0,
        exp: 300,
        ..claims()
    };
    let body = serde_json::to_string(&body).unwrap();
    for named in &keys {
        for signer in &keys {
            for alg in Algorithm::ALL {
                let header =
                    json!({"alg": alg.as_str(), "typ": "at+jwt", "kid": named.public().kid()});
                let signed = format!(
                    "{}.{}",
                    URL_SAFE_NO_PAD.encode(header.to_string()),
                    URL_SAFE_NO_PAD.encode(&body)
                );
                let token = format!("{signed}.{}", signer.sign(signed.as_bytes()).unwrap());
                let same = named.public().kid() == signer.public().kid();
                let expected = match (alg == named.public().algorithm(), same) {
                    (false, _) => Err(Reason::WrongAlgorithm.into()),
                    (true, false) => Err(Reason::BadSignature.into()),
                    (true, true) => Ok(()),
                };
                assert_eq!(tokens.verify(&token, 0).map(|_| ()), expected, "{header}");
            }
        }
    }
    // The public halves as HMAC secrets, under the id of the HMAC key and under their own.
    let hmac_kid = keys[2].public().kid();
    for asymmetric in &keys[..2] {
        let jwk = asymmetric.public().jwk().unwrap();
        let text = serde_json::to_string(jwk).unwrap();
        let x = serde_json::to_value(jwk).unwrap()["x"]
            .as_str()
            .unwrap()
            .to_owned();
        let raw = URL_SAFE_NO_PAD.decode(&x).unwrap();
        for (kid, reason) in [
            (hmac_kid, Reason::BadSignature),
            (asymmetric.public().kid(), Reason::WrongAlgorithm),
        ] {
            for secret in [text.as_bytes(), x.as_bytes(), &raw, b""] {
                let header = json!({"alg": "HS256", "typ": "at+jwt", "kid": kid}).to_string();
                let signed = format!(
                    "{}.{}",
                    URL_SAFE_NO_PAD.encode(header),
                    URL_SAFE_NO_PAD.encode(&body)
                );
                let secret = hmac::Key::new(hmac::HMAC_SHA256, secret);
                let tag = URL_SAFE_NO_PAD.encode(hmac::sign(&secret, signed.as_bytes()));
                let token = format!("{signed}.{tag}");
                assert_eq!(tokens.verify(&token, 0), Err(reason.into()));
            }
        }
    }
}

#[test]
fn kid_is_only_a_name() {
    for kid in ["", "../../dev/null", "/dev/null", "' OR 1=1 --", "0", "密"] {
        assert_eq!(with_header(|h| h["kid"] = json!(kid)), Reason::UnknownKey);
    }
    assert_eq!(
        with_header(|h| h["kid"] = json!("k".repeat(129))),
        Reason::UnknownKey
    );
    assert_eq!(
        with_header(|h| h["kid"] = json!("k".repeat(10_000))),
        Reason::TooLong
    );
    for kid in [json!(null), json!(1), json!(["a"]), json!({})] {
        assert_eq!(with_header(|h| h["kid"] = kid), Reason::BadHeader);
    }
}

#[test]
fn no_bit_of_a_token_can_change() {
    let tokens = tokens();
    let token = tokens.sign(&claims()).unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    assert_eq!(bytes.len(), 64);
    for bit in 0..512 {
        let mut bytes = bytes.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(bytes));
        assert_eq!(refusal(&tokens, &token), Reason::BadSignature, "bit {bit}");
    }
    // Nor any character of the text: not even the unused bits of the last ones.
    for (at, old) in token.char_indices() {
        for new in ['A', 'B', 'g', '-', '.', '=', '?'] {
            let mut changed = token.clone();
            changed.replace_range(at..=at, &new.to_string());
            assert_eq!(
                tokens.verify(&changed, NOW).is_ok(),
                new == old,
                "{at} {new}"
            );
        }
    }
}

#[test]
fn the_compact_form_has_three_parts_of_limited_size() {
    let tokens = tokens();
    let token = tokens.sign(&claims()).unwrap();
    let parts: Vec<_> = token.split('.').collect();
    let (h, p, s) = (parts[0], parts[1], parts[2]);
    for bad in [
        String::new(),
        "..".into(),
        format!("{h}.{p}"),
        format!("{h}.{p}."),
        format!("{h}..{s}"),
        format!(".{p}.{s}"),
        format!("{h}.{p}.{s}."),
        format!(".{h}.{p}.{s}"),
        format!("{h}.{p}.{s}.{s}"),
        format!("{h}.{p}.{s}="),
        format!("{h}.{p}.{s}AA"),
        format!(" {token}"),
        format!("{token}\n"),
        format!("Bearer {token}"),
        format!("{h}.{p}.{}", "A".repeat(4000)),
    ] {
        assert!(tokens.verify(&bad, NOW).is_err(), "{bad}");
    }
    assert_eq!(refusal(&tokens, &"a".repeat(1 << 20)), Reason::TooLong);
    assert_eq!(refusal(&tokens, &".".repeat(1 << 20)), Reason::TooLong);
}

#[test]
fn no_key_is_looked_up_by_an_endless_name() {
    let tokens = tokens();
    let ring = tokens.keys();
    let any_key = ring.signing(NOW).public();
    let open = |length| {
        let mut header = head(&tokens);
        header["kid"] = json!("k".repeat(length));
        let token = forge(&tokens, &header.to_string(), "{}");
        jws::open(&token, |_| Some(any_key)).map(|_| ())
    };
    assert_eq!(open(1), Ok(()));
    assert_eq!(open(128), Ok(()));
    assert_eq!(open(0), Err(Reason::UnknownKey));
    assert_eq!(open(129), Err(Reason::UnknownKey));
}
