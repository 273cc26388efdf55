use bytes::Bytes;
use model::Role;
use store::ObjectKey;

use crate::harness::{NOW, TestApi, live, sealed, tenant_id};

#[tokio::test]
async fn an_mp4_is_made_once_and_downloaded_in_pieces() {
    let api = TestApi::new().await;
    let host = api.add_user("ours", "host", Role::Member).await;
    let recording = api.add_recording(sealed(), &[]).await;
    let path = format!("/api/v1/recordings/{}/exports", recording.id);
    let download = format!("{path}/recording.mp4");
    let request = async || api.post(format!("{path}/mp4")).bearer(&host).send().await.ok(202)["job"].clone();
    let not_ready = api.get(download.as_str()).bearer(&host).send().await.problem(409, "not_ready");
    assert!(not_ready["detail"].as_str().unwrap().contains("nobody has asked"), "{not_ready}");
    let job = request().await;
    assert_eq!((&job["kind"], &job["state"]), (&"export_mp4".into(), &"queued".into()));
    assert_eq!(request().await["id"], job["id"]);

    let claimed = api.store.claim_job(&["export_mp4"], NOW, 60_000).await.unwrap().unwrap();
    api.store.heartbeat_job(&claimed, 40, NOW, 60_000).await.unwrap();
    let running = api.get(download.as_str()).bearer(&host).send().await.problem(409, "not_ready");
    assert_eq!(running["detail"], "the MP4 is being made: 40 %");
    let content: Vec<u8> = (0..2_500_000_u32).map(|index| (index % 251) as u8).collect();
    let key = ObjectKey::DownloadMp4;
    api.store.write_object(&tenant_id("ours"), &recording.id, &key, Bytes::from(content.clone()), NOW).await.unwrap();
    api.store.complete_job(&claimed, NOW).await.unwrap();
    assert_eq!(request().await["id"], job["id"], "what is made is not made again");

    let whole = api.get(download.as_str()).bearer(&host).send().await;
    assert_eq!((whole.status.as_u16(), whole.header("content-length")), (200, "2500000"));
    assert_eq!(whole.body, content);
    assert_eq!(whole.header("accept-ranges"), "bytes");
    assert_eq!(
        whole.header("content-disposition"),
        "attachment; filename=\"Launch __.mp4\"; filename*=UTF-8''Launch%20%E5%8F%91%E5%B8%83.mp4"
    );
    let part = api.get(download.as_str()).bearer(&host).header("range", "bytes=1000000-2200000").send().await;
    assert_eq!((part.status.as_u16(), part.header("content-range")), (206, "bytes 1000000-2200000/2500000"));
    assert_eq!(part.body, content[1_000_000..=2_200_000]);
    let jobs = api.get(format!("/api/v1/recordings/{}/jobs", recording.id)).bearer(&host).send().await.ok(200);
    assert_eq!(jobs["jobs"][0]["state"], "done");
}

#[tokio::test]
async fn an_mp4_of_a_running_recording_has_to_wait() {
    let api = TestApi::new().await;
    let host = api.add_user("ours", "host", Role::Member).await;
    let recording = api.add_recording(live(), &[]).await;
    let answer = api.post(format!("/api/v1/recordings/{}/exports/mp4", recording.id)).bearer(&host).send().await;
    answer.problem(409, "not_ready");
}
