//! Strict reading of a signed token (JWS, compact form): three parts, a header
//! of three known fields, a known key and its signature. What the payload says
//! is not looked at here.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::jwt::Reason;
use crate::keys::LONGEST_KID;

/// No token is longer than this many bytes; checked before anything is decoded.
pub(crate) const LONGEST_TOKEN: usize = 4096;

/// A key that signatures can be verified with.
pub(crate) trait JwsKey {
    /// Its only algorithm, as a header's `alg` writes it.
    fn algorithm(&self) -> &str;
    /// Whether `signature` (canonical base64url) is this key's over `signed`.
    fn verifies(&self, signed: &[u8], signature: &str) -> bool;
}

/// The whole header. Every other field is refused: `crit` and `b64` change how
/// a token is read, `jku`, `jwk`, `x5u` and `x5c` name a key of the sender's
/// choice, and the rest we never write.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    kid: String,
    typ: Option<String>,
}

/// A token whose signature holds.
#[derive(Debug)]
pub(crate) struct Opened {
    /// The header's `typ`.
    pub(crate) typ: Option<String>,
    /// The signed bytes of the payload, not interpreted.
    pub(crate) payload: Vec<u8>,
}

/// Takes a token apart and verifies its signature with the key that `find`
/// knows by the header's `kid`.
pub(crate) fn open<'k, K: JwsKey + 'k>(
    token: &str,
    find: impl FnOnce(&str) -> Option<&'k K>,
) -> Result<Opened, Reason> {
    if token.len() > LONGEST_TOKEN {
        return Err(Reason::TooLong);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(Reason::NotThreeParts)?;
    let (header, payload) = signed.split_once('.').ok_or(Reason::NotThreeParts)?;
    if payload.contains('.') {
        return Err(Reason::NotThreeParts);
    }
    let header: Header = object(&decode(header)?).ok_or(Reason::BadHeader)?;
    let payload = decode(payload)?;
    // Decoded only to see that it is canonical: no second text of one signature.
    if decode(signature)?.is_empty() {
        return Err(Reason::BadSignature);
    }
    if !(1..=LONGEST_KID).contains(&header.kid.len()) {
        return Err(Reason::UnknownKey);
    }
    let key = find(&header.kid).ok_or(Reason::UnknownKey)?;
    if key.algorithm() != header.alg {
        return Err(Reason::WrongAlgorithm);
    }
    if !key.verifies(signed.as_bytes(), signature) {
        return Err(Reason::BadSignature);
    }
    Ok(Opened {
        typ: header.typ,
        payload,
    })
}

/// base64url without padding, with no stray bits in the last character.
fn decode(part: &str) -> Result<Vec<u8>, Reason> {
    URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| Reason::BadEncoding)
}

/// Reads a JSON object. Derived readers refuse duplicate fields (compared
/// after unescaping) but also take an array in the fields' order: refused here.
pub(crate) fn object<T: DeserializeOwned>(json: &[u8]) -> Option<T> {
    if json.trim_ascii_start().first() != Some(&b'{') {
        return None;
    }
    serde_json::from_slice(json).ok()
}

#[cfg(test)]
mod tests;
