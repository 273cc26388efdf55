//! Pictures drawn as real RTP, for the demo meeting and for tests.

mod drawn_video;

pub use drawn_video::{DrawnPicture, DrawnVideo, DrawnVideoSettings};
