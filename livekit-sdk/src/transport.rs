//! How requests reach a server: one trait, with HTTP as the default.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;

use crate::error::Result;

mod http;
mod redirect;
#[cfg(feature = "__tls")]
mod tls;

pub use self::http::HttpTransport;
#[cfg(feature = "__tls")]
pub(crate) use self::tls::Tls;

/// A future in a box, as object-safe traits need it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Sends a request and returns the whole answer.
///
/// The default sends over HTTP with reqwest. Implement it to put something else underneath: another
/// HTTP stack, a recorder, a stub. Timeouts, tokens and the meaning of answers are handled above.
pub trait Transport: fmt::Debug + Send + Sync + 'static {
    /// Sends one request; the URI is absolute.
    ///
    /// The answer's status may be any: only a missing answer is an error
    /// ([`Error::unreachable`](crate::Error::unreachable)). Implementations bound the size of what they read.
    fn send(&self, request: ::http::Request<Bytes>) -> BoxFuture<'_, Result<::http::Response<Bytes>>>;
}
