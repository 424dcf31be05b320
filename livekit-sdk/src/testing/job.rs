//! Jobs of agents. There are no agents here: the test says when one begins to work, and when it ends.

use super::dispatch::no_dispatch;
use super::refusals::{failed_precondition, no_room, not_found};
use super::room::Rooms;
use super::world::Store;
use super::{TestServer, id};
use crate::error::{Refusal, Result};
use crate::proto::{AgentDispatch, Job, JobState, JobStatus, JobType, WebhookEvent};

impl TestServer {
    /// Has an agent take on a dispatch: the dispatch gets a running job for the room.
    ///
    /// Tells webhooks `agent_job_started`. Only LiveKit Cloud may send this event; a self-hosted server
    /// does not.
    ///
    /// # Errors
    /// `not_found` if there is no such room or dispatch, `failed_precondition` while the dispatch has a job
    /// that has not ended. A job that has ended makes way for the new one.
    pub fn start_agent_job(&self, room: &str, dispatch_id: &str) -> Result<Job> {
        Ok(self.world().with(|store| start(store, room, dispatch_id))?)
    }

    /// Ends a job of an agent: successfully, or with this error.
    ///
    /// Tells webhooks `agent_job_ended`. Only LiveKit Cloud may send this event; a self-hosted server does
    /// not.
    ///
    /// # Errors
    /// `not_found` if there is no such job, for instance as its room has closed; `failed_precondition` if it
    /// has ended before.
    pub fn end_agent_job(&self, job_id: &str, error: Option<&str>) -> Result<Job> {
        Ok(self.world().with(|store| end(store, job_id, error))?)
    }
}

fn start(store: &mut Store, room: &str, dispatch_id: &str) -> Result<Job, Refusal> {
    let now = store.now.nanoseconds();
    let live = store.rooms.get_mut(room).ok_or_else(no_room)?;
    let seen = live.seen();
    let dispatch = live.dispatches.iter_mut().find(|dispatch| dispatch.id == dispatch_id);
    let dispatch = dispatch.ok_or_else(no_dispatch)?;
    let job_id = id::new("AJ_");
    let job = Job {
        dispatch_id: dispatch.id.clone(),
        r#type: JobType::JtRoom.into(),
        room: Some(seen),
        metadata: dispatch.metadata.clone(),
        agent_name: dispatch.agent_name.clone(),
        state: Some(JobState {
            status: JobStatus::JsRunning.into(),
            started_at: now,
            updated_at: now,
            participant_identity: format!("agent-{job_id}"),
            worker_id: id::new("AW_"),
            agent_id: id::new("A_"),
            ..JobState::default()
        }),
        id: job_id,
        deployment: dispatch.deployment.clone(),
        attributes: dispatch.attributes.clone(),
        ..Job::default()
    };
    let state = dispatch.state.get_or_insert_default();
    if state.jobs.iter().any(is_running) {
        return Err(failed_precondition("the dispatch has a job that has not ended"));
    }
    // A dispatch has at most one job for its room.
    state.jobs = vec![job.clone()];
    tell(store, "agent_job_started", &job);
    Ok(job)
}

fn end(store: &mut Store, job_id: &str, error: Option<&str>) -> Result<Job, Refusal> {
    let now = store.now.nanoseconds();
    let job = find(&mut store.rooms, job_id).ok_or_else(|| not_found("requested job does not exist"))?;
    if !is_running(job) {
        return Err(failed_precondition("the job has ended before"));
    }
    finish(job, error, now);
    let job = job.clone();
    tell(store, "agent_job_ended", &job);
    Ok(job)
}

fn find<'a>(rooms: &'a mut Rooms, job_id: &str) -> Option<&'a mut Job> {
    let dispatches = rooms.iter_mut().flat_map(|live| &mut live.dispatches);
    let states = dispatches.filter_map(|dispatch| dispatch.state.as_mut());
    states.flat_map(|state| &mut state.jobs).find(|job| job.id == job_id)
}

/// Ends the jobs of a dispatch that is no more.
pub(super) fn end_all(store: &mut Store, dispatch: AgentDispatch) {
    let jobs = dispatch.state.into_iter().flat_map(|state| state.jobs);
    for mut job in jobs.filter(is_running) {
        finish(&mut job, None, store.now.nanoseconds());
        tell(store, "agent_job_ended", &job);
    }
}

fn finish(job: &mut Job, error: Option<&str>, now: i64) {
    let state = job.state.get_or_insert_default();
    let status = if error.is_some() { JobStatus::JsFailed } else { JobStatus::JsSuccess };
    state.status = status.into();
    state.error = error.unwrap_or_default().to_owned();
    state.ended_at = now;
    state.updated_at = now;
}

fn is_running(job: &Job) -> bool {
    job.state.as_ref().is_some_and(|state| state.status() == JobStatus::JsRunning)
}

fn tell(store: &mut Store, event: &str, job: &Job) {
    let job = Some(Box::new(job.clone()));
    store.tell(WebhookEvent { event: event.to_owned(), job, ..WebhookEvent::default() });
}
