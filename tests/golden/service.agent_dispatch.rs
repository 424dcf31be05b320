/// Sends agents to rooms, lists the agents sent there and calls them back.
#[::livekit_macros::service(package = "livekit", name = "AgentDispatchService", accessor = "agent_dispatch", client, server)]
pub trait AgentDispatchService {
    /// Sends an agent to a room.
    ///
    /// A room that does not exist is created, unless the server is configured not to; in that case it
    /// is `unavailable`. The answer comes before any agent has taken on the job. A malformed
    /// `deployment` and values beyond their limits are `invalid_argument`.
    ///
    /// Route: `POST /twirp/livekit.AgentDispatchService/CreateDispatch`. Needs `video.roomAdmin`, for the room in `room`.
    #[rpc(name = "CreateDispatch", access(video(room_admin)), room = "room")]
    fn create_dispatch(request: crate::proto::CreateAgentDispatchRequest) -> crate::proto::AgentDispatch;

    /// Withdraws a dispatch and ends its jobs.
    ///
    /// The jobs end some time after the answer, which is the dispatch as it was. An unknown dispatch
    /// is `not_found`, an unknown room `unavailable`.
    ///
    /// Route: `POST /twirp/livekit.AgentDispatchService/DeleteDispatch`. Needs `video.roomAdmin`, for the room in `room`.
    #[rpc(name = "DeleteDispatch", access(video(room_admin)), room = "room")]
    fn delete_dispatch(request: crate::proto::DeleteAgentDispatchRequest) -> crate::proto::AgentDispatch;

    /// Lists the dispatches of a room, or looks up one of them.
    ///
    /// An unknown dispatch gives an empty list; an unknown room is `unavailable`. The list includes
    /// the dispatch without an agent name that a room gets by default.
    ///
    /// Route: `POST /twirp/livekit.AgentDispatchService/ListDispatch`. Needs `video.roomAdmin`, for the room in `room`.
    #[rpc(name = "ListDispatch", access(video(room_admin)), room = "room")]
    fn list_dispatch(request: crate::proto::ListAgentDispatchRequest) -> crate::proto::ListAgentDispatchResponse;
}
