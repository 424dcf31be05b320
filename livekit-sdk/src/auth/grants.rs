//! The grants of LiveKit's tokens: generated structs, and what their values mean.

use crate::proto::{ParticipantPermission, TrackSource, participant_info};

include!(concat!(env!("OUT_DIR"), "/grants.rs"));

impl VideoGrant {
    /// Lets a participant join `room`, with LiveKit's defaults: publish, subscribe, send data.
    pub fn join(room: impl Into<String>) -> Self {
        Self::default().room_join(true).room(room)
    }

    /// Lets a participant join `room` to watch and listen: no tracks, no data.
    pub fn watch(room: impl Into<String>) -> Self {
        Self::join(room).can_publish(false).can_publish_data(false)
    }

    /// Lets a program administer `room`: its participants, tracks, metadata and agents.
    pub fn admin(room: impl Into<String>) -> Self {
        Self::default().room_admin(true).room(room)
    }

    /// The sources that may be published; replaces those set before. None: every source.
    #[must_use]
    pub fn publish_sources(self, sources: impl IntoIterator<Item = TrackSource>) -> Self {
        self.can_publish_sources(sources.into_iter().map(TrackSource::to_claim))
    }

    /// The sources that the grant lists. Empty: every source. Text that names no source is `Unknown`.
    pub fn listed_sources(&self) -> Vec<TrackSource> {
        self.can_publish_sources.iter().map(|text| TrackSource::from_claim(text)).collect()
    }

    /// Whether tracks may be published. Default when absent: yes.
    pub fn may_publish(&self) -> bool {
        self.can_publish.unwrap_or(true)
    }

    /// Whether tracks of `source` may be published: if [`may_publish`](Self::may_publish), and the list of
    /// sources is empty or names it.
    pub fn may_publish_source(&self, source: TrackSource) -> bool {
        let listed = || self.can_publish_sources.contains(&source.to_claim());
        self.may_publish() && (self.can_publish_sources.is_empty() || listed())
    }

    /// Whether the tracks of others may be subscribed to. Default when absent: yes.
    pub fn may_subscribe(&self) -> bool {
        self.can_subscribe.unwrap_or(true)
    }

    /// Whether data packets may be sent. Default when absent: as [`may_publish`](Self::may_publish).
    pub fn may_publish_data(&self) -> bool {
        self.can_publish_data.unwrap_or_else(|| self.may_publish())
    }

    /// Whether the participant may change its own name, metadata and attributes. Default when absent: no.
    pub fn may_update_own_metadata(&self) -> bool {
        self.can_update_own_metadata.unwrap_or(false)
    }

    /// Whether the metrics of others may be subscribed to. Default when absent: no.
    pub fn may_subscribe_metrics(&self) -> bool {
        self.can_subscribe_metrics.unwrap_or(false)
    }

    /// Whether the participant may manage an agent session. Default when absent: no.
    pub fn may_manage_agent_session(&self) -> bool {
        self.can_manage_agent_session.unwrap_or(false)
    }

    /// The permission that a participant with this grant has in the room: every default made explicit.
    // Servers still read `recorder` and `agent` here, and newer protocols have more.
    #[allow(deprecated, clippy::needless_update)]
    pub fn to_permission(&self) -> ParticipantPermission {
        ParticipantPermission {
            can_subscribe: self.may_subscribe(),
            can_publish: self.may_publish(),
            can_publish_data: self.may_publish_data(),
            can_publish_sources: self.listed_sources().into_iter().map(i32::from).collect(),
            hidden: self.hidden,
            recorder: self.recorder,
            can_update_metadata: self.may_update_own_metadata(),
            agent: self.agent,
            can_subscribe_metrics: self.may_subscribe_metrics(),
            can_manage_agent_session: self.may_manage_agent_session(),
            ..Default::default()
        }
    }

    /// Whether a participant with this grant has exactly `permission`. The order of the sources counts, as
    /// it does for LiveKit's server, which then sees nothing to change.
    pub fn matches_permission(&self, permission: &ParticipantPermission) -> bool {
        self.to_permission() == *permission
    }

