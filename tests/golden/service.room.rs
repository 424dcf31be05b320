/// Administers rooms, the participants in them and their tracks.
///
/// A method that has to reach a live room or participant answers `unavailable` when nobody is there
/// to handle the request.
#[::livekit_macros::service(package = "livekit", name = "RoomService", accessor = "room", client, server)]
pub trait RoomService {
    /// Creates a room, or returns the room that already has this name.
    ///
    /// Rooms also come into being when the first participant joins, so this call is only needed to set
    /// options beforehand. An existing room is returned unchanged: its options are not updated.
    ///
    /// A name, metadata or attributes beyond their limits and an unknown `room_preset` are
    /// `invalid_argument`. When a recording asked for with `egress.room` cannot start, the call fails
    /// but the room stays.
    ///
    /// Route: `POST /twirp/livekit.RoomService/CreateRoom`. Needs `video.roomCreate`.
    #[rpc(name = "CreateRoom", access(video(room_create)))]
    fn create_room(request: crate::proto::CreateRoomRequest) -> crate::proto::Room;

    /// Lists the open rooms, all of them or those with the given names.
    ///
    /// Names that belong to no room are left out of the answer; this is no error. The participant
    /// counts can be a few seconds old, and the order of the rooms is not defined.
    ///
    /// Route: `POST /twirp/livekit.RoomService/ListRooms`. Needs `video.roomList`.
    #[rpc(name = "ListRooms", access(video(room_list)))]
    fn list_rooms(request: crate::proto::ListRoomsRequest) -> crate::proto::ListRoomsResponse;

    /// Closes a room and disconnects everyone in it.
    ///
    /// Participants leave with the reason `ROOM_DELETED`; the agent dispatches of the room end with
    /// it. An unknown room is `not_found`.
    ///
    /// Route: `POST /twirp/livekit.RoomService/DeleteRoom`. Needs `video.roomCreate`.
    #[rpc(name = "DeleteRoom", access(video(room_create)))]
    fn delete_room(request: crate::proto::DeleteRoomRequest) -> crate::proto::DeleteRoomResponse;

    /// Lists the participants of a room.
    ///
    /// An unknown room gives an empty list, not an error.
    ///
    /// Route: `POST /twirp/livekit.RoomService/ListParticipants`. Needs `video.roomAdmin`, for the room in `room`.
    #[rpc(name = "ListParticipants", access(video(room_admin)), room = "room")]
    fn list_participants(request: crate::proto::ListParticipantsRequest) -> crate::proto::ListParticipantsResponse;

    /// Returns one participant of a room.
    ///
    /// An unknown room or participant is `not_found`.
    ///
    /// Route: `POST /twirp/livekit.RoomService/GetParticipant`. Needs `video.roomAdmin`, for the room in `room`.
    #[rpc(name = "GetParticipant", access(video(room_admin)), room = "room")]
    fn get_participant(request: crate::proto::RoomParticipantIdentity) -> crate::proto::ParticipantInfo;

    /// Disconnects a participant from a room.
    ///
    /// The participant leaves with the reason `PARTICIPANT_REMOVED`. It can join again with a token
    /// that is still accepted: LiveKit Cloud refuses the tokens that `revoke_token_ts` covers, a
    /// self-hosted server refuses none. An unknown room or participant is `not_found`.
    ///
    /// Route: `POST /twirp/livekit.RoomService/RemoveParticipant`. Needs `video.roomAdmin`, for the room in `room`.
    #[rpc(name = "RemoveParticipant", access(video(room_admin)), room = "room")]
    fn remove_participant(request: crate::proto::RoomParticipantIdentity) -> crate::proto::RemoveParticipantResponse;

    /// Mutes or unmutes a track that a participant publishes.
    ///
    /// Unmuting is `failed_precondition` unless the server allows remote unmuting, which it does not
    /// by default. An unknown room or participant is `unavailable`. An unknown track is no error: the
    /// answer then has no `track`.
    ///
    /// Route: `POST /twirp/livekit.RoomService/MutePublishedTrack`. Needs `video.roomAdmin`, for the room in `room`.
    #[rpc(name = "MutePublishedTrack", access(video(room_admin)), room = "room")]
    fn mute_published_track(request: crate::proto::MuteRoomTrackRequest) -> crate::proto::MuteRoomTrackResponse;

