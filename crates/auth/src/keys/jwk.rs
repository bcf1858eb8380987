//! A public key as JSON (RFC 7517, RFC 8037), and its thumbprint (RFC 7638).

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize};

use super::LONGEST_KID;

/// Bytes of one coordinate of a point on P-256, and of a point on Ed25519.
const COORDINATE: usize = 32;

/// A public key as JSON: `kty`, `crv`, `x`, `y` (ES256 only), `use`, `alg`,
/// `kid` and nothing else, so neither a private nor a symmetric key can be
/// written or read by mistake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jwk {
    kty: String,
    crv: String,
    x: String,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "given"
    )]
    y: Option<String>,
    #[serde(rename = "use")]
    purpose: String,
    alg: String,
    kid: String,
}

/// A field that is there is a text: `null` is none.
fn given<'de, D: Deserializer<'de>>(input: D) -> Result<Option<String>, D::Error> {
    String::deserialize(input).map(Some)
}

/// What a JWK says of its key.
pub(super) enum PublicPoint {
    /// The uncompressed point on P-256.
    Es256(Vec<u8>),
    /// The compressed point on Ed25519.
    EdDsa(Vec<u8>),
}

impl Jwk {
    /// The key at this point of P-256; `kid` is the thumbprint.
    pub(super) fn es256(x: &[u8], y: &[u8]) -> Self {
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        Self {
            kid: thumbprint(&[("crv", "P-256"), ("kty", "EC"), ("x", &x), ("y", &y)]),
            kty: "EC".into(),
            crv: "P-256".into(),
            x,
            y: Some(y),
            purpose: "sig".into(),
            alg: "ES256".into(),
        }
    }

    /// The Ed25519 key; `kid` is the thumbprint.
    pub(super) fn eddsa(x: &[u8]) -> Self {
        let x = URL_SAFE_NO_PAD.encode(x);
        Self {
            kid: thumbprint(&[("crv", "Ed25519"), ("kty", "OKP"), ("x", &x)]),
            kty: "OKP".into(),
            crv: "Ed25519".into(),
            x,
            y: None,
            purpose: "sig".into(),
            alg: "EdDSA".into(),
        }
    }

    /// The key's id.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The point, if everything says that it is a signature key of one of our
    /// algorithms.
    pub(super) fn point(&self) -> Option<PublicPoint> {
        if self.purpose != "sig" || !(1..=LONGEST_KID).contains(&self.kid.len()) {
            return None;
        }
        let x = coordinate(&self.x)?;
        match (&*self.kty, &*self.crv, &*self.alg, &self.y) {
            ("EC", "P-256", "ES256", Some(y)) => {
                let mut point = vec![4];
                point.extend_from_slice(&x);
                point.extend_from_slice(&coordinate(y)?);
                Some(PublicPoint::Es256(point))
            }
            ("OKP", "Ed25519", "EdDSA", None) => Some(PublicPoint::EdDsa(x)),
            _ => None,
        }
    }
}

fn coordinate(text: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    (bytes.len() == COORDINATE).then_some(bytes)
}

/// The id of a symmetric key: its thumbprint. It gives nothing away as long as
/// the key cannot be guessed, which is why weak ones are refused.
pub(super) fn symmetric_kid(secret: &[u8]) -> String {
    thumbprint(&[("k", &URL_SAFE_NO_PAD.encode(secret)), ("kty", "oct")])
}

/// The public keys that verify tokens: the body of `/.well-known/jwks.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Jwks {
    /// The one that signs first, if it is a public one.
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
