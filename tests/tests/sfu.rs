//! A real SFU and a real browser: headless Chromium publishes a camera and a WAV to Janus, Janus forwards them as RTP, and
//! what Huiji makes of it is looked at and listened to.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use tests::{Backend, JanusServer, PlatformClient, ServerProcess, huiji_binary};

const BEEPS: usize = 8;
const FRAMES_PER_SECOND: f64 = 25.0;
const RATE_HZ: f64 = 48_000.0;
const PITCH_HZ: f64 = 1_000.0;
/// The sentences begin when beeps and flashes are over.
const SPEECH_FROM_MS: u64 = 12_000;
const SPEECH_MS: u64 = 11_300;
const SENTENCES: &str = "good morning everyone welcome to the meeting this meeting is being recorded our agenda today is \
                         storage retention and release";
const OFFSET_MS_MAX: f64 = 120.0;

#[test]
fn a_meeting_behind_janus_is_recorded_transcribed_and_in_sync() {
    let directory = tempfile::tempdir().expect("a directory");
    let platform = Platform::start(directory.path());
    let recording = platform.client.post(
        "/api/v1/recordings",
        &json!({
            "meeting_id": "janus", "title": "Janus", "host_user_id": "alice", "language": "en", "profile": "high",
            "roster": [{ "id": "alice", "display_name": "Alice" }],
        }),
    );
    let path = format!("/api/v1/recordings/{}", recording["id"].as_str().expect("an id"));
    let streams = [
        json!({ "source": "microphone", "codec": "opus", "payload_type": 111, "clock_rate_hz": 48_000, "ssrc": 1001 }),
        json!({ "source": "camera", "codec": "vp8", "payload_type": 96, "clock_rate_hz": 90_000, "ssrc": 1002 }),
    ]
    .map(|mut track| {
        track["participant_id"] = "alice".into();
        let address = platform.client.post(&format!("{path}/tracks"), &track);
        let mut stream = json!({ "mid": "0", "host": "127.0.0.1", "port": address["rtp_port"], "ssrc": track["ssrc"],
            "pt": track["payload_type"] });
        if track["source"] == "camera" {
            // Pictures are asked for; sound is not.
            stream["mid"] = "1".into();
            stream["rtcp_port"] = address["rtcp_port"].clone();
        }
        stream
    });
    platform.publish(&streams);
    let live = platform.client.get(&path);
    assert_eq!(live["recorder"]["safe"], true, "{}", live["recorder"]);
    platform.client.post(&format!("{path}/stop"), &json!({}));

    let recorded = platform.mp4(&path);
    check_sync(&recorded);
    let transcript = platform.client.until(&format!("{path}/transcript"), |answer| answer["utterances"].is_array());
    check_words(&transcript);
}

/// A meeting platform with everything it needs, private to the test.
struct Platform {
    client: PlatformClient,
    directory: PathBuf,
    janus: JanusServer,
    _server: ServerProcess,
}

impl Platform {
    fn start(directory: &Path) -> Self {
        let data_dir = directory.join("data");
        let user = |arguments: &[&str]| {
            let output =
                Command::new(huiji_binary()).args(["user", "--data-dir"]).arg(&data_dir).args(arguments).output();
            String::from_utf8(succeeded("huiji user", output)).expect("text")
        };
        user(&["add-tenant", "main", "--name", "Test", "--plan", "standard"]);
        let key = user(&["add-key", "platform"]);
        let key = key.split_whitespace().find(|word| word.starts_with("hk_")).expect("a key").to_owned();
        let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/speech-model/micro-whisper.ggml.bin");
        let environment = [("HUIJI_MODEL", model.display().to_string())];
        let server = ServerProcess::start_with(&data_dir, &Backend::Embedded, &environment).expect("the server starts");
        let configuration = directory.join("janus");
        std::fs::create_dir(&configuration).expect("a directory");
        let janus = JanusServer::start(&configuration).expect("janus starts");
        let client = PlatformClient::new(server.url(), &key).expect("a client");
        Self { client, directory: directory.to_owned(), janus, _server: server }
    }

    /// Has Chromium publish, and returns when it has said everything.
    fn publish(&self, streams: &[Value]) {
        let wav = self.directory.join("speech.wav");
        let voice = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo-meeting/audio/Alice.opus");
        let delay = format!("adelay={SPEECH_FROM_MS}");
        let length = format!("{SPEECH_MS}ms");
        let output = Command::new("ffmpeg")
            .args(["-loglevel", "error", "-ss", "0.5", "-t", &length, "-i"])
            .arg(voice)
            .args(["-af", &delay, "-ar", "48000", "-ac", "1"])
            .arg(&wav)
            .output();
        succeeded("ffmpeg", output);
        let settings = json!({
            "janus": self.janus.url(),
            "wav": wav,
            "executable": "/usr/bin/chromium",
            "beeps": BEEPS,
            "milliseconds": SPEECH_FROM_MS + SPEECH_MS,
            "streams": streams,
        });
        let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web");
        let output = Command::new("node").arg("sfu/publish.mjs").arg(settings.to_string()).current_dir(web).output();
        succeeded("the publisher", output);
    }

