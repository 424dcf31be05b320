//! Calls from rooms to phones.

use std::sync::{Arc, Mutex};

use livekit_sdk::TwirpCode::{
    Aborted, DeadlineExceeded, FailedPrecondition, InvalidArgument, NotFound, PermissionDenied,
};
use livekit_sdk::proto::participant_info::Kind;
use livekit_sdk::proto::{
    CreateSipParticipantRequest, Destination, DisconnectReason, ParticipantInfo, SipCodec, SipMediaConfig,
    SipNamedDest, SipOutboundConfig, SipOutboundTrunkInfo,
};
use livekit_sdk::testing::{DialOutcome, TestServer};
use livekit_sdk::{LiveKit, TwirpCode};

use crate::sip::outbound;
use crate::support::{both, events, refused};

/// The number that is called.
const CALLEE: &str = "+15550199";

async fn trunk(lk: &LiveKit) -> String {
    lk.sip().create_sip_outbound_trunk(outbound(["+15550100"])).await.unwrap().sip_trunk_id
}

async fn participants(lk: &LiveKit) -> Vec<ParticipantInfo> {
    lk.room().list_participants("support").await.unwrap().participants
}

fn attribute<'a>(participant: &'a ParticipantInfo, key: &str) -> &'a str {
    &participant.attributes[key]
}

/// What webhooks told of participants: what happened, the state of the call, and why they left.
fn told(server: &TestServer) -> Vec<(String, String, DisconnectReason)> {
    let events = server.webhooks().into_iter().map(|sent| sent.event);
    let told = events.filter_map(|event| Some((event.event, event.participant?)));
    told.map(|(name, it)| (name, attribute(&it, "sip.callStatus").to_owned(), it.disconnect_reason()))
        .collect()
}

#[tokio::test]
async fn the_callee_joins_the_room() {
    both(async |server, lk| {
        let trunk = trunk(&lk).await;
        let call = lk.sip().create_sip_participant((&trunk, CALLEE, "support"));
        let call = call.participant_metadata("vip").participant_attributes([("tier", "gold")]).await.unwrap();
        assert_eq!((&*call.room_name, &*call.participant_identity), ("support", "sip_+15550199"));
        assert!(call.sip_call_id.starts_with("SCL_") && call.sip_call_id.len() == 16, "{}", call.sip_call_id);

        let [callee] = participants(&lk).await.try_into().unwrap();
        assert!(callee.sid.starts_with("PA_"), "{}", callee.sid);
        assert_eq!((&callee.sid, &callee.identity), (&call.participant_id, &call.participant_identity));
        assert_eq!((callee.kind(), &*callee.name, &*callee.metadata), (Kind::Sip, CALLEE, "vip"));
        let mut attributes: Vec<_> =
            callee.attributes.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        attributes.sort_unstable();
        let expected = [
            ("sip.callID", call.sip_call_id.as_str()),
            ("sip.callStatus", "active"),
            ("sip.hostname", "sip.example.com"),
            ("sip.phoneNumber", CALLEE),
            ("sip.trunkID", &trunk),
            ("sip.trunkPhoneNumber", "+15550100"),
            ("tier", "gold"),
        ];
        assert_eq!(attributes, expected);
        assert_eq!(events(&server), ["room_started", "participant_joined"]);
        let rooms = lk.room().list_rooms(()).await.unwrap().rooms;
        assert_eq!((&*rooms[0].name, rooms[0].num_participants), ("support", 1));
    })
    .await;
}

