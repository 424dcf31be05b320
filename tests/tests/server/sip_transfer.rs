//! Transfers of calls to other phones.

use std::sync::{Arc, Mutex};

use livekit_sdk::TwirpCode::{
    DeadlineExceeded, FailedPrecondition, InvalidArgument, NotFound, PermissionDenied, Unauthenticated,
};
use livekit_sdk::auth::{SipGrant, VideoGrant};
use livekit_sdk::proto::{
    DisconnectReason, SipParticipantInfo, SipStatusCode, SipTransferReason, SipTransferStatus,
};
use livekit_sdk::testing::DialOutcome;
use livekit_sdk::{LiveKit, TwirpCode};

use crate::sip::outbound;
use crate::support::{both, refused};

/// Where calls are transferred to.
const TARGET: &str = "tel:+15550142";

/// Puts somebody on the phone into the room `support`.
async fn call(lk: &LiveKit) -> SipParticipantInfo {
    let trunk = lk.sip().create_sip_outbound_trunk(outbound(["+15550100"])).await.unwrap();
    let call = lk.sip().create_sip_participant((trunk.sip_trunk_id, "+15550199", "support"));
    call.participant_identity("bob").await.unwrap()
}

#[tokio::test]
async fn a_transferred_participant_leaves() {
    both(async |server, lk| {
        call(&lk).await;
        let answer = lk.sip().transfer_sip_participant(("support", "bob", TARGET)).await.unwrap();
        assert!(answer.transfer_id.starts_with("STR_") && answer.transfer_id.len() == 16, "{answer:?}");
        assert_eq!(answer.status(), SipTransferStatus::StsTransferSuccessful);
        assert_eq!(answer.reason(), SipTransferReason::StrCompleted);
        assert_eq!(answer.sip_status.unwrap().code(), SipStatusCode::SipStatusOk);
        assert_eq!(lk.room().list_participants("support").await.unwrap().participants, []);
        let left = server.webhook(|event| event.event == "participant_left").await.unwrap().event;
        let left = left.participant.unwrap();
        assert_eq!(left.disconnect_reason(), DisconnectReason::ClientInitiated);
        assert_eq!(left.attributes["sip.callStatus"], "hangup");
        refused(lk.sip().transfer_sip_participant(("support", "bob", TARGET)).await, NotFound);
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_a_transfer_is_told_in_order() {
    both(async |server, lk| {
        let transfer =
            |room: &str, identity: &str, to: &str| lk.sip().transfer_sip_participant((room, identity, to));
        server.join_room("support", "alice").unwrap();
        for (room, identity) in [("", "bob"), ("support", "")] {
            refused(transfer(room, identity, TARGET).await, InvalidArgument);
        }
        // The target, and then the headers, come before the participant.
        for to in ["", "+15550142", "<>", "<+15550142>", "https://example.com", "<<sip:a@example.com>>"] {
            refused(transfer("support", "nobody", to).await, InvalidArgument);
        }
        let with_header = |name: &str| transfer("support", "nobody", TARGET).headers([(name, "value")]);
        refused(with_header("Refer-To").await, InvalidArgument);
        refused(with_header("X-Tenant").await, NotFound);
        refused(transfer("nowhere", "bob", TARGET).await, NotFound);
        let error = transfer("support", "alice", TARGET).await.unwrap_err();
        assert_eq!(error.code(), Some(&InvalidArgument), "not on the phone: {error}");
    })
    .await;
}

#[tokio::test]
async fn a_transfer_needs_two_grants() {
    both(async |server, lk| {
        call(&lk).await;
        let transfer = async |video: VideoGrant, sip: SipGrant| {
            let token = server.api_key().access_token().grant(video).grant(sip).to_jwt().unwrap();
            let lk = LiveKit::builder().url("http://livekit.test").token(token).transport(server.transport());
            lk.build().unwrap().sip().transfer_sip_participant(("support", "bob", TARGET)).await
        };
        let admin = |room: &str| VideoGrant { room_admin: true, room: room.into(), ..Default::default() };
        let caller = || SipGrant { call: true, ..Default::default() };
        refused(transfer(admin("support"), SipGrant::default()).await, Unauthenticated);
        refused(transfer(VideoGrant::default(), caller()).await, Unauthenticated);
        refused(transfer(admin("other"), caller()).await, Unauthenticated);
        transfer(admin("support"), caller()).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_target_is_written_as_sip_writes_it() {
    both(async |server, lk| {
        let seen = Arc::new(Mutex::new(vec![]));
        let log = seen.clone();
        server.on_transfer(move |transfer| {
            log.lock().unwrap().push(transfer.clone());
            DialOutcome::Busy
        });
        let call = call(&lk).await;
        for (to, written) in [
            ("sip:a@example.com", "<sip:a@example.com>"),
            ("<sips:a@example.com>", "<sips:a@example.com>"),
            ("tel:+15550142", "tel:+15550142"),
            ("<tel:+15550142>", "tel:+15550142"),
        ] {
            let error = lk.sip().transfer_sip_participant(("support", "bob", to)).await.unwrap_err();
            let transfer = seen.lock().unwrap().pop().unwrap();
            assert_eq!(transfer.to, written);
            assert_eq!((&*transfer.room, &*transfer.identity), ("support", "bob"));
            assert_eq!(transfer.call_id, call.sip_call_id);
            assert_eq!(error.refusal().unwrap().meta["sip_transfer_id"], transfer.transfer_id);
        }
    })
    .await;
}

#[tokio::test]
async fn a_failed_transfer_says_why_and_keeps_the_call() {
    both(async |server, lk| {
        let call = call(&lk).await;
        for (outcome, code, status, reason) in [
            (DialOutcome::Busy, FailedPrecondition, Some(486), "STR_REJECTED"),
            (DialOutcome::Declined, PermissionDenied, Some(603), "STR_REJECTED"),
            (DialOutcome::Status(500), FailedPrecondition, Some(500), "STR_REJECTED"),
            (DialOutcome::Status(302), TwirpCode::NotFound, Some(302), "STR_REJECTED"),
            (DialOutcome::NoAnswer, DeadlineExceeded, None, "STR_RINGING_TIMEOUT"),
        ] {
            server.on_transfer(move |_| outcome.clone());
            let error = lk.sip().transfer_sip_participant(("support", "bob", TARGET)).await.unwrap_err();
            assert_eq!(error.code(), Some(&code), "{error}");
            assert_eq!(error.sip_status().and_then(|status| status.code), status);
            let meta = &error.refusal().unwrap().meta;
            assert_eq!(meta["sip_transfer_reason"], reason);
            assert!(meta["sip_transfer_id"].starts_with("STR_"), "{meta:?}");
            let still = lk.room().get_participant(("support", "bob")).await.unwrap();
            assert_eq!(still.sid, call.participant_id);
            assert_eq!(still.attributes["sip.callStatus"], "active");
        }
    })
    .await;
}

#[tokio::test]
async fn a_call_may_end_before_its_transfer() {
    both(async |server, lk| {
        call(&lk).await;
        let other = server.clone();
        server.on_transfer(move |transfer| {
            other.join_room(&transfer.room, &transfer.identity).unwrap();
            DialOutcome::Answered
        });
        let answer = lk.sip().transfer_sip_participant(("support", "bob", TARGET)).await.unwrap();
        assert_eq!(answer.status(), SipTransferStatus::StsTransferFailed);
        assert_eq!(answer.reason(), SipTransferReason::StrCallEnded);
        assert_eq!(answer.sip_status, None);
        assert_eq!(lk.room().list_participants("support").await.unwrap().participants.len(), 1);
    })
    .await;
}
