//! Who is asking: session tokens, API keys and the meeting platform's tokens.

mod accounts;
mod credentials;
mod jwt;
mod password;
mod same_origin;
mod session_cookie;
mod sign_in_throttle;

pub(crate) use accounts::Accounts;
pub use credentials::token_sha256;
pub(crate) use credentials::{authenticate, session_token};
pub(crate) use jwt::JwtVerifier;
pub use jwt::{JwtError, JwtKey, JwtSettings};
pub(crate) use password::PasswordVerifier;
pub use password::{PasswordError, hash_password};
pub(crate) use session_cookie::{clear_session_cookie, session_cookie};
pub(crate) use sign_in_throttle::SignInThrottle;
