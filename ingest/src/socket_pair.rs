use std::io;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;

use crate::{Error, LocalPort};

/// How often the system is asked for an even port with a free neighbour.
const ATTEMPTS_MAX: usize = 64;

/// An even RTP port and the odd RTCP port above it.
pub(crate) struct SocketPair {
    pub(crate) rtp: UdpSocket,
    pub(crate) rtcp: UdpSocket,
    pub(crate) address: IpAddr,
    pub(crate) rtp_port: u16,
}

impl SocketPair {
    /// Binds the first free pair of the range, or any free pair. Must be called inside a tokio runtime.
    pub(crate) fn bind(
        address: IpAddr,
        ports: Option<&RangeInclusive<u16>>,
        receive_buffer_bytes: usize,
    ) -> Result<Self, Error> {
        let bind_pair = |port| bind_pair(address, port, receive_buffer_bytes);
        let (first, last) = ports.map_or((1024, u16::MAX), |ports| (*ports.start(), *ports.end()));
        if ports.is_some() {
            let even_ports = (first..last).filter(|port| port % 2 == 0 && *port != 0);
            for port in even_ports {
                if let Some(pair) = bind_pair(port)? {
                    return Ok(pair);
                }
            }
        } else {
            for _ in 0..ATTEMPTS_MAX {
                if let Some(pair) = bind_pair(0)? {
                    return Ok(pair);
                }
            }
        }
        Err(Error::NoFreePortPair { address, first, last })
    }

    pub(crate) const fn socket(&self, port: LocalPort) -> &UdpSocket {
        match port {
            LocalPort::Rtp => &self.rtp,
            LocalPort::Rtcp => &self.rtcp,
        }
    }
}

/// Binds the pair, or gives none when one of its ports is taken. Port zero asks the system for one.
fn bind_pair(address: IpAddr, port: u16, receive_buffer_bytes: usize) -> Result<Option<SocketPair>, Error> {
    let Some((rtp, rtp_port)) = bind_socket(address, port, receive_buffer_bytes)? else { return Ok(None) };
    if rtp_port % 2 != 0 {
        return Ok(None);
    }
    let Some((rtcp, _)) = bind_socket(address, rtp_port + 1, receive_buffer_bytes)? else { return Ok(None) };
    Ok(Some(SocketPair { rtp, rtcp, address, rtp_port }))
}

fn bind_socket(address: IpAddr, port: u16, receive_buffer_bytes: usize) -> Result<Option<(UdpSocket, u16)>, Error> {
    let open = || -> io::Result<(UdpSocket, u16)> {
        let socket =
            Socket::new(Domain::for_address(SocketAddr::new(address, port)), Type::DGRAM, Some(Protocol::UDP))?;
        socket.set_nonblocking(true)?;
        socket.set_recv_buffer_size(receive_buffer_bytes)?;
        // Linux reports twice what is usable, and silently gives less than was asked.
        let granted_bytes = socket.recv_buffer_size()? / 2;
        if granted_bytes < receive_buffer_bytes {
            tracing::debug!(granted_bytes, receive_buffer_bytes, "small receive buffer; raise net.core.rmem_max");
        }
        socket.bind(&SocketAddr::new(address, port).into())?;
        let socket = UdpSocket::from_std(socket.into())?;
        let port = socket.local_addr()?.port();
        Ok((socket, port))
    };
    match open() {
        Ok(bound) => Ok(Some(bound)),
        Err(error) => match error.kind() {
            io::ErrorKind::AddrInUse => Ok(None),
            io::ErrorKind::AddrNotAvailable => Err(Error::AddressNotLocal { address }),
            io::ErrorKind::PermissionDenied => Err(Error::PortForbidden { address, port }),
            _ => Err(Error::Bind { address, port, source: error }),
        },
    }
}
