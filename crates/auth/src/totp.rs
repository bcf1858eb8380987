//! One-time passwords by time (TOTP, RFC 6238) as authenticator apps know
//! them: SHA-1, six digits, 30 seconds, one step either way for slow clocks.
//! Which steps were used already is the caller's to remember.

use totp_rs::{Builder, Secret, Totp};

/// Bytes of a secret, as RFC 4226 recommends.
pub const SECRET_BYTES: usize = 20;
/// What authenticator apps call the account's place.
const ISSUER: &str = "Gradebook";

/// What an authenticator app needs to make codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// The secret in base32, for typing it in.
    pub secret: String,
    /// The same as a URI, for a QR code.
    pub otpauth_uri: String,
}

/// The secret that a person and this server share.
#[derive(Clone)]
pub struct TotpSecret([u8; SECRET_BYTES]);

/// Bytes that are no secret of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a TOTP secret has {SECRET_BYTES} bytes")]
pub struct NotASecret;

impl TotpSecret {
    /// Takes random bytes.
    #[must_use]
    pub const fn new(bytes: [u8; SECRET_BYTES]) -> Self {
        Self(bytes)
    }

    /// Takes bytes that were stored.
    ///
    /// # Errors
    /// [`NotASecret`] for another number of them.
    pub fn from_stored(bytes: &[u8]) -> Result<Self, NotASecret> {
        bytes.try_into().map(Self).map_err(|_| NotASecret)
    }

    /// The bytes, to be sealed and stored.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; SECRET_BYTES] {
        &self.0
    }

    fn totp(&self, account: &str) -> Totp {
        // "Noncompliant" only leaves the checks of lengths and colons out, which hold by construction.
        Builder::new()
            .with_secret(Secret::new_stack(self.0))
            .with_account_name(account.replace(':', " "))
            .with_issuer(Some(ISSUER))
            .build_noncompliant()
    }

    /// What an authenticator app needs, for the account of this name.
    #[must_use]
    pub fn enrolment(&self, account: &str) -> Enrolment {
        let totp = self.totp(account);
        Enrolment {
            secret: totp.secret().to_base32(),
            // It fails for an empty name only.
            otpauth_uri: totp.to_url().unwrap_or_default(),
        }
    }

    /// The step (30 seconds each since 1970) to which this code belongs, if it is the right one for
    /// now (Unix seconds), the step before or the one after. Spaces are left out.
    #[must_use]
    pub fn step_of(&self, code: &str, now: i64) -> Option<i64> {
        let code: String = code.chars().filter(|sign| !sign.is_whitespace()).collect();
        let now = u64::try_from(now).ok()?;
        let step = self.totp("code").check(&code, now)?;
        i64::try_from(step).ok()
    }
}

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpSecret(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the secret and SHA-1 codes of eight digits, of which we use six.
    const RFC: TotpSecret = TotpSecret(*b"12345678901234567890");

    #[test]
    fn codes_are_those_of_the_standard() {
        for (time, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(RFC.step_of(code, time), Some(time / 30), "{time}");
        }
    }

    #[test]
    fn a_code_holds_one_step_either_way() {
        let code = "081804"; // of the step from 1111111080 to 1111111109
        for (time, holds) in [
            (1_111_111_049, false),
            (1_111_111_050, true),
            (1_111_111_080, true),
            (1_111_111_109, true),
            (1_111_111_139, true),
            (1_111_111_140, false),
        ] {
            let step = RFC.step_of(code, time);
            assert_eq!(step, holds.then_some(37_037_036), "{time}");
        }
    }

    #[test]
    fn a_code_is_six_digits_with_spaces_as_you_like() {
        assert!(RFC.step_of(" 081 804\t", 1_111_111_109).is_some());
        for wrong in [
            "",
            "81804",
            "0081804",
            "081804a",
            "08180a",
            "+81804",
            "０８１８０４",
            "081805",
            "000000",
        ] {
            assert_eq!(RFC.step_of(wrong, 1_111_111_109), None, "{wrong}");
        }
        assert_eq!(RFC.step_of("081804", -1), None);
    }

    #[test]
    fn an_app_gets_secret_and_name() {
        let enrolment = RFC.enrolment("li.xiaoming@class:3");
        assert_eq!(enrolment.secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(
            enrolment.otpauth_uri,
            "otpauth://totp/Gradebook:li.xiaoming%40class%203\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Gradebook"
        );
        assert_eq!(format!("{RFC:?}"), "TotpSecret(redacted)");
        assert!(TotpSecret::from_stored(&[0; 19]).is_err());
        assert_eq!(
            TotpSecret::from_stored(RFC.as_bytes()).unwrap().as_bytes(),
            RFC.as_bytes()
        );
    }
}
