//! Events by TCP: JSON lines, as Vector's sink `socket` and Fluent Bit's output `tcp`
//! send them.
//!
//! Each connection is an input of its own with its unfinished record. TCP has no
//! answer: where the module cannot keep up, nothing more is read, and the client
//! waits; what it has sent and is not in the module when the program is killed is lost
//! to it. HTTP is the way that acknowledges.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::Station;
use super::accept::accept;
use super::access::may_send;
use super::work::{Entry, Part, Work};
use crate::failure::warn;

/// The size of a read in bytes.
const READ: u32 = 64 * 1024;

/// After so long without a word the system asks whether the client is still there.
const SILENCE: Duration = Duration::from_secs(60);

/// Serves clients until the station ends; then reads what they have sent by now.
pub(super) async fn serve(listener: TcpListener, station: Arc<Station>) {
    let mut clients = JoinSet::new();
    let mut stop = station.stop.clone();
    let mut told = false;
    loop {
        let (stream, peer) = tokio::select! {
            accepted = accept(&listener) => accepted,
            _ = stop.wait_for(|&told| told) => break,
        };
        while clients.try_join_next().is_some() {}
        if let Some(reason) = refused(peer, clients.len(), &station) {
            station.metrics.tcp_refused.increment(1);
            if !std::mem::replace(&mut told, true) {
                warn(&format!(
                    "a connection of `{}` is refused: {reason}; others are counted in `/metrics`",
                    peer.ip()
                ));
            }
            continue;
        }
        let station = Arc::clone(&station);
        clients.spawn(async move {
            let open = &station.metrics.tcp_connections;
            open.increment(1);
            Client::new(&stream, peer, &station).serve().await;
            open.decrement(1);
        });
    }
    drop(listener);
    while clients.join_next().await.is_some() {}
}

/// Why a client is not served.
fn refused(peer: SocketAddr, open: usize, station: &Station) -> Option<&'static str> {
    if !may_send(peer.ip(), &station.networks) {
        Some("it is in no network of `--tcp-allow`")
    } else if open >= station.limits.tcp_connections {
        Some("`--tcp-connections` are open")
    } else {
        None
    }
}

/// A client, and how far it is.
struct Client<'a> {
    stream: &'a TcpStream,
    station: &'a Station,
    name: String,
    begun: bool,
}

/// What became of a try to read.
enum Read {
    Bytes,
    Nothing,
    Ended,
}

impl<'a> Client<'a> {
    fn new(stream: &'a TcpStream, peer: SocketAddr, station: &'a Station) -> Self {
        Self {
            stream,
            station,
            name: format!("tcp {peer}"),
            begun: false,
        }
    }

    async fn serve(mut self) {
        let keepalive = TcpKeepalive::new().with_time(SILENCE);
        // Without it a client that vanished keeps its place; nothing else is lost.
        let _ = SockRef::from(self.stream).set_tcp_keepalive(&keepalive);
        let mut stop = self.station.stop.clone();
        loop {
            let stopped = tokio::select! {
                ready = self.stream.readable() => ready.is_err(),
                _ = stop.wait_for(|&told| told) => true,
            };
            match self.read().await {
                Read::Bytes => {}
                Read::Nothing if !stopped => {}
                Read::Nothing | Read::Ended => break,
            }
        }
        if self.begun {
            let about = json!({ "stream": self.name, "goes_on": true });
            if let Ok(held) = self.station.budget.begin() {
                self.give(about, Vec::new(), true, held).await;
            }
        }
    }

    /// Reads what there is, once there is memory for it.
    async fn read(&mut self) -> Read {
        let Ok(held) = self.station.budget.wait(READ).await else {
            return Read::Ended;
        };
        let mut bytes = vec![0; READ as usize];
        match self.stream.try_read(&mut bytes) {
            Ok(0) => return Read::Ended,
            Ok(read) => bytes.truncate(read),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return Read::Nothing,
            Err(_) => return Read::Ended,
        }
        let about = if self.begun {
            json!({ "stream": self.name, "goes_on": true })
        } else {
            if let Some(what) = no_lines(&bytes) {
                warn(&format!(
                    "`{}` sends {what}; the connection is closed",
                    self.name
                ));
                return Read::Ended;
            }
            let station = self.station;
            let mut about = station.events.of_input(&self.name, station.format);
            about["stream"] = json!(self.name);
            about
        };
        self.begun = true;
        match self.give(about, bytes, false, held).await {
            true => Read::Bytes,
            false => Read::Ended,
        }
    }

    /// Gives a part to the engine; whether it takes any.
    async fn give(
        &self,
        about: Value,
        bytes: Vec<u8>,
        ends: bool,
        held: super::budget::Held,
    ) -> bool {
        let work = Work {
            entry: Entry::Part(Part { about, bytes, ends }),
            _held: held,
            answer: None,
        };
        self.station.senders.parts.send(work).await.is_ok()
    }
}

/// What bytes are that a client begins with, where they are no lines, and what to do.
fn no_lines(beginning: &[u8]) -> Option<&'static str> {
    match beginning {
        // An array of two, the first of them an array again: a record with its time.
        [0x92, ..] => Some("MessagePack; set `format json_lines` in its output"),
        [0x16, 0x03, ..] => Some("TLS; this port takes plain TCP, put a proxy before it"),
        [b'P', b'O', b'S', b'T', b' ', ..] | [b'G', b'E', b'T', b' ', ..] => {
            Some("HTTP; that goes to the address of `--listen`")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_from_lines() {
        for (beginning, expected) in [
            (&b"{\"a\":1}\n"[..], None),
            (b"", None),
            (b"[{\"a\":1}]", None),
            (b"POSTED\n", None),
            (b"\x92\x92\xd7\0", Some("MessagePack")),
            (b"\x16\x03\x01\x02", Some("TLS")),
            (b"POST / HTTP/1.1\r\n", Some("HTTP")),
        ] {
            let found = no_lines(beginning);
            match expected {
                None => assert_eq!(found, None, "{beginning:?}"),
                Some(what) => assert!(found.is_some_and(|found| found.starts_with(what))),
            }
        }
    }
}
