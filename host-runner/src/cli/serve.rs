//! The options of `serve`.

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Duration;

use bytesize::ByteSize;
use clap::Args;
use ipnet::IpNet;

use super::{Common, Events, ModuleOptions, Windows, duration};
use crate::input::Format;
use crate::output::Destination;
use crate::serve::access::network;

/// Takes events by HTTP and TCP, and gives the alerts as windows close
///
/// POST events to `/`: JSON lines, an array or objects one after the other, Event XML
/// or text, packed with gzip, deflate or zstd, or not at all. The answer is 200 when
/// the module has all of a body; 429 says when to come again. GET `/health` and
/// `/metrics` say how it is. Windows close by the clock of this machine. An interrupt
/// or termination signal ends it in order.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
host-runner serve --to alerts.ndjson --checkpoint state/\n  \
host-runner serve --tcp 127.0.0.1:8089 --to http://127.0.0.1:8090/alerts\n  \
host-runner serve --listen 0.0.0.0:8088 --token-file /etc/host-runner.token --rule my-detection.yml\n\n  \
curl --data-binary @events.ndjson http://127.0.0.1:8088/")]
pub(crate) struct Serve {
    /// Where to listen for HTTP
    ///
    /// An address that other machines reach needs a token.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8088", value_parser = address)]
    pub(crate) listen: SocketAddr,

    /// Where to listen for JSON lines by TCP, too
    ///
    /// TCP has no answer and no token: a client is slowed down, never told. An address
    /// that other machines reach needs `--tcp-allow`.
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub(crate) tcp: Option<SocketAddr>,

    /// A network from which clients may send by TCP, such as `10.0.0.0/8`; repeatable
    #[arg(long, value_name = "NETWORK", requires = "tcp", value_parser = network)]
    pub(crate) tcp_allow: Vec<IpNet>,

    /// The token that each request has to bring, as `Authorization: Bearer TOKEN`
    ///
    /// Only `/health` can be asked without. Others on this machine see what is given
    /// on a command line: prefer the variable or `--token-file`.
    #[arg(long, value_name = "TOKEN", env = "RULE_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,

    /// A file with the token
    #[arg(long, value_name = "FILE", conflicts_with = "token")]
    pub(crate) token_file: Option<PathBuf>,

    /// Bytes that a body may have, packed and unpacked
    #[arg(long, value_name = "SIZE", default_value = "16MiB", value_parser = size)]
    pub(crate) body_limit: u32,

    /// Bytes of events that may wait to be read; beyond it clients wait, or get 429
    #[arg(long, value_name = "SIZE", default_value = "64MiB", value_parser = size)]
    pub(crate) queue_limit: u32,

    /// Bytes of alerts that may wait to be delivered; beyond it no events are taken
    #[arg(long, value_name = "SIZE", default_value = "64MiB", value_parser = size)]
    pub(crate) alert_limit: u32,

    /// HTTP clients at once; others wait
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) connections: u16,

    /// TCP clients at once; others are refused
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) tcp_connections: u16,

    /// As long may a client take for the head of a request, and for its body
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = duration)]
    pub(crate) timeout: Duration,

    /// The form of the events
    #[arg(long, value_enum, default_value = "auto")]
    pub(crate) format: Format,

    /// Appends the alerts to a file, or posts them to a URL, instead of standard output
    ///
    /// A URL gets JSON lines. While it does not take them they wait, and are tried
    /// again for as long as it takes.
    #[arg(long, value_name = "FILE|URL")]
    pub(crate) to: Option<Destination>,

    /// Keeps what is taken in a folder, from where the next start goes on
    ///
    /// A body is on the disk before it is answered: what was answered with 200 outlasts
    /// a kill. In the file of `--to` each alert is there once; on standard output and
    /// at a URL at least once.
    #[arg(long, value_name = "DIR")]
    pub(crate) checkpoint: Option<PathBuf>,

    /// How often the state is kept; what came since is read again at the next start
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    pub(crate) checkpoint_interval: Duration,

    /// Says nothing on standard error but warnings
    #[arg(long, short)]
    pub(crate) quiet: bool,

    #[command(flatten)]
    pub(crate) common: Common,

    #[command(flatten)]
    pub(crate) module: ModuleOptions,

    #[command(flatten)]
    pub(crate) events: Events,

    #[command(flatten)]
    pub(crate) windows: Windows,
}

/// An address with its port.
pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    let mut found = text.to_socket_addrs().into_iter().flatten();
    found
        .next()
        .ok_or_else(|| "give an address with its port, such as `127.0.0.1:8088`".to_owned())
}

/// A number of bytes such as `16MiB`.
fn size(text: &str) -> Result<u32, String> {
    let size = text.trim().parse::<ByteSize>().ok();
    size.and_then(|ByteSize(bytes)| u32::try_from(bytes).ok())
        .filter(|&bytes| bytes > 0)
        .ok_or_else(|| "give a size below 4 GiB, such as `512KiB`, `16MiB` or `1GiB`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (text, expected) in [
            ("1", Some(1)),
            ("512KiB", Some(512 << 10)),
            ("16MiB", Some(16 << 20)),
            (" 16 mib ", Some(16 << 20)),
            ("1.5KiB", Some(1536)),
            ("16MB", Some(16_000_000)),
            ("3G", Some(3_000_000_000)),
            ("4294967295", Some(u32::MAX)),
            ("4GiB", None),
            ("4294967296", None),
            ("99999999999999999999GiB", None),
            ("0", None),
            ("0.1B", None),
            ("-1", None),
            ("MiB", None),
            ("1MiBs", None),
            ("", None),
        ] {
            assert_eq!(size(text).ok(), expected, "{text:?}");
        }
    }

    #[test]
    fn addresses() {
        for (text, expected) in [
            ("127.0.0.1:80", Some("127.0.0.1:80")),
            ("[::1]:0", Some("[::1]:0")),
            ("127.0.0.1", None),
            (":80", None),
            ("80", None),
        ] {
            let found = address(text).ok().map(|found| found.to_string());
            assert_eq!(found.as_deref(), expected, "{text:?}");
        }
    }
}
