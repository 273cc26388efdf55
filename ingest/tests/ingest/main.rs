//! Tests of the crate through its public surface.

mod accounting;
mod arbitrary_bytes;
mod loopback;
mod packets;
mod repair;
mod routing;
mod srtp;