#[tokio::test]
async fn the_callee_is_named_as_the_request_says() {
    both(async |_, lk| {
        let trunk = trunk(&lk).await;
        let room = lk.room().create_room("support").await.unwrap();
        let call = lk.sip().create_sip_participant((trunk, CALLEE, "support"));
        let call = call.participant_identity("bob").participant_name("Bob").hide_phone_number(true);
        assert_eq!(call.await.unwrap().participant_identity, "bob");
        let [callee] = participants(&lk).await.try_into().unwrap();
        assert_eq!((&*callee.identity, &*callee.name), ("bob", "Bob"));
        let mut keys: Vec<_> = callee.attributes.keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(keys, ["sip.callID", "sip.callStatus", "sip.trunkID"], "no number, no host");
        assert_eq!(lk.room().list_rooms(()).await.unwrap().rooms[0].sid, room.sid, "the room was there");
    })
    .await;
}

#[tokio::test]
async fn a_call_comes_from_a_number() {
    both(async |_, lk| {
        let sip = lk.sip();
        let number = async |call: CreateSipParticipantRequest| {
            sip.create_sip_participant(call).await.unwrap();
            let [callee] = participants(&lk).await.try_into().unwrap();
            attribute(&callee, "sip.trunkPhoneNumber").to_owned()
        };
        let numbers = ["+15550100", "+15550101"];
        let id = sip.create_sip_outbound_trunk(outbound(numbers)).await.unwrap().sip_trunk_id;
        let call = CreateSipParticipantRequest::from((id, CALLEE, "support"));
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..64 {
            seen.insert(number(call.clone()).await);
        }
        assert!(seen.iter().eq(&numbers), "any number of the trunk: {seen:?}");
        let sip_number = "+15550177".to_owned();
        assert_eq!(number(CreateSipParticipantRequest { sip_number, ..call }).await, "+15550177");

        let address = "example.pstn.twilio.com".to_owned();
        let trunk = SipOutboundTrunkInfo { address, ..outbound(["15550100"]) };
        let id = sip.create_sip_outbound_trunk(trunk).await.unwrap().sip_trunk_id;
        let call = CreateSipParticipantRequest::from((id, CALLEE, "support"));
        assert_eq!(number(call).await, "+15550100", "Twilio wants the plus");
    })
    .await;
}

#[tokio::test]
async fn a_call_needs_a_trunk_and_a_number() {
    both(async |server, lk| {
        let sip = lk.sip();
        refused(sip.create_sip_participant(("ST_none", CALLEE, "support")).await, NotFound);
        let inbound = sip.create_sip_inbound_trunk(crate::sip::inbound(["+15550100"])).await.unwrap();
        refused(sip.create_sip_participant((inbound.sip_trunk_id, CALLEE, "support")).await, NotFound);
        refused(sip.create_sip_participant(("", CALLEE, "support")).await, InvalidArgument);
        let without_trunk = sip.create_sip_participant(("", CALLEE, "support"));
        refused(without_trunk.sip_number("+15550100").await, NotFound);

        let hostname = "sip.example.com".to_owned();
        let connection = SipOutboundConfig { hostname, ..Default::default() };
        let call = || sip.create_sip_participant(("", CALLEE, "support")).trunk(connection.clone());
        refused(call().await, FailedPrecondition);
        assert_eq!(events(&server), [""; 0], "no room was opened so far");
        call().sip_number("+15550100").await.unwrap();
        let [callee] = participants(&lk).await.try_into().unwrap();
        assert_eq!(attribute(&callee, "sip.hostname"), "sip.example.com");
        assert_eq!(attribute(&callee, "sip.trunkPhoneNumber"), "+15550100");
    })
    .await;
}

