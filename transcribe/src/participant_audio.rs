use model::SpeechChunk;

use crate::Error;
use crate::audio::{SAMPLES_PER_MS, SamplePosition};
use crate::opus_decoder::OpusDecoder;
use crate::speech_region::{SpeechRegion, SpeechRegionFinder};

/// One participant's microphone as a single stream: chunks in, in order; speech regions out. An utterance that crosses
/// from one chunk into the next is not cut.
pub(crate) struct ParticipantAudio {
    decoder: OpusDecoder,
    finder: SpeechRegionFinder,
    started: bool,
}

/// Below this, sample counts are trusted over the chunk's start: it is the rounding of RTP time to milliseconds.
const JITTER: u64 = 20 * SAMPLES_PER_MS;
/// Up to this, a gap counts as a pause in what is being said.
const BRIDGED_GAP: u64 = 2_000 * SAMPLES_PER_MS;

impl ParticipantAudio {
    pub(crate) fn new() -> Result<Self, Error> {
        let decoder = OpusDecoder::new().map_err(Error::OpusDecoder)?;
        Ok(Self { decoder, finder: SpeechRegionFinder::new(), started: false })
    }

    /// Takes the next chunk in and adds the regions that it closed to `regions`.
    ///
    /// # Errors
    /// [`Error::Chunk`] when the chunk cannot be decoded; its time stays silent and the next chunk may follow.
    pub(crate) fn push(
        &mut self,
        chunk: &SpeechChunk,
        bytes: &[u8],
        regions: &mut Vec<SpeechRegion>,
    ) -> Result<(), Error> {
        let start = SamplePosition::from_media_time(chunk.start_ms).0;
        let position = self.finder.position().0;
        let touches = self.started && start.abs_diff(position) <= JITTER;
        if !touches {
            self.decoder.reset().map_err(Error::OpusDecoder)?;
        }
        let samples = match self.decoder.decode(bytes, chunk.duration_ms) {
            Ok(samples) => samples,
            Err(source) => {
                self.decoder.reset().map_err(Error::OpusDecoder)?;
                let participant_id = chunk.participant_id.clone();
                return Err(Error::Chunk { participant_id, sequence: chunk.sequence, source });
            }
        };
        let mut repeated = 0;
        if !touches {
            if self.started && start < position {
                repeated = ((position - start) as usize).min(samples.len());
            } else if self.started && start - position <= BRIDGED_GAP {
                regions.extend(self.finder.push(&vec![0.0; (start - position) as usize]));
            } else {
                regions.extend(self.finder.finish());
                self.finder.restart(SamplePosition(start));
            }
        }
        self.started = true;
        regions.extend(self.finder.push(&samples[repeated..]));
        Ok(())
    }

    /// Returns the region that is being spoken, as far as it goes.
    pub(crate) fn open_region(&self) -> Option<SpeechRegion> {
        self.finder.open_region()
    }

    /// Ends the stream and returns the region that was open.
    pub(crate) fn finish(&mut self) -> Option<SpeechRegion> {
        self.finder.finish()
    }
}
