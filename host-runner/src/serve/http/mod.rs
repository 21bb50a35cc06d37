//! Events by HTTP: what Vector's sink `http`, Fluent Bit's output `http` and others
//! that post JSON send.
//!
//! A body is taken as a whole or not at all, and answered when the module has it.
//! [`connection`] keeps clients within time and number, [`body`] within size;
//! [`answer`] is what they are told.

mod answer;
mod body;
pub(super) mod connection;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

use self::answer::Reply;
use super::Station;
use super::budget::Held;
use super::metrics;
use super::status::Trouble;
use super::unpack::{self, Packing, UnpackError};
use super::work::{Answer, Entry, Part, Work};

/// The name of the stream that the module reads bodies as: one at a time, each whole.
const STREAM: &str = "http";

/// The client of a connection.
#[derive(Debug, Clone, Copy)]
struct Peer(SocketAddr);

/// What is answered where.
pub(super) fn router(station: &Arc<Station>) -> Router {
    let state = || Arc::clone(station);
    Router::new()
        .route("/", get(ready).post(take))
        .route("/events", get(ready).post(take))
        .route("/metrics", get(metrics_text))
        .route_layer(from_fn_with_state(state(), authorized))
        .route("/health", get(health))
        .fallback(async || Reply::NotFound)
        .layer(from_fn_with_state(state(), counted))
        .with_state(state())
}

/// Counts what is answered.
async fn counted(State(station): State<Arc<Station>>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    station.metrics.count_request(response.status().as_u16());
    response
}

/// Lets those pass who bring the token, where there is one.
async fn authorized(
    State(station): State<Arc<Station>>,
    request: Request,
    next: Next,
) -> Result<Response, Reply> {
    if let Some(token) = &station.token {
        let header = request.headers().get(AUTHORIZATION);
        if !header.is_some_and(|header| token.is_in(header.as_bytes())) {
            body::discard(request.into_body(), &station).await;
            return Err(Reply::Unauthorized);
        }
    }
    Ok(next.run(request).await)
}

/// Whether events can be sent: what a client asks that looks before it sends.
async fn ready(State(station): State<Arc<Station>>) -> Reply {
    match station.status.refuses() {
        None => Reply::Ready,
        Some(trouble) => trouble.into(),
    }
}

async fn health(State(station): State<Arc<Station>>) -> Reply {
    match station.status.trouble() {
        None => Reply::Ready,
        Some(trouble) => Reply::Unwell(trouble),
    }
}

async fn metrics_text(State(station): State<Arc<Station>>) -> Response {
    let delivering = !station.status.is_undelivered();
    let text = station.metrics.text(&station.budget, delivering);
    ([(CONTENT_TYPE, metrics::TEXT)], text).into_response()
}

