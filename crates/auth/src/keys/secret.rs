//! What counts as a secret that nobody can guess.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Bytes of a secret that this program makes, and the fewest of one that it takes.
pub const SECRET_BYTES: usize = 32;
/// Different bytes among 32 random ones are about 30; with fewer than this somebody typed it.
const FEWEST_DIFFERENT: usize = 16;

/// Why a text is no secret; said of the file that holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakSecret {
    /// Another form.
    #[error("is not base64")]
    NotBase64,
    /// Too few bytes.
    #[error("is shorter than 32 bytes")]
    Short,
    /// Many bytes repeat.
    #[error("does not look random")]
    NotRandom,
}

/// Reads a secret from base64 text, with white space around it.
///
/// # Errors
/// [`WeakSecret`]: at least 32 bytes that look random.
pub fn strong_secret(text: &str) -> Result<Vec<u8>, WeakSecret> {
    let bytes = STANDARD
        .decode(text.trim())
        .map_err(|_| WeakSecret::NotBase64)?;
    if bytes.len() < SECRET_BYTES {
        return Err(WeakSecret::Short);
    }
    if bytes.iter().collect::<HashSet<_>>().len() < FEWEST_DIFFERENT {
        return Err(WeakSecret::NotRandom);
    }
    Ok(bytes)
}
