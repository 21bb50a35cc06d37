//! Who may send: a bearer token for HTTP, networks for TCP.

use std::fs;
use std::net::IpAddr;
use std::path::Path;

use ipnet::IpNet;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// A token that each request has to bring.
#[derive(Clone)]
pub(crate) struct Token([u8; 32]);

impl Token {
    /// A token of visible characters, as a header can carry it.
    pub(crate) fn new(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("the token is empty; give one of some length".to_owned());
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(
                "a token is sent in a header: give one of letters, digits and signs, without blanks"
                    .to_owned(),
            );
        }
        Ok(Self(Sha256::digest(text.as_bytes()).into()))
    }

    /// The token in a file, without the line's end behind it.
    pub(crate) fn from_file(path: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(path)
            .map_err(|error| format!("cannot read the token in `{}`: {error}", path.display()))?;
        Self::new(&text).map_err(|reason| format!("`{}`: {reason}", path.display()))
    }

    /// Whether the value of a header `Authorization` is this token, as `Bearer TOKEN`.
    ///
    /// Their digests are compared, in the same time whatever was given.
    pub(crate) fn is_in(&self, header: &[u8]) -> bool {
        let Some((scheme, given)) = header.split_at_checked(7) else {
            return false;
        };
        let given: [u8; 32] = Sha256::digest(given.trim_ascii()).into();
        let same: bool = self.0.as_slice().ct_eq(&given).into();
        scheme.eq_ignore_ascii_case(b"Bearer ") && same
    }
}

/// A network of clients: `10.0.0.0/8`, `fd00::/8`, or one address.
pub(crate) fn network(text: &str) -> Result<IpNet, String> {
    text.parse()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| "give a network such as `10.0.0.0/8`, or an address".to_owned())
}

/// Whether an address is of this machine, or in one of the networks. An IPv4 address in
/// its IPv6 form is the same.
pub(crate) fn may_send(address: IpAddr, networks: &[IpNet]) -> bool {
    let address = address.to_canonical();
    address.is_loopback() || networks.iter().any(|network| network.contains(&address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens() {
        let token = Token::new("s3cret\n").expect("a token");
        for (header, expected) in [
            (&b"Bearer s3cret"[..], true),
            (b"bearer s3cret", true),
            (b"Bearer  s3cret ", true),
            (b"Bearer s3cre", false),
            (b"Bearer s3cret2", false),
            (b"Bearer ", false),
            (b"Basic s3cret", false),
            (b"s3cret", false),
            (b"", false),
            (b"\xffearer s3cret", false),
        ] {
            let text = String::from_utf8_lossy(header);
            assert_eq!(token.is_in(header), expected, "{text}");
        }
        for refused in ["", " \n", "two words", "\u{e4}"] {
            assert!(Token::new(refused).is_err(), "{refused:?}");
        }
    }

    #[test]
    fn networks() {
        for (text, address, expected) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.1.2.3", "10.1.2.3", true),
            ("10.1.2.3", "10.1.2.4", false),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("10.1.2.3/8", "10.255.0.1", true),
            ("10.1.2.3/8", "11.1.2.3", false),
            ("0.0.0.0/0", "fd12::1", false),
            ("10.0.0.0/8", "::ffff:10.0.0.1", true),
            ("fd00::/8", "fd12::1", true),
            ("fd00::/8", "fe80::1", false),
            ("fd00::1/8", "fd12::1", true),
            ("::/0", "fe80::1", true),
            ("::/0", "10.0.0.1", false),
            ("::/0", "::ffff:10.0.0.1", false),
            ("10.0.0.0/8", "127.0.0.1", true),
            ("10.0.0.0/8", "::ffff:127.0.0.1", true),
            ("10.0.0.0/8", "::1", true),
        ] {
            let networks = [network(text).expect(text)];
            let found = may_send(address.parse().expect(address), &networks);
            assert_eq!(found, expected, "{text} {address}");
        }
        for refused in ["", "10.0.0.0/33", "::/129", "host", "10.0.0.0/", "10/8"] {
            assert!(network(refused).is_err(), "{refused}");
        }
    }
}
