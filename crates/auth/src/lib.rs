//! Who may do what: actors, the policy and its proofs; passwords, signing keys
//! and access tokens; one-time codes, waits after wrong attempts, tags and sealed secrets. No database, no HTTP, no clock: time comes in as a
//! parameter, and so does randomness except where a module says otherwise (key
//! generation, signatures and bcrypt's salt use the system's generator).

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::print_stdout,
        clippy::disallowed_methods
    )
)]

pub mod actions;
mod actor;
mod jws;
mod jwt;
pub mod keys;
pub mod mac;
pub mod password;
mod policy;
pub mod sealing;
pub mod throttle;
pub mod totp;

pub use actions::Permission;
pub use actor::{Actor, Role, UnknownRole, Via};
pub use jwt::{AccessClaims, AccessTokens, LONGEST_LIFETIME, Reason, SignError, TokenError};
pub use keys::{KeyRing, SigningKey, VerifyingKey, install_crypto};
pub use password::{PasswordHash, PasswordHasher, Verdict};
pub use policy::{Action, Decision, Denied, Grant, authorize};