/// Takes the events in a body.
async fn take(
    State(station): State<Arc<Station>>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Reply {
    let head = match station.status.refuses() {
        None => Head::of(&headers),
        Some(trouble) => Err(trouble.into()),
    };
    match head {
        Ok(head) => head
            .take(&station, peer, body)
            .await
            .unwrap_or_else(|reply| reply),
        Err(reply) => {
            body::discard(body, &station).await;
            reply
        }
    }
}

/// What a request says of its body.
struct Head {
    packing: Packing,
    /// Whether it is said to be JSON.
    json: bool,
}

impl Head {
    fn of(headers: &HeaderMap) -> Result<Self, Reply> {
        let value = |name: HeaderName| {
            let value = headers
                .get(&name)
                .map(|value| value.to_str().unwrap_or("?"));
            value.unwrap_or_default().to_ascii_lowercase()
        };
        let encoding = value(CONTENT_ENCODING);
        let packing = match headers.get_all(CONTENT_ENCODING).iter().count() {
            0 | 1 => Packing::named(&encoding),
            _ => None,
        };
        let Some(packing) = packing else {
            return Err(Reply::BadPacking(encoding));
        };
        let media = value(CONTENT_TYPE);
        let media = media.split(';').next().unwrap_or_default().trim();
        if media.ends_with("msgpack") || media.ends_with("protobuf") {
            return Err(Reply::BadType(media.to_owned()));
        }
        let json = media.ends_with("json") || media.ends_with("+json");
        Ok(Self { packing, json })
    }

    async fn take(self, station: &Station, peer: SocketAddr, body: Body) -> Result<Reply, Reply> {
        let (bytes, held) = body::read(body, station).await?;
        let (bytes, held) = self.unpack(bytes, held, station.limits.body).await?;
        if self.json && !looks_like_json(&bytes) {
            return Err(Reply::BadBody(
                "the body is said to be JSON and begins neither with `{` nor with `[`".to_owned(),
            ));
        }
        let name = format!("{STREAM} {peer}");
        let mut about = station.events.of_input(&name, station.format);
        about["stream"] = json!(STREAM);
        let (answer, answered) = oneshot::channel();
        let work = Work {
            entry: Entry::Part(Part {
                about,
                bytes,
                ends: true,
            }),
            _held: held,
            answer: Some(answer),
        };
        station
            .senders
            .bodies
            .try_send(work)
            .map_err(|error| match error {
                TrySendError::Full(_) => Reply::Full,
                TrySendError::Closed(_) => Reply::Stopping,
            })?;
        Ok(match answered.await {
            Ok(Answer::Taken { events, malformed }) => Reply::Taken { events, malformed },
            Ok(Answer::Later(reason)) => Reply::Blocked(reason),
            Ok(Answer::Refused(reason)) => Reply::BadBody(reason),
            Err(_) => Reply::Stopping,
        })
    }

    /// Unpacks a body in a thread for it: that is work, and others are not to wait.
    async fn unpack(
        &self,
        bytes: Vec<u8>,
        held: Held,
        limit: usize,
    ) -> Result<(Vec<u8>, Held), Reply> {
        let packing = self.packing;
        if packing == Packing::None {
            return Ok((bytes, held));
        }
        let unpacking = spawn_blocking(move || unpack::unpack(packing, bytes, held, limit));
        // It does not end where the program ends.
        let unpacked = unpacking.await.map_err(|_| Reply::Stopping)?;
        unpacked.map_err(|error| match error {
            UnpackError::TooLarge => Reply::TooLarge(limit),
            UnpackError::Full => Reply::Full,
            UnpackError::Damaged(error) => {
                Reply::BadBody(format!("the body cannot be unpacked: {error}"))
            }
        })
    }
}

impl From<Trouble> for Reply {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Blocked(reason) => Self::Blocked(reason),
            Trouble::Stopping => Self::Stopping,
            Trouble::Undelivered => Self::Unwell(trouble),
        }
    }
}

/// Whether a body may be JSON: empty, or an object or array first.
fn looks_like_json(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let first = bytes.trim_ascii_start().first();
    first.is_none_or(|first| matches!(first, b'{' | b'['))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn what_a_head_says() {
        for (encoding, media, expected) in [
            (None, None, Some((Packing::None, false))),
            (None, Some("application/json"), Some((Packing::None, true))),
            (
                Some("gzip"),
                Some("application/x-ndjson"),
                Some((Packing::Gzip, true)),
            ),
            (
                Some("zstd"),
                Some("application/json; charset=utf-8"),
                Some((Packing::Zstd, true)),
            ),
            (None, Some("text/plain"), Some((Packing::None, false))),
            (Some("snappy"), None, None),
            (Some("br"), Some("application/json"), None),
            (None, Some("application/msgpack"), None),
            (None, Some("application/x-protobuf"), None),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in [(CONTENT_ENCODING, encoding), (CONTENT_TYPE, media)] {
                if let Some(value) = value {
                    headers.insert(name, HeaderValue::from_static(value));
                }
            }
            let head = Head::of(&headers).ok();
            let found = head.map(|head| (head.packing, head.json));
            assert_eq!(found, expected, "{encoding:?} {media:?}");
        }
    }

    #[test]
    fn what_looks_like_json() {
        for (body, expected) in [
            (&b""[..], true),
            (b" \n", true),
            (b"{\"a\":1}", true),
            (b"\r\n [", true),
            (b"\xef\xbb\xbf{", true),
            (b"a=1", false),
            (b"<Event>", false),
            (b"\x1f\x8b", false),
        ] {
            assert_eq!(looks_like_json(body), expected, "{body:?}");
        }
    }
}
