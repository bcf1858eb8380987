//! Forged, twisted and misplaced access tokens.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use gradebook_app::demo::{DEMO_PASSWORD, demo_accounts};
use serde_json::{Value, json};

use super::{browser_of, is_alive, is_invalid_token, is_problem, me, raw, statuses};
use crate::forge::{
    Real, own_key, parts, public_jwk, public_texts, sign, sign_text, with_key, with_secret,
};
use crate::harness::{Reply, TestServer, local};

async fn server() -> TestServer {
    TestServer::with_demo(gradebook_test_databases::sqlite().await).await
}

async fn ask(server: &TestServer, token: &str) -> Reply {
    server.get("/api/v1/users/me").bearer(token).send().await
}

/// Every token is refused, and by the same answer, whatever is wrong with it.
async fn all_invalid(server: &TestServer, tokens: Vec<(String, String)>) {
    assert!(tokens.len() > 1);
    for (what, token) in tokens {
        is_invalid_token(&ask(server, &token).await, &what);
    }
    is_alive(server, "after the forgeries").await;
}

fn admin() -> String {
    demo_accounts().admin.username
}

/// What the other tests show is worth something only if the hand that signs can sign.
#[tokio::test]
async fn a_token_that_the_test_signs_is_accepted() {
    local(async {
        let server = server().await;
        let real = Real::of(&server, &admin()).await;
        let same = real.signed_claims(&real.claims.to_string());
        assert_ne!(same, real.token);
        assert_eq!(me(&server, &same).await["username"], admin());
    })
    .await;
}