/// Each breaks one rule of a call that is fine otherwise.
fn broken_calls(fine: &CreateSipParticipantRequest) -> Vec<(&'static str, CreateSipParticipantRequest)> {
    let with = |change: fn(&mut CreateSipParticipantRequest)| {
        let mut request = fine.clone();
        change(&mut request);
        request
    };
    let connection = |change: fn(&mut SipOutboundConfig)| {
        let mut trunk = SipOutboundConfig { hostname: "sip.example.com".into(), ..Default::default() };
        change(&mut trunk);
        CreateSipParticipantRequest { trunk: Some(trunk), ..fine.clone() }
    };
    let destination = |destination| CreateSipParticipantRequest { destination, ..fine.clone() };
    let destination = |city: &str, country: &str| {
        let (city, country) = (city.to_owned(), country.to_owned());
        destination(Some(Destination { city, country, ..Default::default() }))
    };
    vec![
        ("no hostname", connection(|trunk| trunk.hostname.clear())),
        ("a URI for a hostname", connection(|trunk| trunk.hostname = "sip:example.com".into())),
        ("a user in from_host", connection(|trunk| trunk.from_host = "a@example.com".into())),
        (
            "an attribute for no header",
            connection(|trunk| drop(trunk.attributes_to_headers.insert("a".into(), "X A".into()))),
        ),
        ("nobody to call", with(|call| call.sip_call_to.clear())),
        ("a URI to call", with(|call| call.sip_call_to = "alice@example.com".into())),
        ("two callees", with(|call| call.sip_to_header = Some(SipNamedDest::default()))),
        ("a host in to_user_override", with(|call| call.to_user_override = "a@b".into())),
        ("a space in to_user_override", with(|call| call.to_user_override = "a b".into())),
        ("no room", with(|call| call.room_name.clear())),
        ("a long display name", with(|call| call.display_name = Some("x".repeat(129)))),
        ("a quote in the display name", with(|call| call.display_name = Some("\"".into()))),
        ("a city anywhere", destination("Berlin", "")),
        ("a country in lower case", destination("", "de")),
        ("no country", destination("", "XX")),
        ("a reserved header", with(|call| drop(call.headers.insert("Contact".into(), "a".into())))),
        (
            "a nameless codec",
            with(|call| {
                let codecs = vec![SipCodec::default()];
                call.media = Some(SipMediaConfig { codecs, ..Default::default() });
            }),
        ),
    ]
}

