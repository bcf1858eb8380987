//! The claims of an access token and their exact JSON form.

use gradebook_domain::{SessionId, UserId};
use serde::{Deserialize, Serialize};

use crate::actor::Role;
use crate::jws;

/// What an access token says. All of it is always there, nothing else is, and
/// each has one JSON type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessClaims {
    /// Who issued it.
    pub iss: String,
    /// For whom.
    pub aud: String,
    /// The user's id in decimal.
    pub sub: String,
    /// When it was issued, Unix seconds.
    pub iat: i64,
    /// From when it holds, Unix seconds; usually `iat`.
    pub nbf: i64,
    /// Until when it holds, Unix seconds.
    pub exp: i64,
    /// The token's own id.
    pub jti: String,
    /// The session's id in decimal.
    pub sid: String,
    /// The version of the account (of its role, password and state) that the
    /// token was issued for.
    pub ver: i64,
    /// The role: the coarse gate.
    #[serde(with = "role_name")]
    pub role: Role,
    /// OAuth scopes, separated by spaces.
    pub scope: String,
    /// How the person proved who they are: `pwd`, `otp`.
    pub amr: Vec<String>,
}

impl AccessClaims {
    /// The user of `sub`; always there in claims that
    /// [`crate::AccessTokens::verify`] returned.
    #[must_use]
    pub fn user_id(&self) -> Option<UserId> {
        canonical(&self.sub).map(UserId)
    }

    /// The session of `sid`; always there in claims that
    /// [`crate::AccessTokens::verify`] returned.
    #[must_use]
    pub fn session_id(&self) -> Option<SessionId> {
        canonical(&self.sid).map(SessionId)
    }

    pub(super) fn to_json(&self) -> Option<Vec<u8>> {
        serde_json::to_vec(self).ok()
    }

    pub(super) fn from_json(json: &[u8]) -> Option<Self> {
        jws::object(json)
    }
}

/// A positive number in the only way to write it: no sign, no leading zero.
fn canonical(text: &str) -> Option<i64> {
    let number: i64 = text.parse().ok()?;
    (number > 0 && number.to_string() == text).then_some(number)
}

/// A role as its name.
mod role_name {
    use serde::{Deserialize, Deserializer, Serializer, de};

    use crate::actor::Role;

    pub(super) fn serialize<S: Serializer>(role: &Role, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(role.as_str())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Role, D::Error> {
        String::deserialize(input)?
            .parse()
            .map_err(de::Error::custom)
    }
}
