//! Egresses as tests move them: the worker's side.

use std::fmt;

use super::state::Ending;
use crate::error::{Result, TwirpCode};
use crate::proto::{EgressInfo, EgressStatus};
use crate::testing::TestServer;
use crate::testing::world::World;

/// An egress, with the means of the worker that runs it. Get one from [`TestServer::egress`].
///
/// A new egress is in `EGRESS_STARTING`, and stays there until the test moves it, unless the server
/// [runs egresses automatically](TestServer::run_egress_automatically). Every move is told to webhooks:
/// `egress_updated` while it runs, `egress_ended` at its end. Nothing is recorded: results hold the paths
/// that were asked for, with placeholders in them as they are, and the times of the server's clock.
///
/// Every move fails with `failed_precondition` if the egress is not in a state that allows it, and with
/// `not_found` if the server has forgotten it, 24 hours after its end.
#[derive(Clone)]
pub struct EgressHandle {
    world: World,
    id: String,
}

impl EgressHandle {
    /// The egress's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What callers see of the egress now; `None` once it is forgotten.
    pub fn info(&self) -> Option<EgressInfo> {
        self.world.with(|store| store.egresses().info(&self.id).ok().cloned())
    }

    /// Media arrives: from `EGRESS_STARTING` to `EGRESS_ACTIVE`.
    ///
    /// # Errors
    /// As [above](Self).
    pub fn activate(&self) -> Result<EgressInfo> {
        Ok(self.world.with(|store| store.activate_egress(&self.id))?)
    }

    /// Succeeds: to `EGRESS_COMPLETE`, by way of all the states before it. Results get their end and their
    /// duration.
    ///
    /// # Errors
    /// As [above](Self).
    pub fn complete(&self) -> Result<EgressInfo> {
        self.complete_with(|_| ())
    }

    /// As [`complete`](Self::complete), after `results` has added sizes or locations to the results, or
    /// whatever else the test is about.
    ///
    /// # Errors
    /// As [above](Self).
    pub fn complete_with(&self, results: impl FnOnce(&mut EgressInfo)) -> Result<EgressInfo> {
        Ok(self.world.with(|store| store.complete_egress(&self.id, results))?)
    }

    /// Fails: to `EGRESS_FAILED`, with the error code of an internal error.
    ///
    /// # Errors
    /// As [above](Self).
    pub fn fail(&self, error: impl Into<String>) -> Result<EgressInfo> {
        self.fail_with(TwirpCode::Internal, error)
    }

    /// Fails: to `EGRESS_FAILED`, with the HTTP status of this code as error code.
    ///
    /// # Errors
    /// As [above](Self).
    pub fn fail_with(&self, code: TwirpCode, error: impl Into<String>) -> Result<EgressInfo> {
        self.finish(EgressStatus::EgressFailed, error.into(), code.http_status())
    }

    /// Gives up before anything is recorded: to `EGRESS_ABORTED`, with error code 412.
    ///
    /// # Errors
    /// As [above](Self).
    pub fn abort(&self, error: impl Into<String>) -> Result<EgressInfo> {
        self.finish(EgressStatus::EgressAborted, error.into(), 412)
    }

    /// Has run for as long as it may: to `EGRESS_LIMIT_REACHED`, with error code 413.
    ///
    /// # Errors
    /// As [above](Self).
    pub fn limit_reached(&self) -> Result<EgressInfo> {
        self.finish(EgressStatus::EgressLimitReached, "session limit reached".to_owned(), 413)
    }

    fn finish(&self, status: EgressStatus, error: String, error_code: u16) -> Result<EgressInfo> {
        let ending = Ending { status, error, error_code };
        Ok(self.world.with(|store| store.finish_egress(&self.id, ending, |_| ()))?)
    }
}

impl fmt::Debug for EgressHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EgressHandle").field("id", &self.id).finish_non_exhaustive()
    }
}

impl TestServer {
    /// The egress of this id, to be moved by the test; `None` if there is none.
    ///
    /// The server takes every job as if a worker were there. Outputs and URLs, which workers check, are not
    /// checked.
    pub fn egress(&self, id: &str) -> Option<EgressHandle> {
        let world = self.world().clone();
        let is_known = world.with(|store| store.egresses().info(id).is_ok());
        is_known.then(|| EgressHandle { world, id: id.to_owned() })
    }

    /// Whether egresses run by themselves from now on, which they do not by default: each goes straight to
    /// `EGRESS_ACTIVE` when it is started, and to `EGRESS_COMPLETE` when it is stopped or its room closes.
    ///
    /// Otherwise each of them waits for the test: in `EGRESS_STARTING` after the start, in `EGRESS_ENDING`
    /// after being stopped.
    pub fn run_egress_automatically(&self, automatically: bool) {
        self.world().with(|store| store.egress.run_automatically = automatically);
    }
}
