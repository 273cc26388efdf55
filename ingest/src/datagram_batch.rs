use std::io::{self, IoSliceMut};
use std::net::{SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::fd::AsRawFd;

use bytes::{Bytes, BytesMut};
use nix::sys::socket::{
    ControlMessageOwned, MsgFlags, MultiHeaders, SockaddrStorage, recvmmsg, setsockopt, sockopt::RxqOvfl,
};
use tokio::io::Interest;
use tokio::net::UdpSocket;

const BATCH: usize = 32;
/// The largest datagram taken: a jumbo frame.
const SLOT_BYTES: usize = 9216;
/// Datagrams are cut from blocks of this size, so that a block serves many packets and is freed when all are gone.
const BLOCK_BYTES: usize = 64 * 1024;

/// One datagram as it came.
#[derive(Debug)]
pub(crate) struct Datagram {
    pub(crate) source: SocketAddr,
    /// Empty when it was larger than any media datagram is.
    pub(crate) bytes: Bytes,
}

/// Reads many datagrams per system call, and learns from the kernel how many it had to drop.
pub(crate) struct DatagramBatch {
    slots: Box<[[u8; SLOT_BYTES]]>,
    block: BytesMut,
    datagrams: Vec<Datagram>,
    kernel_drops_before: u32,
    kernel_drops: u64,
}

impl DatagramBatch {
    /// Prepares for reading from the socket.
    pub(crate) fn new(socket: &UdpSocket) -> io::Result<Self> {
        setsockopt(socket, RxqOvfl, &1)?;
        Ok(Self {
            slots: vec![[0; SLOT_BYTES]; BATCH].into_boxed_slice(),
            block: BytesMut::with_capacity(BLOCK_BYTES),
            datagrams: Vec::with_capacity(BATCH),
            kernel_drops_before: 0,
            kernel_drops: 0,
        })
    }

    /// Waits until datagrams are there and reads up to a batch of them. Nothing is lost when the future is dropped.
    pub(crate) async fn fill(&mut self, socket: &UdpSocket) -> io::Result<()> {
        socket.async_io(Interest::READABLE, || self.read(socket)).await
    }

    /// Takes out what was read.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = Datagram> {
        self.datagrams.drain(..)
    }

    /// Returns and resets how many datagrams the kernel dropped because the socket's buffer was full.
    pub(crate) const fn take_kernel_drops(&mut self) -> u64 {
        std::mem::replace(&mut self.kernel_drops, 0)
    }

    fn read(&mut self, socket: &UdpSocket) -> io::Result<()> {
        let Self { slots, block, datagrams, kernel_drops_before, kernel_drops } = self;
        // Made anew for each call: the kernel shortens the lengths in it, and no later message would get them back.
        let mut headers = MultiHeaders::<SockaddrStorage>::preallocate(BATCH, Some(nix::cmsg_space!(u32)));
        let mut buffers: Vec<[IoSliceMut<'_>; 1]> = slots.iter_mut().map(|slot| [IoSliceMut::new(slot)]).collect();
        // It never sleeps, so no signal can interrupt it.
        let received = recvmmsg(socket.as_raw_fd(), &mut headers, &mut buffers, MsgFlags::MSG_DONTWAIT, None)?;
        for message in received {
            for control in message.cmsgs().into_iter().flatten() {
                if let ControlMessageOwned::RxqOvfl(total) = control {
                    *kernel_drops += u64::from(total.wrapping_sub(*kernel_drops_before));
                    *kernel_drops_before = total;
                }
            }
            let Some(source) = message.address.as_ref().and_then(to_socket_address) else { continue };
            if !message.flags.contains(MsgFlags::MSG_TRUNC) {
                block.reserve(message.bytes);
                for part in message.iovs() {
                    block.extend_from_slice(part);
                }
            }
            datagrams.push(Datagram { source, bytes: block.split().freeze() });
        }
        Ok(())
    }
}

fn to_socket_address(address: &SockaddrStorage) -> Option<SocketAddr> {
    let v4 = address.as_sockaddr_in().map(|address| SocketAddr::V4(SocketAddrV4::from(*address)));
    v4.or_else(|| address.as_sockaddr_in6().map(|address| SocketAddr::V6(SocketAddrV6::from(*address))))
}
