use std::sync::Arc;

use model::Codec;
use tokio::sync::mpsc::Sender;

use super::rtp_sender::{RtpSender, RtpStream, SyntheticPacket, fill_samples};
use crate::Error;

const BITRATE_KBPS: u32 = 32;

/// A microphone that plays samples once, then silence.
#[derive(Debug)]
pub struct SyntheticMicrophone {
    sender: RtpSender,
}

impl SyntheticMicrophone {
    /// Starts sending mono samples of 8, 12, 16, 24 or 48 kHz (8 kHz for G.711, 16 kHz for G.722) to `packets`, in
    /// real time.
    ///
    /// # Errors
    /// What GStreamer refused.
    pub fn start(
        samples: Arc<[i16]>,
        rate_hz: u32,
        codec: Codec,
        stream: RtpStream,
        packets: Sender<SyntheticPacket>,
    ) -> Result<Self, Error> {
        let sender = send_sound(rate_hz, codec, stream, packets, None, move |first, block| {
            let from = (first as usize).min(samples.len());
            let rest = &samples[from..];
            let count = rest.len().min(block.len());
            block[..count].copy_from_slice(&rest[..count]);
        })?;
        Ok(Self { sender })
    }

    /// Sets whether packets are sent; the samples go on meanwhile.
    pub fn set_sending(&self, sending: bool) {
        self.sender.set_sending(sending);
    }

    /// Returns how many packets nobody took in time.
    pub fn packets_dropped(&self) -> u64 {
        self.sender.packets_dropped()
    }
}

/// Sends what `fill` makes of each block of samples, given the number of its first one.
pub(crate) fn send_sound(
    rate_hz: u32,
    codec: Codec,
    stream: RtpStream,
    packets: Sender<SyntheticPacket>,
    base_time: Option<gst::ClockTime>,
    fill: impl Fn(u64, &mut [i16]) + Send + Sync + 'static,
) -> Result<RtpSender, Error> {
    let media = format!(
        "audiotestsrc name=microphone is-live=true wave=silence samplesperbuffer={} \
         ! audio/x-raw,format=S16LE,channels=1,rate={rate_hz},layout=interleaved",
        rate_hz / 50
    );
    RtpSender::start(&media, codec, BITRATE_KBPS, stream, packets, base_time, |pipeline| {
        fill_samples(pipeline, rate_hz, fill);
    })
}
