//! Tokens of forms: proof that a form was shown by this server to the visitor who sends it.
//!
//! A token is a nonce and the tag of nonce and visitor, so it needs no storage, and no two pages
//! carry the same text (a compressed page then tells nothing of it).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gradebook_auth::mac::MacKey;
use gradebook_domain::SessionId;

use crate::App;

const NONCE: usize = 16;

/// Whom a form was shown to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormHolder<'a> {
    /// Somebody signed in.
    Session(SessionId),
    /// A stranger's browser, by what its cookie says.
    Browser(&'a str),
}

/// Makes and checks the tokens.
pub(crate) struct FormTokens(MacKey);

impl FormTokens {
    pub(crate) fn new(secret: &[u8]) -> Self {
        Self(MacKey::derive(secret, "form token"))
    }

    fn token(&self, holder: FormHolder<'_>, nonce: [u8; NONCE]) -> String {
        let (kind, whose) = named(holder);
        self.0.write(&nonce, &[kind, whose.as_bytes()])
    }

    fn holds(&self, holder: FormHolder<'_>, token: &str) -> bool {
        let (kind, whose) = named(holder);
        self.0
            .read(token, &[kind, whose.as_bytes()])
            .is_some_and(|nonce| nonce.len() == NONCE)
    }
}

fn named(holder: FormHolder<'_>) -> (&'static [u8], String) {
    match holder {
        FormHolder::Session(session) => (b"session", session.to_string()),
        FormHolder::Browser(name) => (b"browser", name.to_owned()),
    }
}

impl App {
    /// A token for a form that is shown to `holder`.
    #[must_use]
    pub fn form_token(&self, holder: FormHolder<'_>) -> String {
        let mut nonce = [0; NONCE];
        self.random.fill(&mut nonce);
        self.forms.token(holder, nonce)
    }

    /// Whether `token` is from a form that was shown to `holder`.
    #[must_use]
    pub fn form_token_holds(&self, holder: FormHolder<'_>, token: &str) -> bool {
        self.forms.holds(holder, token)
    }

    /// A name for a stranger's browser, to be kept in a cookie.
    #[must_use]
    pub fn new_browser_name(&self) -> String {
        let mut name = [0; NONCE];
        self.random.fill(&mut name);
        URL_SAFE_NO_PAD.encode(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_belongs_to_one_holder() {
        let forms = FormTokens::new(&[1; 32]);
        let mine = FormHolder::Session(SessionId(7));
        let token = forms.token(mine, [3; NONCE]);
        assert!(forms.holds(mine, &token));
        for other in [
            FormHolder::Session(SessionId(8)),
            FormHolder::Browser("7"),
            FormHolder::Browser(""),
        ] {
            assert!(!forms.holds(other, &token), "{other:?}");
        }
        assert!(!FormTokens::new(&[2; 32]).holds(mine, &token));
        for wrong in ["", "AAAA", &token[1..], &format!("{token}AAAA")] {
            assert!(!forms.holds(mine, wrong), "{wrong}");
        }
    }

    #[test]
    fn no_two_pages_carry_the_same_text() {
        let forms = FormTokens::new(&[1; 32]);
        let mine = FormHolder::Browser("abc");
        assert_ne!(forms.token(mine, [1; NONCE]), forms.token(mine, [2; NONCE]));
    }
}
