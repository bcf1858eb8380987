//! What claims are accepted and refused.

mod forgery;

use serde_json::{Value, json};

use super::*;
use crate::actor::Role;
use crate::keys::{Algorithm, SigningKey};

const NOW: i64 = 1_800_000_000;

fn key(algorithm: Algorithm) -> SigningKey {
    SigningKey::read(algorithm, &SigningKey::generate(algorithm).unwrap()).unwrap()
}

fn tokens() -> AccessTokens {
    tokens_of(KeyRing::of(key(Algorithm::Es256)))
}

fn tokens_of(ring: KeyRing) -> AccessTokens {
    AccessTokens::new(ring, "https://school.example", "gradebook")
}

fn kid(tokens: &AccessTokens) -> String {
    tokens.keys().signing(NOW).public().kid().to_owned()
}

fn claims() -> AccessClaims {
    AccessClaims {
        iss: "https://school.example".into(),
        aud: "gradebook".into(),
        sub: "42".into(),
        iat: NOW,
        nbf: NOW,
        exp: NOW + 300,
        jti: "0190a5c0".into(),
        sid: "7".into(),
        ver: 1,
        role: Role::Teacher,
        scope: String::new(),
        amr: vec!["pwd".into()],
    }
}

fn body() -> Value {
    serde_json::to_value(claims()).unwrap()
}

fn head(tokens: &AccessTokens) -> Value {
    let algorithm = tokens.keys().signing(NOW).public().algorithm();
    json!({"alg": algorithm.as_str(), "typ": "at+jwt", "kid": kid(tokens)})
}

/// Signs any texts with the real key: what an attacker cannot do, so that only
/// the check in question stands in the way.
fn forge(tokens: &AccessTokens, header: &str, payload: &str) -> String {
    let mut token = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(payload)
    );
    let signature = tokens.keys().signing(NOW).sign(token.as_bytes()).unwrap();
    token.push('.');
    token.push_str(&signature);
    token
}

fn refusal(tokens: &AccessTokens, token: &str) -> Reason {
    tokens.verify(token, NOW).unwrap_err().reason()
}

fn with_claim(name: &str, value: Value) -> Result<AccessClaims, TokenError> {
    let tokens = tokens();
    let mut payload = body();
    payload[name] = value;
    let token = forge(&tokens, &head(&tokens).to_string(), &payload.to_string());
    tokens.verify(&token, NOW)
}

#[test]
fn what_is_signed_verifies() {
    let tokens = tokens();
    let token = tokens.sign(&claims()).unwrap();
    let read = tokens.verify(&token, NOW).unwrap();
    assert_eq!(read, claims());
    assert_eq!(read.user_id().unwrap().0, 42);
    assert_eq!(read.session_id().unwrap().0, 7);
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap());
    let header: Value = serde_json::from_slice(&header.unwrap()).unwrap();
    assert_eq!(header, head(&tokens));
    // The forging helper makes good tokens as long as it changes nothing.
    let same = forge(&tokens, &head(&tokens).to_string(), &body().to_string());
    assert!(tokens.verify(&same, NOW).is_ok());
}

#[test]
fn another_schools_key_is_unknown() {
    let (one, other) = (tokens(), tokens());
    let token = one.sign(&claims()).unwrap();
    assert_eq!(refusal(&other, &token), Reason::UnknownKey);
}

/// The whole of a rotation, from algorithm to algorithm, while tokens of every age go about.
#[test]
fn a_rotation_drops_no_token_before_its_time() {
    let (old, new) = (key(Algorithm::Es256), key(Algorithm::EdDsa));
    let (old_kid, new_kid) = (old.public().kid().to_owned(), new.public().kid().to_owned());
    let at = |iat: i64| AccessClaims {
        iat,
        nbf: iat,
        exp: iat + LONGEST_LIFETIME,
        ..claims()
    };
    let kid_of = |token: &str| {
        let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap());
        let header: Value = serde_json::from_slice(&header.unwrap()).unwrap();
        header["kid"].as_str().unwrap().to_owned()
    };
    let tokens = tokens_of(KeyRing::of(old.clone()));
    let before = tokens.sign(&at(NOW)).unwrap();
    let turn = NOW + 30;
    tokens.replace_keys(KeyRing::new([(0, old), (turn, new.clone())]).unwrap());
    let last_of_old = tokens.sign(&at(turn - 1)).unwrap();
    let first_of_new = tokens.sign(&at(turn)).unwrap();
    assert_eq!(kid_of(&last_of_old), old_kid);
    assert_eq!(kid_of(&first_of_new), new_kid);
    for token in [&before, &last_of_old, &first_of_new] {
        assert!(tokens.verify(token, turn).is_ok());
    }
    // A server whose clock is a little behind knows the new key already.
    assert!(tokens.verify(&first_of_new, turn - 5).is_ok());
    let last_end = turn - 1 + LONGEST_LIFETIME;
    assert!(tokens.verify(&last_of_old, last_end + LEEWAY - 1).is_ok());
    assert_eq!(
        tokens.verify(&last_of_old, last_end + LEEWAY),
        Err(TokenError::Expired)
    );
    // One second later the key itself is no more.
    assert_eq!(
        tokens.verify(&last_of_old, last_end + LEEWAY + 1),
        Err(Reason::UnknownKey.into())
    );
    // A key that others may have: gone at once, and its tokens with it.
    tokens.replace_keys(KeyRing::of(new));
    assert!(tokens.verify(&first_of_new, turn).is_ok());
    assert_eq!(
        tokens.verify(&last_of_old, turn),
        Err(Reason::UnknownKey.into())
    );
}

