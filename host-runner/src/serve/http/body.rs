//! The body of a request: read within size and time, or passed over.

use axum::body::Body;
use http_body_util::BodyExt;
use hyper::body::Body as _;
use tokio::time::{Instant, timeout_at};

use super::answer::Reply;
use crate::serve::Station;
use crate::serve::budget::Held;

/// Reads a body, each piece paid for before it is kept.
///
/// # Errors
///
/// A body that is too large, too slow, or cut off, and a full budget.
pub(super) async fn read(mut body: Body, station: &Station) -> Result<(Vec<u8>, Held), Reply> {
    let limit = station.limits.body;
    let deadline = Instant::now() + station.limits.patience;
    let refused = if body.size_hint().lower() > limit as u64 {
        Reply::TooLarge(limit)
    } else {
        match pieces(&mut body, limit, deadline, station).await {
            Ok(read) => return Ok(read),
            Err(reply) => reply,
        }
    };
    if matches!(refused, Reply::TooLarge(_) | Reply::Full) {
        discard(body, station).await;
    }
    Err(refused)
}

async fn pieces(
    body: &mut Body,
    limit: usize,
    deadline: Instant,
    station: &Station,
) -> Result<(Vec<u8>, Held), Reply> {
    let mut held = station.budget.begin().map_err(|_| Reply::Full)?;
    let mut bytes = Vec::new();
    loop {
        let frame = timeout_at(deadline, body.frame()).await;
        let frame = match frame {
            Err(_) => return Err(Reply::TimedOut),
            Ok(None) => return Ok((bytes, held)),
            Ok(Some(Err(_))) => {
                return Err(Reply::BadBody("the body was cut off".to_owned()));
            }
            Ok(Some(Ok(frame))) => frame,
        };
        let Some(piece) = frame.data_ref() else {
            continue;
        };
        if bytes.len() + piece.len() > limit {
            return Err(Reply::TooLarge(limit));
        }
        held.grow(piece.len()).map_err(|_| Reply::Full)?;
        bytes.extend_from_slice(piece);
    }
}

/// Passes over a body, so that a client that has not sent all of it reads the answer
/// instead of a broken connection; no more of it than a body may have.
pub(super) async fn discard(mut body: Body, station: &Station) {
    let deadline = Instant::now() + station.limits.patience;
    let mut left = station.limits.body;
    while let Ok(Some(Ok(frame))) = timeout_at(deadline, body.frame()).await {
        let length = frame.data_ref().map_or(0, |piece| piece.len());
        match left.checked_sub(length) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}
