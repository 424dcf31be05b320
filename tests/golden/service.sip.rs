/// Telephony over SIP: trunks, dispatch rules, and phone calls into and out of rooms.
///
/// A trunk describes the connection to a phone provider. An incoming call arrives on an inbound
/// trunk and a dispatch rule decides on its room; an outgoing call leaves through an outbound trunk
/// and starts with `CreateSIPParticipant`. Either way the person on the phone is a participant of
/// the kind `SIP`.
///
/// A self-hosted server needs Redis for this service, without it every method is `internal`. Calls
/// also need a running SIP service.
#[::livekit_macros::service(package = "livekit", name = "SIP", accessor = "sip", client, server)]
pub trait Sip {
    /// Lists the trunks of all kinds in the legacy format.
    ///
    /// Deprecated: use `ListSIPInboundTrunk` and `ListSIPOutboundTrunk`.
    ///
    /// Route: `POST /twirp/livekit.SIP/ListSIPTrunk`. Needs `sip.admin`.
    #[deprecated]
    #[rpc(name = "ListSIPTrunk", access(sip(admin)))]
    fn list_sip_trunk(request: crate::proto::ListSipTrunkRequest) -> crate::proto::ListSipTrunkResponse;

    /// Creates a trunk that accepts calls from a phone provider.
    ///
    /// Returns the trunk with its new id. It is `invalid_argument` to create a trunk that has none of
    /// credentials, `allowed_addresses` and `numbers`, or that takes the same `numbers` and
    /// `allowed_numbers` as another inbound trunk.
    ///
    /// Route: `POST /twirp/livekit.SIP/CreateSIPInboundTrunk`. Needs `sip.admin`.
    #[rpc(name = "CreateSIPInboundTrunk", access(sip(admin)))]
    fn create_sip_inbound_trunk(request: crate::proto::CreateSipInboundTrunkRequest) -> crate::proto::SipInboundTrunkInfo;

    /// Creates a trunk that calls are placed through.
    ///
    /// Returns the trunk with its new id. A trunk without `address` or without `numbers` is
    /// `invalid_argument`.
    ///
    /// Route: `POST /twirp/livekit.SIP/CreateSIPOutboundTrunk`. Needs `sip.admin`.
    #[rpc(name = "CreateSIPOutboundTrunk", access(sip(admin)))]
    fn create_sip_outbound_trunk(request: crate::proto::CreateSipOutboundTrunkRequest) -> crate::proto::SipOutboundTrunkInfo;

    /// Changes an inbound trunk: replaces it as a whole, or changes single fields.
    ///
    /// Returns the trunk as it is afterwards. An unknown trunk is `not_found`; a change that breaks
    /// one of the rules for inbound trunks is refused.
    ///
    /// Route: `POST /twirp/livekit.SIP/UpdateSIPInboundTrunk`. Needs `sip.admin`.
    #[rpc(name = "UpdateSIPInboundTrunk", access(sip(admin)))]
    fn update_sip_inbound_trunk(request: crate::proto::UpdateSipInboundTrunkRequest) -> crate::proto::SipInboundTrunkInfo;

    /// Changes an outbound trunk: replaces it as a whole, or changes single fields.
    ///
    /// Returns the trunk as it is afterwards. An unknown trunk is `not_found`; a change that breaks
    /// one of the rules for outbound trunks is refused.
    ///
    /// Route: `POST /twirp/livekit.SIP/UpdateSIPOutboundTrunk`. Needs `sip.admin`.
    #[rpc(name = "UpdateSIPOutboundTrunk", access(sip(admin)))]
    fn update_sip_outbound_trunk(request: crate::proto::UpdateSipOutboundTrunkRequest) -> crate::proto::SipOutboundTrunkInfo;

    /// Returns one inbound trunk. An unknown trunk is `not_found`.
    ///
    /// Route: `POST /twirp/livekit.SIP/GetSIPInboundTrunk`. Needs `sip.admin`.
    #[rpc(name = "GetSIPInboundTrunk", access(sip(admin)))]
    fn get_sip_inbound_trunk(request: crate::proto::GetSipInboundTrunkRequest) -> crate::proto::GetSipInboundTrunkResponse;

    /// Returns one outbound trunk. An unknown trunk is `not_found`.
    ///
    /// Route: `POST /twirp/livekit.SIP/GetSIPOutboundTrunk`. Needs `sip.admin`.
    #[rpc(name = "GetSIPOutboundTrunk", access(sip(admin)))]
    fn get_sip_outbound_trunk(request: crate::proto::GetSipOutboundTrunkRequest) -> crate::proto::GetSipOutboundTrunkResponse;

    /// Lists inbound trunks, all of them or those that match the filters.
    ///
    /// The open-source server sorts by id and leaves out ids it does not know.
    ///
    /// Route: `POST /twirp/livekit.SIP/ListSIPInboundTrunk`. Needs `sip.admin`.
    #[rpc(name = "ListSIPInboundTrunk", access(sip(admin)))]
    fn list_sip_inbound_trunk(request: crate::proto::ListSipInboundTrunkRequest) -> crate::proto::ListSipInboundTrunkResponse;

