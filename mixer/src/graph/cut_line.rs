use gst::prelude::*;

use crate::MixerSettings;

/// Frames' times are rounded to nanoseconds, borders are exact.
const ROUNDING_NS: u64 = 1_000;

/// Says where a rendition's chunks and segments end: on a grid counted from the beginning of the mix, so that borders never
/// drift, neither by the length of a frame nor between sound and picture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CutLine {
    chunk_ns: u64,
    segment_ns: u64,
    /// The borders that are still to come.
    next: Option<Borders>,
}

#[derive(Debug, Clone, Copy)]
struct Borders {
    chunk_ns: u64,
    segment_ns: u64,
}

/// What ends before a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    Nothing,
    Chunk,
    Segment,
}

impl CutLine {
    pub(crate) fn new(settings: &MixerSettings) -> Self {
        let ns = |milliseconds: u32| u64::from(milliseconds) * 1_000_000;
        Self { chunk_ns: ns(settings.chunk_duration_ms), segment_ns: ns(settings.segment_duration_ms), next: None }
    }

    /// Takes note of the next frame. A segment can only begin where `may_begin_segment` says so.
    pub(crate) fn frame(&mut self, pts_ns: u64, may_begin_segment: bool) -> Cut {
        let pts_ns = pts_ns + ROUNDING_NS;
        let cut = match self.next {
            None => Cut::Nothing,
            Some(next) if pts_ns >= next.segment_ns && may_begin_segment => Cut::Segment,
            Some(next) if pts_ns >= next.chunk_ns => Cut::Chunk,
            Some(_) => return Cut::Nothing,
        };
        let after = |step_ns: u64| (pts_ns / step_ns + 1) * step_ns;
        let segment_ns = match (self.next, cut) {
            (Some(next), Cut::Chunk) => next.segment_ns,
            _ => after(self.segment_ns),
        };
        self.next = Some(Borders { chunk_ns: after(self.chunk_ns), segment_ns });
        cut
    }

    /// Has the encoder begin a group of pictures with the first raw frame of every segment.
    pub(crate) fn force_key_frames(mut self, before_encoder: &gst::Pad) {
        let line = std::sync::Mutex::new(move |pts_ns| self.frame(pts_ns, true) == Cut::Segment);
        before_encoder.add_probe(gst::PadProbeType::BUFFER, move |pad, info| {
            let pts = info.buffer().and_then(|buffer| buffer.pts());
            let mut begins_segment = line.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if pts.is_some_and(|pts| begins_segment(pts.nseconds())) {
                pad.push_event(gst_video::DownstreamForceKeyUnitEvent::builder().all_headers(true).build());
            }
            gst::PadProbeReturn::Ok
        });
    }

    /// Tells the multiplexer, which must be in `manual-split` mode, before which encoded frames to cut.
    pub(crate) fn cut_before(mut self, multiplexer: &gst::Pad) {
        let line = std::sync::Mutex::new(move |pts_ns, may_begin| self.frame(pts_ns, may_begin));
        multiplexer.add_probe(gst::PadProbeType::BUFFER, move |pad, info| {
            let Some(buffer) = info.buffer() else { return gst::PadProbeReturn::Ok };
            let Some(pts) = buffer.pts() else { return gst::PadProbeReturn::Ok };
            let is_key = !buffer.flags().contains(gst::BufferFlags::DELTA_UNIT);
            let mut frame = line.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let chunk = match frame(pts.nseconds(), is_key) {
                Cut::Nothing => return gst::PadProbeReturn::Ok,
                Cut::Chunk => true,
                Cut::Segment => false,
            };
            let split = gst::Structure::builder("FMP4MuxSplitNow").field("chunk", chunk).build();
            pad.push_event(gst::event::CustomDownstream::new(split));
            gst::PadProbeReturn::Ok
        });
    }
}

#[cfg(test)]
mod tests {
    use model::{Layout, Profile};

    use super::{Cut, CutLine};
    use crate::MixerSettings;

    fn line() -> CutLine {
        let settings = MixerSettings::new(Profile::Standard, Layout::Grid, "title");
        CutLine::new(&MixerSettings { chunk_duration_ms: 200, segment_duration_ms: 4_000, ..settings })
    }

    #[test]
    fn sound_is_cut_on_the_grid_whatever_a_frame_lasts() {
        let mut line = line();
        let mut segments = Vec::new();
        let mut chunks = 0;
        for frame in 0..48_000 * 60 / 1024_u64 {
            let pts_ns = frame * 1024 * 1_000_000_000 / 48_000;
            match line.frame(pts_ns, true) {
                Cut::Segment => segments.push(pts_ns),
                Cut::Chunk => chunks += 1,
                Cut::Nothing => {}
            }
        }
        assert_eq!((segments.len(), chunks), (14, 299 - 14));
        for (index, start_ns) in (1..).zip(segments) {
            assert!((0..21_333_334).contains(&(start_ns - index * 4_000_000_000)), "segment {index} at {start_ns}");
        }
    }

    #[test]
    fn a_picture_segment_waits_for_its_key_frame() {
        let mut line = line();
        let frames =
            [(0, true), (3_960, false), (4_000, false), (4_040, true), (4_160, false), (4_200, false), (8_000, true)];
        let cuts = frames.map(|(at_ms, is_key): (u64, bool)| line.frame(at_ms * 1_000_000, is_key));
        let expected = [Cut::Nothing, Cut::Chunk, Cut::Chunk, Cut::Segment, Cut::Nothing, Cut::Chunk, Cut::Segment];
        assert_eq!(cuts, expected);
    }
}
