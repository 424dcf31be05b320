//! Calls from rooms to phones.

use std::collections::HashMap;

use super::phone::{self, DialOutcome, DialedCall, Reaction};
use super::{Records, call_request};
use crate::auth::VideoGrant;
use crate::error::Refusal;
use crate::proto::participant_info::{Kind, State};
use crate::proto::{
    CreateRoomRequest, CreateSipParticipantRequest, DisconnectReason, ParticipantInfo, SipParticipantInfo,
};
use crate::testing::refusals::failed_precondition;
use crate::testing::room::{self, LiveParticipant};
use crate::testing::world::{Store, World};
use crate::testing::{id, sip_status};

/// The attribute by which participants on the phone are known.
pub(super) const CALL_ID: &str = "sip.callID";
const CALL_STATUS: &str = "sip.callStatus";

/// The SIP status of a call that was given up before somebody answered.
const TERMINATED: u16 = 487;

/// Places a call. The callee is in the room from the start.
pub(super) fn dial(
    world: &World,
    request: CreateSipParticipantRequest,
) -> Result<SipParticipantInfo, Refusal> {
    call_request::check(&request)?;
    let waits = request.wait_until_answered;
    let dialing = world.with(|store| Dialing::begin(store, request))?;
    let outcome = phone::react(dialing.reaction.clone(), &dialing.call);
    let answered = world.with(|store| dialing.end(store, &outcome));
    match answered {
        Err(refusal) if waits => Err(refusal),
        _ => Ok(dialing.response()),
    }
}

/// A call that nobody has answered yet.
struct Dialing {
    call: DialedCall,
    participant_sid: String,
    reaction: Option<Reaction<DialedCall>>,
}

impl Dialing {
    fn begin(store: &mut Store, request: CreateSipParticipantRequest) -> Result<Self, Refusal> {
        let line = Line::find(&store.sip, &request)?;
        let call = DialedCall {
            call_id: id::new("SCL_"),
            room: request.room_name.clone(),
            identity: match &*request.participant_identity {
                "" => format!("sip_{}", request.sip_call_to),
                identity => identity.to_owned(),
            },
            trunk_id: request.sip_trunk_id.clone(),
            from: line.number.clone(),
            to: request.sip_call_to.clone(),
        };
        if store.rooms.get(&call.room).is_none() {
            room::open(store, CreateRoomRequest { name: call.room.clone(), ..Default::default() })?;
        }
        let participant = callee(store, &call, &line.hostname, request);
        let participant_sid = store.add_participant(&call.room, participant)?.sid;
        Ok(Self { call, participant_sid, reaction: store.sip.phones.on_dial.clone() })
    }

    fn end(&self, store: &mut Store, outcome: &DialOutcome) -> Result<(), Refusal> {
        let DialedCall { room, identity, .. } = &self.call;
        let is_there = store.rooms.present(room, identity, &self.participant_sid).is_ok();
        if let Some(failure) = outcome.failure() {
            if is_there {
                hang_up(store, room, identity, failure.disconnect_reason())?;
            }
            return Err(sip_status::refusal(failure.status.into(), &failure.reason));
        }
        if !is_there {
            // The callee was removed while the phone rang.
            return Err(sip_status::refusal(TERMINATED.into(), &phone::name(TERMINATED)));
        }
        set_status(store, room, identity, "active")
    }

    fn response(self) -> SipParticipantInfo {
        SipParticipantInfo {
            participant_id: self.participant_sid,
            participant_identity: self.call.identity,
            room_name: self.call.room,
            sip_call_id: self.call.call_id,
            ..Default::default()
        }
    }
}

/// Where a call leaves through, and the number that it comes from.
struct Line {
    hostname: String,
    number: String,
}

impl Line {
    fn find(sip: &Records, request: &CreateSipParticipantRequest) -> Result<Self, Refusal> {
        let (hostname, numbers) = match &request.trunk {
            Some(trunk) if request.sip_trunk_id.is_empty() => (&trunk.hostname, &[][..]),
            // A number alone passes the checks, but is no trunk.
            _ => {
                let trunk = sip.outbound.find(&request.sip_trunk_id)?;
                (&trunk.address, &*trunk.numbers)
            }
        };
        let number = match &*request.sip_number {
            "" => any_of(numbers).ok_or_else(|| failed_precondition("no numbers on the outbound trunk"))?,
            number => number,
        };
        // Twilio takes numbers in this form only.
        let lacks_plus = hostname.ends_with("twilio.com") && !number.starts_with('+');
        let number = if lacks_plus { format!("+{number}") } else { number.to_owned() };
        Ok(Self { hostname: hostname.clone(), number })
    }
}

fn any_of(numbers: &[String]) -> Option<&str> {
    let random = usize::try_from(uuid::Uuid::new_v4().as_u128() % numbers.len().max(1) as u128);
    numbers.get(random.unwrap_or_default()).map(String::as_str)
}

/// The participant who stands for the callee.
fn callee(
    store: &Store,
    call: &DialedCall,
    hostname: &str,
    request: CreateSipParticipantRequest,
) -> LiveParticipant {
    let video = VideoGrant::join(&call.room);
    let info = ParticipantInfo {
        sid: id::new("PA_"),
        identity: call.identity.clone(),
        name: match request.participant_name {
            name if name.is_empty() && !request.hide_phone_number => call.to.clone(),
            name => name,
        },
        state: State::Active.into(),
        metadata: request.participant_metadata,
        attributes: attributes(call, hostname, request.hide_phone_number, request.participant_attributes),
        joined_at: store.now.seconds(),
        joined_at_ms: store.now.milliseconds(),
        version: 1,
        permission: Some(video.to_permission()),
        kind: Kind::Sip.into(),
        ..ParticipantInfo::default()
    };
    LiveParticipant::new(info, video)
}

fn attributes(
    call: &DialedCall,
    hostname: &str,
    hides_number: bool,
    given: HashMap<String, String>,
) -> HashMap<String, String> {
    let mut attributes = given;
    let always = [(CALL_ID, &*call.call_id), ("sip.trunkID", &call.trunk_id), (CALL_STATUS, "dialing")];
    let numbers =
        [("sip.phoneNumber", &*call.to), ("sip.hostname", hostname), ("sip.trunkPhoneNumber", &call.from)];
    let numbers = numbers.into_iter().filter(|_| !hides_number);
    for (key, value) in always.into_iter().chain(numbers) {
        attributes.insert(key.to_owned(), value.to_owned());
    }
    attributes
}

/// Ends the call of a participant, who leaves.
pub(super) fn hang_up(
    store: &mut Store,
    room: &str,
    identity: &str,
    reason: DisconnectReason,
) -> Result<(), Refusal> {
    set_status(store, room, identity, "hangup")?;
    store.remove_participant(room, identity, reason)
}

fn set_status(store: &mut Store, room: &str, identity: &str, status: &str) -> Result<(), Refusal> {
    let info = &mut store.rooms.participant_mut(room, identity)?.info;
    info.attributes.insert(CALL_STATUS.to_owned(), status.to_owned());
    info.version += 1;
    Ok(())
}
