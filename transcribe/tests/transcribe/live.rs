use std::sync::Arc;
use std::time::Duration;

use model::{LiveTranscript, ParticipantId, Utterance};
use store::{Change, ChangeKind};
use tokio::sync::broadcast::Receiver;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use transcribe::transcribe_recording;

use crate::fixtures::{DEMO_AUDIO, SpokenLine, chunks_of_length, participant_id, roster, spoken_lines, whisper};
use crate::recordings::{Archive, archive};

/// As the recorder cuts it.
const CHUNK_MS: u64 = 5_000;
const SPOKEN_MS: u64 = 15_000;
/// A voice fades, and the detector waits until it is sure.
const FADE_MS: u64 = 300;
const PATIENCE: Duration = Duration::from_mins(1);

/// Waits until what is heard satisfies a condition; returns what was heard instead when it does not.
async fn until(
    archive: &Archive,
    changes: &mut Receiver<Change>,
    mut is_met: impl FnMut(&LiveTranscript) -> bool,
) -> Result<(), Option<Arc<LiveTranscript>>> {
    let heard = || archive.store.live_transcript(&archive.recording.tenant_id, &archive.recording.id);
    let waiting = async {
        loop {
            if heard().is_some_and(|live| is_met(&live)) {
                return;
            }
            while changes.recv().await.expect("changes go on").kind != ChangeKind::LiveTranscript {}
        }
    };
    timeout(PATIENCE, waiting).await.map_err(|_| heard())
}

fn has_said(live: &LiveTranscript, speaker: &ParticipantId, text: &str) -> bool {
    let spoken: Vec<&str> = live
        .transcript
        .utterances
        .iter()
        .filter(|utterance| utterance.participant_id == *speaker)
        .map(|utterance| utterance.text.as_str())
        .collect();
    spoken.join(" ").contains(text)
}

/// Says whether a line that is over is text. The fixture's model knows whole sentences only: where the speaker has begun the
/// next one, any text in the line's place will do.
fn is_shown(live: &LiveTranscript, spoken: &SpokenLine, theirs: &[&SpokenLine], heard_ms: u64) -> bool {
    let goes_on = theirs.iter().any(|other| {
        let start_ms = other.line.start_ms.as_millis();
        start_ms >= spoken.end_ms && start_ms < heard_ms && other.end_ms + FADE_MS > heard_ms
    });
    let (speaker, start_ms) = (&spoken.line.participant_id, spoken.line.start_ms.as_millis());
    let is_in_place = |utterance: &Utterance| {
        utterance.participant_id == *speaker
            && utterance.start_ms.as_millis() < spoken.end_ms
            && utterance.end_ms.as_millis() > start_ms
    };
    if goes_on {
        live.transcript.utterances.iter().any(is_in_place)
    } else {
        has_said(live, speaker, &spoken.line.text)
    }
}

/// Whatever a chunk brings is text before the next chunk comes, sentences that go on included: so text is behind the speaker
/// by a chunk and the time to hear it.
#[tokio::test(flavor = "multi_thread")]
async fn text_follows_the_speaker_by_a_chunk() {
    let (followed, after) = (archive().await, archive().await);
    let whisper = whisper();
    let live = Arc::new(followed.transcriber(Arc::<_>::clone(&whisper) as _));
    let shutdown = CancellationToken::new();
    let mut following = JoinSet::new();
    following.spawn({
        let (live, shutdown) = (Arc::clone(&live), shutdown.clone());
        async move { live.follow(shutdown).await }
    });
    let mut changes = followed.store.changes();
    let mut chunks = chunks_of_length(DEMO_AUDIO, &roster(false), SPOKEN_MS, CHUNK_MS);
    chunks.sort_by_key(|loaded| loaded.chunk.start_ms.as_millis() + loaded.chunk.duration_ms);
    let lines = spoken_lines();
    for loaded in &chunks {
        followed.publish(loaded).await;
        after.publish(loaded).await;
        let chunk = &loaded.chunk;
        let heard_ms = chunk.start_ms.as_millis() + chunk.duration_ms;
        let theirs: Vec<&SpokenLine> =
            lines.iter().filter(|spoken| spoken.line.participant_id == chunk.participant_id).collect();
        let mut missing = Vec::new();
        let all_shown = |live: &LiveTranscript| {
            let over = theirs.iter().filter(|spoken| spoken.end_ms + FADE_MS <= heard_ms);
            missing = over.filter(|spoken| !is_shown(live, spoken, &theirs, heard_ms)).collect();
            missing.is_empty()
        };
        if let Err(live) = until(&followed, &mut changes, all_shown).await {
            panic!("not shown though heard until {heard_ms} ms: {missing:?} in {live:?}");
        }
    }
    let tenant_id = &followed.recording.tenant_id;
    let id = &followed.recording.id;
    let last = followed.store.live_transcript(tenant_id, id).expect("the meeting is followed");
    assert!(last.real_time_factor.is_some());
    assert_eq!(last.backlog_ms, 0);
    let ids: std::collections::BTreeSet<_> = last.transcript.utterances.iter().map(|one| &one.id).collect();
    assert_eq!(ids.len(), last.transcript.utterances.len(), "every line has an id of its own");

    followed.seal().await;
    after.seal().await;
    let transcript = live.transcribe(tenant_id, id, &|_| {}).await.unwrap();
    let expected = transcribe_recording(&after.store, after.clock.as_ref(), whisper, tenant_id, id, &|_| {}).await;
    assert_eq!(transcript, expected.unwrap(), "what was shown meanwhile leaves no trace");
    assert_eq!(followed.store.live_transcript(tenant_id, id), None);
    shutdown.cancel();
    timeout(PATIENCE, following.join_all()).await.unwrap();
}

/// Somebody who does not stop talking is heard all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_sentence_that_goes_on_is_shown_as_provisional() {
    let archive = archive().await;
    let live = Arc::new(archive.transcriber(whisper()));
    let shutdown = CancellationToken::new();
    let mut following = JoinSet::new();
    following.spawn({
        let (live, shutdown) = (Arc::clone(&live), shutdown.clone());
        async move { live.follow(shutdown).await }
    });
    let mut changes = archive.store.changes();
    let alice = participant_id("Alice");
    // Cut right behind her first line, before the silence that would end it.
    let first = spoken_lines().into_iter().find(|spoken| spoken.line.participant_id == alice).expect("she speaks");
    let length_ms = (first.end_ms + FADE_MS) / 20 * 20;
    let chunks = chunks_of_length(DEMO_AUDIO, &roster(false), length_ms, length_ms);
    let chunk = chunks.iter().find(|loaded| loaded.chunk.participant_id == alice).expect("her microphone");
    archive.publish(chunk).await;
    until(&archive, &mut changes, |live| {
        has_said(live, &alice, &first.line.text) && live.provisional.len() == live.transcript.utterances.len()
    })
    .await
    .unwrap();
    shutdown.cancel();
    timeout(PATIENCE, following.join_all()).await.unwrap();
}
