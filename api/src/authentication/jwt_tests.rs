use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use model::{Role, Timestamp};
use serde_json::{Value, json};

use super::{JwtKey, JwtSettings, JwtVerifier};

const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";
const NOW_S: i64 = 1_772_442_000;

fn verifier() -> JwtVerifier {
    JwtVerifier::new(&JwtSettings {
        issuer: "https://meet.example".to_owned(),
        audience: "huiji".to_owned(),
        keys: vec![JwtKey::shared_secret(SECRET).unwrap()],
        leeway_s: 30,
    })
}

fn claims() -> Value {
    json!({
        "sub": "usr_1", "tenant": "ten_1", "role": "compliance", "name": "李伟",
        "iss": "https://meet.example", "aud": "huiji", "exp": NOW_S + 60,
    })
}

fn with(changes: &Value) -> Value {
    let mut claims = claims();
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

fn sign(claims: &Value, algorithm: Algorithm, secret: &[u8]) -> String {
    encode(&Header::new(algorithm), claims, &EncodingKey::from_secret(secret)).unwrap()
}

fn accepts(token: &str) -> bool {
    verifier().verify(token, Timestamp::from_micros(NOW_S * 1_000_000)).is_ok()
}

#[test]
fn a_valid_token_names_the_account() {
    let token = sign(&claims(), Algorithm::HS256, SECRET);
    let account = verifier().verify(&token, Timestamp::from_micros(NOW_S * 1_000_000)).unwrap();
    assert_eq!(account.user_id.as_str(), "usr_1");
    assert_eq!(account.tenant_id.as_str(), "ten_1");
    assert_eq!(account.role, Role::Compliance);
    assert_eq!(account.display_name.as_deref(), Some("李伟"));
}

#[test]
fn each_claim_is_checked() {
    let check = |changes: Value, expected: bool| {
        assert_eq!(accepts(&sign(&with(&changes), Algorithm::HS256, SECRET)), expected, "{changes}");
    };
    check(json!({}), true);
    check(json!({ "exp": NOW_S - 29 }), true);
    check(json!({ "exp": NOW_S - 30 }), false);
    check(json!({ "exp": null }), false);
    check(json!({ "nbf": NOW_S + 30 }), true);
    check(json!({ "nbf": NOW_S + 31 }), false);
    check(json!({ "iss": "https://evil.example" }), false);
    check(json!({ "aud": "other" }), false);
    check(json!({ "aud": ["other", "huiji"] }), true);
    check(json!({ "aud": null }), false);
    check(json!({ "sub": "../x" }), false);
    check(json!({ "tenant": "" }), false);
    check(json!({ "role": "owner" }), false);
    check(json!({ "role": "service" }), false);
    check(json!({ "role": null }), true);
}

#[test]
fn a_token_cannot_choose_its_algorithm_or_key() {
    assert!(!accepts(&sign(&claims(), Algorithm::HS512, SECRET)));
    assert!(!accepts(&sign(&claims(), Algorithm::HS256, b"another secret of sufficient length")));
    let payload = sign(&claims(), Algorithm::HS256, SECRET).split('.').nth(1).unwrap().to_owned();
    assert!(!accepts(&format!("eyJhbGciOiJub25lIn0.{payload}.")), "alg none");
    assert!(!accepts("a.b.c"));
}

#[test]
fn key_sets_keep_public_signing_keys_only() {
    let text = json!({ "keys": [
        { "kty": "EC", "crv": "P-256", "kid": "k1", "use": "sig",
          "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" },
        { "kty": "oct", "kid": "k2", "k": "c2VjcmV0" },
        { "kty": "EC", "crv": "P-256", "kid": "k3", "use": "enc",
          "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" },
    ]});
    let keys = JwtKey::key_set(&text.to_string()).unwrap();
    assert_eq!(format!("{keys:?}"), "[JwtKey { key_id: Some(\"k1\"), algorithm: ES256, .. }]");
    assert!(JwtKey::key_set("{}").is_err());
}

#[test]
fn short_secrets_are_refused() {
    assert!(JwtKey::shared_secret(b"short").is_err());
}
