/// Brings WhatsApp and Twilio calls into rooms. LiveKit Cloud only.
///
/// A WhatsApp call is set up between three parties: your application gets the webhooks of Meta's
/// calling API and passes on what they say, LiveKit carries the audio. A call that you place takes
/// `DialWhatsAppCall` and then `ConnectWhatsAppCall`; a call that a user places takes
/// `AcceptWhatsAppCall`. Either one ends with `DisconnectWhatsAppCall`. A Twilio call needs
/// `ConnectTwilioCall` only.
#[::livekit_macros::service(package = "livekit", name = "Connector", accessor = "connector", client, server)]
pub trait Connector {
    /// Calls a WhatsApp user on behalf of a business.
    ///
    /// When Meta reports the callee's SDP answer by webhook, pass it to `ConnectWhatsAppCall`. A
    /// missing phone number id, number or API key is `invalid_argument`, as is a Cloud API version
    /// that is not supported.
    ///
    /// Route: `POST /twirp/livekit.Connector/DialWhatsAppCall`. Needs `video.roomCreate`.
    #[rpc(name = "DialWhatsAppCall", access(video(room_create)), dial)]
    fn dial_whats_app_call(request: crate::proto::DialWhatsAppCallRequest) -> crate::proto::DialWhatsAppCallResponse;

    /// Ends a WhatsApp call, or reports that the user has ended it.
    ///
    /// An unknown call is `not_found`. Ending a call twice is an error.
    ///
    /// Route: `POST /twirp/livekit.Connector/DisconnectWhatsAppCall`. Needs `video.roomCreate`.
    #[rpc(name = "DisconnectWhatsAppCall", access(video(room_create)))]
    fn disconnect_whats_app_call(request: crate::proto::DisconnectWhatsAppCallRequest) -> crate::proto::DisconnectWhatsAppCallResponse;

    /// Completes a call begun with `DialWhatsAppCall`, with the SDP answer that Meta sent.
    ///
    /// An unknown call is `not_found`. An SDP of the wrong type is `invalid_argument`.
    ///
    /// Route: `POST /twirp/livekit.Connector/ConnectWhatsAppCall`. Needs `video.roomCreate`.
    #[rpc(name = "ConnectWhatsAppCall", access(video(room_create)))]
    fn connect_whats_app_call(request: crate::proto::ConnectWhatsAppCallRequest) -> crate::proto::ConnectWhatsAppCallResponse;

    /// Accepts a call that a WhatsApp user has placed, and connects it to a room.
    ///
    /// Missing ids, a missing API key, an SDP of the wrong type and a Cloud API version that is not
    /// supported are `invalid_argument`. Waiting in vain for the room is `deadline_exceeded`.
    ///
    /// Route: `POST /twirp/livekit.Connector/AcceptWhatsAppCall`. Needs `video.roomCreate`.
    #[rpc(name = "AcceptWhatsAppCall", access(video(room_create)), dial(when = "wait_until_answered", assume_default_ringing))]
    fn accept_whats_app_call(request: crate::proto::AcceptWhatsAppCallRequest) -> crate::proto::AcceptWhatsAppCallResponse;

    /// Prepares a room for a Twilio call and returns the URL for Twilio's media stream.
    ///
    /// Twilio then sends and receives the audio of the call over that WebSocket.
    ///
    /// Route: `POST /twirp/livekit.Connector/ConnectTwilioCall`. Needs `video.roomCreate`.
    #[rpc(name = "ConnectTwilioCall", access(video(room_create)))]
    fn connect_twilio_call(request: crate::proto::ConnectTwilioCallRequest) -> crate::proto::ConnectTwilioCallResponse;
}
