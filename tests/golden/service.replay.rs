/// Plays back, exports and deletes stored room sessions. LiveKit Cloud only.
#[::livekit_macros::service(package = "livekit", name = "Replay", accessor = "replay", client, server)]
pub trait Replay {
    /// Lists the stored replays, of one room or of all. LiveKit Cloud only.
    ///
    /// Route: `POST /twirp/livekit.Replay/ListReplays`. Needs `video.roomRecord`.
    #[rpc(name = "ListReplays", access(video(room_record)))]
    fn list_replays(request: crate::proto::ListReplaysRequest) -> crate::proto::ListReplaysResponse;

    /// Starts playing a replay into a room. LiveKit Cloud only.
    ///
    /// The response names the playback, for `Seek` and `Close`.
    ///
    /// Route: `POST /twirp/livekit.Replay/Playback`. Needs `video.roomRecord`.
    #[rpc(name = "Playback", access(video(room_record)))]
    fn playback(request: crate::proto::PlaybackRequest) -> crate::proto::PlaybackResponse;

    /// Jumps to another position of a running playback. LiveKit Cloud only.
    ///
    /// Route: `POST /twirp/livekit.Replay/Seek`. Needs `video.roomRecord`.
    #[rpc(name = "Seek", access(video(room_record)))]
    fn seek(request: crate::proto::SeekRequest) -> ::pbjson_types::Empty;

    /// Ends a playback; the replay itself stays stored. LiveKit Cloud only.
    ///
    /// Route: `POST /twirp/livekit.Replay/Close`. Needs `video.roomRecord`.
    #[rpc(name = "Close", access(video(room_record)))]
    fn close(request: crate::proto::ClosePlaybackRequest) -> ::pbjson_types::Empty;

    /// Exports a replay to files or streams by way of an egress. LiveKit Cloud only.
    ///
    /// The response is the egress that does the work; follow and stop it with the egress service.
    ///
    /// Route: `POST /twirp/livekit.Replay/Export`. Needs `video.roomRecord`.
    #[rpc(name = "Export", access(video(room_record)))]
    fn export(request: crate::proto::ExportReplayRequest) -> crate::proto::EgressInfo;

    /// Deletes a replay with all data stored for it. LiveKit Cloud only.
    ///
    /// Route: `POST /twirp/livekit.Replay/DeleteReplay`. Needs `video.roomRecord`.
    #[rpc(name = "DeleteReplay", access(video(room_record)))]
    fn delete_replay(request: crate::proto::DeleteReplayRequest) -> ::pbjson_types::Empty;
}
