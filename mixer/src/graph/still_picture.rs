use super::tile_board::Dress;

/// A still picture is let through this often all the same, so that nothing downstream lives on one frame for ever.
const REFRESH_NS: i64 = 1_000_000_000;

/// What a decoder's refinement of a picture that stands still changes, out of 255; nobody sees it, and it is let through
/// with the next refresh.
const UNSEEN_STEPS: u8 = 2;

/// Recognises frames that would change nothing in the mix: decoded to what is shown, in the same dress and size. The
/// compositor goes on showing the frame it has, so such a frame need not be scaled, drawn on and handed over again.
#[derive(Debug, Default)]
pub(crate) struct StillPicture {
    shown: Option<Shown>,
}

#[derive(Debug)]
struct Shown {
    frame: gst::Buffer,
    at_ns: i64,
    dress: Dress,
    size: gst::Caps,
}

impl StillPicture {
    /// Says whether a decoded frame changes nothing; remembers it otherwise.
    pub(crate) fn repeats(&mut self, frame: &gst::Buffer, at_ns: i64, dress: Dress, size: gst::Caps) -> bool {
        let same = self.shown.as_ref().is_some_and(|shown| {
            at_ns - shown.at_ns < REFRESH_NS
                && shown.dress == dress
                && shown.size == size
                && looks_the_same(&shown.frame, frame)
        });
        if !same {
            self.shown = Some(Shown { frame: frame.clone(), at_ns, dress, size });
        }
        same
    }

    /// Forgets what is shown: the next frame is let through.
    pub(crate) fn forget(&mut self) {
        self.shown = None;
    }
}

fn looks_the_same(left: &gst::Buffer, right: &gst::Buffer) -> bool {
    let (Ok(left), Ok(right)) = (left.map_readable(), right.map_readable()) else { return false };
    let (left, right) = (left.as_slice(), right.as_slice());
    // Rows are compared until one differs: a picture that moves is told from a still one after a part of it.
    left.len() == right.len()
        && left.chunks(4096).zip(right.chunks(4096)).all(|(left, right)| within_steps(left, right))
}

fn within_steps(left: &[u8], right: &[u8]) -> bool {
    left.iter()
        .zip(right)
        .map(|(&left, &right)| left.abs_diff(right))
        .max()
        .is_none_or(|largest| largest <= UNSEEN_STEPS)
}

#[cfg(test)]
mod tests {
    use super::{Dress, StillPicture};

    #[test]
    fn only_what_changes_nothing_is_a_repeat() {
        gst::init().expect("GStreamer is installed");
        let frame = |value: u8| gst::Buffer::from_slice([value; 64]);
        let size = |width: i32| gst::Caps::builder("video/x-raw").field("width", width).build();
        let speaking = Dress { highlighted: true, ..Dress::default() };
        let mut still = StillPicture::default();
        let mut repeats = |value, at_ms: i64, dress: &Dress, width| {
            still.repeats(&frame(value), at_ms * 1_000_000, dress.clone(), size(width))
        };
        let plain = Dress::default();
        assert!(!repeats(1, 0, &plain, 320), "the first");
        assert!(repeats(1, 40, &plain, 320));
        assert!(repeats(3, 60, &plain, 320), "a refinement");
        assert!(!repeats(4, 80, &plain, 320), "another picture");
        assert!(!repeats(4, 120, &speaking, 320), "another dress");
        assert!(!repeats(4, 160, &speaking, 640), "another size");
        assert!(repeats(4, 1_100, &speaking, 640));
        assert!(!repeats(4, 1_200, &speaking, 640), "too long ago");
        still.forget();
        assert!(!still.repeats(&frame(4), 1_240_000_000, speaking, size(640)), "forgotten");
    }
}
