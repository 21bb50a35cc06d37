//! The options of `web`.

use std::net::SocketAddr;

use clap::Args;

use super::serve::address;

/// Shows the triage page in the browser: drop a log, see what it holds
///
/// The page runs the same module in the browser. It is served to this machine alone, and
/// no log leaves it. An interrupt ends it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
host-runner web\n  \
host-runner web --listen 127.0.0.1:9000 --no-open")]
pub(crate) struct Web {
    /// Where to listen: an address of this machine alone
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8087", value_parser = address)]
    pub(crate) listen: SocketAddr,

    /// Does not open the browser, only says where the page is
    #[arg(long)]
    pub(crate) no_open: bool,
}
