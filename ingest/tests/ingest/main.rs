//! Tests of the crate through its public surface.

mod accounting;
mod arbitrary_bytes;
mod loopback;
mod packets;
mod routing;
mod srtp;
