use thiserror::Error as ThisError;

/// Why a datagram was not handed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ThisError)]
pub enum DropReason {
    /// Neither RTP nor RTCP version 2, cut short, or with lengths that do not add up.
    #[error("malformed")]
    Malformed,
    /// No track has its SSRC.
    #[error("unknown SSRC")]
    UnknownSsrc,
    /// Its payload type is not the track's.
    #[error("unexpected payload type")]
    UnknownPayloadType,
    /// It came from an address that may not send for this track.
    #[error("wrong source address")]
    WrongSource,
    /// Its SRTP or SRTCP authentication failed, or it was replayed.
    #[error("not authentic")]
    Unauthentic,
    /// It carries nothing: a sender tells with it where it listens for RTCP.
    #[error("greeting")]
    Greeting,
    /// A packet with its sequence number was handed on before.
    #[error("duplicate")]
    Duplicate,
    /// Its sequence number is so far from the others that it is either very late or the sender started over; the
    /// next packet in sequence decides which.
    #[error("sequence number out of range")]
    SequenceOutOfRange,
}
