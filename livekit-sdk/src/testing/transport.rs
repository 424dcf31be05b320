//! A router in place of a network.

use bytes::Bytes;
use http::{Request, Response};

use crate::error::Result;
use crate::server::Router;
use crate::transport::{BoxFuture, Transport};

/// Hands requests to a [`Router`] in the same process.
#[derive(Clone, Debug)]
pub struct RouterTransport(Router);

impl RouterTransport {
    /// A transport whose server is `router`.
    pub fn new(router: Router) -> Self {
        Self(router)
    }
}

impl Transport for RouterTransport {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>>> {
        Box::pin(async move { Ok(self.0.handle(request).await) })
    }
}
