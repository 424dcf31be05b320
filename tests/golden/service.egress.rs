/// Starts, changes, lists and stops egresses: recordings and outgoing streams of rooms or web pages.
///
/// A self-hosted server needs Redis and a running egress worker for this; without a worker, starting
/// is `unavailable` and stopping is `deadline_exceeded`.
#[::livekit_macros::service(package = "livekit", name = "Egress", accessor = "egress", client, server)]
pub trait Egress {
    /// Starts an egress of any kind: a composed room, a web page, or tracks captured directly.
    ///
    /// This is the one method that covers all the older `Start…Egress` methods. The response comes
    /// once a worker has accepted the job, usually with status `EGRESS_STARTING`; follow
    /// `egress_updated` and `egress_ended` webhooks or `ListEgress` to learn the outcome. An unknown
    /// room is `not_found`; when no egress worker takes the job, the call fails with `unavailable`
    /// after several tries.
    ///
    /// Route: `POST /twirp/livekit.Egress/StartEgress`. Needs `video.roomRecord`.
    #[rpc(name = "StartEgress", access(video(room_record)))]
    fn start_egress(request: crate::proto::StartEgressRequest) -> crate::proto::EgressInfo;

    /// Switches a running egress that composes a room to another layout.
    ///
    /// The layout is handed to the recording page as metadata of the egress's participant. An unknown
    /// egress, or one that is not in the room, is `not_found`.
    ///
    /// Route: `POST /twirp/livekit.Egress/UpdateLayout`. Needs `video.roomRecord`.
    #[rpc(name = "UpdateLayout", access(video(room_record)))]
    fn update_layout(request: crate::proto::UpdateLayoutRequest) -> crate::proto::EgressInfo;

    /// Adds stream destinations to a running egress, or removes some.
    ///
    /// An unknown egress is `not_found`; one that is ending or has ended is `failed_precondition`.
    ///
    /// Route: `POST /twirp/livekit.Egress/UpdateStream`. Needs `video.roomRecord`.
    #[rpc(name = "UpdateStream", access(video(room_record)))]
    fn update_stream(request: crate::proto::UpdateStreamRequest) -> crate::proto::EgressInfo;

    /// Lists egresses, running ones as well as those that ended not long ago.
    ///
    /// A self-hosted server forgets an egress 24 hours after its end. Asking for an unknown
    /// `egress_id` is `not_found`; the other filters give an empty list when nothing matches.
    ///
    /// Route: `POST /twirp/livekit.Egress/ListEgress`. Needs `video.roomRecord`.
    #[rpc(name = "ListEgress", access(video(room_record)))]
    fn list_egress(request: crate::proto::ListEgressRequest) -> crate::proto::ListEgressResponse;

    /// Stops a running egress.
    ///
    /// An unknown egress is `not_found`, one that is ending or has ended is `failed_precondition`, and
    /// a worker that does not answer is `deadline_exceeded`.
    ///
    /// Route: `POST /twirp/livekit.Egress/StopEgress`. Needs `video.roomRecord`.
    #[rpc(name = "StopEgress", access(video(room_record)))]
    fn stop_egress(request: crate::proto::StopEgressRequest) -> crate::proto::EgressInfo;

    /// Records or streams a whole room, composed by a web page that lays out the participants.
    ///
    /// `StartEgress` with a `TemplateSource` does the same. An unknown room is `not_found`; without an
    /// egress worker the call is `unavailable`.
    ///
    /// Route: `POST /twirp/livekit.Egress/StartRoomCompositeEgress`. Needs `video.roomRecord`.
    #[rpc(name = "StartRoomCompositeEgress", access(video(room_record)))]
    fn start_room_composite_egress(request: crate::proto::RoomCompositeEgressRequest) -> crate::proto::EgressInfo;

    /// Records or streams any web page; no room is involved.
    ///
    /// `StartEgress` with a `WebSource` does the same. Without an egress worker the call is
    /// `unavailable`.
    ///
    /// Route: `POST /twirp/livekit.Egress/StartWebEgress`. Needs `video.roomRecord`.
    #[rpc(name = "StartWebEgress", access(video(room_record)))]
    fn start_web_egress(request: crate::proto::WebEgressRequest) -> crate::proto::EgressInfo;

    /// Records or streams the audio and video of one participant.
    ///
    /// `StartEgress` with a `MediaSource` does the same. An unknown room is `not_found`; without an
    /// egress worker the call is `unavailable`.
    ///
    /// Route: `POST /twirp/livekit.Egress/StartParticipantEgress`. Needs `video.roomRecord`.
    #[rpc(name = "StartParticipantEgress", access(video(room_record)))]
    fn start_participant_egress(request: crate::proto::ParticipantEgressRequest) -> crate::proto::EgressInfo;

    /// Records or streams one audio track and one video track together.
    ///
    /// `StartEgress` with a `MediaSource` does the same. An unknown room is `not_found`; without an
    /// egress worker the call is `unavailable`.
    ///
    /// Route: `POST /twirp/livekit.Egress/StartTrackCompositeEgress`. Needs `video.roomRecord`.
    #[rpc(name = "StartTrackCompositeEgress", access(video(room_record)))]
    fn start_track_composite_egress(request: crate::proto::TrackCompositeEgressRequest) -> crate::proto::EgressInfo;

    /// Exports a single track to a file or to a WebSocket.
    ///
    /// `StartEgress` with a `MediaSource` does the same. An unknown room is `not_found`; without an
    /// egress worker the call is `unavailable`.
    ///
    /// Route: `POST /twirp/livekit.Egress/StartTrackEgress`. Needs `video.roomRecord`.
    #[rpc(name = "StartTrackEgress", access(video(room_record)))]
    fn start_track_egress(request: crate::proto::TrackEgressRequest) -> crate::proto::EgressInfo;
}
