/// Creates, changes, lists and deletes ingresses: ways for outside media to enter a room.
#[::livekit_macros::service(package = "livekit", name = "Ingress", accessor = "ingress", client, server)]
pub trait Ingress {
    /// Creates an ingress that publishes media from an encoder or a URL as a participant of a room.
    ///
    /// For RTMP and WHIP, give `url` and `stream_key` of the response to the encoder; media is
    /// published whenever the encoder sends. An ingress for a URL starts at once and fails with
    /// `unavailable` when no ingress worker is running. Options that contradict each other are
    /// `invalid_argument`.
    ///
    /// Route: `POST /twirp/livekit.Ingress/CreateIngress`. Needs `video.ingressAdmin`.
    #[rpc(name = "CreateIngress", access(video(ingress_admin)))]
    fn create_ingress(request: crate::proto::CreateIngressRequest) -> crate::proto::IngressInfo;

    /// Changes the settings of an RTMP or WHIP ingress.
    ///
    /// Only fields that are set and not empty change anything; input type, URL and stream key stay as
    /// they are. An unknown ingress is `not_found`, a URL ingress is `invalid_argument`. An ingress in
    /// `ENDPOINT_ERROR` is reset to `ENDPOINT_INACTIVE`; one in `ENDPOINT_COMPLETE` is returned
    /// unchanged.
    ///
    /// Route: `POST /twirp/livekit.Ingress/UpdateIngress`. Needs `video.ingressAdmin`.
    #[rpc(name = "UpdateIngress", access(video(ingress_admin)))]
    fn update_ingress(request: crate::proto::UpdateIngressRequest) -> crate::proto::IngressInfo;

    /// Lists ingresses with their current state.
    ///
    /// Asking for an unknown `ingress_id` is `not_found`; a room without ingresses gives an empty
    /// list.
    ///
    /// Route: `POST /twirp/livekit.Ingress/ListIngress`. Needs `video.ingressAdmin`.
    #[rpc(name = "ListIngress", access(video(ingress_admin)))]
    fn list_ingress(request: crate::proto::ListIngressRequest) -> crate::proto::ListIngressResponse;

    /// Deletes an ingress and returns its last settings.
    ///
    /// An unknown ingress is `not_found`.
    ///
    /// Route: `POST /twirp/livekit.Ingress/DeleteIngress`. Needs `video.ingressAdmin`.
    #[rpc(name = "DeleteIngress", access(video(ingress_admin)))]
    fn delete_ingress(request: crate::proto::DeleteIngressRequest) -> crate::proto::IngressInfo;
}
