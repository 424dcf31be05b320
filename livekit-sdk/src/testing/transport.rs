//! Servers in place of a network.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};

use super::serve::{Dropped, Service};
use crate::error::{Error, Result, Unreachable};
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

/// Hands requests to a [`TestServer`](super::TestServer) in the same process, faults included.
///
/// A request reaches the region whose URL names its host, or else the first.
#[derive(Clone, Debug)]
pub struct TestTransport(pub(super) Arc<Service>);

impl Transport for TestTransport {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>>> {
        Box::pin(async move {
            let host = request.uri().authority().map_or("", |it| it.as_str());
            let region = self.0.regions.at(host);
            let answer =
                self.0.answer(region, request.map(Full::new)).await.map_err(|dropped| match dropped {
                    Dropped::Unconnected => Error::unsent(Unreachable::Connect, dropped),
                    Dropped::Cut => Error::unreachable(dropped),
                })?;
            let (head, body) = answer.into_parts();
            let body = body.collect().await.map_err(Error::unreachable)?;
            Ok(Response::from_parts(head, body.to_bytes()))
        })
    }
}