#[test]
fn every_algorithm_signs_and_verifies() {
    for algorithm in Algorithm::ALL {
        let tokens = tokens_of(KeyRing::of(key(algorithm)));
        let token = tokens.sign(&claims()).unwrap();
        assert_eq!(tokens.verify(&token, NOW).unwrap(), claims());
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
        for at in 0..bytes.len() {
            bytes[at] ^= 1;
            let changed = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(&bytes));
            assert_eq!(refusal(&tokens, &changed), Reason::BadSignature);
            bytes[at] ^= 1;
        }
        let cut = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(&bytes[1..]));
        assert_eq!(refusal(&tokens, &cut), Reason::BadSignature);
    }
}

#[test]
fn times_are_checked_against_the_given_now() {
    let tokens = tokens();
    let token = tokens.sign(&claims()).unwrap();
    let at = |offset| tokens.verify(&token, NOW + offset).map(|_| ());
    assert_eq!(at(-5), Ok(()));
    assert_eq!(at(-6), Err(Reason::NotYet.into()));
    assert_eq!(at(304), Ok(()));
    assert_eq!(at(305), Err(TokenError::Expired));
    assert_eq!(tokens.verify(&token, i64::MAX), Err(TokenError::Expired));
    assert!(tokens.verify(&token, i64::MIN).is_err());
    assert!(with_claim("nbf", json!(NOW + 5)).is_ok());
    assert_eq!(
        with_claim("nbf", json!(NOW + 6)),
        Err(Reason::NotYet.into())
    );
    for exp in [NOW, NOW - 1, NOW + 901, i64::MAX, i64::MIN, 0] {
        let answer = with_claim("exp", json!(exp));
        assert_eq!(answer, Err(Reason::BadLifetime.into()), "{exp}");
    }
    assert!(with_claim("exp", json!(NOW + 900)).is_ok());
    for iat in [-1, i64::MIN, NOW + 6] {
        let answer = with_claim("iat", json!(iat));
        assert_eq!(answer, Err(Reason::NotYet.into()), "{iat}");
    }
}

#[test]
fn claims_have_one_json_type_each() {
    let wrong = |name: &str| match name {
        "iat" | "nbf" | "exp" | "ver" => vec![
            json!(NOW.to_string()),
            json!(u64::MAX),
            json!(1.8e9),
            json!(true),
            json!([NOW]),
        ],
        "amr" => vec![json!("pwd"), json!([1]), json!([null])],
        _ => vec![
            json!(1),
            json!(["gradebook"]),
            json!({"a": "b"}),
            json!(true),
        ],
    };
    for name in body().as_object().unwrap().keys() {
        for value in wrong(name).into_iter().chain([json!(null), json!({})]) {
            let answer = with_claim(name, value.clone());
            assert_eq!(answer, Err(Reason::BadClaims.into()), "{name}={value}");
        }
        let tokens = tokens();
        let mut without = body();
        without.as_object_mut().unwrap().remove(name);
        let token = forge(&tokens, &head(&tokens).to_string(), &without.to_string());
        assert_eq!(refusal(&tokens, &token), Reason::BadClaims, "no {name}");
    }
    assert_eq!(
        with_claim("admin", json!(true)),
        Err(Reason::BadClaims.into())
    );
    for role in ["Admin", "root", ""] {
        let answer = with_claim("role", json!(role));
        assert_eq!(answer, Err(Reason::BadClaims.into()), "{role}");
    }
}

