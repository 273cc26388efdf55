use std::io::Cursor;
use std::path::PathBuf;
use std::sync::Arc;

use model::{Language, MediaTime, Participant, ParticipantId, SpeechChunk};
use ogg::{PacketReader, PacketWriteEndInfo, PacketWriter};
use sha2::{Digest, Sha256};
use transcribe::{LoadedChunk, ReferenceLine, WhisperSettings, WhisperTranscriber};

pub(crate) const CHUNK_MS: u64 = 20_000;
pub(crate) const DEMO_AUDIO: &str = "demo-meeting/audio";
const PACKET_MS: u64 = 20;

pub(crate) fn path(relative: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures").join(relative)
}

pub(crate) fn model_path() -> PathBuf {
    path("speech-model/micro-whisper.ggml.bin")
}

pub(crate) fn whisper() -> Arc<WhisperTranscriber> {
    Arc::new(WhisperTranscriber::open(model_path(), WhisperSettings::default()).unwrap())
}

/// A line of the demo meeting and when its sound ends.
#[derive(Debug)]
pub(crate) struct SpokenLine {
    pub(crate) line: ReferenceLine,
    pub(crate) end_ms: u64,
}

pub(crate) fn spoken_lines() -> Vec<SpokenLine> {
    spoken_lines_of(DEMO_AUDIO)
}

/// Reads what is said in the meeting whose audio is in a directory of the fixtures.
pub(crate) fn spoken_lines_of(directory: &str) -> Vec<SpokenLine> {
    let index = std::fs::read_to_string(path(directory).join("index.tsv")).unwrap();
    let parse = |row: &str| {
        let fields: Vec<&str> = row.split('\t').collect();
        let ms = |text: &str| (text.parse::<f64>().unwrap() * 1000.0).round() as u64;
        let line = ReferenceLine {
            participant_id: participant_id(fields[0]),
            language: fields[1].parse().unwrap(),
            start_ms: MediaTime::from_millis(ms(fields[2])),
            text: fields[4].to_owned(),
        };
        SpokenLine { line, end_ms: ms(fields[3]) }
    };
    index.lines().map(parse).collect()
}

pub(crate) fn reference_until(end_ms: u64) -> Vec<ReferenceLine> {
    spoken_lines().into_iter().filter(|spoken| spoken.end_ms < end_ms).map(|spoken| spoken.line).collect()
}

pub(crate) fn participant_id(name: &str) -> ParticipantId {
    ParticipantId::new(name.replace(' ', "")).unwrap()
}

pub(crate) fn roster(with_languages: bool) -> Vec<Participant> {
    use Language::{English, Mandarin};
    [("Alice", English), ("Bob", English), ("Li Na", Mandarin), ("Wang Wei", Mandarin)]
        .map(|(name, language)| Participant {
            id: participant_id(name),
            display_name: name.to_owned(),
            user_id: None,
            language: with_languages.then_some(language),
        })
        .to_vec()
}

/// Cuts everybody's microphone into chunks as the recorder does: packets untouched, each chunk an Ogg file of its own.
pub(crate) fn demo_chunks(until_ms: u64) -> Vec<LoadedChunk> {
    chunks_of(DEMO_AUDIO, &roster(false), until_ms)
}

pub(crate) fn chunks_of(directory: &str, roster: &[Participant], until_ms: u64) -> Vec<LoadedChunk> {
    chunks_of_length(directory, roster, until_ms, CHUNK_MS)
}

pub(crate) fn chunks_of_length(
    directory: &str,
    roster: &[Participant],
    until_ms: u64,
    chunk_ms: u64,
) -> Vec<LoadedChunk> {
    let mut chunks: Vec<LoadedChunk> = roster
        .iter()
        .flat_map(|participant| {
            let file = std::fs::read(path(directory).join(format!("{}.opus", participant.id))).unwrap();
            cut(&participant.id, &packets(&file), until_ms, chunk_ms)
        })
        .collect();
    chunks.sort_by_key(|loaded| loaded.chunk.start_ms);
    chunks
}

fn cut(participant_id: &ParticipantId, packets: &[Vec<u8>], until_ms: u64, chunk_ms: u64) -> Vec<LoadedChunk> {
    let packets = &packets[..packets.len().min((until_ms / PACKET_MS) as usize)];
    let packets_per_chunk = (chunk_ms / PACKET_MS) as usize;
    packets
        .chunks(packets_per_chunk)
        .zip(0..)
        .map(|(packets, sequence)| {
            let duration_ms = packets.len() as u64 * PACKET_MS;
            chunk(participant_id, sequence, sequence * chunk_ms, duration_ms, write_ogg(packets))
        })
        .collect()
}

pub(crate) fn chunk(
    participant_id: &ParticipantId,
    sequence: u64,
    start_ms: u64,
    duration_ms: u64,
    bytes: Vec<u8>,
) -> LoadedChunk {
    let sha256 = Sha256::digest(&bytes).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    let chunk = SpeechChunk {
        participant_id: participant_id.clone(),
        sequence,
        start_ms: MediaTime::from_millis(start_ms),
        duration_ms,
        bytes: bytes.len() as u64,
        sha256,
    };
    LoadedChunk { chunk, bytes: Some(bytes) }
}

/// Encodes sound at 16 kHz to an Ogg Opus file.
pub(crate) fn encode(sound: &[f32]) -> Vec<u8> {
    let mut encoder = opus::Encoder::new(16_000, opus::Channels::Mono, opus::Application::Voip).unwrap();
    encoder.set_complexity(0).unwrap();
    let packets: Vec<Vec<u8>> =
        sound.chunks_exact(320).map(|frame| encoder.encode_vec_float(frame, 1_500).unwrap()).collect();
    write_ogg(&packets)
}

pub(crate) fn packets(file: &[u8]) -> Vec<Vec<u8>> {
    let mut reader = PacketReader::new(Cursor::new(file));
    let mut packets = Vec::new();
    while let Some(packet) = reader.read_packet().unwrap() {
        packets.push(packet.data);
    }
    packets.split_off(2)
}

fn write_ogg(packets: &[Vec<u8>]) -> Vec<u8> {
    let mut head = b"OpusHead\x01\x01".to_vec();
    head.extend([0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0]);
    let tags = b"OpusTags\x04\0\0\0test\0\0\0\0".to_vec();
    let mut writer = PacketWriter::new(Vec::new());
    writer.write_packet(head, 1, PacketWriteEndInfo::EndPage, 0).unwrap();
    writer.write_packet(tags, 1, PacketWriteEndInfo::EndPage, 0).unwrap();
    for (packet, count) in packets.iter().zip(1_u64..) {
        let end = match count {
            last if last == packets.len() as u64 => PacketWriteEndInfo::EndStream,
            second if second % 50 == 0 => PacketWriteEndInfo::EndPage,
            _ => PacketWriteEndInfo::NormalPacket,
        };
        writer.write_packet(packet.clone(), 1, end, count * PACKET_MS * 48).unwrap();
    }
    writer.into_inner()
}
