use watermark::{Mark, MarkStyle, PictureMarker};

use crate::media::{line, media};

#[test]
fn what_is_damaged_is_refused_and_never_let_through() {
    let media = media(1);
    let marker = PictureMarker::new(&media.header).unwrap();
    let mark = Mark::new(&line(1), MarkStyle::default());
    let segment = &media.segments[0];
    for length in (0..media.header.len()).step_by(37) {
        assert!(PictureMarker::new(&media.header[..length]).is_err(), "a header of {length} bytes");
    }
    for length in [0, 4, 8, 100, segment.len() / 2, segment.len() - 1] {
        assert!(marker.mark_segment(&segment[..length], &mark, 0).is_err(), "a segment of {length} bytes");
    }
    // Boxes that lie, wherever they are.
    for at in (0..200).step_by(23) {
        let mut damaged = segment.clone();
        damaged[at] ^= 0x80;
        if let Ok(marked) = marker.mark_segment(&damaged, &mark, 0) {
            assert_ne!(marked, damaged, "what comes out was coded anew");
        }
    }
    // Reordered pictures cannot be marked one by one; they are refused rather than delivered as they are.
    assert!(marker.mark_segment(&media.header, &mark, 0).is_err());
}
