//! Ingresses as tests move them: the encoder's side, and the worker's.

use std::fmt;

use crate::error::Result;
use crate::proto::IngressInfo;
use crate::proto::ingress_state::Status;
use crate::testing::TestServer;
use crate::testing::world::World;

/// An ingress, with the means of whoever sends media to it. Get one from [`TestServer::ingress`].
///
/// An ingress is in `ENDPOINT_INACTIVE`, one that pulls from a URL too, until the test moves it. Webhooks are
/// told `ingress_started` when it begins to publish, and `ingress_ended` when it ends. There is no media, and
/// no participant appears in the room: a test that needs one joins as the ingress's identity.
///
/// Every move fails with `failed_precondition` if the ingress is not in a state that allows it or, for those
/// that begin something, if it is not enabled; and with `not_found` once it is deleted.
#[derive(Clone)]
pub struct IngressHandle {
    world: World,
    id: String,
}

impl IngressHandle {
    /// The ingress's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What callers see of the ingress now; `None` once it is deleted.
    pub fn info(&self) -> Option<IngressInfo> {
        self.world.with(|store| store.ingress.get(&self.id).ok().cloned())
    }

    /// Media arrives, but is not published yet: to `ENDPOINT_BUFFERING`. Webhooks are told nothing of it.
    ///
    /// # Errors
    /// As [above](Self).
    pub fn buffer(&self) -> Result<IngressInfo> {
        self.begin(Status::EndpointBuffering)
    }

    /// Media arrives and is published: to `ENDPOINT_PUBLISHING`. An ingress that has stopped or failed begins
    /// anew.
    ///
    /// # Errors
    /// As [above](Self).
    pub fn publish(&self) -> Result<IngressInfo> {
        self.begin(Status::EndpointPublishing)
    }

    /// Media ends, and may come again: back to `ENDPOINT_INACTIVE`.
    ///
    /// # Errors
    /// As [above](Self).
    pub fn stop(&self) -> Result<IngressInfo> {
        self.end(Status::EndpointInactive, "")
    }

    /// Fails, perhaps before any media arrived: to `ENDPOINT_ERROR`.
    ///
    /// # Errors
    /// As [above](Self).
    pub fn fail(&self, error: impl AsRef<str>) -> Result<IngressInfo> {
        self.end(Status::EndpointError, error.as_ref())
    }

    /// Media has come to its end: to `ENDPOINT_COMPLETE`, after which the ingress does nothing any more.
    ///
    /// # Errors
    /// As [above](Self).
    pub fn complete(&self) -> Result<IngressInfo> {
        self.end(Status::EndpointComplete, "")
    }

    fn begin(&self, status: Status) -> Result<IngressInfo> {
        Ok(self.world.with(|store| store.begin_ingress(&self.id, status))?)
    }

    fn end(&self, status: Status, error: &str) -> Result<IngressInfo> {
        Ok(self.world.with(|store| store.end_ingress(&self.id, status, error))?)
    }
}

impl fmt::Debug for IngressHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IngressHandle").field("id", &self.id).finish_non_exhaustive()
    }
}

impl TestServer {
    /// Where this server tells encoders to send RTMP to. Nothing listens there.
    pub const RTMP_URL: &'static str = super::handlers::RTMP_URL;

    /// Where this server tells encoders to send WHIP to. Nothing listens there.
    pub const WHIP_URL: &'static str = super::handlers::WHIP_URL;

    /// The ingress of this id, to be moved by the test; `None` if there is none.
    pub fn ingress(&self, id: &str) -> Option<IngressHandle> {
        let world = self.world().clone();
        let is_known = world.with(|store| store.ingress.get(id).is_ok());
        is_known.then(|| IngressHandle { world, id: id.to_owned() })
    }
}