    /// Lists outbound trunks, all of them or those that match the filters.
    ///
    /// The open-source server sorts by id and leaves out ids it does not know.
    ///
    /// Route: `POST /twirp/livekit.SIP/ListSIPOutboundTrunk`. Needs `sip.admin`.
    #[rpc(name = "ListSIPOutboundTrunk", access(sip(admin)))]
    fn list_sip_outbound_trunk(request: crate::proto::ListSipOutboundTrunkRequest) -> crate::proto::ListSipOutboundTrunkResponse;

    /// Deletes a trunk, inbound or outbound.
    ///
    /// An id that does not exist is no error. Of the returned trunk only `sip_trunk_id` is set.
    ///
    /// Route: `POST /twirp/livekit.SIP/DeleteSIPTrunk`. Needs `sip.admin`.
    #[rpc(name = "DeleteSIPTrunk", access(sip(admin)))]
    fn delete_sip_trunk(request: crate::proto::DeleteSipTrunkRequest) -> crate::proto::SipTrunkInfo;

    /// Creates a rule that sends incoming calls to a room.
    ///
    /// Returns the rule with its new id. It is `invalid_argument` to choose no kind of rule, or to
    /// repeat the trunks, numbers and pin of another rule.
    ///
    /// Route: `POST /twirp/livekit.SIP/CreateSIPDispatchRule`. Needs `sip.admin`.
    #[rpc(name = "CreateSIPDispatchRule", access(sip(admin)))]
    fn create_sip_dispatch_rule(request: crate::proto::CreateSipDispatchRuleRequest) -> crate::proto::SipDispatchRuleInfo;

    /// Changes a dispatch rule: replaces it as a whole, or changes single fields.
    ///
    /// Returns the rule as it is afterwards. An unknown rule is `not_found`.
    ///
    /// Route: `POST /twirp/livekit.SIP/UpdateSIPDispatchRule`. Needs `sip.admin`.
    #[rpc(name = "UpdateSIPDispatchRule", access(sip(admin)))]
    fn update_sip_dispatch_rule(request: crate::proto::UpdateSipDispatchRuleRequest) -> crate::proto::SipDispatchRuleInfo;

    /// Lists dispatch rules, all of them or those that match the filters.
    ///
    /// The open-source server sorts by id and leaves out ids it does not know.
    ///
    /// Route: `POST /twirp/livekit.SIP/ListSIPDispatchRule`. Needs `sip.admin`.
    #[rpc(name = "ListSIPDispatchRule", access(sip(admin)))]
    fn list_sip_dispatch_rule(request: crate::proto::ListSipDispatchRuleRequest) -> crate::proto::ListSipDispatchRuleResponse;

    /// Deletes a dispatch rule and returns it. An unknown rule is `not_found`.
    ///
    /// Route: `POST /twirp/livekit.SIP/DeleteSIPDispatchRule`. Needs `sip.admin`.
    #[rpc(name = "DeleteSIPDispatchRule", access(sip(admin)))]
    fn delete_sip_dispatch_rule(request: crate::proto::DeleteSipDispatchRuleRequest) -> crate::proto::SipDispatchRuleInfo;

    /// Calls a phone and brings whoever answers into a room as a participant.
    ///
    /// Returns while the phone is still to be reached, or, with `wait_until_answered`, when the call
    /// has been answered. The room does not have to exist.
    ///
    /// An unknown trunk is `not_found`. Having no number to call from is `failed_precondition`, having
    /// no SIP service to place the call is `unavailable`. If the phone network turns the call down,
    /// the error's metadata tells why under `sip_status_code` and `sip_status`; its code follows from
    /// the SIP status. A busy or unavailable callee (486, 480) is `failed_precondition`, from older
    /// servers `resource_exhausted`.
    ///
    /// Route: `POST /twirp/livekit.SIP/CreateSIPParticipant`. Needs `sip.call`.
    #[rpc(name = "CreateSIPParticipant", access(sip(call)), dial(when = "wait_until_answered", ringing = "ringing_timeout"))]
    fn create_sip_participant(request: crate::proto::CreateSipParticipantRequest) -> crate::proto::SipParticipantInfo;

    /// Transfers a phone participant to another number or SIP address (SIP `REFER`).
    ///
    /// Blocks until the outcome is known, that is for up to `ringing_timeout`. A response without an
    /// error does not yet mean that the transfer succeeded: look at `status` in the response.
    ///
    /// An unknown participant is `not_found`, a participant who is not on the phone is
    /// `invalid_argument`, and running out of time is `deadline_exceeded`. Newer servers put
    /// `sip_transfer_reason` and `sip_transfer_id` into the metadata of the error, along with
    /// `sip_status_code` and `sip_status` where the other side sent a SIP response.
    ///
    /// Route: `POST /twirp/livekit.SIP/TransferSIPParticipant`. Needs `video.roomAdmin` and `sip.call`, for the room in `room_name`.
    #[rpc(name = "TransferSIPParticipant", access(video(room_admin), sip(call)), room = "room_name", dial(ringing = "ringing_timeout"))]
    fn transfer_sip_participant(request: crate::proto::TransferSipParticipantRequest) -> crate::proto::TransferSipParticipantResponse;
}