    /// Changes the name, metadata, attributes or permissions of a participant.
    ///
    /// Everyone in the room is told of the change; the answer is the participant as it is afterwards.
    /// Values beyond their limits are `invalid_argument`, an unknown room or participant is
    /// `not_found`.
    ///
    /// Route: `POST /twirp/livekit.RoomService/UpdateParticipant`. Needs `video.roomAdmin`, for the room in `room`.
    #[rpc(name = "UpdateParticipant", access(video(room_admin)), room = "room")]
    fn update_participant(request: crate::proto::UpdateParticipantRequest) -> crate::proto::ParticipantInfo;

    /// Subscribes a participant to tracks of others, or unsubscribes it.
    ///
    /// Unknown tracks are ignored. An unknown room or participant is `unavailable`.
    ///
    /// Route: `POST /twirp/livekit.RoomService/UpdateSubscriptions`. Needs `video.roomAdmin`, for the room in `room`.
    #[rpc(name = "UpdateSubscriptions", access(video(room_admin)), room = "room")]
    fn update_subscriptions(request: crate::proto::UpdateSubscriptionsRequest) -> crate::proto::UpdateSubscriptionsResponse;

    /// Sends a data packet to participants of a room.
    ///
    /// Without destinations everyone in the room gets the packet; unknown destinations are ignored. An
    /// unknown room is `unavailable`.
    ///
    /// Route: `POST /twirp/livekit.RoomService/SendData`. Needs `video.roomAdmin`, for the room in `room`.
    #[rpc(name = "SendData", access(video(room_admin)), room = "room")]
    fn send_data(request: crate::proto::SendDataRequest) -> crate::proto::SendDataResponse;

    /// Replaces the metadata of a room.
    ///
    /// Everyone in the room is told of the change. A self-hosted server clears the metadata when the
    /// new text is empty. Metadata beyond the limit is `invalid_argument`, an unknown room is
    /// `not_found`.
    ///
    /// Route: `POST /twirp/livekit.RoomService/UpdateRoomMetadata`. Needs `video.roomAdmin`, for the room in `room`.
    #[rpc(name = "UpdateRoomMetadata", access(video(room_admin)), room = "room")]
    fn update_room_metadata(request: crate::proto::UpdateRoomMetadataRequest) -> crate::proto::Room;

    /// Shows a participant's tracks in another room as well. LiveKit Cloud only.
    ///
    /// The participant stays where it is and can be forwarded to several rooms; a destination room
    /// that does not exist is created. Forwarding ends when the participant leaves its room, or when
    /// `RemoveParticipant` is called for it in the destination room.
    ///
    /// Two equal rooms are `invalid_argument`, an unknown participant is `unavailable`.
    ///
    /// Route: `POST /twirp/livekit.RoomService/ForwardParticipant`. Needs `video.roomAdmin`, for the room in `room` and `destinationRoom` as in `destination_room`.
    #[rpc(name = "ForwardParticipant", access(video(room_admin)), room = "room", destination_room = "destination_room")]
    fn forward_participant(request: crate::proto::ForwardParticipantRequest) -> crate::proto::ForwardParticipantResponse;

    /// Takes a participant out of its room and puts it into another one. LiveKit Cloud only.
    ///
    /// To others it looks as if the participant had left the first room and joined the second. Two
    /// equal rooms are `invalid_argument`, an unknown participant is `unavailable`.
    ///
    /// Route: `POST /twirp/livekit.RoomService/MoveParticipant`. Needs `video.roomAdmin`, for the room in `room` and `destinationRoom` as in `destination_room`.
    #[rpc(name = "MoveParticipant", access(video(room_admin)), room = "room", destination_room = "destination_room")]
    fn move_participant(request: crate::proto::MoveParticipantRequest) -> crate::proto::MoveParticipantResponse;

    /// Calls a method that a participant has registered, and returns its answer.
    ///
    /// An empty `destination_identity` is `invalid_argument`, an unknown room or participant is
    /// `unavailable`. When the call itself fails, the number of the RPC error and its text are only
    /// found in the error's message; a participant without such a method is `invalid_argument`, a
    /// failing method `internal`, a missing answer `canceled`.
    ///
    /// A self-hosted server repeats a call that takes longer than about 3 seconds, so the method
    /// should bear being called twice.
    ///
    /// Route: `POST /twirp/livekit.RoomService/PerformRpc`. Needs `video.roomAdmin`, for the room in `room`.
    #[rpc(name = "PerformRpc", access(video(room_admin)), room = "room", wait(milliseconds = "response_timeout_ms", default = 10000, margin = 3000))]
    fn perform_rpc(request: crate::proto::PerformRpcRequest) -> crate::proto::PerformRpcResponse;
}
