use jsonwebtoken::{Algorithm, EncodingKey, Header};
use model::Role;
use serde_json::json;
use store::User;

use crate::harness::{JWT_SECRET, NOW, TestApi, live, tenant_id, user_id};

async fn api_with_password() -> TestApi {
    let api = TestApi::new().await;
    let user = User {
        id: user_id("host"),
        tenant_id: tenant_id("ours"),
        user_name: "host@example".to_owned(),
        display_name: "李伟".to_owned(),
        role: Role::Member,
        password_hash: Some(api::hash_password("correct horse", [9; 16]).unwrap()),
    };
    api.store.insert_user(&user).await.unwrap();
    api
}

#[tokio::test]
async fn a_person_signs_in_and_out() {
    let api = api_with_password().await;
    let body = json!({ "user_name": "host@example", "password": "correct horse" });
    let answer = api.post("/api/v1/session").json(&body).send().await;
    let signed_in = answer.ok(200);
    let token = signed_in["token"].as_str().unwrap().to_owned();
    assert_eq!(token.len(), 43);
    assert_eq!(signed_in["expires_at"], "2026-03-02T21:00:00.000Z");
    let cookie = answer.header("set-cookie");
    assert_eq!(cookie, format!("huiji_session={token}; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure"));
    assert_eq!(answer.header("cache-control"), "no-store");

    let with_cookie = format!("huiji_session={token}");
    let session = api.get("/api/v1/session").header("cookie", &with_cookie).send().await.ok(200);
    insta::assert_json_snapshot!(session);
    api.get("/api/v1/session").bearer(&token).send().await.ok(200);

    // Another site can make the browser send a request, but not this one.
    let forged = api.request(axum::http::Method::DELETE, "/api/v1/session").header("cookie", &with_cookie);
    forged.header("sec-fetch-site", "cross-site").send().await.problem(403, "forbidden");
    let own = api.request(axum::http::Method::DELETE, "/api/v1/session").header("cookie", &with_cookie);
    let signed_out = own.header("sec-fetch-site", "same-origin").send().await;
    assert_eq!(signed_out.status, 204);
    assert!(signed_out.header("set-cookie").contains("Max-Age=0"));
    api.get("/api/v1/session").bearer(&token).send().await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_session_expires() {
    let api = TestApi::new().await;
    let token = api.add_user("ours", "host", Role::Member).await;
    api.clock.advance_ms(3_599_999);
    api.get("/api/v1/session").bearer(&token).send().await.ok(200);
    api.clock.advance_ms(1);
    api.get("/api/v1/session").bearer(&token).send().await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn failures_look_the_same_and_are_slowed_down() {
    let api = api_with_password().await;
    let attempt = async |user_name: &str, password: &str| {
        let body = json!({ "user_name": user_name, "password": password });
        api.post("/api/v1/session").json(&body).send().await
    };
    let wrong = attempt("host@example", "wrong horse").await.problem(401, "unauthenticated");
    let unknown = attempt("nobody@example", "wrong horse").await.problem(401, "unauthenticated");
    assert_eq!(wrong["detail"], unknown["detail"]);
    for _ in 0..4 {
        attempt("host@example", "wrong horse").await.problem(401, "unauthenticated");
    }
    let slowed = attempt("host@example", "correct horse").await;
    slowed.problem(429, "too_many_attempts");
    assert_eq!(slowed.header("retry-after"), "1");
    api.clock.advance_ms(1_000);
    attempt("host@example", "correct horse").await.ok(200);
    let entries = api.store.list_audit(&tenant_id("ours"), None, 100).await.unwrap();
    let denied = entries.iter().filter(|entry| entry.action == "session.open" && entry.outcome == "denied");
    assert_eq!(denied.count(), 5);
}

#[tokio::test]
async fn the_platforms_tokens_are_accepted() {
    let api = TestApi::new().await;
    let recording = api.add_recording(live(), &[]).await;
    let token = |user: &str, tenant: &str, exp_s: i64| {
        let claims = json!({ "sub": user, "tenant": tenant, "name": "Host", "iss": "https://meet.example",
            "aud": "huiji", "exp": exp_s });
        let key = EncodingKey::from_secret(JWT_SECRET);
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key).unwrap()
    };
    let now_s = NOW.as_millis() / 1000;
    let path = format!("/api/v1/recordings/{}", recording.id);
    let read = async |token: String| api.get(path.as_str()).bearer(&token).send().await;
    assert_eq!(read(token("host", "ours", now_s + 60)).await.ok(200)["permissions"]["can_control"], true);
    read(token("stranger", "ours", now_s + 60)).await.problem(404, "not_found");
    read(token("host", "theirs", now_s + 60)).await.problem(404, "not_found");
    read(token("host", "nowhere", now_s + 60)).await.problem(401, "unauthenticated");
    read(token("host", "ours", now_s)).await.problem(401, "unauthenticated");
}
