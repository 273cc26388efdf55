use std::collections::HashMap;
use std::fmt;

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use model::{Role, TenantId, Timestamp, UserId};
use serde::Deserialize;
use thiserror::Error as ThisError;

/// The meeting platform's tokens that are accepted in place of a session.
///
/// Claims: `sub` is the user, `tenant` the tenant (both as ids), `role` one of `member`, `compliance`, `admin` (`member`
/// when missing), `name` the display name. `iss`, `aud`, `exp` and `sub` are required.
#[derive(Debug, Clone)]
pub struct JwtSettings {
    /// The only issuer that is accepted.
    pub issuer: String,
    /// The audience that must be named.
    pub audience: String,
    /// The keys by which tokens are verified.
    pub keys: Vec<JwtKey>,
    /// How far the platform's clock may be off, in seconds.
    pub leeway_s: u64,
}

/// A key, bound to the one algorithm it is used with: a token cannot choose another.
#[derive(Clone)]
pub struct JwtKey {
    key_id: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

/// Says why a key or a token is not accepted.
#[derive(Debug, ThisError)]
pub enum JwtError {
    /// The key cannot be used.
    #[error("the key cannot be used: {problem}")]
    Key {
        /// Why not.
        problem: String,
    },
    /// The token is not valid.
    #[error("the token is not valid: {problem}")]
    Token {
        /// Why not.
        problem: String,
    },
}

impl JwtKey {
    const SECRET_BYTES_MIN: usize = 32;

    /// Takes a shared secret for HS256.
    ///
    /// # Errors
    /// [`JwtError::Key`] when it has fewer than 32 bytes.
    pub fn shared_secret(secret: &[u8]) -> Result<Self, JwtError> {
        if secret.len() < Self::SECRET_BYTES_MIN {
            let problem = format!("a shared secret must have at least {} bytes", Self::SECRET_BYTES_MIN);
            return Err(JwtError::Key { problem });
        }
        Ok(Self { key_id: None, algorithm: Algorithm::HS256, key: DecodingKey::from_secret(secret) })
    }

    /// Takes an RSA public key in PEM form for RS256.
    pub fn rsa_pem(pem: &[u8]) -> Result<Self, JwtError> {
        let key = DecodingKey::from_rsa_pem(pem).map_err(|error| key_error(&error))?;
        Ok(Self { key_id: None, algorithm: Algorithm::RS256, key })
    }

    /// Takes a P-256 public key in PEM form for ES256.
    pub fn ec_pem(pem: &[u8]) -> Result<Self, JwtError> {
        let key = DecodingKey::from_ec_pem(pem).map_err(|error| key_error(&error))?;
        Ok(Self { key_id: None, algorithm: Algorithm::ES256, key })
    }

    /// Takes the public keys of a JSON Web Key Set (RFC 7517); keys for encryption and shared secrets are passed over.
    pub fn key_set(json: &str) -> Result<Vec<Self>, JwtError> {
        use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, PublicKeyUse};
        let set: JwkSet =
            serde_json::from_str(json).map_err(|error| JwtError::Key { problem: format!("no key set: {error}") })?;
        let mut keys = Vec::new();
        for jwk in &set.keys {
            let algorithm = match &jwk.algorithm {
                AlgorithmParameters::RSA(_) => Algorithm::RS256,
                AlgorithmParameters::EllipticCurve(curve) if curve.curve == EllipticCurve::P256 => Algorithm::ES256,
                AlgorithmParameters::OctetKeyPair(_) => Algorithm::EdDSA,
                _ => continue,
            };
            if matches!(jwk.common.public_key_use, Some(PublicKeyUse::Encryption)) {
                continue;
            }
            let key = DecodingKey::from_jwk(jwk).map_err(|error| key_error(&error))?;
            keys.push(Self { key_id: jwk.common.key_id.clone(), algorithm, key });
        }
        Ok(keys)
    }
}

impl fmt::Debug for JwtKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("JwtKey")
            .field("key_id", &self.key_id)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

fn key_error(error: &jsonwebtoken::errors::Error) -> JwtError {
    JwtError::Key { problem: error.to_string() }
}

/// An account as a token names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TokenAccount {
    pub(crate) tenant_id: TenantId,
    pub(crate) user_id: UserId,
    pub(crate) role: Role,
    pub(crate) display_name: Option<String>,
}

/// Verifies tokens against the settings.
pub(crate) struct JwtVerifier {
    settings: JwtSettings,
    by_key_id: HashMap<String, usize>,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    tenant: String,
    role: Option<String>,
    name: Option<String>,
    exp: i64,
    nbf: Option<i64>,
}

impl JwtVerifier {
    pub(crate) fn new(settings: &JwtSettings) -> Self {
        let numbered = settings.keys.iter().enumerate();
        let by_key_id = numbered.filter_map(|(index, key)| Some((key.key_id.clone()?, index))).collect();
        Self { settings: settings.clone(), by_key_id }
    }

    /// Returns the account a token names, when the token is signed, meant for us, and valid now.
    pub(crate) fn verify(&self, token: &str, now: Timestamp) -> Result<TokenAccount, JwtError> {
        let header = decode_header(token).map_err(|error| token_error(&error))?;
        let candidates: Vec<&JwtKey> = match header.kid.as_ref().and_then(|key_id| self.by_key_id.get(key_id)) {
            Some(index) => vec![&self.settings.keys[*index]],
            None => self.settings.keys.iter().filter(|key| key.algorithm == header.alg).collect(),
        };
        let mut problem = JwtError::Token { problem: format!("no key for algorithm {:?}", header.alg) };
        for key in candidates {
            match decode::<Claims>(token, &key.key, &self.validation(key.algorithm)) {
                Ok(decoded) => return self.account(decoded.claims, now),
                Err(error) => problem = token_error(&error),
            }
        }
        Err(problem)
    }

    fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.set_issuer(&[&self.settings.issuer]);
        validation.set_audience(&[&self.settings.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // The library reads the machine's clock; times are checked below, against the injected one.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation
    }

    fn account(&self, claims: Claims, now: Timestamp) -> Result<TokenAccount, JwtError> {
        let refuse = |problem: &str| Err(JwtError::Token { problem: problem.to_owned() });
        let now_s = now.as_millis().div_euclid(1000);
        let leeway_s = i64::try_from(self.settings.leeway_s).unwrap_or(i64::MAX);
        if claims.exp.saturating_add(leeway_s) <= now_s {
            return refuse("expired");
        }
        if claims.nbf.is_some_and(|not_before| not_before.saturating_sub(leeway_s) > now_s) {
            return refuse("not valid yet");
        }
        let role = match claims.role.as_deref() {
            None => Role::Member,
            Some(text) => text.parse().map_err(|error: model::Error| JwtError::Token { problem: error.to_string() })?,
        };
        if role == Role::Service {
            return refuse("a service sends an API key");
        }
        let invalid = |error: model::Error| JwtError::Token { problem: error.to_string() };
        Ok(TokenAccount {
            tenant_id: TenantId::new(claims.tenant).map_err(invalid)?,
            user_id: UserId::new(claims.sub).map_err(invalid)?,
            role,
            display_name: claims.name,
        })
    }
}

fn token_error(error: &jsonwebtoken::errors::Error) -> JwtError {
    JwtError::Token { problem: error.to_string() }
}

#[cfg(test)]
#[path = "jwt_tests.rs"]
mod tests;
