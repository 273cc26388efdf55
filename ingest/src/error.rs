use std::io;
use std::net::{IpAddr, SocketAddr};

use model::TrackId;
use thiserror::Error as ThisError;

/// Says what could not be received, sent or configured.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum Error {
    /// The track's fields do not fit together.
    #[error("track {track_id} is not valid")]
    InvalidTrack {
        /// The track.
        track_id: TrackId,
        /// The rule it broke.
        #[source]
        source: model::Error,
    },
    /// A track with this id is already received.
    #[error("track {track_id} is already added")]
    TrackExists {
        /// The track.
        track_id: TrackId,
    },
    /// No track with this id is received.
    #[error("track {track_id} is not known to this receiver")]
    UnknownTrack {
        /// The track.
        track_id: TrackId,
    },
    /// Another track has the SSRC.
    #[error("SSRC {ssrc} already belongs to track {track_id}; every track of a recording needs its own")]
    SsrcInUse {
        /// The SSRC.
        ssrc: u32,
        /// The track that has it.
        track_id: TrackId,
    },
    /// The SRTP key was refused.
    #[error("the SRTP key of track {track_id} cannot be used")]
    SrtpKey {
        /// The track.
        track_id: TrackId,
        /// What the cipher says.
        #[source]
        source: webrtc_srtp::Error,
    },
    /// An outgoing RTCP packet could not be protected.
    #[error("RTCP for track {track_id} cannot be protected")]
    ProtectRtcp {
        /// The track.
        track_id: TrackId,
        /// What the cipher says.
        #[source]
        source: webrtc_srtp::Error,
    },
    /// Bytes given as RTCP to send are no RTCP compound packet.
    #[error("what should be sent for track {track_id} is not RTCP")]
    NotRtcp {
        /// The track.
        track_id: TrackId,
    },
    /// Nothing has been received on the track, so nobody is there to receive RTCP.
    #[error("track {track_id} has not received anything yet, so its sender's address is unknown")]
    NoRtcpDestination {
        /// The track.
        track_id: TrackId,
    },
    /// An entry of the source allow-list does not parse.
    #[error("{text:?} is not a network, write it like 10.0.0.0/8 or 2001:db8::/32")]
    InvalidSourceNetwork {
        /// The rejected text, cut to 80 characters.
        text: String,
    },
    /// The configured address belongs to no interface of this machine.
    #[error("address {address} is not on this machine; set the media address to one of its own, or to 0.0.0.0")]
    AddressNotLocal {
        /// The address.
        address: IpAddr,
    },
    /// The ports need rights the process lacks.
    #[error("not allowed to bind UDP port {port} on {address}; choose ports above 1023")]
    PortForbidden {
        /// The address.
        address: IpAddr,
        /// The port.
        port: u16,
    },
    /// No even port with its odd neighbour is free.
    #[error(
        "no free pair of UDP ports between {first} and {last} on {address}; stop what holds them or widen the range"
    )]
    NoFreePortPair {
        /// The address.
        address: IpAddr,
        /// The first port tried.
        first: u16,
        /// The last port tried.
        last: u16,
    },
    /// A socket could not be made for another reason.
    #[error("cannot bind UDP port {port} on {address}")]
    Bind {
        /// The address.
        address: IpAddr,
        /// The port; zero when the system was to choose.
        port: u16,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// Reading from a socket failed.
    #[error("cannot receive on {local}")]
    Receive {
        /// The local address.
        local: SocketAddr,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// Sending RTCP failed.
    #[error("cannot send RTCP for track {track_id} to {destination}")]
    SendRtcp {
        /// The track.
        track_id: TrackId,
        /// Where it was to go.
        destination: SocketAddr,
        /// What the system says.
        #[source]
        source: io::Error,
    },
}

impl Error {
    /// Says whether trying again later may succeed without a change of configuration.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::NoFreePortPair { .. } | Self::NoRtcpDestination { .. } | Self::SendRtcp { .. } | Self::Receive { .. }
        )
    }
}
