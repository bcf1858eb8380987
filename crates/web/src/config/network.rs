//! Addresses and networks of trusted proxies.

use std::net::IpAddr;
use std::str::FromStr;

use super::Refusal;

/// A network, or a single address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// Whether the address belongs to it. An IPv4 address that arrives in its IPv6 form is the same
    /// address.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let (network, width) = bits(self.address);
        let (address, address_width) = bits(address.to_canonical());
        let dropped = width - u32::from(self.prefix);
        width == address_width
            && network.checked_shr(dropped).unwrap_or(0)
                == address.checked_shr(dropped).unwrap_or(0)
    }
}

impl Network {
    /// Whether every address, of its kind, belongs to it.
    pub(crate) fn is_everything(&self) -> bool {
        self.prefix == 0
    }
}

fn bits(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(v4) => (u128::from(v4.to_bits()), 32),
        IpAddr::V6(v6) => (v6.to_bits(), 128),
    }
}

impl FromStr for Network {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| ())?;
        let (_, width) = bits(address);
        let prefix = match prefix {
            Some(prefix) => prefix.parse::<u8>().map_err(|_| ())?,
            None => u8::try_from(width).map_err(|_| ())?,
        };
        if u32::from(prefix) > width {
            return Err(());
        }
        Ok(Self { address, prefix })
    }
}

/// A list separated by commas.
pub(super) fn list(text: &str) -> Result<Vec<Network>, Refusal> {
    text.split(',')
        .map(str::trim)
        .filter(|one| !one.is_empty())
        .map(|one| {
            one.parse().map_err(|()| {
                (
                    format!("{one:?} is no address and no network"),
                    "write addresses like 10.0.0.2 or networks like 10.0.0.0/8, separated by commas"
                        .to_owned(),
                )
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(network: &str, address: &str) -> bool {
        let network: Network = network.parse().unwrap();
        network.contains(address.parse().unwrap())
    }

    #[test]
    fn membership() {
        assert!(holds("10.0.0.0/8", "10.255.0.1"));
        assert!(!holds("10.0.0.0/8", "11.0.0.1"));
        assert!(holds("172.30.57.10/32", "172.30.57.10"));
        assert!(holds("172.30.57.10", "::ffff:172.30.57.10"));
        assert!(!holds("172.30.57.10", "172.30.57.11"));
        assert!(holds("0.0.0.0/0", "203.0.113.9"));
        assert!(!holds("0.0.0.0/0", "2001:db8::1"));
        assert!(holds("::/0", "2001:db8::1"));
        assert!(holds("2001:db8::/32", "2001:db8:1::1"));
    }

    #[test]
    fn what_is_no_network() {
        for wrong in [
            "",
            "proxy",
            "10.0.0.0/33",
            "10.0.0.0/",
            "10.0.0/8",
            "::/129",
        ] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
        assert_eq!(list("").unwrap(), []);
        assert_eq!(list("10.0.0.1, ::1,").unwrap().len(), 2);
        assert!(list("10.0.0.1;10.0.0.2").is_err());
    }
}