#[tokio::test]
async fn no_algorithm_but_the_keys_own() {
    local(async {
        let server = server().await;
        let real = Real::of(&server, &admin()).await;
        let claims = real.claims.to_string();
        let mut tokens = Vec::new();
        // "none" in all sixteen spellings, with and without signature and key id.
        for capitals in 0..16_u8 {
            let none: String = "none"
                .chars()
                .enumerate()
                .map(|(place, letter)| match capitals >> place & 1 {
                    1 => letter.to_ascii_uppercase(),
                    _ => letter,
                })
                .collect();
            for header in [
                real.header_with("alg", json!(none)),
                json!({"alg": none, "typ": "at+jwt"}).to_string(),
            ] {
                let signed = parts(&header, &claims);
                tokens.push((format!("{none}, unsigned"), format!("{signed}.")));
                tokens.push((format!("{none}, two parts"), signed.clone()));
                let borrowed = format!("{signed}.{}", real.signature());
                tokens.push((format!("{none}, a real signature"), borrowed));
                tokens.push((format!("{none}, signed"), sign_text(&signed)));
            }
        }
        for alg in [
            json!("HS256"),
            json!("HS384"),
            json!("HS512"),
            json!("RS256"),
            json!("PS256"),
            json!("ES384"),
            json!("ES512"),
            json!("ES256K"),
            json!("EdDSA"),
            json!("es256"),
            json!("ES256 "),
            json!(""),
            json!(256),
            json!(["ES256"]),
            json!({"ES256": true}),
            Value::Null,
        ] {
            let header = real.header_with("alg", alg.clone());
            tokens.push((format!("alg {alg}"), real.signed_header(&header)));
        }
        all_invalid(&server, tokens).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_public_is_no_secret() {
    local(async {
        let server = server().await;
        let real = Real::of(&server, &admin()).await;
        let mut tokens = Vec::new();
        for (place, secret) in public_texts(&server).await.iter().enumerate() {
            for header in [
                real.header_with("alg", json!("HS256")),
                json!({"alg": "HS256", "typ": "at+jwt"}).to_string(),
                real.header.to_string(),
            ] {
                let token = with_secret(secret, &header, &real.claims.to_string());
                tokens.push((format!("public text {place} under {header}"), token));
            }
        }
        all_invalid(&server, tokens).await;
    })
    .await;
}

#[tokio::test]
async fn nobody_brings_their_own_key() {
    local(async {
        let server = server().await;
        let real = Real::of(&server, &admin()).await;
        let kid = real.header["kid"].as_str().unwrap();
        let own = own_key();
        let jwk = public_jwk(&own, kid);
        let claims = real.claims.to_string();
        let mut tokens = Vec::new();
        let mut brought = vec![
            ("plainly", json!({})),
            ("jwk", json!({"jwk": jwk})),
            (
                "jwk and a kid of its own",
                json!({"jwk": jwk, "kid": "mine"}),
            ),
        ];
        for url in [
            "http://127.0.0.1:1/jwks.json",
            "https://school.example.evil.example/jwks.json",
            "file:///dev/zero",
            "data:application/json,{}",
        ] {
            brought.push(("jku", json!({"jku": url})));
            brought.push(("x5u", json!({"x5u": url})));
        }
        brought.push(("x5c", json!({"x5c": [STANDARD.encode(&own)]})));
        brought.push(("x5t", json!({"x5t": "AAAA", "x5t#S256": "AAAA"})));
        for (what, fields) in &brought {
            let mut header = real.header.clone();
            for (name, value) in fields.as_object().unwrap() {
                header[name] = value.clone();
            }
            let header = header.to_string();
            tokens.push(((*what).to_owned(), with_key(&own, &parts(&header, &claims))));
            if *what != "plainly" {
                // Even the right key's signature does not make such a header acceptable.
                tokens.push((format!("{what}, our key"), sign(&header, &claims)));
            }
        }
        all_invalid(&server, tokens).await;
    })
    .await;
}

#[tokio::test]
async fn a_key_id_is_looked_up_and_nothing_else() {
    local(async {
        let server = server().await;
        let real = Real::of(&server, &admin()).await;
        let kid = real.header["kid"].as_str().unwrap().to_owned();
        let tokens = [
            json!("../../../../dev/null"),
            json!("..\\..\\secrets\\pepper"),
            json!("/etc/passwd"),
            json!("file:///etc/passwd"),
            json!("' OR '1'='1"),
            json!("x' UNION SELECT 'secret' -- "),
            json!("| id"),
            json!("$(id)"),
            json!("k".repeat(128)),
            json!("k".repeat(10 * 1024)),
            json!(format!("{kid}\u{0}")),
            json!(format!(" {kid}")),
            json!(kid.to_lowercase()),
            json!(kid.to_uppercase()),
            json!(&kid[..kid.len() - 1]),
            json!(""),
            json!([kid]),
            json!({"kid": kid}),
            json!(0),
            json!(true),
            Value::Null,
        ]
        .into_iter()
        .map(|value| {
            let header = real.header_with("kid", value.clone());
            let what: String = format!("kid {value}").chars().take(60).collect();
            (what, real.signed_header(&header))
        })
        .collect();
        all_invalid(&server, tokens).await;
    })
    .await;
}

#[tokio::test]
async fn the_header_is_as_we_write_it() {
    local(async {
        let server = server().await;
        let real = Real::of(&server, &admin()).await;
        let mut tokens = Vec::new();
        for typ in [
            json!("JWT"),
            json!("jwt"),
            json!("AT+JWT"),
            json!("application/at+jwt"),
            json!(""),
            json!("rt+jwt"),
            json!(["at+jwt"]),
            json!(1),
            Value::Null,
        ] {
            let header = real.header_with("typ", typ.clone());
            tokens.push((format!("typ {typ}"), real.signed_header(&header)));
        }
        for (field, value) in [
            ("crit", json!(["exp"])),
            ("crit", json!([])),
            ("b64", json!(false)),
            ("b64", json!(true)),
            ("cty", json!("JWT")),
            ("enc", json!("A256GCM")),
            ("zip", json!("DEF")),
            ("nonce", json!("x")),
        ] {
            let header = real.header_with(field, value.clone());
            tokens.push((format!("{field} {value}"), real.signed_header(&header)));
        }
        let mut unencoded = real.header.clone();
        unencoded["crit"] = json!(["b64"]);
        unencoded["b64"] = json!(false);
        tokens.push((
            "RFC 7797".to_owned(),
            real.signed_header(&unencoded.to_string()),
        ));
        let plain = real.header.to_string();
        let body = plain.trim_end_matches('}');
        for (what, header) in [
            ("alg twice", format!("{body},\"alg\":\"ES256\"}}")),
            (
                "alg twice, escaped",
                format!("{body},\"\\u0061lg\":\"none\"}}"),
            ),
            (
                "kid twice, escaped",
                format!("{body},\"k\\u0069d\":\"mine\"}}"),
            ),
            ("a list", format!("[{plain}]")),
            (
                "a list of values",
                "[\"ES256\",\"kid\",\"at+jwt\"]".to_owned(),
            ),
            ("no JSON", "ES256".to_owned()),
            ("null", "null".to_owned()),
            ("nothing", String::new()),
            ("rest after the end", format!("{plain}{{}}")),
            ("a byte order mark", format!("\u{feff}{plain}")),
            ("100,000 brackets", "[".repeat(2_000)),
        ] {
            tokens.push((what.to_owned(), real.signed_header(&header)));
        }
        all_invalid(&server, tokens).await;
    })
    .await;
}

#[tokio::test]
async fn every_claim_is_there_once_and_of_its_type() {
    local(async {
        let server = server().await;
        let real = Real::of(&server, &admin()).await;
        let mut tokens = Vec::new();
        let fields: Vec<String> = real.claims.as_object().unwrap().keys().cloned().collect();
        assert!(fields.len() >= 12, "{fields:?}");
        for field in &fields {
            for value in [
                Value::Null,
                json!([real.claims[field]]),
                json!({"is": real.claims[field]}),
                json!(true),
                json!(""),
            ] {
                let claims = real.claims_with(field, value.clone());
                if value == json!("") && ["jti", "scope"].contains(&field.as_str()) {
                    continue;
                }
                tokens.push((format!("{field}: {value}"), real.signed_claims(&claims)));
            }
            let null = real.claims_with(field, json!("@")).replace("\"@\"", "null");
            tokens.push((format!("{field}: null"), real.signed_claims(&null)));
            // The first of two, the last of two, and one that only looks different.
            let plain = real.claims.to_string();
            let value = &real.claims[field];
            let twice = format!("{{\"{field}\":{value},{}", &plain[1..]);
            tokens.push((format!("{field} twice"), real.signed_claims(&twice)));
            let escaped: String = field.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
            let disguised = format!("{{\"{escaped}\":{value},{}", &plain[1..]);
            tokens.push((
                format!("{field} twice, escaped"),
                real.signed_claims(&disguised),
            ));
        }
        for (claim, value) in [
            ("iss", json!("http://gradebook.test/")),
            ("iss", json!("http://gradebook.test.evil.example")),
            ("iss", json!("HTTP://GRADEBOOK.TEST")),
            ("aud", json!("gradebook-web")),
            ("aud", json!("gradebook gradebook")),
            ("sub", json!("0")),
            ("sub", json!("-1")),
            ("sub", json!("+1")),
            ("sub", json!("01")),
            ("sub", json!(" 1")),
            ("sub", json!("1 OR 1=1")),
            ("sub", json!("９")),
            ("sub", json!("99999999999999999999")),
            ("sub", json!(1)),
            ("sid", json!("0")),
            ("sid", json!("../1")),
            ("role", json!("Admin")),
            ("role", json!("root")),
            ("role", json!("admin ")),
            ("ver", json!("0")),
            ("ver", json!(1.5)),
            ("amr", json!("pwd")),
            ("permissions", json!(["*"])),
            ("__proto__", json!({"role": "admin"})),
        ] {
            let claims = real.claims_with(claim, value.clone());
            tokens.push((format!("{claim}: {value}"), real.signed_claims(&claims)));
        }
        for claims in ["[]", "null", "\"\"", "{}", "", "{", "\u{0}"] {
            tokens.push((format!("claims {claims:?}"), real.signed_claims(claims)));
        }
        all_invalid(&server, tokens).await;
    })
    .await;
}

#[tokio::test]
async fn times_are_whole_seconds_within_reason() {
    local(async {
        let server = server().await;
        let real = Real::of(&server, &admin()).await;
        let now = real.claims["iat"].as_i64().unwrap();
        let mut tokens = Vec::new();
        for field in ["iat", "nbf", "exp"] {
            // As text, because not all of these are numbers that a JSON library would write.
            for value in [
                "\"4102444800\"".to_owned(),
                format!("\"{now}\""),
                format!("{now}.5"),
                format!("{now}e0"),
                "18446744073709551615".to_owned(),
                "9223372036854775807".to_owned(),
                "9223372036854775808".to_owned(),
                "1e999".to_owned(),
                "-1e999".to_owned(),
                "-9223372036854775808".to_owned(),
                "4102444800".to_owned(),
                "NaN".to_owned(),
                "Infinity".to_owned(),
                "9".repeat(400),
                "0x7fffffff".to_owned(),
                "true".to_owned(),
                "[4102444800]".to_owned(),
            ] {
                let claims = real.claims_with(field, json!("@")).replace("\"@\"", &value);
                let what: String = format!("{field}: {value}").chars().take(60).collect();
                tokens.push((what, real.signed_claims(&claims)));
            }
        }
        let shifted = |iat: i64, nbf: i64, exp: i64| {
            let mut claims = real.claims.clone();
            claims["iat"] = json!(iat);
            claims["nbf"] = json!(nbf);
            claims["exp"] = json!(exp);
            real.signed_claims(&claims.to_string())
        };
        for (what, token) in [
            ("nbf ahead", shifted(now, now + 120, now + 300)),
            (
                "iat and nbf ahead",
                shifted(now + 120, now + 120, now + 300),
            ),
            ("ends before it starts", shifted(now, now, now - 1)),
            ("holds for a day", shifted(now, now, now + 86_400)),
            (
                "began long ago",
                shifted(now - 86_400, now - 86_400, now + 300),
            ),
            ("before 1970", shifted(-1, -1, 200)),
        ] {
            tokens.push((what.to_owned(), token));
        }
        all_invalid(&server, tokens).await;
        let old = shifted(now - 400, now - 400, now - 100);
        let reply = ask(&server, &old).await;
        is_problem(&reply, 401, "token_expired", "expired");
        assert_eq!(reply.json()["detail"], "Token has expired");
        assert!(
            reply
                .header("www-authenticate")
                .contains("error=\"invalid_token\"")
        );
    })
    .await;
}

#[tokio::test]
async fn one_wrong_bit_is_enough() {
    local(async {
        let server = server().await;
        let real = Real::of(&server, &admin()).await;
        let mut tokens = Vec::new();
        let length = real.token.len();
        // Every bit at a sample of places in each part, and at both ends of each.
        let dots: Vec<usize> = real
            .token
            .match_indices('.')
            .map(|(place, _)| place)
            .collect();
        let mut places: Vec<usize> = (0..length).step_by(37).collect();
        for dot in &dots {
            places.extend([dot - 1, *dot, dot + 1]);
        }
        places.extend([0, length - 2, length - 1]);
        for place in places {
            for bit in 0..8 {
                let mut bytes = real.token.clone().into_bytes();
                bytes[place] ^= 1 << bit;
                // What is no header value does not get that far; `wire` has those.
                let visible = bytes[place].is_ascii_graphic();
                if let (true, Ok(token)) = (visible, String::from_utf8(bytes)) {
                    tokens.push((format!("bit {bit} of byte {place}"), token));
                }
            }
        }
        // And of the decoded signature, re-encoded.
        let signature = URL_SAFE_NO_PAD.decode(real.signature()).unwrap();
        for byte in [0, 1, 31, 32, 33, 63] {
            for bit in 0..8 {
                let mut flipped = signature.clone();
                flipped[byte] ^= 1 << bit;
                let token = format!("{}.{}", real.signed(), URL_SAFE_NO_PAD.encode(flipped));
                tokens.push((format!("signature bit {bit} of byte {byte}"), token));
            }
        }
        assert!(tokens.len() > 150, "{}", tokens.len());
        all_invalid(&server, tokens).await;
    })
    .await;
}

#[tokio::test]
async fn three_parts_in_the_only_spelling() {
    local(async {
        let server = server().await;
        let real = Real::of(&server, &admin()).await;
        let (signed, signature) = (real.signed(), real.signature());
        let raw_signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let (header, claims) = signed.split_once('.').unwrap();
        let respelt = |part: &str| {
            // The last character of an unpadded part has bits that say nothing.
            let last = part.chars().last().unwrap();
            let other = char::from(last as u8 ^ 1);
            format!("{}{other}", &part[..part.len() - 1])
        };
        let tokens: Vec<(&str, String)> = vec![
            ("one part", header.to_owned()),
            ("two parts", signed.to_owned()),
            ("four parts", format!("{}.{signature}", real.token)),
            (
                "five parts, as of JWE",
                format!("{header}.{claims}.{claims}.{claims}.{signature}"),
            ),
            ("empty signature", format!("{signed}.")),
            ("two empty parts", format!("{header}..")),
            ("dots only", "..".to_owned()),
            (
                "zeros for a signature",
                format!("{signed}.{}", URL_SAFE_NO_PAD.encode([0; 64])),
            ),
            (
                "r and s of zero",
                format!("{signed}.{}", URL_SAFE_NO_PAD.encode([0_u8; 0])),
            ),
            (
                "padded",
                format!("{signed}.{}", URL_SAFE.encode(&raw_signature)),
            ),
            (
                "a short signature",
                format!("{signed}.{}", URL_SAFE_NO_PAD.encode(&raw_signature[..63])),
            ),
            (
                "a long signature",
                format!(
                    "{signed}.{}",
                    URL_SAFE_NO_PAD.encode([&raw_signature[..], &[0]].concat())
                ),
            ),
            (
                "another spelling of the signature",
                format!("{signed}.{}", respelt(signature)),
            ),
            ("a space inside", format!("{signed} .{signature}")),
            (
                "as JSON",
                json!({"payload": claims, "protected": header, "signature": signature}).to_string(),
            ),
            ("quoted", format!("\"{}\"", real.token)),
            ("two tokens", format!("{},{}", real.token, real.token)),
            ("empty", String::new()),
            (
                "4,097 bytes",
                format!("{}{}", "A".repeat(4097 - real.token.len()), real.token),
            ),
            ("60,000 bytes", format!("{signed}.{}", "A".repeat(60_000))),
            ("60,000 dots", ".".repeat(60_000)),
        ];
        let tokens = tokens
            .into_iter()
            .map(|(what, token)| (what.to_owned(), token));
        all_invalid(&server, tokens.collect()).await;
    })
    .await;
}

/// Larger than the head of a request may be: refused before anything is decoded.
#[tokio::test]
async fn a_token_of_a_megabyte_is_not_even_read() {
    local(async {
        let server = server().await;
        for header in ["authorization: Bearer ", "cookie: access="] {
            let answer = raw(
                &server,
                format!(
                    "GET /api/v1/users/me HTTP/1.1\r\nhost: x\r\n{header}{}\r\n\r\n",
                    "A".repeat(1 << 20)
                ),
            )
            .await;
            // A client that is still sending may find the connection reset instead of the answer.
            assert!(matches!(statuses(&answer)[..], [] | [431]), "{answer}");
        }
        is_alive(&server, "after the large tokens").await;
    })
    .await;
}

#[tokio::test]
async fn other_tokens_are_no_access_tokens() {
    local(async {
        let server = server().await;
        let pair = server.sign_in(&admin(), DEMO_PASSWORD).await.json();
        let refresh = pair["refresh_token"].as_str().unwrap();
        let access = pair["access_token"].as_str().unwrap();
        is_invalid_token(&ask(&server, refresh).await, "a refresh token");
        let by_cookie = server
            .get("/api/v1/users/me")
            .header("cookie", &format!("access={refresh}"))
            .send()
            .await;
        is_invalid_token(&by_cookie, "a refresh token as access cookie");
        for wrong in [access, "", "\u{7f}", &"x".repeat(100_000)] {
            let reply = server
                .post("/api/v1/token")
                .form(&[("grant_type", "refresh_token"), ("refresh_token", wrong)])
                .send()
                .await;
            is_problem(
                &reply,
                401,
                "invalid_refresh_token",
                "an access token as refresh token",
            );
        }
        // The attempts cost nobody their session.
        assert_eq!(ask(&server, access).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn tokens_count_only_where_they_belong() {
    local(async {
        let server = server().await;
        let token = server.token(&admin()).await;
        for field in ["access_token", "token", "authorization", "jwt", "bearer"] {
            let query = server.get(&format!("/api/v1/users/me?{field}={token}"));
            is_problem(&query.send().await, 401, "missing_token", "in the query");
            let form = server
                .post("/api/v1/users/me/password")
                .form(&[(field, &token)])
                .send()
                .await;
            is_problem(&form, 401, "missing_token", "in a form");
            let json = server
                .request(super::method("PATCH"), "/api/v1/scores")
                .json(&json!({field: token, "edits": []}))
                .send()
                .await;
            is_problem(&json, 401, "missing_token", "in the body");
        }
        for header in [
            "x-authorization",
            "proxy-authorization",
            "x-access-token",
            "x-auth-token",
        ] {
            let reply = server
                .get("/api/v1/users/me")
                .header(header, &format!("Bearer {token}"))
                .send()
                .await;
            is_problem(&reply, 401, "missing_token", header);
        }
    })
    .await;
}

/// If there is an `Authorization` header, only that counts; if there are two, none does.
#[tokio::test]
async fn a_second_way_in_does_not_open_what_the_first_closed() {
    local(async {
        let server = server().await;
        let token = server.token(&admin()).await;
        let cookies = browser_of(&server, &admin()).await;
        let with = |headers: &[&str]| {
            headers.iter().fold(
                server.get("/api/v1/users/me").header("cookie", &cookies),
                |request, value| request.header("authorization", value),
            )
        };
        assert_eq!(
            with(&[]).send().await.status,
            200,
            "the cookie alone is good"
        );
        let good = format!("Bearer {token}");
        for headers in [
            &[good.as_str(), good.as_str()][..],
            &[good.as_str(), "Bearer x"],
            &["Bearer x", good.as_str()],
            &["Basic Og==", good.as_str()],
            &["Bearer x"],
            &["Bearer"],
            &["Bearer "],
            &[token.as_str()],
            &["Digest x"],
            &[format!("Bearer {token} {token}").as_str()],
            &[format!("Bearer Bearer {token}").as_str()],
            &[format!("Bearer\u{a0}{token}").as_str()],
        ] {
            is_invalid_token(&with(headers).send().await, &format!("{headers:.40?}"));
        }
    })
    .await;
}
