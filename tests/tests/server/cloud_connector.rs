//! WhatsApp and Twilio calls.

use livekit_sdk::TwirpCode;
use livekit_sdk::proto::connect_twilio_call_request::TwilioCallDirection as Direction;
use livekit_sdk::proto::disconnect_whats_app_call_request::DisconnectReason as EndedBy;
use livekit_sdk::proto::participant_info::{Kind, KindDetail};
use livekit_sdk::proto::{
    AcceptWhatsAppCallRequest, ConnectWhatsAppCallRequest, DialWhatsAppCallRequest, DisconnectReason,
    DisconnectWhatsAppCallRequest, RoomAgentDispatch, SessionDescription,
};

use crate::support::{both, events, refused};

fn dial() -> DialWhatsAppCallRequest {
    DialWhatsAppCallRequest {
        whatsapp_phone_number_id: "1234".to_owned(),
        whatsapp_to_phone_number: "+14155550100".to_owned(),
        whatsapp_api_key: "key".to_owned(),
        whatsapp_cloud_api_version: "24.0".to_owned(),
        room_name: "support".to_owned(),
        participant_identity: "customer".to_owned(),
        participant_name: "Customer".to_owned(),
        participant_attributes: [("plan".to_owned(), "gold".to_owned())].into(),
        ..Default::default()
    }
}

fn accept(call: &str) -> AcceptWhatsAppCallRequest {
    AcceptWhatsAppCallRequest {
        whatsapp_phone_number_id: "1234".to_owned(),
        whatsapp_api_key: "key".to_owned(),
        whatsapp_cloud_api_version: "24.0".to_owned(),
        whatsapp_call_id: call.to_owned(),
        sdp: Some(sdp("offer")),
        ..Default::default()
    }
}

fn connect(call: &str, kind: &str) -> ConnectWhatsAppCallRequest {
    ConnectWhatsAppCallRequest {
        whatsapp_call_id: call.to_owned(),
        sdp: Some(sdp(kind)),
        ..Default::default()
    }
}

fn hang_up(call: &str, key: &str) -> DisconnectWhatsAppCallRequest {
    DisconnectWhatsAppCallRequest {
        whatsapp_call_id: call.to_owned(),
        whatsapp_api_key: key.to_owned(),
        ..Default::default()
    }
}

