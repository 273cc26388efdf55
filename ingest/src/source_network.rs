use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Error;

/// A network media may come from, such as `10.0.0.0/8`; a single address is its own network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SourceNetwork {
    address: IpAddr,
    prefix_bits: u8,
}

impl SourceNetwork {
    /// Says whether the address lies in this network. An IPv4 address in IPv6 form counts as IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let prefix_bits = u32::from(self.prefix_bits);
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - prefix_bits).unwrap_or(0);
                (network.to_bits() ^ address.to_bits()) & mask == 0
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let mask = u128::MAX.checked_shl(128 - prefix_bits).unwrap_or(0);
                (network.to_bits() ^ address.to_bits()) & mask == 0
            }
            _ => false,
        }
    }
}

impl fmt::Display for SourceNetwork {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.address, self.prefix_bits)
    }
}

impl From<SourceNetwork> for String {
    fn from(network: SourceNetwork) -> Self {
        network.to_string()
    }
}

impl TryFrom<String> for SourceNetwork {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl FromStr for SourceNetwork {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let invalid = || Error::InvalidSourceNetwork { text: text.chars().take(80).collect() };
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address = address.parse::<IpAddr>().map_err(|_| invalid())?;
        let bits_max = if address.is_ipv4() { 32 } else { 128 };
        let prefix_bits = match prefix {
            Some(prefix) => prefix.parse::<u8>().ok().filter(|bits| *bits <= bits_max).ok_or_else(invalid)?,
            None => bits_max,
        };
        Ok(Self { address, prefix_bits })
    }
}

#[cfg(test)]
mod tests {
    use super::SourceNetwork;

    fn check(network: &str, address: &str) -> bool {
        let network: SourceNetwork = network.parse().expect("valid");
        network.contains(address.parse().expect("an address"))
    }

    #[test]
    fn prefixes() {
        assert!(check("10.0.0.0/8", "10.255.0.1"));
        assert!(!check("10.0.0.0/8", "11.0.0.1"));
        assert!(check("192.168.1.7", "192.168.1.7"));
        assert!(!check("192.168.1.7", "192.168.1.6"));
        assert!(check("0.0.0.0/0", "8.8.8.8"));
        assert!(!check("0.0.0.0/0", "::1"));
        assert!(check("::/0", "2001:db8::1"));
        assert!(check("2001:db8::/32", "2001:db8:ffff::1"));
        assert!(!check("2001:db8::/32", "2001:db9::1"));
        assert!(check("10.0.0.0/8", "::ffff:10.1.2.3"));
    }

    #[test]
    fn text_and_back() {
        for text in ["10.0.0.0/8", "192.168.1.7/32", "2001:db8::/32"] {
            assert_eq!(text.parse::<SourceNetwork>().expect("valid").to_string(), text);
        }
    }

    #[test]
    fn other_text_is_refused() {
        for text in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "10.0.0.0/-1", "host", "10.0.0.0/"] {
            assert!(text.parse::<SourceNetwork>().is_err(), "{text:?}");
        }
    }
}