#[test]
fn issuer_audience_and_subject_are_exact() {
    for (name, value, reason) in [
        ("iss", "https://school.example/", Reason::WrongIssuer),
        ("iss", "", Reason::WrongIssuer),
        ("aud", "Gradebook", Reason::WrongAudience),
        ("aud", "", Reason::WrongAudience),
    ] {
        assert_eq!(with_claim(name, json!(value)), Err(reason.into()));
    }
    for text in [
        "",
        "0",
        "-1",
        "+1",
        "01",
        " 1",
        "1 ",
        "1.0",
        "1e3",
        "0x1",
        "٣",
        "9223372036854775808",
    ] {
        for name in ["sub", "sid"] {
            let answer = with_claim(name, json!(text));
            assert_eq!(answer, Err(Reason::BadSubject.into()), "{name}={text}");
        }
    }
    assert!(with_claim("sub", json!("9223372036854775807")).is_ok());
}

/// What metadata and settings show is what tokens say.
#[test]
fn the_issuer_and_audience_that_are_shown_are_those_of_tokens() {
    let tokens = tokens();
    let token = tokens.sign(&claims()).unwrap();
    let read = tokens.verify(&token, NOW).unwrap();
    assert_eq!(tokens.issuer(), read.iss);
    assert_eq!(tokens.audience(), read.aud);
}

#[test]
fn a_token_of_four_kilobytes_is_the_longest() {
    let tokens = tokens();
    let of_scope = |length| AccessClaims {
        scope: "s".repeat(length),
        ..claims()
    };
    // Header, signature and dots take 198 bytes; three bytes of claims take four of the token.
    let fits = 2923 - serde_json::to_string(&of_scope(0)).unwrap().len();
    let token = tokens.sign(&of_scope(fits)).unwrap();
    assert_eq!(token.len(), 4096);
    assert_eq!(tokens.verify(&token, NOW), Ok(of_scope(fits)));

    let longer = of_scope(fits + 1);
    assert_eq!(
        tokens.sign(&longer),
        Err(SignError::Claims(Reason::TooLong))
    );
    let body = serde_json::to_string(&longer).unwrap();
    let token = forge(&tokens, &head(&tokens).to_string(), &body);
    assert_eq!(token.len(), 4097);
    assert_eq!(refusal(&tokens, &token), Reason::TooLong);
}

#[test]
fn nothing_is_said_twice() {
    let tokens = tokens();
    let (header, payload) = (head(&tokens).to_string(), body().to_string());
    for twice in [
        r#","alg":"ES256"}"#,
        r#","typ":"at+jwt"}"#,
        r#","al\u0067":"ES256"}"#,
    ] {
        let header = header.trim_end_matches('}').to_owned() + twice;
        let token = forge(&tokens, &header, &payload);
        assert_eq!(refusal(&tokens, &token), Reason::BadHeader, "{twice}");
    }
    for twice in [
        r#","sub":"1"}"#,
        r#","role":"admin"}"#,
        r#","s\u0075b":"42"}"#,
    ] {
        let payload = payload.trim_end_matches('}').to_owned() + twice;
        let token = forge(&tokens, &header, &payload);
        assert_eq!(refusal(&tokens, &token), Reason::BadClaims, "{twice}");
    }
}

#[test]
fn objects_only() {
    let tokens = tokens();
    let (header, payload) = (head(&tokens).to_string(), body().to_string());
    let kid = kid(&tokens);
    let array = json!(["ES256", kid, "at+jwt"]).to_string();
    for bad in [
        &array,
        "null",
        "\"a\"",
        "",
        "{}",
        &format!("{header}x"),
        &format!("\u{feff}{header}"),
    ] {
        let token = forge(&tokens, bad, &payload);
        assert_eq!(refusal(&tokens, &token), Reason::BadHeader, "{bad}");
    }
    let values = json!([
        "https://school.example",
        "gradebook",
        "42",
        NOW,
        NOW,
        NOW + 300,
        "j",
        "7",
        1,
        "admin",
        "",
        []
    ]);
    for bad in [
        &values.to_string(),
        "null",
        "",
        "{}",
        &format!("{payload}{{}}"),
    ] {
        let token = forge(&tokens, &header, bad);
        assert_eq!(refusal(&tokens, &token), Reason::BadClaims, "{bad}");
    }
}

#[test]
fn nothing_is_signed_that_would_be_refused() {
    let tokens = tokens();
    let refused = |change: fn(&mut AccessClaims)| {
        let mut claims = claims();
        change(&mut claims);
        tokens.sign(&claims).unwrap_err()
    };
    for (error, reason) in [
        (refused(|c| c.iss.clear()), Reason::WrongIssuer),
        (refused(|c| c.aud.clear()), Reason::WrongAudience),
        (refused(|c| c.sub = "0".into()), Reason::BadSubject),
        (refused(|c| c.exp += 3600), Reason::BadLifetime),
        (refused(|c| c.nbf = c.exp), Reason::BadLifetime),
        (refused(|c| c.scope = "s".repeat(4096)), Reason::TooLong),
    ] {
        assert_eq!(error, SignError::Claims(reason));
    }
}
