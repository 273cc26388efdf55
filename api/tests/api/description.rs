use crate::harness::TestApi;

#[tokio::test]
async fn the_committed_description_is_the_one_that_is_served() {
    let committed = include_str!("../../openapi.json");
    let written = api::openapi_json().unwrap();
    assert!(
        committed == written,
        "api/openapi.json is out of date: cargo run -p api --example write_openapi > api/openapi.json"
    );
    let api = TestApi::new().await;
    let served = api.get("/api/v1/openapi.json").send().await;
    assert_eq!(served.header("content-type"), "application/json");
    assert_eq!(served.text(), written);
    assert_eq!(served.ok(200)["openapi"], "3.1.0");
}
