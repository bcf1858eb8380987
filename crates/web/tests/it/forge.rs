//! Tokens made by hand: with the tools of an attacker, and, for what only a signed token can show,
//! with the test server's own key. The only place here that knows about keys.

use std::fmt::Write as _;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::harness::{TestServer, signing_key};

/// A real token, taken apart.
pub(crate) struct Real {
    pub(crate) token: String,
    pub(crate) header: Value,
    pub(crate) claims: Value,
}

impl Real {
    pub(crate) async fn of(server: &TestServer, username: &str) -> Self {
        let token = server.token(username).await;
        let mut parts = token.split('.');
        let mut part = || {
            let bytes = URL_SAFE_NO_PAD.decode(parts.next().unwrap()).unwrap();
            serde_json::from_slice(&bytes).unwrap()
        };
        let (header, claims) = (part(), part());
        Self {
            token,
            header,
            claims,
        }
    }

    /// The text before the last dot.
    pub(crate) fn signed(&self) -> &str {
        self.token.rsplit_once('.').unwrap().0
    }

    pub(crate) fn signature(&self) -> &str {
        self.token.rsplit_once('.').unwrap().1
    }

    /// The header with one field changed, or taken out for `null`.
    pub(crate) fn header_with(&self, field: &str, value: Value) -> String {
        with(&self.header, field, value)
    }

    /// The claims with one changed, or taken out for `null`.
    pub(crate) fn claims_with(&self, claim: &str, value: Value) -> String {
        with(&self.claims, claim, value)
    }

    /// Signed with the server's own key, whatever it says.
    pub(crate) fn signed_claims(&self, claims: &str) -> String {
        sign(&self.header.to_string(), claims)
    }

    /// Signed with the server's own key under another header.
    pub(crate) fn signed_header(&self, header: &str) -> String {
        sign(header, &self.claims.to_string())
    }
}

fn with(object: &Value, field: &str, value: Value) -> String {
    let mut object = object.clone();
    let fields = object.as_object_mut().unwrap();
    match value {
        Value::Null => fields.remove(field),
        value => fields.insert(field.to_owned(), value),
    };
    object.to_string()
}

/// The two parts that are signed.
pub(crate) fn parts(header: &str, claims: &str) -> String {
    format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims)
    )
}

/// A token that the server's own key signed.
pub(crate) fn sign(header: &str, claims: &str) -> String {
    sign_text(&parts(header, claims))
}

/// The text with a signature of the server's own key.
pub(crate) fn sign_text(signed: &str) -> String {
    let base64: String = signing_key()
        .lines()
        .filter(|line| !line.starts_with('-'))
        .collect();
    with_key(&STANDARD.decode(base64).unwrap(), signed)
}

/// A key of the attacker's own, as PKCS#8.
pub(crate) fn own_key() -> Vec<u8> {
    let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
    made.unwrap().as_ref().to_vec()
}

/// The public point of a key as the `jwk` of a header.
pub(crate) fn public_jwk(pkcs8: &[u8], kid: &str) -> Value {
    use aws_lc_rs::signature::KeyPair;
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).unwrap();
    let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
    serde_json::json!({"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": kid,
        "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y)})
}

/// Signed with this key, ES256.
pub(crate) fn with_key(pkcs8: &[u8], signed: &str) -> String {
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).unwrap();
    let signature = pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// Signed with these bytes as the secret, HS256.
pub(crate) fn with_secret(secret: &[u8], header: &str, claims: &str) -> String {
    let signed = parts(header, claims);
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let tag = hmac::sign(&key, signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))
}

/// Everything public about the key that could be taken for a secret: the JWK in several spellings,
/// its parts, and the public key as PEM and DER.
pub(crate) async fn public_texts(server: &TestServer) -> Vec<Vec<u8>> {
    let reply = server.get("/.well-known/jwks.json").send().await;
    let set = reply.json();
    let jwk = &set["keys"][0];
    let text = |field: &str| jwk[field].as_str().unwrap().as_bytes().to_vec();
    let point = |field: &str| {
        URL_SAFE_NO_PAD
            .decode(jwk[field].as_str().unwrap())
            .unwrap()
    };
    // SubjectPublicKeyInfo of an uncompressed P-256 point (RFC 5480).
    let mut der = vec![
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08,
        0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
    ];
    der.extend(point("x"));
    der.extend(point("y"));
    let mut pem = "-----BEGIN PUBLIC KEY-----\n".to_owned();
    let base64 = STANDARD.encode(&der);
    for line in base64.as_bytes().chunks(64) {
        let _ = writeln!(pem, "{}", String::from_utf8_lossy(line));
    }
    pem.push_str("-----END PUBLIC KEY-----\n");
    vec![
        reply.text().into_bytes(),
        jwk.to_string().into_bytes(),
        serde_json::to_vec_pretty(jwk).unwrap(),
        pem.trim_end().as_bytes().to_vec(),
        pem.into_bytes(),
        der,
        point("x"),
        text("x"),
        text("kid"),
        Vec::new(),
    ]
}
