use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Where requests may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressPolicy {
    /// To public addresses, over TLS.
    PublicOnly,
    /// Anywhere, also inside the operator's own network and without TLS.
    Anywhere,
}

impl AddressPolicy {
    /// Says whether requests may go to an address.
    #[must_use]
    pub fn admits(self, address: IpAddr) -> bool {
        match (self, address.to_canonical()) {
            (Self::Anywhere, _) => true,
            (Self::PublicOnly, IpAddr::V4(address)) => is_public_v4(address),
            (Self::PublicOnly, IpAddr::V6(address)) => is_public_v6(address),
        }
    }
}

/// Says whether IANA's special-purpose registry leaves an address to the public.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || first == 0
        || first >= 240
        || (first == 100 && (64..128).contains(&second))
        || (first == 192 && second == 0 && third == 0)
        || (first == 198 && (18..20).contains(&second));
    !special
}

/// Only global unicast is public, and of it no address that stands for an IPv4 address of another kind.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let embedded = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match segments {
        // NAT64 (RFC 6052) and 6to4 (RFC 3056).
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => is_public_v4(embedded(high, low)),
        // Teredo, benchmarking and other protocol assignments; documentation.
        [0x2001, second, ..] if second < 0x200 || second == 0xdb8 => false,
        [first, ..] => first & 0xe000 == 0x2000 && first != 0x3fff,
    }
}

/// Resolves names and leaves out what the policy does not admit, at the moment of each connection: a name that changes
/// its mind after a check is of no use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PolicyResolver(pub(crate) AddressPolicy);

impl Resolve for PolicyResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = self.0;
        Box::pin(async move {
            let found: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let admitted: Vec<_> = found.into_iter().filter(|address| policy.admits(address.ip())).collect();
            if admitted.is_empty() {
                let problem = "the name stands for no public address";
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, problem).into());
            }
            Ok(Box::new(admitted.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::AddressPolicy;

    #[test]
    fn only_public_addresses_are_admitted() {
        for special in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "198.18.0.1",
            "203.0.113.9",
            "240.0.0.1",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "3fff::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "2002:7f00:1::1",
            "2002:a00:1::",
            "fec0::1",
        ] {
            let address = special.parse().expect("an address");
            assert!(!AddressPolicy::PublicOnly.admits(address), "{special}");
            assert!(AddressPolicy::Anywhere.admits(address), "{special}");
        }
        for public in [
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.1",
            "172.32.0.1",
            "2606:4700::1111",
            "64:ff9b::101:101",
            "2400:3200::1",
        ] {
            assert!(AddressPolicy::PublicOnly.admits(public.parse().expect("an address")), "{public}");
        }
    }
}
