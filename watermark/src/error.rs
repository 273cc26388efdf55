use thiserror::Error as ThisError;

/// Says why a segment cannot be marked.
#[derive(Debug, ThisError)]
pub enum Error {
    /// A box is missing or its length lies.
    #[error("the media has no usable {0} box")]
    Box(&'static str),
    /// The samples of a segment do not lie where its boxes say.
    #[error("the segment's samples do not fit its boxes: {0}")]
    Samples(&'static str),
    /// The coded pictures are not what this package reads.
    #[error("the coded pictures cannot be read: {0}")]
    Pictures(&'static str),
    /// A codec failed.
    #[error("cannot {step}")]
    Codec {
        /// What was tried.
        step: &'static str,
        /// What the codec said.
        #[source]
        source: ffmpeg_next::Error,
    },
}

impl Error {
    pub(crate) fn codec(step: &'static str) -> impl FnOnce(ffmpeg_next::Error) -> Self {
        move |source| Self::Codec { step, source }
    }
}
