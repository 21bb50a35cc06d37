//! The triage page, as it is inside this program, and how it is served.
//!
//! `cargo xtask web` builds it into `web/dist`; a program that is built before that has
//! none. It is served to this machine alone, with headers that keep it from asking
//! anybody else for anything: logs do not leave the machine.

use axum::Router;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

/// The files of the page.
#[derive(RustEmbed)]
#[folder = "../web/dist"]
#[allow_missing = true]
struct Files;

/// The file that the page begins with.
const INDEX: &str = "index.html";

/// What the page may do: run its own scripts, modules and workers, and ask its own server.
/// It is what `web/index.html` says of itself, with the reasons; what a page says does not
/// hold for its workers, and a header does. None may show it inside another.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; \
worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Whether the page is in this program.
pub(crate) fn is_there() -> bool {
    Files::get(INDEX).is_some()
}

/// What is answered where.
pub(crate) fn router() -> Router {
    Router::new().fallback(file)
}

async fn file(method: Method, uri: Uri) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = match uri.path().trim_start_matches('/') {
        "" => INDEX,
        path => path,
    };
    // What begins with a dot is for git.
    let found = Files::get(path).filter(|_| !path.starts_with('.'));
    let Some(file) = found else {
        return (StatusCode::NOT_FOUND, "there is no such file\n").into_response();
    };
    // Their lengths and bodies are those of a GET; the server leaves the body out.
    let headers: [(HeaderName, &str); 5] = [
        (CONTENT_TYPE, file.metadata.mimetype()),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        // Another version of the program has another page at the same address.
        (CACHE_CONTROL, "no-cache"),
    ];
    (headers, file.data).into_response()
}