    /// Returns the file of the finished recording.
    fn mp4(&self, path: &str) -> PathBuf {
        self.client.until(path, |answer| answer["state"] == "sealed");
        self.client.post(&format!("{path}/exports/mp4"), &json!({}));
        self.client.until(&format!("{path}/jobs"), |answer| {
            let jobs = answer["jobs"].as_array().into_iter().flatten();
            jobs.into_iter().any(|job| job["kind"] == "export_mp4" && job["state"] == "done")
        });
        let file = self.directory.join("recording.mp4");
        std::fs::write(&file, self.client.download(&format!("{path}/exports/recording.mp4"))).expect("written");
        file
    }
}

fn succeeded(what: &str, output: std::io::Result<Output>) -> Vec<u8> {
    let output = output.unwrap_or_else(|error| panic!("{what} cannot be run: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what} failed: {said}{}", String::from_utf8_lossy(&output.stdout));
    output.stdout
}

/// Compares when the middle of the picture turns white with when the beep sets in, from pixels and samples.
fn check_sync(file: &Path) {
    let decode = |arguments: &[&str]| {
        let output =
            Command::new("ffmpeg").args(["-loglevel", "error", "-i"]).arg(file).args(arguments).arg("-").output();
        succeeded("ffmpeg", output)
    };
    let middle = "crop=iw/4:ih/4,scale=1:1:flags=area,format=gray";
    let lights = decode(&["-an", "-vf", middle, "-f", "rawvideo"]);
    let samples = decode(&["-vn", "-ac", "1", "-ar", "48000", "-f", "s16le"]);
    let samples: Vec<f64> =
        samples.chunks_exact(2).map(|pair| f64::from(i16::from_le_bytes([pair[0], pair[1]]))).collect();
    let flashes = onsets((0..).zip(&lights).map(|(frame, light)| (f64::from(frame) / FRAMES_PER_SECOND, *light > 150)));
    let beeps = onsets(loudness(&samples).map(|(at_s, amplitude)| (at_s, amplitude > 1_500.0)));
    let said = format!("flashes at {flashes:.2?}, beeps at {beeps:.2?}");
    assert_eq!(flashes.len(), BEEPS, "{said}");
    let nearest =
        |flash: &f64| beeps.iter().map(|beep| (flash - beep) * 1000.0).min_by(|a, b| a.abs().total_cmp(&b.abs()));
    let mut offsets: Vec<f64> = flashes.iter().filter_map(nearest).collect();
    offsets.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
    let worst = offsets.last().expect("there are flashes").abs();
    assert!(worst <= OFFSET_MS_MAX, "{offsets:.0?} ms apart: {said}");
}

/// Returns how loud the beep's pitch is, in steps of 5 ms.
fn loudness(samples: &[f64]) -> impl Iterator<Item = (f64, f64)> {
    const WINDOW: usize = 480;
    samples.windows(WINDOW).enumerate().step_by(WINDOW / 2).map(|(first, window)| {
        let turn = |index: usize| std::f64::consts::TAU * PITCH_HZ * index as f64 / RATE_HZ;
        let sine: f64 = window.iter().enumerate().map(|(index, sample)| sample * turn(index).sin()).sum();
        let cosine: f64 = window.iter().enumerate().map(|(index, sample)| sample * turn(index).cos()).sum();
        ((first + WINDOW / 2) as f64 / RATE_HZ, 2.0 * sine.hypot(cosine) / WINDOW as f64)
    })
}

fn onsets(states: impl Iterator<Item = (f64, bool)>) -> Vec<f64> {
    let (mut before, mut onsets) = (false, Vec::new());
    for (at_s, now) in states {
        if now && !before && onsets.last().is_none_or(|last| at_s - last > 0.6) {
            onsets.push(at_s);
        }
        before = now;
    }
    onsets
}

/// Most of what was said is in the transcript, in this order.
fn check_words(transcript: &Value) {
    let texts = transcript["utterances"].as_array().expect("utterances").iter();
    let heard =
        texts.map(|utterance| utterance["text"].as_str().expect("text").to_lowercase()).collect::<Vec<_>>().join(" ");
    let mut rest = heard.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let said: Vec<&str> = SENTENCES.split_whitespace().collect();
    let found =
        said.iter().filter(|word| rest.clone().any(|heard| heard == **word) && rest.any(|heard| heard == **word));
    let share = found.count() as f64 / said.len() as f64;
    assert!(share >= 0.9, "{:.0} % of what was said in {heard:?}", share * 100.0);
}
