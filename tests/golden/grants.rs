/// Everything a token can grant. A block that is not set grants nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, ::livekit_macros::Grant)]
pub struct ClaimGrants {
    /// Rooms: join, administer, create, list, record; also ingress administration.
    #[grant(key = "video")]
    pub video: ::core::option::Option<VideoGrant>,
    /// Telephony: trunks, dispatch rules and calls.
    #[grant(key = "sip")]
    pub sip: ::core::option::Option<SipGrant>,
    /// Cloud agents, their simulations and databases.
    #[grant(key = "agent")]
    pub agent: ::core::option::Option<AgentGrant>,
    /// Hosted model inference (LiveKit Cloud).
    #[grant(key = "inference")]
    pub inference: ::core::option::Option<InferenceGrant>,
    /// Upload of traces, logs and session reports (LiveKit Cloud).
    #[grant(key = "observability")]
    pub observability: ::core::option::Option<ObservabilityGrant>,
    /// Calls of HTTP endpoints that an agent exposes (LiveKit Cloud).
    #[grant(key = "agentEndpoint")]
    pub agent_endpoint: ::core::option::Option<AgentEndpointGrant>,
    /// Agent conversation threads (LiveKit Cloud).
    #[grant(key = "agentThread")]
    pub agent_thread: ::core::option::Option<AgentThreadGrant>,
}

/// Rooms and the media in them.
#[derive(Clone, Debug, Default, PartialEq, Eq, ::livekit_macros::Grant)]
pub struct VideoGrant {
    /// Create and delete rooms.
    #[grant(key = "roomCreate")]
    pub room_create: bool,
    /// List rooms.
    #[grant(key = "roomList")]
    pub room_list: bool,
    /// Start, change, list and stop egress (recordings, streams).
    #[grant(key = "roomRecord")]
    pub room_record: bool,
    /// Administer the room named in `room`: participants, tracks, data, metadata, agent dispatches.
    #[grant(key = "roomAdmin")]
    pub room_admin: bool,
    /// Join the room named in `room`.
    #[grant(key = "roomJoin")]
    pub room_join: bool,
    /// The room that `room_join` and `room_admin` apply to. Compared exactly, at most 256 bytes.
    #[grant(key = "room")]
    pub room: ::std::string::String,
    /// Publish tracks. Default when absent: allowed.
    #[grant(key = "canPublish")]
    pub can_publish: ::core::option::Option<bool>,
    /// Subscribe to the tracks of others. Default when absent: allowed.
    #[grant(key = "canSubscribe")]
    pub can_subscribe: ::core::option::Option<bool>,
    /// Publish data packets. Default when absent: whatever `can_publish` says.
    #[grant(key = "canPublishData")]
    pub can_publish_data: ::core::option::Option<bool>,
    /// The sources that may be published: `camera`, `microphone`, `screen_share`, `screen_share_audio`.
    /// Empty: every source. Without effect when `can_publish` is false.
    #[grant(key = "canPublishSources")]
    pub can_publish_sources: ::std::vec::Vec<::std::string::String>,
    /// Change the participant's own name, metadata and attributes. Default when absent: not allowed.
    #[grant(key = "canUpdateOwnMetadata")]
    pub can_update_own_metadata: ::core::option::Option<bool>,
    /// Create, change, list and delete ingress.
    #[grant(key = "ingressAdmin")]
    pub ingress_admin: bool,
    /// The participant is not shown to others.
    #[grant(key = "hidden")]
    pub hidden: bool,
    /// The participant records the room; others see that a recording is on.
    #[grant(key = "recorder")]
    pub recorder: bool,
    /// The participant is an agent.
    #[grant(key = "agent")]
    pub agent: bool,
    /// Subscribe to the metrics of others. Default when absent: not allowed.
    #[grant(key = "canSubscribeMetrics")]
    pub can_subscribe_metrics: ::core::option::Option<bool>,
    /// Manage an agent session through the agent's own interface. Default when absent: not allowed.
    #[grant(key = "canManageAgentSession")]
    pub can_manage_agent_session: ::core::option::Option<bool>,
    /// The room that participants may be forwarded or moved to (LiveKit Cloud).
    #[grant(key = "destinationRoom")]
    pub destination_room: ::std::string::String,
}

/// Telephony. `admin` does not imply `call`.
#[derive(Clone, Debug, Default, PartialEq, Eq, ::livekit_macros::Grant)]
pub struct SipGrant {
    /// Manage trunks, dispatch rules and phone numbers.
    #[grant(key = "admin")]
    pub admin: bool,
    /// Place and transfer calls.
    #[grant(key = "call")]
    pub call: bool,
}

/// Cloud agents.
#[derive(Clone, Debug, Default, PartialEq, Eq, ::livekit_macros::Grant)]
pub struct AgentGrant {
    /// Create, deploy, change and delete cloud agents.
    #[grant(key = "admin")]
    pub admin: bool,
    /// Run and read agent simulations.
    #[grant(key = "simulationAdmin")]
    pub simulation_admin: bool,
    /// Manage agent databases.
    #[grant(key = "databaseAdmin")]
    pub database_admin: bool,
    /// Manage agent dispatches.
    #[grant(key = "dispatchAdmin")]
    pub dispatch_admin: bool,
}

/// Hosted model inference.
#[derive(Clone, Debug, Default, PartialEq, Eq, ::livekit_macros::Grant)]
pub struct InferenceGrant {
    /// Send requests to hosted models.
    #[grant(key = "perform")]
    pub perform: bool,
}

/// Agent observability.
#[derive(Clone, Debug, Default, PartialEq, Eq, ::livekit_macros::Grant)]
pub struct ObservabilityGrant {
    /// Write traces, logs and session reports.
    #[grant(key = "write")]
    pub write: bool,
}

/// HTTP endpoints of an agent.
#[derive(Clone, Debug, Default, PartialEq, Eq, ::livekit_macros::Grant)]
pub struct AgentEndpointGrant {
    /// Call endpoints.
    #[grant(key = "call")]
    pub call: bool,
    /// The agent whose endpoints may be called. Empty: every agent. Compared exactly.
    #[grant(key = "agentName")]
    pub agent_name: ::std::string::String,
    /// The deployment that may be called; a worker registered without one is called `default`.
    /// Empty: every deployment. Compared exactly.
    #[grant(key = "deployment")]
    pub deployment: ::std::string::String,
}

/// Agent conversation threads. The flags say what may be done, `all`, `scope` and `thread_ids` with
/// which threads.
#[derive(Clone, Debug, Default, PartialEq, Eq, ::livekit_macros::Grant)]
pub struct AgentThreadGrant {
    /// The flags apply to every thread of the project. Implies none of the flags.
    #[grant(key = "all")]
    pub all: bool,
    /// The scope that `list` and `create` apply to. Empty: none, unless `all` is set.
    #[grant(key = "scope")]
    pub scope: ::std::string::String,
    /// The threads that `read`, `write` and `delete` apply to.
    #[grant(key = "threadIds")]
    pub thread_ids: ::std::vec::Vec<::std::string::String>,
    /// List threads.
    #[grant(key = "list")]
    pub list: bool,
    /// Create threads.
    #[grant(key = "create")]
    pub create: bool,
    /// Add to threads; together with `all`, also change them.
    #[grant(key = "write")]
    pub write: bool,
    /// Read threads.
    #[grant(key = "read")]
    pub read: bool,
    /// Delete threads.
    #[grant(key = "delete")]
    pub delete: bool,
}

