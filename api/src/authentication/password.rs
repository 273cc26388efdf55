use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use thiserror::Error as ThisError;
use tokio::sync::Semaphore;

use crate::error::ApiError;

/// Says why a password cannot be hashed.
#[derive(Debug, ThisError)]
pub enum PasswordError {
    /// It is too short or too long.
    #[error("the password must have {min} to {max} bytes")]
    Length {
        /// The least number of bytes.
        min: usize,
        /// The greatest number of bytes.
        max: usize,
    },
    /// The hash function refused.
    #[error("the password cannot be hashed: {0}")]
    Hash(String),
}

const BYTES_MIN: usize = 8;
const BYTES_MAX: usize = 1024;

/// Hashes a password with Argon2id for the store, as a PHC string.
///
/// # Errors
/// [`PasswordError::Length`] when the password has fewer than 8 or more than 1024 bytes.
pub fn hash_password(password: &str, salt: [u8; 16]) -> Result<String, PasswordError> {
    if !(BYTES_MIN..=BYTES_MAX).contains(&password.len()) {
        return Err(PasswordError::Length { min: BYTES_MIN, max: BYTES_MAX });
    }
    hash(password, salt)
}

fn hash(password: &str, salt: [u8; 16]) -> Result<String, PasswordError> {
    let hash: Result<PasswordHash, _> = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
    hash.map(|hash| hash.to_string()).map_err(|error| PasswordError::Hash(error.to_string()))
}

/// Checks passwords off the async threads, a few at a time: each check takes 19 MiB by design.
#[derive(Debug)]
pub(crate) struct PasswordVerifier {
    turns: Semaphore,
}

impl PasswordVerifier {
    const AT_ONCE: usize = 2;

    pub(crate) const fn new() -> Self {
        Self { turns: Semaphore::const_new(Self::AT_ONCE) }
    }

    /// Hashes a password of 4 to 1024 bytes that guards a link: whoever guesses at it has to have the link first.
    pub(crate) async fn hash_for_link(&self, password: String, salt: [u8; 16]) -> Result<String, ApiError> {
        const LINK_BYTES_MIN: usize = 4;
        if !(LINK_BYTES_MIN..=BYTES_MAX).contains(&password.len()) {
            return Err(ApiError::invalid(format!("password must have {LINK_BYTES_MIN} to {BYTES_MAX} bytes")));
        }
        let turn = self.turns.acquire().await.map_err(|_| ApiError::internal("password checks are closed"))?;
        let hashed = tokio::task::spawn_blocking(move || hash(&password, salt)).await;
        drop(turn);
        let hashed = hashed.map_err(|error| ApiError::internal(format!("password hashing ended early: {error}")))?;
        hashed.map_err(|error| ApiError::internal(error.to_string()))
    }

    /// Says whether a password fits a stored hash. Without a hash the same work is done and the answer is no, so that the
    /// time taken does not tell whether the account exists.
    pub(crate) async fn verify(&self, password: String, stored: Option<String>) -> Result<bool, ApiError> {
        let turn = self.turns.acquire().await.map_err(|_| ApiError::internal("password checks are closed"))?;
        let checked = tokio::task::spawn_blocking(move || verify(&password, stored.as_deref())).await;
        drop(turn);
        checked.map_err(|error| ApiError::internal(format!("password check ended early: {error}")))?
    }
}

fn verify(password: &str, stored: Option<&str>) -> Result<bool, ApiError> {
    if password.len() > BYTES_MAX {
        return Ok(false);
    }
    let Some(stored) = stored else {
        hash(password, [0; 16]).map_err(|error| ApiError::internal(error.to_string()))?;
        return Ok(false);
    };
    let parsed = PasswordHash::new(stored)
        .map_err(|error| ApiError::internal(format!("a stored password hash is damaged: {error}")))?;
    Ok(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
}

#[cfg(test)]
mod tests {
    use super::{hash_password, verify};

    #[test]
    fn hashes_are_argon2id_and_verify() {
        let hash = hash_password("correct horse", [7; 16]).expect("hashes");
        assert!(hash.starts_with("$argon2id$v=19$"), "{hash}");
        assert!(verify("correct horse", Some(&hash)).expect("verifies"));
        assert!(!verify("wrong horse", Some(&hash)).expect("verifies"));
        assert!(!verify("correct horse", None).expect("verifies"));
        assert!(!verify(&"x".repeat(2000), Some(&hash)).expect("verifies"));
        assert!(verify("x", Some("not a hash")).is_err());
    }

    #[test]
    fn short_passwords_are_refused() {
        assert!(hash_password("short", [7; 16]).is_err());
    }
}
