//! The station: takes events from the network, and brings alerts out.
//!
//! ```text
//! clients ── http ──┐                        ┌── outbox ── stdout, file, URL
//!            tcp  ──┴─ budget ─ work ─ engine ┤
//!                                            └── journal, checkpoint
//! ```
//!
//! Clients are served by a runtime of few threads. What they send is paid for from a
//! [`Budget`] of memory, and waits as [`work`] for the engine: the one thread that owns
//! the module, in the command `serve`. Nothing here knows what an event means.
//!
//! Whoever sends by HTTP is answered when the module has the events, or told to come
//! again. What the module gives goes through the [`outbox`]; where that is full, nothing
//! more is taken. The [`journal`] has on disk what came after the last checkpoint.

mod accept;
pub(crate) mod access;
mod budget;
mod http;
pub(crate) mod journal;
pub(crate) mod metrics;
pub(crate) mod outbox;
pub(crate) mod status;
mod tcp;
mod unpack;
pub(crate) mod work;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use self::access::Token;
pub(crate) use self::budget::Budget;
use self::metrics::Metrics;
use self::status::Status;
use self::work::Senders;
use crate::input::Format;
use crate::rules::InputSettings;

/// So long clients have to finish what they are in the middle of, when it ends.
const GRACE: Duration = Duration::from_secs(10);

/// What clients may take up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Bytes of a body, packed and unpacked.
    pub(crate) body: usize,
    /// HTTP clients at once.
    pub(crate) connections: usize,
    /// TCP clients at once.
    pub(crate) tcp_connections: usize,
    /// As long may a client take for the head of a request, and for its body.
    pub(crate) patience: Duration,
}

/// What all clients share.
pub(crate) struct Station {
    pub(crate) limits: Limits,
    pub(crate) token: Option<Token>,
    /// From where TCP clients may come, beside this machine.
    pub(crate) networks: Vec<IpNet>,
    /// What is taken for granted of events.
    pub(crate) events: InputSettings,
    /// The form of the events.
    pub(crate) format: Format,
    pub(crate) budget: Budget,
    pub(crate) senders: Senders,
    pub(crate) status: Arc<Status>,
    pub(crate) metrics: Arc<Metrics>,
    /// True from when on it ends.
    pub(crate) stop: watch::Receiver<bool>,
}

/// Opens an address; answers what it is, with the port that the system gave.
pub(crate) async fn listen(address: SocketAddr) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Serves clients until it is told to stop and they have finished.
pub(crate) async fn serve(station: Station, http: TcpListener, tcp: Option<TcpListener>) {
    let station = Arc::new(station);
    let mut stop = station.stop.clone();
    let mut servers = JoinSet::new();
    servers.spawn(http::connection::serve(http, Arc::clone(&station)));
    if let Some(tcp) = tcp {
        servers.spawn(tcp::serve(tcp, Arc::clone(&station)));
    }
    drop(station);
    let _ = stop.wait_for(|&told| told).await;
    // Who has not finished by then is cut off, and was not answered.
    let _ = timeout(GRACE, async {
        while servers.join_next().await.is_some() {}
    })
    .await;
    servers.shutdown().await;
}
