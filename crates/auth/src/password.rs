//! Passwords: which ones are accepted, how they are stored and checked, and
//! the threads that do the slow part.

mod calibration;
mod initial;
mod pool;
mod rules;
mod scheme;

pub use calibration::{Calibration, HASH_TARGET, calibrate, hash_once};
pub use initial::{initial_password, recovery_code, typed_recovery_code};
pub use pool::{HasherSettings, HashingError, PasswordHasher, StartError};
pub use rules::{PersonalWords, WeakPassword, check_new};
pub use scheme::{
    Cost, CostOutOfRange, NotAnOlderHash, OlderHash, PasswordHash, Pepper, PepperTooShort, Verdict,
};
