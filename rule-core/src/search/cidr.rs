//! Networks in CIDR form: `10.0.0.0/8`, `2001:db8::/32`.

use core::net::IpAddr;

/// A network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cidr {
    network: u128,
    mask: u128,
    v4: bool,
}

impl Cidr {
    /// Reads a network; None where the text is none. Bits of the address beyond
    /// the prefix do not count, as in Splunk's `cidrmatch`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Cidr> {
        let (address, length) = text.split_once('/')?;
        let digits = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
        let length: u32 = if digits {
            length.parse().ok()?
        } else {
            return None;
        };
        let (bits, v4) = bits(address)?;
        let width: u32 = if v4 { 32 } else { 128 };
        let host = width.checked_sub(length)?;
        let mask = u128::MAX.checked_shl(host).unwrap_or(0);
        Some(Cidr {
            network: bits & mask,
            mask,
            v4,
        })
    }

    /// Is the text an address of this network?
    #[must_use]
    pub fn contains(&self, address: &str) -> bool {
        matches!(bits(address), Some((bits, v4)) if v4 == self.v4 && bits & self.mask == self.network)
    }
}

fn bits(address: &str) -> Option<(u128, bool)> {
    Some(match address.parse::<IpAddr>().ok()? {
        IpAddr::V4(v4) => (u128::from(u32::from(v4)), true),
        IpAddr::V6(v6) => (u128::from(v6), false),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks() {
        for (network, address, wanted) in [
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.0.0.0/8", "11.1.2.3", false),
            ("10.1.2.3/8", "10.9.9.9", true),
            ("192.168.1.7/32", "192.168.1.7", true),
            ("192.168.1.7/32", "192.168.1.8", false),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("0.0.0.0/0", "::1", false),
            ("2001:db8::/32", "2001:db8:1::5", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("::/0", "fe80::1", true),
            ("10.0.0.0/8", "no address", false),
        ] {
            assert_eq!(
                Cidr::parse(network).unwrap().contains(address),
                wanted,
                "{network} {address}"
            );
        }
        for text in [
            "10.0.0.0",
            "10.0.0.0/33",
            "10.0.0/8",
            "::/129",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "a/b",
            "10.*.0.0/8",
        ] {
            assert_eq!(Cidr::parse(text), None, "{text}");
        }
    }
}
