//! A public key as JSON (RFC 7517), and its thumbprint (RFC 7638).

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::{COORDINATE, LONGEST_KID};

/// A public ES256 key as JSON: `kty`, `crv`, `x`, `y`, `use`, `alg`, `kid` and
/// nothing else, so a private key can neither be written nor read by mistake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jwk {
    kty: String,
    crv: String,
    x: String,
    y: String,
    #[serde(rename = "use")]
    purpose: String,
    alg: String,
    kid: String,
}

impl Jwk {
    /// The key at this point, its coordinates as base64url; `kid` is the
    /// thumbprint.
    pub(super) fn es256(x: &str, y: &str) -> Self {
        Self {
            kid: thumbprint(&[("crv", "P-256"), ("kty", "EC"), ("x", x), ("y", y)]),
            kty: "EC".into(),
            crv: "P-256".into(),
            x: x.into(),
            y: y.into(),
            purpose: "sig".into(),
            alg: "ES256".into(),
        }
    }

    /// The key's id.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The coordinates, if everything says that it is an ES256 signature key.
    pub(super) fn es256_point(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        let says = [&*self.kty, &*self.crv, &*self.alg, &*self.purpose];
        if says != ["EC", "P-256", "ES256", "sig"] || !(1..=LONGEST_KID).contains(&self.kid.len()) {
            return None;
        }
        Some((coordinate(&self.x)?, coordinate(&self.y)?))
    }
}

fn coordinate(text: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    (bytes.len() == COORDINATE).then_some(bytes)
}

/// The public keys that verify tokens: the body of `/.well-known/jwks.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Jwks {
    /// The active key first.
    pub keys: Vec<Jwk>,
}

/// RFC 7638: SHA-256 over the required members, which the caller gives in the
/// order of their names, as base64url. Values are base64url or plain names, so
/// none needs escaping.
pub(super) fn thumbprint(members: &[(&str, &str)]) -> String {
    let members: Vec<_> = members
        .iter()
        .map(|(name, value)| format!("\"{name}\":\"{value}\""))
        .collect();
    let json = format!("{{{}}}", members.join(","));
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, json.as_bytes()))
}
