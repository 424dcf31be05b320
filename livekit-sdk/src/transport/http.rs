//! HTTP with reqwest. Nothing else in this crate names reqwest.

use std::fmt;

use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use reqwest::redirect::Policy;

#[cfg(feature = "__tls")]
use super::tls::Tls;
use super::{BoxFuture, Transport, redirect};
use crate::error::{Error, ErrorKind, Result, Unreachable};

/// The largest answer that is read, in bytes: 32 MiB, several times what a server lists at once.
const MAX_BODY: usize = 32 * 1024 * 1024;

/// Sends requests over HTTP, on pooled connections.
#[derive(Clone)]
pub struct HttpTransport {
    client: reqwest::Client,
}

impl HttpTransport {
    /// A transport of its own connection pool, with system proxies and the TLS backend that the
    /// features choose.
    ///
    /// # Errors
    /// The TLS backend cannot start.
    pub fn new() -> Result<Self> {
        #[cfg(feature = "__tls")]
        return Self::with_tls(Tls::default());
        #[cfg(not(feature = "__tls"))]
        return Self::build(reqwest::Client::builder());
    }

    /// As [`new`](Self::new), with TLS settings beyond the defaults.
    #[cfg(feature = "__tls")]
    pub(crate) fn with_tls(tls: Tls) -> Result<Self> {
        Self::build(tls.set_up(reqwest::Client::builder())?)
    }

    fn build(client: reqwest::ClientBuilder) -> Result<Self> {
        let client = client.redirect(Policy::none()).build().map_err(|error| {
            Error::new(ErrorKind::Config, "the HTTP client cannot be set up").with_source(error)
        })?;
        Ok(Self { client })
    }

    /// Sends with an HTTP client of the application's, with its TLS settings, proxies and pool.
    ///
    /// Its redirect policy applies first: reqwest's default turns a redirected POST into a GET, which LiveKit
    /// refuses, so prefer `redirect::Policy::none()`.
    pub fn from_reqwest(client: reqwest::Client) -> Self {
        Self { client }
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>> {
        let mut request = reqwest::Request::try_from(request).map_err(|error| {
            Error::new(ErrorKind::Request, "the request cannot be sent").with_source(error)
        })?;
        let mut left = redirect::MAX;
        loop {
            // Its body is shared, not copied.
            let next = request.try_clone();
            let url = request.url().clone();
            let response = self.client.execute(request).await.map_err(failure)?;
            let target = redirect::target(&url, response.status(), response.headers());
            match (target, next) {
                (Some(target), Some(next)) if left > 0 => {
                    left -= 1;
                    request = next;
                    *request.url_mut() = target;
                }
                _ => return read(response).await,
            }
        }
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An application's client may have default headers and proxies with credentials, which it prints.
        f.debug_struct("HttpTransport").finish_non_exhaustive()
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>>> {
        Box::pin(self.exchange(request))
    }
}

/// Where a request failed. reqwest tells whether the connection came about; what kept it from that, only the
/// causes know, by their text.
fn failure(error: reqwest::Error) -> Error {
    if !error.is_connect() {
        return Error::unreachable(error);
    }
    let mut causes = std::iter::successors(Some(&error as &dyn std::error::Error), |cause| cause.source());
    let place = causes.find_map(|cause| {
        let text = cause.to_string().to_ascii_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
        if says(&["dns error", "failed to lookup address"]) {
            Some(Unreachable::Dns)
        } else if says(&["certificate", "tls", "ssl", "handshake"]) {
            Some(Unreachable::Tls)
        } else {
            None
        }
    });
    Error::unsent(place.unwrap_or(Unreachable::Connect), error)
}

/// Reads an answer, its body up to the limit. The common body of one chunk is not copied.
async fn read(mut response: reqwest::Response) -> Result<Response<Bytes>> {
    let mut answer = Response::new(Bytes::new());
    *answer.status_mut() = response.status();
    *answer.version_mut() = response.version();
    *answer.headers_mut() = std::mem::take(response.headers_mut());
    let Some(first) = response.chunk().await.map_err(Error::unreachable)? else { return Ok(answer) };
    let mut whole: Option<BytesMut> = None;
    while let Some(chunk) = response.chunk().await.map_err(Error::unreachable)? {
        let whole = whole.get_or_insert_with(|| BytesMut::from(&first[..]));
        if whole.len() + chunk.len() > MAX_BODY {
            return Err(too_large());
        }
        whole.extend_from_slice(&chunk);
    }
    *answer.body_mut() = whole.map_or(first, BytesMut::freeze);
    if answer.body().len() > MAX_BODY { Err(too_large()) } else { Ok(answer) }
}

fn too_large() -> Error {
    Error::new(ErrorKind::TooLarge, format!("the answer is larger than {} MiB", MAX_BODY >> 20))
}
