//! Transfers of calls to other phones.

use super::call::{CALL_ID, hang_up};
use super::phone::{self, CallTransfer, DialOutcome, Failure, Reaction};
use super::validate::{self, required};
use crate::error::{Refusal, TwirpCode};
use crate::proto::{
    DisconnectReason, SipStatus, SipStatusCode, SipTransferReason, SipTransferStatus,
    TransferSipParticipantRequest, TransferSipParticipantResponse,
};
use crate::testing::refusals::invalid;
use crate::testing::world::{Store, World};
use crate::testing::{id, sip_status};

/// Transfers a participant's call; once it is, the participant leaves.
///
/// LiveKit checks `room_name` and `participant_identity` before the token. Here the token was checked already,
/// so that a call which lacks both a name and a grant gets `unauthenticated` rather than `invalid_argument`.
pub(super) fn transfer(
    world: &World,
    request: &TransferSipParticipantRequest,
) -> Result<TransferSipParticipantResponse, Refusal> {
    required("room_name", &request.room_name)?;
    required("participant_identity", &request.participant_identity)?;
    let to = target(&request.transfer_to)?;
    validate::headers(&request.headers)?;
    let referring = world.with(|store| Referring::begin(store, request, to))?;
    let outcome = phone::react(referring.reaction.clone(), &referring.transfer);
    world.with(|store| referring.end(store, &outcome))
}

/// The destination in the form that goes into a `Refer-To` header.
fn target(to: &str) -> Result<String, Refusal> {
    required("transfer_to", to)?;
    let uri = to.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(to);
    if uri.starts_with("sip:") || uri.starts_with("sips:") {
        return Ok(format!("<{uri}>"));
    }
    match uri.starts_with("tel:") {
        true => Ok(uri.to_owned()),
        false => Err(invalid("transfer_to should begin with sip:, sips: or tel:")),
    }
}

/// A transfer whose outcome is not known yet.
struct Referring {
    transfer: CallTransfer,
    participant_sid: String,
    reaction: Option<Reaction<CallTransfer>>,
}

impl Referring {
    fn begin(store: &Store, request: &TransferSipParticipantRequest, to: String) -> Result<Self, Refusal> {
        let (room, identity) = (&request.room_name, &request.participant_identity);
        let info = &store.rooms.participant(room, identity)?.info;
        let call_id = info.attributes.get(CALL_ID).filter(|id| !id.is_empty());
        let transfer = CallTransfer {
            transfer_id: id::new("STR_"),
            call_id: call_id.ok_or_else(|| invalid("the participant is not on the phone"))?.clone(),
            room: room.clone(),
            identity: identity.clone(),
            to,
        };
        let reaction = store.sip.phones.on_transfer.clone();
        Ok(Self { transfer, participant_sid: info.sid.clone(), reaction })
    }

    fn end(
        self,
        store: &mut Store,
        outcome: &DialOutcome,
    ) -> Result<TransferSipParticipantResponse, Refusal> {
        let CallTransfer { transfer_id, room, identity, .. } = self.transfer;
        if store.rooms.present(&room, &identity, &self.participant_sid).is_err() {
            return Ok(TransferSipParticipantResponse {
                transfer_id,
                status: SipTransferStatus::StsTransferFailed.into(),
                reason: SipTransferReason::StrCallEnded.into(),
                sip_status: None,
                ..Default::default()
            });
        }
        if let Some(failure) = outcome.failure() {
            return Err(refusal(outcome, &failure, transfer_id));
        }
        hang_up(store, &room, &identity, DisconnectReason::ClientInitiated)?;
        Ok(TransferSipParticipantResponse {
            transfer_id,
            status: SipTransferStatus::StsTransferSuccessful.into(),
            reason: SipTransferReason::StrCompleted.into(),
            sip_status: Some(SipStatus {
                code: SipStatusCode::SipStatusOk.into(),
                status: "OK".to_owned(),
                ..Default::default()
            }),
            ..Default::default()
        })
    }
}

/// The participant stays. If time ran out, no SIP status has come.
fn refusal(outcome: &DialOutcome, failure: &Failure, transfer_id: String) -> Refusal {
    let (refusal, reason) = match outcome {
        DialOutcome::NoAnswer => (
            Refusal::new(TwirpCode::DeadlineExceeded, "the transfer was not answered in time"),
            SipTransferReason::StrRingingTimeout,
        ),
        _ => (sip_status::refusal(failure.status.into(), &failure.reason), SipTransferReason::StrRejected),
    };
    refusal.with_meta("sip_transfer_reason", reason.as_str_name()).with_meta("sip_transfer_id", transfer_id)
}
