//! WhatsApp and Twilio calls. Nobody is called: a WhatsApp call counts as answered as soon as its session
//! descriptions have been exchanged, and its participant is then in the room.

use std::collections::{BTreeMap, HashMap};

use crate::auth::VideoGrant;
use crate::error::Refusal;
use crate::proto::disconnect_whats_app_call_request::DisconnectReason as EndedBy;
use crate::proto::participant_info::{Kind, KindDetail, State};
use crate::proto::{
    AcceptWhatsAppCallRequest, AcceptWhatsAppCallResponse, ConnectTwilioCallRequest,
    ConnectTwilioCallResponse, ConnectWhatsAppCallRequest, ConnectWhatsAppCallResponse,
    DialWhatsAppCallRequest, DialWhatsAppCallResponse, DisconnectReason, DisconnectWhatsAppCallRequest,
    DisconnectWhatsAppCallResponse, ParticipantInfo, RoomAgentDispatch, SessionDescription,
};
use crate::server::{Context, Router};
use crate::services::connector::{Connector, ConnectorServer};
use crate::testing::refusals::{invalid, not_found};
use crate::testing::room::LiveParticipant;
use crate::testing::world::{Store, World};
use crate::testing::{dispatch, id, limits};

use super::{missing, require};

/// WhatsApp calls by Meta's id.
#[derive(Default)]
pub(super) struct Records {
    calls: BTreeMap<String, Call>,
}

#[derive(Clone)]
struct Call {
    room: String,
    agents: Vec<RoomAgentDispatch>,
    participant: ParticipantInfo,
    is_answered: bool,
}

/// How the other side of a call appears in a room.
struct Caller {
    identity: String,
    name: String,
    metadata: String,
    attributes: HashMap<String, String>,
}

impl Call {
    /// A call that is not answered yet. Names that the request left open are made up.
    fn new(room: String, agents: Vec<RoomAgentDispatch>, caller: Caller) -> Result<Self, Refusal> {
        limits::room_name(&room)?;
        let or_new = |name: String, prefix| if name.is_empty() { id::new(prefix) } else { name };
        let participant = ParticipantInfo {
            sid: id::new("PA_"),
            identity: or_new(caller.identity, "whatsapp-"),
            name: caller.name,
            metadata: caller.metadata,
            attributes: caller.attributes,
            state: State::Active.into(),
            kind: Kind::Connector.into(),
            kind_details: vec![KindDetail::ConnectorWhatsapp.into()],
            version: 1,
            ..ParticipantInfo::default()
        };
        Ok(Self { room: or_new(room, "whatsapp-"), agents, participant, is_answered: false })
    }

    /// Puts whoever is called, or calls, into the room.
    fn answer(&mut self, store: &mut Store) -> Result<(), Refusal> {
        if self.is_answered {
            return Ok(());
        }
        if store.rooms.get(&self.room).is_none() {
            // It was open when the call began, and closed while nobody came.
            dispatch::send(store, &self.room, self.agents.clone())?;
        }
        let video = VideoGrant::join(&self.room);
        self.participant.joined_at = store.now.seconds();
        self.participant.joined_at_ms = store.now.milliseconds();
        self.participant.permission = Some(video.to_permission());
        let participant = LiveParticipant::new(self.participant.clone(), video);
        store.add_participant(&self.room, participant)?;
        self.is_answered = true;
        Ok(())
    }

    /// Takes the call's participant out of the room, unless it is gone already.
    fn end(&self, store: &mut Store, reason: DisconnectReason) -> Result<(), Refusal> {
        let ParticipantInfo { sid, identity, .. } = &self.participant;
        match store.rooms.present(&self.room, identity, sid) {
            Ok(_) => store.remove_participant(&self.room, identity, reason),
            Err(_) => Ok(()),
        }
    }
}

fn no_call() -> Refusal {
    not_found("requested WhatsApp call does not exist")
}

fn check_version(version: &str) -> Result<(), Refusal> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match version.split_once('.') {
        Some((major, minor)) if is_number(major) && is_number(minor) => Ok(()),
        _ => Err(invalid(format!("WhatsApp Cloud API version {version:?} is not supported"))),
    }
}

