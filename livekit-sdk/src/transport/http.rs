//! HTTP with reqwest. Nothing else in this crate names reqwest.

use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use reqwest::redirect::{Action, Attempt, Policy};

use super::{BoxFuture, Transport};
use crate::error::{Error, ErrorKind, Result, Unreachable};

/// The largest answer that is read, in bytes: 32 MiB, several times what a server lists at once.
const MAX_BODY: usize = 32 * 1024 * 1024;

/// How many redirects are followed in a row.
const MAX_REDIRECTS: usize = 5;

/// Sends requests over HTTP, on pooled connections.
#[derive(Clone, Debug)]
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
        let client = reqwest::Client::builder().redirect(Policy::custom(redirect)).build();
        let client = client.map_err(|error| {
            Error::new(ErrorKind::Config, "the HTTP client cannot be set up").with_source(error)
        })?;
        Ok(Self { client })
    }

    /// Sends with an HTTP client of the application's, with its TLS settings, proxies and pool.
    ///
    /// Its redirect policy applies: reqwest's default turns a redirected POST into a GET, which LiveKit
    /// refuses, so prefer `redirect::Policy::none()`.
    pub fn from_reqwest(client: reqwest::Client) -> Self {
        Self { client }
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>> {
        let request = reqwest::Request::try_from(request).map_err(|error| {
            Error::new(ErrorKind::Request, "the request cannot be sent").with_source(error)
        })?;
        let mut response = self.client.execute(request).await.map_err(failure)?;
        let mut head = Response::new(());
        *head.status_mut() = response.status();
        *head.version_mut() = response.version();
        *head.headers_mut() = std::mem::take(response.headers_mut());
        let body = read(response).await?;
        Ok(head.map(|()| body))
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>>> {
        Box::pin(self.exchange(request))
    }
}

/// Follows redirects that keep the method. The others would turn a call, which is a POST, into a GET, and
/// are answers that the caller gets to see.
fn redirect(attempt: Attempt<'_>) -> Action {
    let keeps_method = matches!(attempt.status().as_u16(), 307 | 308);
    if keeps_method && attempt.previous().len() <= MAX_REDIRECTS { attempt.follow() } else { attempt.stop() }
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

/// Reads a body up to the limit. The common body of one chunk is not copied.
async fn read(mut response: reqwest::Response) -> Result<Bytes> {
    let Some(first) = response.chunk().await.map_err(Error::unreachable)? else { return Ok(Bytes::new()) };
    let mut whole: Option<BytesMut> = None;
    while let Some(chunk) = response.chunk().await.map_err(Error::unreachable)? {
        let whole = whole.get_or_insert_with(|| BytesMut::from(&first[..]));
        if whole.len() + chunk.len() > MAX_BODY {
            return Err(too_large());
        }
        whole.extend_from_slice(&chunk);
    }
    match whole {
        Some(whole) => Ok(whole.freeze()),
        None if first.len() > MAX_BODY => Err(too_large()),
        None => Ok(first),
    }
}

fn too_large() -> Error {
    Error::new(ErrorKind::TooLarge, format!("the answer is larger than {} MiB", MAX_BODY >> 20))
}
