//! What a session hands out: an access token for the next minutes, and the refresh token that
//! follows it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gradebook_auth::{AccessClaims, SignError};
use gradebook_domain::SessionId;
use gradebook_persistence::repo::people::User;

use super::refresh_token::RefreshToken;
use crate::App;

/// A signed-in client's tokens.
pub struct TokenPair {
    /// The access token.
    pub access_token: String,
    /// Seconds until it ends.
    pub expires_in: i64,
    /// The refresh token.
    pub refresh_token: String,
    /// Seconds until it ends.
    pub refresh_expires_in: i64,
    /// The scope of the access token.
    pub scope: &'static str,
    /// The account.
    pub user: User,
}

/// What a token opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Whatever the holder's role allows.
    Full,
    /// Only the change of the initial password.
    MustChangePassword,
    /// Only setting up a second factor, which the school requires of the role.
    MustSetUpTotp,
}

impl Standing {
    const ALL: [Self; 3] = [Self::Full, Self::MustChangePassword, Self::MustSetUpTotp];

    /// The scope of the tokens that say so.
    #[must_use]
    pub const fn scope(self) -> &'static str {
        match self {
            Self::Full => "gradebook",
            Self::MustChangePassword => "password_change",
            Self::MustSetUpTotp => "totp_setup",
        }
    }

    pub(crate) fn of_scope(scope: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|standing| standing.scope() == scope)
    }
}

/// A session that hands out tokens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Issuing {
    /// Its id.
    pub(crate) session: SessionId,
    /// When it began, unix milliseconds.
    pub(crate) began_at: i64,
    /// Whether it was started with a second factor.
    pub(crate) second_factor: bool,
}

impl App {
    pub(crate) fn standing(&self, user: &User) -> Standing {
        if user.password_change_required {
            Standing::MustChangePassword
        } else if !user.totp_enabled && self.totp_required_of.contains(&user.role) {
            Standing::MustSetUpTotp
        } else {
            Standing::Full
        }
    }

    /// The tokens of a session that has not ended.
    pub(crate) fn token_pair(
        &self,
        user: User,
        from: Issuing,
        refresh_token: &RefreshToken,
    ) -> Result<TokenPair, SignError> {
        let now_ms = self.clock.now_ms();
        let now = now_ms.div_euclid(1000);
        let ends_at = self
            .lifetimes
            .session_ends_at(user.role, from.began_at, now_ms)
            .div_euclid(1000);
        // At least a second, so that the claims are well formed; the session is open.
        let remaining = (ends_at - now).max(1);
        let expires_in = self.lifetimes.access.min(remaining);
        let scope = self.standing(&user).scope();
        let mut amr = vec!["pwd".to_owned()];
        if from.second_factor {
            amr.push("otp".to_owned());
        }
        let mut jti = [0_u8; 12];
        self.random.fill(&mut jti);
        let access_token = self.tokens.sign(&AccessClaims {
            iss: self.tokens.issuer().to_owned(),
            aud: self.tokens.audience().to_owned(),
            sub: user.id.to_string(),
            iat: now,
            nbf: now,
            exp: now + expires_in,
            jti: URL_SAFE_NO_PAD.encode(jti),
            sid: from.session.to_string(),
            ver: user.ver,
            role: user.role,
            scope: scope.to_owned(),
            amr,
        })?;
        Ok(TokenPair {
            access_token,
            expires_in,
            refresh_token: self.refresh.text(refresh_token),
            refresh_expires_in: remaining,
            scope,
            user,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_names_one_standing() {
        for standing in Standing::ALL {
            assert_eq!(Standing::of_scope(standing.scope()), Some(standing));
        }
        for other in ["", "Gradebook", "gradebook totp_setup", "admin"] {
            assert_eq!(Standing::of_scope(other), None);
        }
    }
}
