//! Who somebody is: signing in with a password and a second factor, the sessions that follow, the
//! tokens that they hand out, what makes those void, and what keeps others from guessing.
//!
//! Reading order: `sign_in` (with `throttle`, `known_device`, `sign_in_ticket`), `session` (with
//! `refresh_token`, `tokens`, `lifetimes`), `revocation`, then what people do with their own account:
//! `password`, `second_factor`, `own_sessions`.

pub(crate) mod form_token;
pub(crate) mod known_device;
pub(crate) mod lifetimes;
pub(crate) mod own_sessions;
pub(crate) mod password;
pub(crate) mod refresh_token;
pub(crate) mod revocation;
pub(crate) mod second_factor;
pub(crate) mod session;
pub(crate) mod sign_in;
pub(crate) mod sign_in_ticket;
pub(crate) mod signing_keys;
pub(crate) mod throttle;
pub(crate) mod tokens;

pub use form_token::FormHolder;
pub use known_device::KNOWN_FOR_S;
pub use lifetimes::{Lifetimes, SessionLifetime};
pub use own_sessions::SessionError;
pub use password::ChangePasswordError;
pub use revocation::{AuthError, SignedIn};
pub use second_factor::{SecondFactorError, SecondFactorState};
pub use sign_in::{Client, SignInError};
pub use tokens::{Standing, TokenPair};