fn check_sdp(sdp: Option<&SessionDescription>, wanted: &str) -> Result<(), Refusal> {
    match sdp {
        Some(sdp) if sdp.r#type == wanted => Ok(()),
        Some(sdp) => Err(invalid(format!("sdp has type {:?} instead of {wanted:?}", sdp.r#type))),
        None => Err(missing("sdp")),
    }
}

pub(super) fn router(world: &World) -> Router {
    ConnectorServer::router(Handlers(world.clone()))
}

struct Handlers(World);

impl Connector for Handlers {
    async fn dial_whats_app_call(
        &self,
        _: Context,
        request: DialWhatsAppCallRequest,
    ) -> Result<DialWhatsAppCallResponse, Refusal> {
        require("whatsapp_phone_number_id", &request.whatsapp_phone_number_id)?;
        require("whatsapp_to_phone_number", &request.whatsapp_to_phone_number)?;
        require("whatsapp_api_key", &request.whatsapp_api_key)?;
        check_version(&request.whatsapp_cloud_api_version)?;
        let caller = Caller {
            identity: request.participant_identity,
            name: request.participant_name,
            metadata: request.participant_metadata,
            attributes: request.participant_attributes,
        };
        let call = Call::new(request.room_name, request.agents, caller)?;
        self.0.with(|store| {
            dispatch::send(store, &call.room, call.agents.clone())?;
            let (whatsapp_call_id, room_name) = (id::new("wacid."), call.room.clone());
            store.cloud.calls.calls.insert(whatsapp_call_id.clone(), call);
            Ok(DialWhatsAppCallResponse { whatsapp_call_id, room_name, ..Default::default() })
        })
    }

    async fn disconnect_whats_app_call(
        &self,
        _: Context,
        request: DisconnectWhatsAppCallRequest,
    ) -> Result<DisconnectWhatsAppCallResponse, Refusal> {
        require("whatsapp_call_id", &request.whatsapp_call_id)?;
        let reason = match request.disconnect_reason() {
            EndedBy::BusinessInitiated => {
                require("whatsapp_api_key", &request.whatsapp_api_key)?;
                DisconnectReason::ParticipantRemoved
            }
            _ => DisconnectReason::ClientInitiated,
        };
        self.0.with(|store| {
            let call = store.cloud.calls.calls.remove(&request.whatsapp_call_id).ok_or_else(no_call)?;
            call.end(store, reason)?;
            Ok(DisconnectWhatsAppCallResponse {})
        })
    }

    async fn connect_whats_app_call(
        &self,
        _: Context,
        request: ConnectWhatsAppCallRequest,
    ) -> Result<ConnectWhatsAppCallResponse, Refusal> {
        require("whatsapp_call_id", &request.whatsapp_call_id)?;
        check_sdp(request.sdp.as_ref(), "answer")?;
        self.0.with(|store| {
            let known = store.cloud.calls.calls.get(&request.whatsapp_call_id);
            let mut call = known.cloned().ok_or_else(no_call)?;
            call.answer(store)?;
            store.cloud.calls.calls.insert(request.whatsapp_call_id, call);
            Ok(ConnectWhatsAppCallResponse {})
        })
    }

    async fn accept_whats_app_call(
        &self,
        _: Context,
        request: AcceptWhatsAppCallRequest,
    ) -> Result<AcceptWhatsAppCallResponse, Refusal> {
        require("whatsapp_phone_number_id", &request.whatsapp_phone_number_id)?;
        require("whatsapp_call_id", &request.whatsapp_call_id)?;
        require("whatsapp_api_key", &request.whatsapp_api_key)?;
        check_version(&request.whatsapp_cloud_api_version)?;
        check_sdp(request.sdp.as_ref(), "offer")?;
        let caller = Caller {
            identity: request.participant_identity,
            name: request.participant_name,
            metadata: request.participant_metadata,
            attributes: request.participant_attributes,
        };
        let mut call = Call::new(request.room_name, request.agents, caller)?;
        self.0.with(|store| {
            if let Some(known) = store.cloud.calls.calls.get(&request.whatsapp_call_id) {
                return Ok(AcceptWhatsAppCallResponse {
                    room_name: known.room.clone(),
                    ..Default::default()
                });
            }
            dispatch::send(store, &call.room, call.agents.clone())?;
            call.answer(store)?;
            let room_name = call.room.clone();
            store.cloud.calls.calls.insert(request.whatsapp_call_id, call);
            Ok(AcceptWhatsAppCallResponse { room_name, ..Default::default() })
        })
    }

    /// Prepares the room. The participant would come with Twilio's media stream, which nobody sends.
    async fn connect_twilio_call(
        &self,
        _: Context,
        request: ConnectTwilioCallRequest,
    ) -> Result<ConnectTwilioCallResponse, Refusal> {
        require("room_name", &request.room_name)?;
        limits::room_name(&request.room_name)?;
        self.0.with(|store| dispatch::send(store, &request.room_name, request.agents))?;
        let connect_url = format!("wss://twilio.livekit.test/{}", id::secret());
        Ok(ConnectTwilioCallResponse { connect_url, ..Default::default() })
    }
}
