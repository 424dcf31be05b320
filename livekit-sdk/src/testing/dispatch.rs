//! Agents that are sent to rooms.

use super::clock::Now;
use super::refusals::{invalid, not_found, unavailable};
use super::world::{Store, World};
use super::{id, job, limits, room};
use crate::error::Refusal;
use crate::proto::{
    AgentDispatch, AgentDispatchState, CreateAgentDispatchRequest, CreateRoomRequest,
    DeleteAgentDispatchRequest, ListAgentDispatchRequest, ListAgentDispatchResponse, RoomAgentDispatch,
};
use crate::server::{Context, Router};
use crate::services::agent_dispatch::{AgentDispatchService, AgentDispatchServiceServer};

/// Bytes of a deployment's name.
const MAX_DEPLOYMENT: usize = 64;

pub(super) fn router(world: &World) -> Router {
    AgentDispatchServiceServer::router(Handlers(world.clone()))
}

/// The dispatches that a new room begins with. Without any of its own, every agent without a name comes.
pub(super) fn of_new_room(request: &CreateRoomRequest, now: Now) -> Vec<AgentDispatch> {
    let default = [RoomAgentDispatch::default()];
    let asked = if request.agents.is_empty() { &default[..] } else { &request.agents };
    asked.iter().map(|agent| dispatch(&request.name, agent.clone(), now)).collect()
}

/// Sends agents to a room, which is opened for them if need be.
pub(super) fn send(store: &mut Store, room: &str, agents: Vec<RoomAgentDispatch>) -> Result<(), Refusal> {
    let now = store.now;
    let Some(live) = store.rooms.get_mut(room) else {
        let request = CreateRoomRequest { name: room.to_owned(), agents, ..Default::default() };
        return room::open(store, request).map(|_| ());
    };
    live.dispatches.extend(agents.into_iter().map(|agent| dispatch(room, agent, now)));
    Ok(())
}

fn dispatch(room: &str, agent: RoomAgentDispatch, now: Now) -> AgentDispatch {
    AgentDispatch {
        id: id::new("AD_"),
        agent_name: agent.agent_name,
        room: room.to_owned(),
        metadata: agent.metadata,
        state: Some(AgentDispatchState { created_at: now.nanoseconds(), ..Default::default() }),
        restart_policy: agent.restart_policy,
        deployment: agent.deployment,
        attributes: agent.attributes,
        ..Default::default()
    }
}

struct Handlers(World);

impl AgentDispatchService for Handlers {
    async fn create_dispatch(
        &self,
        _: Context,
        request: CreateAgentDispatchRequest,
    ) -> Result<AgentDispatch, Refusal> {
        check(&request)?;
        let CreateAgentDispatchRequest {
            agent_name,
            room,
            metadata,
            restart_policy,
            deployment,
            attributes,
            ..
        } = request;
        let agent = RoomAgentDispatch {
            agent_name,
            metadata,
            restart_policy,
            deployment,
            attributes,
            ..Default::default()
        };
        self.0.with(|store| {
            if store.rooms.get(&room).is_none() {
                room::open(store, CreateRoomRequest { name: room.clone(), ..Default::default() })?;
            }
            let dispatch = dispatch(&room, agent, store.now);
            dispatches(store, &room)?.push(dispatch.clone());
            Ok(dispatch)
        })
    }

    async fn list_dispatch(
        &self,
        _: Context,
        request: ListAgentDispatchRequest,
    ) -> Result<ListAgentDispatchResponse, Refusal> {
        let ListAgentDispatchRequest { dispatch_id, room, .. } = request;
        self.0.with(|store| {
            let wanted = dispatches(store, &room)?.iter();
            let wanted = wanted.filter(|it| dispatch_id.is_empty() || it.id == dispatch_id);
            Ok(ListAgentDispatchResponse {
                agent_dispatches: wanted.cloned().collect(),
                ..Default::default()
            })
        })
    }

    async fn delete_dispatch(
        &self,
        _: Context,
        request: DeleteAgentDispatchRequest,
    ) -> Result<AgentDispatch, Refusal> {
        self.0.with(|store| {
            let dispatches = dispatches(store, &request.room)?;
            let index = dispatches.iter().position(|it| it.id == request.dispatch_id);
            let removed = dispatches.remove(index.ok_or_else(no_dispatch)?);
            // The answer is the dispatch as it was: its jobs end later.
            job::end_all(store, removed.clone());
            Ok(removed)
        })
    }
}

pub(super) fn no_dispatch() -> Refusal {
    not_found("requested agent dispatch does not exist")
}

/// The dispatches of a room. They are the room's own to answer for, and without it nobody does.
fn dispatches<'a>(store: &'a mut Store, room: &str) -> Result<&'a mut Vec<AgentDispatch>, Refusal> {
    let live = store.rooms.get_mut(room).ok_or_else(|| unavailable("no response from servers"))?;
    Ok(&mut live.dispatches)
}

fn check(request: &CreateAgentDispatchRequest) -> Result<(), Refusal> {
    let deployment = &request.deployment;
    let is_allowed = |byte: u8| byte > 0x20 && byte != 0x7f && byte != b'_';
    if deployment.len() > MAX_DEPLOYMENT || !deployment.bytes().all(is_allowed) {
        return Err(invalid(format!("invalid deployment {deployment:?}")));
    }
    // Unlike rooms, dispatches do not repeat the message as meta.
    let plain = |refusal: Refusal| Refusal { meta: Default::default(), ..refusal };
    limits::metadata(&request.metadata).map_err(plain)?;
    limits::attributes(&request.attributes).map_err(plain)
}