#[tokio::test]
async fn a_call_is_checked() {
    both(async |server, lk| {
        let fine = CreateSipParticipantRequest::from((trunk(&lk).await, CALLEE, "support"));
        for (what, call) in broken_calls(&fine) {
            let error = lk.sip().create_sip_participant(call.clone()).await.unwrap_err();
            assert_eq!(error.code(), Some(&InvalidArgument), "{what}: {error}");
            // That comes before the trunk is looked up.
            let call = CreateSipParticipantRequest { sip_trunk_id: "ST_none".into(), ..call };
            refused(lk.sip().create_sip_participant(call).await, InvalidArgument);
        }
        assert_eq!(events(&server), [""; 0]);
        let country = "DE".to_owned();
        let call = CreateSipParticipantRequest {
            to_user_override: "+15550142".into(),
            display_name: Some(r#"\"Al\""#.into()),
            destination: Some(Destination { city: "Berlin".into(), country, ..Default::default() }),
            headers: [("X-Tenant".to_owned(), "a".to_owned())].into(),
            ..fine
        };
        lk.sip().create_sip_participant(call).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn whoever_waits_learns_that_nobody_answers() {
    both(async |server, lk| {
        let trunk = trunk(&lk).await;
        for (outcome, code, status, reason) in [
            (DialOutcome::Busy, FailedPrecondition, 486, "Busy Here"),
            (DialOutcome::Declined, PermissionDenied, 603, "Decline"),
            (DialOutcome::NoAnswer, DeadlineExceeded, 408, "Request Timeout"),
            (DialOutcome::Status(404), NotFound, 404, "SIP_STATUS_NOTFOUND"),
            (DialOutcome::Status(503), FailedPrecondition, 503, "SIP_STATUS_SERVICE_UNAVAILABLE"),
            (DialOutcome::Status(499), InvalidArgument, 499, "499"),
            (DialOutcome::Status(100), TwirpCode::Unknown, 100, "SIP_STATUS_TRYING"),
        ] {
            server.on_dial(move |_| outcome.clone());
            let call = lk.sip().create_sip_participant((&trunk, CALLEE, "support"));
            let error = call.wait_until_answered(true).await.unwrap_err();
            assert_eq!(error.code(), Some(&code), "{error}");
            let sip_status = error.sip_status().unwrap();
            assert_eq!((sip_status.code, &*sip_status.reason), (Some(status), reason));
            assert_eq!(participants(&lk).await, [], "{reason}");
        }
        server.on_dial(|_| DialOutcome::Status(202));
        let call = lk.sip().create_sip_participant((trunk, CALLEE, "support"));
        call.wait_until_answered(true).await.unwrap();
        assert_eq!(attribute(&participants(&lk).await[0], "sip.callStatus"), "active");
    })
    .await;
}

#[tokio::test]
async fn whoever_does_not_wait_sees_the_callee_come_and_go() {
    both(async |server, lk| {
        let trunk = trunk(&lk).await;
        for (outcome, reason) in [
            (DialOutcome::Declined, DisconnectReason::UserRejected),
            (DialOutcome::Busy, DisconnectReason::UserUnavailable),
            (DialOutcome::NoAnswer, DisconnectReason::UserUnavailable),
            (DialOutcome::Status(503), DisconnectReason::UserUnavailable),
        ] {
            server.on_dial(move |_| outcome.clone());
            let call = lk.sip().create_sip_participant((&trunk, CALLEE, "support")).await.unwrap();
            assert!(call.sip_call_id.starts_with("SCL_"), "{}", call.sip_call_id);
            assert_eq!(participants(&lk).await, []);
            let mut told = told(&server);
            let last = told.split_off(told.len() - 2);
            let joined =
                ("participant_joined".to_owned(), "dialing".to_owned(), DisconnectReason::UnknownReason);
            assert_eq!(last, [joined, ("participant_left".to_owned(), "hangup".to_owned(), reason)]);
        }
    })
    .await;
}

#[tokio::test]
async fn phones_know_who_calls() {
    both(async |server, lk| {
        let trunk = trunk(&lk).await;
        let dialed = Arc::new(Mutex::new(vec![]));
        let log = dialed.clone();
        server.on_dial(move |call| {
            log.lock().unwrap().push(call.clone());
            if call.to == CALLEE { DialOutcome::Busy } else { DialOutcome::Answered }
        });
        let call = |to| lk.sip().create_sip_participant((&trunk, to, "support")).wait_until_answered(true);
        refused(call(CALLEE).await, FailedPrecondition);
        let info = call("+15550198").participant_identity("bob").await.unwrap();
        let dialed = dialed.lock().unwrap();
        let [first, second] = &dialed[..] else { panic!("two calls, not {dialed:?}") };
        assert_eq!((&*first.to, &*first.identity), (CALLEE, "sip_+15550199"));
        assert_eq!((&*second.to, &*second.from, &*second.room), ("+15550198", "+15550100", "support"));
        assert_eq!((&*second.identity, &second.trunk_id), ("bob", &trunk));
        assert_eq!(second.call_id, info.sip_call_id);
    })
    .await;
}

#[tokio::test]
async fn a_callee_may_be_gone_before_answering() {
    both(async |server, lk| {
        let trunk = trunk(&lk).await;
        let other = server.clone();
        server.on_dial(move |call| {
            // Whoever has the same identity takes the callee's place.
            other.join_room(&call.room, &call.identity).unwrap();
            DialOutcome::Answered
        });
        let call = || lk.sip().create_sip_participant((&trunk, CALLEE, "support"));
        let error = call().wait_until_answered(true).await.unwrap_err();
        assert_eq!((error.code(), error.sip_status().unwrap().code), (Some(&Aborted), Some(487)));
        call().await.unwrap();
        let [there] = participants(&lk).await.try_into().unwrap();
        assert_eq!(there.kind(), Kind::Standard);
        assert_eq!(there.attributes.len(), 0, "the one who took the place is left alone");
    })
    .await;
}
