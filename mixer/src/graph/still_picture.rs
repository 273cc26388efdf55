use super::tile_board::Dress;

/// A still picture is let through this often all the same, so that nothing downstream lives on one frame for ever.
const REFRESH_NS: i64 = 1_000_000_000;

/// Recognises frames that would change nothing in the mix: decoded to the same bytes, in the same dress and size. The
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
                && same_bytes(&shown.frame, frame)
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

fn same_bytes(left: &gst::Buffer, right: &gst::Buffer) -> bool {
    left.size() == right.size()
        && left.map_readable().ok().zip(right.map_readable().ok()).is_some_and(|(left, right)| *left == *right)
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
        assert!(!repeats(2, 80, &plain, 320), "another picture");
        assert!(!repeats(2, 120, &speaking, 320), "another dress");
        assert!(!repeats(2, 160, &speaking, 640), "another size");
        assert!(repeats(2, 1_100, &speaking, 640));
        assert!(!repeats(2, 1_200, &speaking, 640), "too long ago");
        still.forget();
        assert!(!still.repeats(&frame(2), 1_240_000_000, speaking, size(640)), "forgotten");
    }
}
