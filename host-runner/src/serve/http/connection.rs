//! Connections of HTTP clients: so many at once, each within its time.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::Extension;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_io_timeout::TimeoutStream;

use super::{Peer, router};
use crate::serve::Station;
use crate::serve::accept::accept;

/// The bytes that a connection may hold which are no body yet: of a head, and of answers
/// that are not read.
const BUFFER: usize = 128 * 1024;

/// Serves clients until the station ends; then lets those finish that are in the
/// middle of something.
pub(in crate::serve) async fn serve(listener: TcpListener, station: Arc<Station>) {
    let router = router(&station);
    let slots = Arc::new(Semaphore::new(station.limits.connections));
    let mut clients = JoinSet::new();
    let mut stop = station.stop.clone();
    loop {
        // Beyond the limit clients wait to be accepted.
        let slot = tokio::select! {
            slot = Arc::clone(&slots).acquire_owned() => slot,
            _ = stop.wait_for(|&told| told) => break,
        };
        let accepted = tokio::select! {
            accepted = accept(&listener) => accepted,
            _ = stop.wait_for(|&told| told) => break,
        };
        while clients.try_join_next().is_some() {}
        let (stream, peer) = accepted;
        let (router, station) = (router.clone(), Arc::clone(&station));
        clients.spawn(async move {
            let open = &station.metrics.http_connections;
            open.increment(1);
            client(stream, peer, router, &station).await;
            open.decrement(1);
            drop(slot);
        });
    }
    drop((listener, router));
    while clients.join_next().await.is_some() {}
}

async fn client(stream: TcpStream, peer: SocketAddr, router: Router, station: &Station) {
    let service = TowerToHyperService::new(router.layer(Extension(Peer(peer))));
    // One that sends and never reads would keep its place for ever.
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(station.limits.patience));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(station.limits.patience)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(Box::pin(stream)), service);
    let mut connection = std::pin::pin!(connection);
    let mut stop = station.stop.clone();
    // An error is the client's: it went away, was too slow, or speaks no HTTP.
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stop.wait_for(|&told| told) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}