    /// Takes over all that `permission` says, each choice explicitly, a refusal included. Rooms and the right
    /// to join, create, list, record or administer stay as they are.
    #[allow(deprecated)] // Servers still write `recorder` and `agent` there.
    pub fn update_from_permission(&mut self, permission: &ParticipantPermission) {
        self.can_publish = Some(permission.can_publish);
        self.can_publish_data = Some(permission.can_publish_data);
        self.can_subscribe = Some(permission.can_subscribe);
        self.can_update_own_metadata = Some(permission.can_update_metadata);
        self.can_subscribe_metrics = Some(permission.can_subscribe_metrics);
        self.can_manage_agent_session = Some(permission.can_manage_agent_session);
        // A source that this version does not know still has to take a place: an empty list allows every source.
        let source = |number: &i32| TrackSource::try_from(*number).unwrap_or(TrackSource::Unknown).to_claim();
        self.can_publish_sources = permission.can_publish_sources.iter().map(source).collect();
        self.hidden = permission.hidden;
        self.recorder = permission.recorder;
        self.agent = permission.agent;
    }
}

impl From<&VideoGrant> for ParticipantPermission {
    fn from(grant: &VideoGrant) -> Self {
        grant.to_permission()
    }
}

impl AgentEndpointGrant {
    /// Whether endpoints of `deployment` of the agent `agent` may be called. Names are compared exactly; one
    /// that the grant leaves empty stands for all. A worker registered without a deployment has `default`.
    pub fn allows(&self, agent: &str, deployment: &str) -> bool {
        let admits = |granted: &str, asked: &str| granted.is_empty() || granted == asked;
        self.call && admits(&self.agent_name, agent) && admits(&self.deployment, deployment)
    }
}

impl AgentThreadGrant {
    /// Whether threads may be created in `scope`.
    pub fn can_create(&self, scope: &str) -> bool {
        self.create && self.has_scope(scope)
    }

    /// Whether the threads in `scope` may be listed.
    pub fn can_list(&self, scope: &str) -> bool {
        self.list && self.has_scope(scope)
    }

    /// Whether the thread `id` may be read.
    pub fn can_read(&self, id: &str) -> bool {
        self.read && self.has_thread(id)
    }

    /// Whether the thread `id` may be added to.
    pub fn can_write(&self, id: &str) -> bool {
        self.write && self.has_thread(id)
    }

    /// Whether the thread `id` may be deleted.
    pub fn can_delete(&self, id: &str) -> bool {
        self.delete && self.has_thread(id)
    }

    /// Whether threads may be changed, which takes `write` and `all`.
    pub fn can_update(&self) -> bool {
        self.all && self.write
    }

    /// An empty scope is none: without `all` it gives access to nothing.
    fn has_scope(&self, scope: &str) -> bool {
        self.all || (!self.scope.is_empty() && self.scope == scope)
    }

    fn has_thread(&self, id: &str) -> bool {
        !id.is_empty() && (self.all || self.thread_ids.iter().any(|granted| granted == id))
    }
}

/// An enum value in a claim is its protobuf name in lower case. Reading ignores case.
impl TrackSource {
    /// The source as tokens write it: `camera`, `microphone`, `screen_share`, `screen_share_audio`.
    pub fn to_claim(self) -> String {
        self.as_str_name().to_ascii_lowercase()
    }

    /// The source that a token names, in any case. Text that names none is `Unknown`.
    pub fn from_claim(text: &str) -> Self {
        Self::from_str_name(&text.to_ascii_uppercase()).unwrap_or(Self::Unknown)
    }
}

impl participant_info::Kind {
    /// The kind as tokens write it: `standard`, `ingress`, `egress`, `sip`, `agent`, `connector`, `bridge`.
    pub fn to_claim(self) -> String {
        self.as_str_name().to_ascii_lowercase()
    }

    /// The kind that a token names, in any case. Text that names none is `Standard`.
    pub fn from_claim(text: &str) -> Self {
        Self::from_str_name(&text.to_ascii_uppercase()).unwrap_or(Self::Standard)
    }
}

impl participant_info::KindDetail {
    /// The detail as tokens write it: `cloud_agent`, `forwarded`, `connector_whatsapp`, …
    pub fn to_claim(self) -> String {
        self.as_str_name().to_ascii_lowercase()
    }

