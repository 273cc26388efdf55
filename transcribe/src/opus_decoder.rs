use std::io::Cursor;

use ogg::PacketReader;

use crate::audio::SAMPLE_RATE_HZ;

/// Decodes the Ogg Opus files of one participant to 16 kHz mono; libopus resamples while it decodes.
///
/// The decoder keeps its state from chunk to chunk, because a chunk starts where the packets of the one before it
/// ended; [`OpusDecoder::reset`] says that they do not touch.
pub(crate) struct OpusDecoder {
    decoder: opus::Decoder,
}

/// Why a chunk could not be decoded.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// The container is broken.
    #[error("not a readable Ogg stream")]
    Ogg(#[from] ogg::reading::OggReadError),
    /// The stream does not start with the headers of RFC 7845.
    #[error("no valid OpusHead and OpusTags headers")]
    Headers,
    /// libopus refused a packet.
    #[error("packet {packet} is not valid Opus")]
    Packet {
        /// Counts audio packets from zero.
        packet: usize,
        /// What libopus said.
        #[source]
        source: opus::Error,
    },
    /// There is less sound than the chunk's row says.
    #[error("holds {found_ms} ms of sound where {expected_ms} ms were recorded")]
    Truncated {
        /// What was decoded, in milliseconds.
        found_ms: u64,
        /// What was recorded, in milliseconds.
        expected_ms: u64,
    },
}

const PACKET_SAMPLES_MAX: usize = SAMPLE_RATE_HZ as usize * 120 / 1000;
/// RFC 7845 counts pre-skip at 48 kHz whatever the decoder's rate.
const PRE_SKIP_RATE_HZ: usize = 48_000;
const LENGTH_TOLERANCE_MS: u64 = 250;

impl OpusDecoder {
    pub(crate) fn new() -> Result<Self, opus::Error> {
        Ok(Self { decoder: opus::Decoder::new(SAMPLE_RATE_HZ, opus::Channels::Mono)? })
    }

    pub(crate) fn reset(&mut self) -> Result<(), opus::Error> {
        self.decoder.reset_state()
    }

    /// Returns the samples after the pre-skip.
    pub(crate) fn decode(&mut self, bytes: &[u8], expected_ms: u64) -> Result<Vec<f32>, DecodeError> {
        let mut reader = PacketReader::new(Cursor::new(bytes));
        let head = reader.read_packet()?.ok_or(DecodeError::Headers)?;
        let header = OpusHeader::parse(&head.data).ok_or(DecodeError::Headers)?;
        let tags = reader.read_packet()?.ok_or(DecodeError::Headers)?;
        if !tags.data.starts_with(b"OpusTags") {
            return Err(DecodeError::Headers);
        }
        let invalid = |packet| move |source| DecodeError::Packet { packet, source };
        self.decoder.set_gain(header.gain).map_err(invalid(0))?;
        let mut samples =
            Vec::with_capacity(expected_ms as usize * SAMPLE_RATE_HZ as usize / 1000 + PACKET_SAMPLES_MAX);
        let mut decoded = [0.0; PACKET_SAMPLES_MAX];
        let mut count = 0;
        while let Some(packet) = reader.read_packet()? {
            // libopus takes an empty packet for a lost one and would conceal a whole buffer of it.
            if packet.data.is_empty() {
                continue;
            }
            let length = self.decoder.decode_float(&packet.data, &mut decoded, false).map_err(invalid(count))?;
            samples.extend(decoded[..length].iter().map(|sample| sample.clamp(-1.0, 1.0)));
            count += 1;
        }
        let skipped = header.pre_skip * SAMPLE_RATE_HZ as usize / PRE_SKIP_RATE_HZ;
        samples.drain(..skipped.min(samples.len()));
        let found_ms = samples.len() as u64 * 1000 / u64::from(SAMPLE_RATE_HZ);
        if found_ms + LENGTH_TOLERANCE_MS < expected_ms {
            return Err(DecodeError::Truncated { found_ms, expected_ms });
        }
        Ok(samples)
    }
}

struct OpusHeader {
    pre_skip: usize,
    gain: i32,
}

impl OpusHeader {
    fn parse(packet: &[u8]) -> Option<Self> {
        let fields = packet.strip_prefix(b"OpusHead")?;
        let [version, channels, skip_low, skip_high, _, _, _, _, gain_low, gain_high, ..] = *fields else {
            return None;
        };
        // The upper four bits are the incompatible part of the version.
        if version >> 4 != 0 || !(1..=2).contains(&channels) {
            return None;
        }
        Some(Self {
            pre_skip: usize::from(u16::from_le_bytes([skip_low, skip_high])),
            gain: i32::from(i16::from_le_bytes([gain_low, gain_high])),
        })
    }
}
