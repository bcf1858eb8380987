//! Why a token is refused. The client learns only "expired" or "invalid".

use std::fmt;

/// A refused access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Sound, ours, and too old: the client may refresh (`token_expired`).
    #[error("token has expired")]
    Expired,
    /// Anything else (`invalid_token`).
    #[error("invalid token: {0}")]
    Invalid(Reason),
}

impl TokenError {
    /// The cause, for logs; it contains nothing of the token.
    #[must_use]
    pub const fn reason(self) -> Reason {
        match self {
            Self::Expired => Reason::Expired,
            Self::Invalid(reason) => reason,
        }
    }
}

impl From<Reason> for TokenError {
    fn from(reason: Reason) -> Self {
        Self::Invalid(reason)
    }
}

/// What exactly is wrong with a token, for logs and metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// More than 4 KiB.
    TooLong,
    /// Not header, payload and signature.
    NotThreeParts,
    /// A part is not canonical base64url without padding.
    BadEncoding,
    /// The header is not an object of `alg`, `kid` and `typ` alone.
    BadHeader,
    /// No key has this `kid`.
    UnknownKey,
    /// `alg` is not the algorithm of that key.
    WrongAlgorithm,
    /// The signature does not hold.
    BadSignature,
    /// `typ` is not `at+jwt`.
    WrongType,
    /// A claim is missing, unknown, given twice or of the wrong JSON type.
    BadClaims,
    /// `iss` is not ours.
    WrongIssuer,
    /// `aud` is not ours.
    WrongAudience,
    /// `sub` or `sid` is not a canonical positive number.
    BadSubject,
    /// `iat` or `nbf` lies in the future.
    NotYet,
    /// Ends before it begins, or lives longer than we ever grant.
    BadLifetime,
    /// `exp` has passed.
    Expired,
}

impl Reason {
    /// A name for a log field.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::NotThreeParts => "not_three_parts",
            Self::BadEncoding => "bad_encoding",
            Self::BadHeader => "bad_header",
            Self::UnknownKey => "unknown_key",
            Self::WrongAlgorithm => "wrong_algorithm",
            Self::BadSignature => "bad_signature",
            Self::WrongType => "wrong_type",
            Self::BadClaims => "bad_claims",
            Self::WrongIssuer => "wrong_issuer",
            Self::WrongAudience => "wrong_audience",
            Self::BadSubject => "bad_subject",
            Self::NotYet => "not_yet",
            Self::BadLifetime => "bad_lifetime",
            Self::Expired => "expired",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_reason_has_a_name_of_its_own_for_the_log() {
        let reasons = [
            Reason::TooLong,
            Reason::NotThreeParts,
            Reason::BadEncoding,
            Reason::BadHeader,
            Reason::UnknownKey,
            Reason::WrongAlgorithm,
            Reason::BadSignature,
            Reason::WrongType,
            Reason::BadClaims,
            Reason::WrongIssuer,
            Reason::WrongAudience,
            Reason::BadSubject,
            Reason::NotYet,
            Reason::BadLifetime,
            Reason::Expired,
        ];
        let names: HashSet<&str> = reasons.iter().map(|reason| reason.as_str()).collect();
        assert_eq!(names.len(), reasons.len());
        let plain = |name: &&str| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        assert!(names.iter().all(plain), "{names:?}");
        assert_eq!(
            TokenError::from(Reason::BadSignature).to_string(),
            "invalid token: bad_signature"
        );
    }

    #[test]
    fn a_token_that_is_only_too_old_says_so() {
        assert_eq!(TokenError::Expired.reason(), Reason::Expired);
        assert_eq!(TokenError::Expired.to_string(), "token has expired");
    }
}