    /// The detail that a token names, in any case; `None` if this version knows no such detail.
    pub fn from_claim(text: &str) -> Option<Self> {
        Self::from_str_name(&text.to_ascii_uppercase())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

    use super::*;

    fn video() -> VideoGrant {
        VideoGrant::default()
    }

    #[test]
    fn constructors_grant_what_they_say() {
        assert_eq!(VideoGrant::join("r"), video().room_join(true).room("r"));
        assert_eq!(VideoGrant::admin("r"), video().room_admin(true).room("r"));
        let watch = VideoGrant::watch("r");
        assert!(
            watch.room_join && watch.may_subscribe() && !watch.may_publish() && !watch.may_publish_data()
        );
    }

    #[test]
    fn what_is_absent_has_its_default() {
        let absent = video();
        assert!(absent.may_publish() && absent.may_subscribe() && absent.may_publish_data());
        assert!(!absent.may_update_own_metadata());
        assert!(!absent.may_subscribe_metrics() && !absent.may_manage_agent_session());
        assert!(!video().can_publish(false).may_publish_data());
        assert!(video().can_publish(false).can_publish_data(true).may_publish_data());
        assert!(!video().can_subscribe(false).may_subscribe());
        assert!(video().can_update_own_metadata(true).may_update_own_metadata());
        assert!(video().can_subscribe_metrics(true).may_subscribe_metrics());
        assert!(video().can_manage_agent_session(true).may_manage_agent_session());
    }

    #[test]
    fn sources_limit_what_may_be_published() {
        use TrackSource::{Camera, Microphone, ScreenShare};
        assert!(video().may_publish_source(Camera));
        let limited = video().publish_sources([Camera, ScreenShare]);
        assert_eq!(limited.can_publish_sources, ["camera", "screen_share"]);
        assert!(limited.may_publish_source(ScreenShare) && !limited.may_publish_source(Microphone));
        assert!(!limited.can_publish(false).may_publish_source(Camera));
        // LiveKit's server compares the text as it is.
        assert!(!video().can_publish_sources(["CAMERA"]).may_publish_source(Camera));
        let odd = video().can_publish_sources(["Camera", "smell"]);
        assert_eq!(odd.listed_sources(), [Camera, TrackSource::Unknown]);
    }

    /// Each of the ten values, and how to change it in the grant and in the permission.
    type Change = (fn(VideoGrant) -> VideoGrant, fn(&mut ParticipantPermission));

    #[allow(deprecated)]
    const CHANGES: [Change; 10] = [
        (|grant| grant.can_publish(false).can_publish_data(true), |p| p.can_publish = false),
        (|grant| grant.can_publish_data(false), |p| p.can_publish_data = false),
        (|grant| grant.can_subscribe(false), |p| p.can_subscribe = false),
        (|grant| grant.can_update_own_metadata(true), |p| p.can_update_metadata = true),
        (|grant| grant.can_subscribe_metrics(true), |p| p.can_subscribe_metrics = true),
        (|grant| grant.can_manage_agent_session(true), |p| p.can_manage_agent_session = true),
        (|grant| grant.hidden(true), |p| p.hidden = true),
        (|grant| grant.recorder(true), |p| p.recorder = true),
        (|grant| grant.agent(true), |p| p.agent = true),
        (|grant| grant.publish_sources([TrackSource::Camera]), |p| p.can_publish_sources = vec![1]),
    ];

    #[test]
    fn a_permission_is_the_ten_effective_values() {
        let (grant, permission) = (VideoGrant::join("r"), VideoGrant::join("r").to_permission());
        assert!(permission.can_publish && permission.can_publish_data && permission.can_subscribe);
        assert!(grant.matches_permission(&permission));
        for (change_grant, change_permission) in CHANGES {
            let (mut changed, grant) = (permission.clone(), change_grant(grant.clone()));
            change_permission(&mut changed);
            assert_eq!(grant.to_permission(), changed);
            assert_eq!(ParticipantPermission::from(&grant), changed);
            assert!(grant.matches_permission(&changed));
            assert!(!grant.matches_permission(&permission), "{grant:?}");
        }
    }

    #[test]
    fn the_order_of_sources_counts() {
        use TrackSource::{Camera, Microphone};
        let permission = video().publish_sources([Camera, Microphone]).to_permission();
        assert!(!video().publish_sources([Microphone, Camera]).matches_permission(&permission));
    }

    #[test]
    fn updating_makes_every_choice_explicit_and_leaves_the_rest() {
        let before = VideoGrant::join("r").room_admin(true).destination_room("d");
        for (_, change) in CHANGES {
            let (mut permission, mut grant) = (before.to_permission(), before.clone());
            change(&mut permission);
            grant.update_from_permission(&permission);
            assert!(grant.matches_permission(&permission));
            assert!(grant.can_publish.is_some() && grant.can_update_own_metadata.is_some());
            assert!(
                grant.room_join && grant.room_admin && grant.room == "r" && grant.destination_room == "d"
            );
        }
        let mut denied = before.clone();
        denied.update_from_permission(&ParticipantPermission::default());
        assert_eq!(
            (denied.can_publish, denied.can_subscribe, denied.can_publish_data),
            (Some(false), Some(false), Some(false))
        );
    }

    #[test]
    fn a_source_of_the_future_does_not_open_all_sources() {
        let permission =
            ParticipantPermission { can_publish: true, can_publish_sources: vec![99], ..Default::default() };
        let mut grant = VideoGrant::join("r");
        grant.update_from_permission(&permission);
        assert!(!grant.may_publish_source(TrackSource::Camera));
    }

    #[test]
    fn endpoints_are_compared_exactly() {
        let grant = AgentEndpointGrant::default;
        assert!(!grant().allows("a", "default"));
        assert!(grant().call(true).allows("a", "default"));
        let narrow = grant().call(true).agent_name("a").deployment("blue");
        assert!(narrow.allows("a", "blue"));
        assert!(!narrow.allows("A", "blue") && !narrow.allows("a", "default") && !narrow.allows("b", "blue"));
        assert!(!grant().agent_name("a").allows("a", ""));
    }

    #[test]
    fn threads_need_a_flag_and_a_reach() {
        let flags =
            || AgentThreadGrant::default().create(true).list(true).read(true).write(true).delete(true);
        let asks = |grant: &AgentThreadGrant, scope: &str, id: &str| {
            [
                grant.can_create(scope),
                grant.can_list(scope),
                grant.can_read(id),
                grant.can_write(id),
                grant.can_delete(id),
                grant.can_update(),
            ]
        };
        assert_eq!(asks(&flags(), "s", "t"), [false; 6]);
        assert_eq!(asks(&flags(), "", ""), [false; 6]);
        assert_eq!(asks(&flags().all(true), "s", "t"), [true; 6]);
        assert_eq!(asks(&flags().all(true), "", ""), [true, true, false, false, false, true]);
        assert_eq!(asks(&AgentThreadGrant::default().all(true), "s", "t"), [false; 6]);
        let scoped = flags().scope("s").thread_ids(["t"]);
        assert_eq!(asks(&scoped, "s", "t"), [true, true, true, true, true, false]);
        assert_eq!(asks(&scoped, "other", "other"), [false; 6]);
    }

    #[test]
    fn claim_texts_are_lower_case_and_read_in_any() {
        use participant_info::{Kind, KindDetail};
        assert_eq!(TrackSource::ScreenShareAudio.to_claim(), "screen_share_audio");
        assert_eq!(TrackSource::from_claim("Screen_Share"), TrackSource::ScreenShare);
        assert_eq!(TrackSource::from_claim("smell"), TrackSource::Unknown);
        assert_eq!(TrackSource::Unknown.to_claim(), "unknown");
        for (kind, text) in [(Kind::Standard, "standard"), (Kind::Sip, "sip"), (Kind::Bridge, "bridge")] {
            assert_eq!((kind.to_claim().as_str(), Kind::from_claim(text)), (text, kind));
        }
        assert_eq!(Kind::from_claim(""), Kind::Standard);
        assert_eq!(KindDetail::from_claim("Connector_Twilio"), Some(KindDetail::ConnectorTwilio));
        assert_eq!(KindDetail::from_claim(""), None);
    }
}
