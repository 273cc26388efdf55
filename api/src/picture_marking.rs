use bytes::Bytes;
use futures_util::future::BoxFuture;
use thiserror::Error as ThisError;

/// Burns the names of viewers into pictures. This crate links no codec: the server gives it one.
pub trait PictureMarking: Send + Sync {
    /// Makes the CMAF header that marked segments play with from the stored one.
    fn mark_header(&self, header: Bytes) -> BoxFuture<'_, Result<Bytes, PictureMarkingError>>;

    /// Marks every picture of a CMAF segment that belongs to a stored header. Times and durations stay as they are.
    fn mark_segment(
        &self,
        header: Bytes,
        segment: Bytes,
        text: MarkText,
    ) -> BoxFuture<'_, Result<Bytes, PictureMarkingError>>;
}

/// What is burned into the pictures.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MarkText {
    /// The viewer's name, account and the time, on one line.
    pub line: String,
    /// Moves the mark from one segment to the next.
    pub turn: u64,
}

/// Says why pictures could not be marked. They are not delivered then.
#[derive(Debug, ThisError)]
#[error("{problem}")]
pub struct PictureMarkingError {
    /// What went wrong.
    pub problem: String,
}