fn sdp(kind: &str) -> SessionDescription {
    SessionDescription { r#type: kind.to_owned(), sdp: "v=0".to_owned(), ..Default::default() }
}

#[tokio::test]
async fn whoever_is_called_is_in_the_room_once_connected() {
    both(async |server, lk| {
        let connector = lk.connector();
        let agent = RoomAgentDispatch { agent_name: "helper".to_owned(), ..Default::default() };
        let placed = connector.dial_whats_app_call(dial()).agents([agent]).await.unwrap();
        assert_eq!(placed.room_name, "support");
        assert!(placed.whatsapp_call_id.starts_with("wacid."), "{placed:?}");
        let dispatches = lk.agent_dispatch().list_dispatch("support").await.unwrap().agent_dispatches;
        assert_eq!(dispatches.iter().map(|it| &*it.agent_name).collect::<Vec<_>>(), ["helper"]);
        assert_eq!(lk.room().list_participants("support").await.unwrap().participants, []);

        let call = &*placed.whatsapp_call_id;
        refused(connector.connect_whats_app_call(connect(call, "offer")).await, TwirpCode::InvalidArgument);
        for _ in 0..2 {
            connector.connect_whats_app_call(connect(call, "answer")).await.unwrap();
        }
        let customer = lk.room().get_participant(("support", "customer")).await.unwrap();
        assert_eq!((customer.kind(), &*customer.name), (Kind::Connector, "Customer"));
        assert_eq!(customer.kind_details().collect::<Vec<_>>(), [KindDetail::ConnectorWhatsapp]);
        assert_eq!(customer.attributes["plan"], "gold");

        refused(connector.disconnect_whats_app_call(hang_up(call, "")).await, TwirpCode::InvalidArgument);
        connector.disconnect_whats_app_call(hang_up(call, "key")).await.unwrap();
        refused(lk.room().get_participant(("support", "customer")).await, TwirpCode::NotFound);
        refused(connector.disconnect_whats_app_call(hang_up(call, "key")).await, TwirpCode::NotFound);
        assert_eq!(events(&server), ["room_started", "participant_joined", "participant_left"]);
        let left = server.webhooks().pop().unwrap().event.participant.unwrap();
        assert_eq!(left.disconnect_reason(), DisconnectReason::ParticipantRemoved);
    })
    .await;
}

#[tokio::test]
async fn a_call_is_answered_in_a_room_that_has_closed_meanwhile() {
    both(async |server, lk| {
        let placed = lk.connector().dial_whats_app_call(dial()).await.unwrap();
        server.advance(std::time::Duration::from_secs(301));
        assert_eq!(lk.room().list_rooms(()).await.unwrap().rooms, []);
        lk.connector().connect_whats_app_call(connect(&placed.whatsapp_call_id, "answer")).await.unwrap();
        assert_eq!(lk.room().list_participants("support").await.unwrap().participants.len(), 1);
        assert_eq!(events(&server), ["room_started", "room_finished", "room_started", "participant_joined"]);
    })
    .await;
}

#[tokio::test]
async fn an_accepted_call_is_in_the_room_it_names() {
    both(async |server, lk| {
        let connector = lk.connector();
        let accepted = connector.accept_whats_app_call(accept("wacid.1")).await.unwrap();
        assert!(accepted.room_name.starts_with("whatsapp-"), "{accepted:?}");
        let again = connector.accept_whats_app_call(accept("wacid.1")).await.unwrap();
        assert_eq!(again, accepted);
        let participants = lk.room().list_participants(&*accepted.room_name).await.unwrap().participants;
        assert_eq!(participants.iter().map(|it| it.kind()).collect::<Vec<_>>(), [Kind::Connector]);

        let ended = connector.disconnect_whats_app_call("wacid.1").disconnect_reason(EndedBy::UserInitiated);
        ended.await.unwrap();
        let left = server.webhooks().pop().unwrap().event;
        assert_eq!(left.event, "participant_left");
        assert_eq!(left.participant.unwrap().disconnect_reason(), DisconnectReason::ClientInitiated);
    })
    .await;
}

#[tokio::test]
async fn calls_that_lack_something_are_refused() {
    both(async |server, lk| {
        let connector = lk.connector();
        for request in [
            DialWhatsAppCallRequest { whatsapp_phone_number_id: String::new(), ..dial() },
            DialWhatsAppCallRequest { whatsapp_to_phone_number: String::new(), ..dial() },
            DialWhatsAppCallRequest { whatsapp_api_key: String::new(), ..dial() },
            DialWhatsAppCallRequest { whatsapp_cloud_api_version: String::new(), ..dial() },
            DialWhatsAppCallRequest { whatsapp_cloud_api_version: "latest".to_owned(), ..dial() },
            DialWhatsAppCallRequest { room_name: "x".repeat(257), ..dial() },
        ] {
            refused(connector.dial_whats_app_call(request).await, TwirpCode::InvalidArgument);
        }
        for request in [
            accept(""),
            AcceptWhatsAppCallRequest { sdp: None, ..accept("wacid.1") },
            AcceptWhatsAppCallRequest { sdp: Some(sdp("answer")), ..accept("wacid.1") },
        ] {
            refused(connector.accept_whats_app_call(request).await, TwirpCode::InvalidArgument);
        }
        refused(connector.connect_whats_app_call(connect("wacid.1", "answer")).await, TwirpCode::NotFound);
        refused(connector.disconnect_whats_app_call(hang_up("wacid.1", "key")).await, TwirpCode::NotFound);
        assert_eq!(events(&server), [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_twilio_call_gets_a_room_and_a_url() {
    both(async |_, lk| {
        lk.room().create_room("support").await.unwrap();
        let agent = RoomAgentDispatch { agent_name: "helper".to_owned(), ..Default::default() };
        let call = lk.connector().connect_twilio_call((Direction::Inbound, "support")).agents([agent]);
        let connect_url = call.await.unwrap().connect_url;
        assert!(connect_url.starts_with("wss://"), "{connect_url}");
        let dispatches = lk.agent_dispatch().list_dispatch("support").await.unwrap().agent_dispatches;
        assert_eq!(dispatches.iter().map(|it| &*it.agent_name).collect::<Vec<_>>(), ["", "helper"]);
        refused(
            lk.connector().connect_twilio_call((Direction::Inbound, "")).await,
            TwirpCode::InvalidArgument,
        );
    })
    .await;
}
