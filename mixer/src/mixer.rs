use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use model::{Layout, MediaTime, Participant, Track, TrackId};
use tokio::sync::mpsc::Sender;
use tokio::time::Instant;

use crate::installation::{check_installation, initialise};
use crate::mix::Mix;
use crate::worker::Worker;
use crate::{Error, MixerOutput, MixerSettings, Outbox, PushOutcome};

/// The mix of one recording, running from [`Mixer::start`] until [`Mixer::finish`].
///
/// The pushing functions never block. The others build or rearrange parts of the graph and may take some
/// milliseconds: call them from `spawn_blocking` in async code. A mixer dropped without `finish` stops at once.
#[derive(Debug)]
pub struct Mixer {
    mix: Arc<Mix>,
    /// Removal, addition and muting of tracks happen one at a time.
    control: std::sync::Mutex<()>,
}

impl Mixer {
    /// Starts a mix; its timeline begins now and runs until the end, whatever happens to the tracks.
    ///
    /// # Errors
    /// [`Error::InvalidSetting`], [`Error::MissingElements`] naming every element that is not installed, or what
    /// GStreamer or the system refused.
    pub fn start(settings: MixerSettings, outputs: Sender<MixerOutput>) -> Result<Self, Error> {
        settings.validate()?;
        initialise()?;
        let missing = check_installation()?;
        if !missing.is_empty() {
            return Err(Error::MissingElements(missing));
        }
        let (outbox, _) = Outbox::start(outputs, settings.timeline_start_ms)?;
        let mix = Arc::new(Mix::start(settings, Arc::new(outbox))?);
        Worker::start(mix.clone())?;
        Ok(Self { mix, control: std::sync::Mutex::new(()) })
    }

    /// Takes a track into the mix. Until its first packet it costs and shows nothing but a name card.
    ///
    /// # Errors
    /// [`Error::InvalidTrack`], [`Error::TrackExists`], [`Error::UnsupportedCodec`], [`Error::Finishing`], or what
    /// GStreamer refused; the mix goes on without the track.
    pub fn add_track(&self, track: &Track, participant: &Participant) -> Result<(), Error> {
        let _control = self.control();
        self.mix.add_track(track, participant)
    }

    /// Takes a track out of the mix from now on; its open speech chunk is closed.
    ///
    /// # Errors
    /// [`Error::UnknownTrack`].
    pub fn remove_track(&self, track_id: &TrackId) -> Result<(), Error> {
        let _control = self.control();
        self.mix.remove_track(track_id)
    }

    /// Follows a sender that changed its SSRC or payload type; the other fields of a track cannot change.
    ///
    /// # Errors
    /// [`Error::UnknownTrack`].
    pub fn update_track(&self, track: &Track) -> Result<(), Error> {
        let _control = self.control();
        let mixed = self.mix.track(&track.id).ok_or_else(|| Error::UnknownTrack(track.id.clone()))?;
        mixed.retarget(track.ssrc, track.payload_type);
        Ok(())
    }

    /// Mutes a track from now on, or ends its mute. A muted track is in neither picture, sound nor speech.
    ///
    /// # Errors
    /// [`Error::UnknownTrack`].
    pub fn set_muted(&self, track_id: &TrackId, muted: bool) -> Result<(), Error> {
        let _control = self.control();
        self.mix.set_muted(track_id, muted)
    }

    /// Rearranges the picture from now on.
    pub fn set_layout(&self, layout: Layout) {
        let _control = self.control();
        self.mix.set_layout(layout);
    }

    /// Hands over an RTP packet of a track (plain, after SRTP) and when it arrived. Never blocks.
    pub fn push_rtp(&self, track_id: &TrackId, packet: Bytes, arrival: Instant) -> PushOutcome {
        match self.mix.track(track_id) {
            Some(track) => track.push_rtp(packet, self.mix.timeline_ns(arrival)),
            None => PushOutcome::UnknownTrack,
        }
    }

    /// Hands over an RTCP packet that concerns a track and when it arrived. Never blocks.
    pub fn push_rtcp(&self, track_id: &TrackId, packet: &[u8], arrival: Instant) -> PushOutcome {
        let Some(track) = self.mix.track(track_id) else { return PushOutcome::UnknownTrack };
        if let Some(lead_ns) = track.push_rtcp(packet, self.mix.timeline_ns(arrival)) {
            self.mix.align(&track, lead_ns);
        }
        PushOutcome::Accepted
    }

    /// Goes off the record: from the returned moment on no track is in picture, sound or speech, the picture says so,
    /// and the timeline goes on.
    pub fn pause(&self) -> MediaTime {
        let _control = self.control();
        self.mix.set_paused(true)
    }

    /// Goes back on the record from the returned moment on.
    pub fn resume(&self) -> MediaTime {
        let _control = self.control();
        self.mix.set_paused(false)
    }

    /// Shows nobody from the returned moment on, or everybody again: a still picture costs next to nothing to keep, and
    /// sound and speech go on.
    pub fn set_picture_off(&self, off: bool) -> MediaTime {
        let _control = self.control();
        self.mix.set_picture_off(off)
    }

    /// Returns how far the timeline has come.
    pub fn media_time(&self) -> MediaTime {
        self.mix.media_time()
    }

    /// Ends the mix. What was received is still handed over; [`MixerOutput::Finished`] comes last, at the latest after
    /// 20 seconds, with [`MixerOutput::Failed`] before it if something was cut off.
    pub fn finish(self) {
        let _control = self.control();
        self.mix.finish();
    }

    fn control(&self) -> std::sync::MutexGuard<'_, ()> {
        self.control.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Drop for Mixer {
    fn drop(&mut self) {
        if !self.mix.finishing.load(Ordering::Acquire) {
            self.mix.abandoned.store(true, Ordering::Release);
        }
    }
}
