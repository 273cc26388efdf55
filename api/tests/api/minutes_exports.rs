use std::io::{Cursor, Read as _};
use std::process::Command;

use model::{LineId, LineReview, LineVerdict, Minutes, Role};
use zip::ZipArchive;

use crate::artefacts::{minutes, transcript};
use crate::harness::{Answer, NOW, TestApi, sealed, tenant_id, user_id};

const SAID: &str = "发布推迟到三月，由 Li Wei 通知供应商；预算是三百万元。";

/// Minutes with Chinese text, a long line, and one that a reviewer threw out.
async fn exported(name: &str) -> Answer {
    let api = TestApi::new().await;
    let host = api.add_user("ours", "host", Role::Member).await;
    let recording = api.add_recording(sealed(), &[]).await;
    let transcript = transcript(&recording, "move the launch");
    api.store.save_transcript(&tenant_id("ours"), &transcript, NOW).await.unwrap();
    let mut minutes: Minutes = minutes(&recording);
    minutes.summary[0].text = SAID.repeat(6);
    let reviews = [LineReview { line_id: LineId(3), verdict: LineVerdict::Reject }];
    api.store.save_minutes(&tenant_id("ours"), &minutes, NOW).await.unwrap();
    let reviewed = minutes.reviewed(&reviews, user_id("host"), NOW).unwrap();
    api.store.save_minutes(&tenant_id("ours"), &reviewed, NOW).await.unwrap();
    let path = format!("/api/v1/recordings/{}/exports/{name}", recording.id);
    let answer = api.get(path).bearer(&host).send().await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    answer
}

/// What a PDF reader would select, without line breaks and spaces.
fn selected_text(pdf: &[u8]) -> String {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("minutes.pdf");
    std::fs::write(&path, pdf).unwrap();
    let output = Command::new("pdftotext").arg(&path).arg("-").output().expect("pdftotext of poppler-utils");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.chars().filter(|character| !character.is_whitespace()).collect()
}

#[tokio::test]
async fn the_pdf_holds_selectable_chinese_text_its_font_and_links() {
    let answer = exported("minutes.pdf").await;
    assert_eq!(answer.header("content-type"), "application/pdf");
    let text = selected_text(&answer.body);
    let said: String = SAID.repeat(6).chars().filter(|character| !character.is_whitespace()).collect();
    for expected in ["Launch发布", said.as_str(), "Summary", "Actionitems", "[]LiWeitellsthevendor.—Li<Wei>", "0:00:01"]
    {
        assert!(text.contains(expected), "{expected} in {text}");
    }
    assert!(!text.contains("Movethelaunch."), "what was thrown out stays out");
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("minutes.pdf");
    std::fs::write(&path, &answer.body).unwrap();
    let fonts = Command::new("pdffonts").arg(&path).output().expect("pdffonts of poppler-utils");
    let fonts = String::from_utf8(fonts.stdout).unwrap();
    let row = fonts.lines().nth(2).expect("one font");
    assert!(
        row.contains("NotoSansCJK") && row.contains("yes yes yes"),
        "embedded, a subset, with its characters: {fonts}"
    );
    assert!(answer.body.len() < 200_000, "{} bytes: only the characters used", answer.body.len());
    let links = answer.body.windows(4).filter(|bytes| bytes == b"/URI").count();
    assert!(links >= 1 || selected_links(&path) >= 3, "each citation leads to its second");
}

fn selected_links(pdf: &std::path::Path) -> usize {
    let output = Command::new("pdfinfo").arg("-url").arg(pdf).output().expect("pdfinfo of poppler-utils");
    String::from_utf8(output.stdout).unwrap().matches("?tab=minutes&t=1000").count()
}

#[tokio::test]
async fn the_word_document_has_headings_text_and_links() {
    let answer = exported("minutes.docx").await;
    assert!(answer.header("content-disposition").contains("minutes.docx"));
    let mut archive = ZipArchive::new(Cursor::new(answer.body.to_vec())).expect("a ZIP");
    let mut read = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).expect(name).read_to_string(&mut text).expect("UTF-8");
        text
    };
    let document = read("word/document.xml");
    assert!(document.contains(&SAID.repeat(6)) && document.contains("Launch 发布"), "{document}");
    assert!(document.contains(r#"<w:pStyle w:val="Heading1" />"#), "{document}");
    assert!(document.contains("Li &lt;Wei&gt;"), "names are escaped");
    assert!(!document.contains("Move the launch."), "what was thrown out stays out");
    let links = read("word/_rels/document.xml.rels");
    assert!(links.contains("tab=minutes&amp;t=1000"), "{links}");
    assert!(read("word/styles.xml").contains(r#"w:eastAsia="Microsoft YaHei""#));
}

#[tokio::test]
async fn json_is_what_is_stored_and_tasks_go_into_a_calendar() {
    let json = exported("minutes.json").await;
    let minutes: Minutes = serde_json::from_slice(&json.body).expect("minutes");
    assert_eq!((minutes.schema, minutes.version), (Minutes::SCHEMA, 2));
    let calendar = exported("action-items.ics").await;
    assert_eq!(calendar.header("content-type"), "text/calendar; charset=utf-8");
    let text = calendar.text().replace("\r\n ", "");
    assert!(text.contains("BEGIN:VTODO") && text.contains("SUMMARY:Li Wei tells the vendor."), "{text}");
}
