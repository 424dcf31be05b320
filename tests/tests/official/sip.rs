//! SIP trunks, dispatch rules and calls.

use std::collections::HashMap;

use livekit_api::services::sip::{
    CreateSIPDispatchRuleOptions, CreateSIPInboundTrunkOptions, CreateSIPOutboundTrunkOptions,
    CreateSIPParticipantOptions, ListSIPDispatchRuleFilter, ListSIPInboundTrunkFilter,
    ListSIPOutboundTrunkFilter, SIPClient, TransferSIPParticipantOptions,
};
use livekit_api::services::{ServerErrorCode as Code, ServiceResult, SipCallError};
use livekit_protocol::participant_info::Kind;
use livekit_protocol::sip_dispatch_rule::Rule;
use livekit_protocol::{
    ListUpdate, SipDispatchRuleDirect, SipDispatchRuleIndividual, SipDispatchRuleInfo, SipDispatchRuleUpdate,
    SipInboundTrunkInfo, SipInboundTrunkUpdate, SipOutboundTrunkInfo, SipOutboundTrunkUpdate,
    SipParticipantInfo, SipTransport,
};
use livekit_sdk::testing::DialOutcome;

use crate::support::{drive, is_id, refused};

fn text(text: &str) -> String {
    text.to_owned()
}

#[tokio::test]
async fn inbound_trunks() {
    let driven = drive().await;
    let sip = driven.lk.sip();
    let numbers = vec![text("+15550100")];
    let options = CreateSIPInboundTrunkOptions {
        allowed_addresses: Some(vec![text("192.0.2.1")]),
        auth_username: Some(text("in")),
        auth_password: Some(text("pass")),
        metadata: Some(text("m")),
        ..Default::default()
    };
    let trunk = sip.create_sip_inbound_trunk(text("office"), numbers.clone(), options).await.unwrap();
    let id = trunk.sip_trunk_id.clone();
    assert!(is_id(&id, "ST_"), "{id}");
    assert_eq!((trunk.name.as_str(), &trunk.numbers, trunk.metadata.as_str()), ("office", &numbers, "m"));
    assert_eq!((trunk.allowed_addresses, trunk.auth_username), (vec![text("192.0.2.1")], text("in")));

    let same = vec![text("+1 (555) 0100")];
    let again = sip.create_sip_inbound_trunk(text("again"), same, Default::default()).await;
    refused(again, Code::INVALID_ARGUMENT);
    let open = sip.create_sip_inbound_trunk(text("open"), Vec::new(), Default::default()).await;
    refused(open, Code::INVALID_ARGUMENT);

    let added = ListUpdate { add: vec![text("+15550101")], ..Default::default() };
    let update =
        SipInboundTrunkUpdate { name: Some(text("front")), numbers: Some(added), ..Default::default() };
    let updated = sip.update_sip_inbound_trunk(id.clone(), update.clone()).await.unwrap();
    assert_eq!((updated.name.as_str(), updated.metadata.as_str()), ("front", "m"));
    assert_eq!(updated.numbers, [text("+15550100"), text("+15550101")]);
    refused(sip.update_sip_inbound_trunk(text("ST_missing"), update).await, Code::NOT_FOUND);
    let other = SipInboundTrunkInfo { name: text("back"), numbers: numbers.clone(), ..Default::default() };
    let replaced = sip.update_sip_inbound_trunk_replace(id.clone(), other.clone()).await.unwrap();
    assert_eq!(replaced, SipInboundTrunkInfo { sip_trunk_id: id.clone(), ..other });
    assert_eq!(sip.list_sip_inbound_trunk(ListSIPInboundTrunkFilter::All).await.unwrap(), [replaced]);

    assert_eq!(sip.delete_sip_trunk(&id).await.unwrap().sip_trunk_id, id);
    assert_eq!(sip.list_sip_inbound_trunk(ListSIPInboundTrunkFilter::All).await.unwrap(), []);
    assert_eq!(sip.delete_sip_trunk("ST_missing").await.unwrap().sip_trunk_id, "ST_missing");
    refused(sip.delete_sip_trunk("").await, Code::INVALID_ARGUMENT);
}

async fn carrier(sip: &SIPClient) -> ServiceResult<SipOutboundTrunkInfo> {
    let options = CreateSIPOutboundTrunkOptions {
        transport: SipTransport::Tcp,
        metadata: text("m"),
        headers: Some(HashMap::from([(text("X-Desk"), text("4"))])),
        ..Default::default()
    };
    let numbers = vec![text("+15550110")];
    sip.create_sip_outbound_trunk(text("carrier"), text("sip.example.com"), numbers, options).await
}

#[tokio::test]
async fn outbound_trunks() {
    let driven = drive().await;
    let sip = driven.lk.sip();
    let trunk = carrier(sip).await.unwrap();
    let id = trunk.sip_trunk_id.clone();
    assert!(is_id(&id, "ST_"), "{id}");
    assert_eq!((trunk.address.as_str(), trunk.transport()), ("sip.example.com", SipTransport::Tcp));
    assert_eq!((trunk.headers["X-Desk"].as_str(), trunk.metadata.as_str()), ("4", "m"));

    for (address, numbers) in [("sip:example.com", vec![text("+1")]), ("sip.example.com", Vec::new())] {
        let created =
            sip.create_sip_outbound_trunk(text("x"), text(address), numbers, Default::default()).await;
        refused(created, Code::INVALID_ARGUMENT);
    }

    let numbers = ListUpdate { set: vec![text("+15550120"), text("+15550121")], ..Default::default() };
    let update = SipOutboundTrunkUpdate { numbers: Some(numbers.clone()), ..Default::default() };
    let updated = sip.update_sip_outbound_trunk(id.clone(), update.clone()).await.unwrap();
    assert_eq!((updated.name.as_str(), updated.numbers), ("carrier", numbers.set));
    refused(sip.update_sip_outbound_trunk(text("ST_missing"), update).await, Code::NOT_FOUND);
    let other = SipOutboundTrunkInfo {
        name: text("other"),
        address: text("sip2.example.com"),
        numbers: vec![text("+15550130")],
        ..Default::default()
    };
    let replaced = sip.update_sip_outbound_trunk_replace(id.clone(), other.clone()).await.unwrap();
    assert_eq!(replaced, SipOutboundTrunkInfo { sip_trunk_id: id.clone(), ..other });
    assert_eq!(sip.list_sip_outbound_trunk(ListSIPOutboundTrunkFilter::All).await.unwrap(), [replaced]);
    assert_eq!(sip.delete_sip_trunk(&id).await.unwrap().sip_trunk_id, id);
    assert_eq!(sip.list_sip_outbound_trunk(ListSIPOutboundTrunkFilter::All).await.unwrap(), []);
}

#[tokio::test]
async fn dispatch_rules() {
    let driven = drive().await;
    let sip = driven.lk.sip();
    let direct =
        Rule::DispatchRuleDirect(SipDispatchRuleDirect { room_name: text("lobby"), pin: text("1234") });
    let options = CreateSIPDispatchRuleOptions {
        name: text("main"),
        metadata: text("m"),
        attributes: HashMap::from([(text("tier"), text("gold"))]),
        allowed_numbers: vec![text("+15550100")],
        ..Default::default()
    };
    let rule = sip.create_sip_dispatch_rule(direct.clone(), options.clone()).await.unwrap();
    let id = rule.sip_dispatch_rule_id.clone();
    assert!(is_id(&id, "SDR_"), "{id}");
    assert_eq!(rule.rule.as_ref().and_then(|it| it.rule.as_ref()), Some(&direct));
    assert_eq!((rule.name.as_str(), &rule.attributes), ("main", &options.attributes));
    assert_eq!(rule.inbound_numbers, [text("+15550100")]);
    refused(sip.create_sip_dispatch_rule(direct, options).await, Code::INVALID_ARGUMENT);
    let individual =
        SipDispatchRuleIndividual { room_prefix: text("call-"), pin: text("5"), ..Default::default() };
    let individual = Rule::DispatchRuleIndividual(individual);
    let second = sip.create_sip_dispatch_rule(individual, Default::default()).await.unwrap();

    let attributes = HashMap::from([(text("tier"), text("")), (text("desk"), text("4"))]);
    let update = SipDispatchRuleUpdate { name: Some(text("night")), attributes, ..Default::default() };
    let updated = sip.update_sip_dispatch_rule(id.clone(), update.clone()).await.unwrap();
    assert_eq!((updated.name.as_str(), updated.metadata.as_str()), ("night", "m"));
    assert_eq!(updated.attributes, HashMap::from([(text("desk"), text("4"))]));
    refused(sip.update_sip_dispatch_rule(text("SDR_missing"), update).await, Code::NOT_FOUND);
    let other = SipDispatchRuleInfo { rule: rule.rule, name: text("day"), ..Default::default() };
    let replaced = sip.update_sip_dispatch_rule_replace(id.clone(), other.clone()).await.unwrap();
    assert_eq!(replaced, SipDispatchRuleInfo { sip_dispatch_rule_id: id.clone(), ..other });

    let mut listed = sip.list_sip_dispatch_rule(ListSIPDispatchRuleFilter::All).await.unwrap();
    listed.retain(|it| it.sip_dispatch_rule_id != second.sip_dispatch_rule_id);
    assert_eq!(listed, std::slice::from_ref(&replaced));
    assert_eq!(sip.delete_sip_dispatch_rule(&id).await.unwrap(), replaced);
    refused(sip.delete_sip_dispatch_rule(&id).await, Code::NOT_FOUND);
}

async fn dial(sip: &SIPClient, trunk: &str, number: &str) -> ServiceResult<SipParticipantInfo> {
    let options = CreateSIPParticipantOptions {
        participant_identity: text("caller"),
        participant_name: Some(text("Caller")),
        participant_attributes: Some(HashMap::from([(text("seat"), text("12"))])),
        wait_until_answered: Some(true),
        ..Default::default()
    };
    sip.create_sip_participant(text(trunk), text(number), text("daily"), options, None).await
}

#[tokio::test]
async fn calls() {
    let driven = drive().await;
    let sip = driven.lk.sip();
    let trunk = carrier(sip).await.unwrap().sip_trunk_id;
    let call = dial(sip, &trunk, "+15550140").await.unwrap();
    assert!(is_id(&call.participant_id, "PA_") && is_id(&call.sip_call_id, "SCL_"), "{call:?}");
    assert_eq!((call.participant_identity.as_str(), call.room_name.as_str()), ("caller", "daily"));
    refused(dial(sip, "ST_missing", "+15550140").await, Code::NOT_FOUND);
    for number in ["", "a@b"] {
        refused(dial(sip, &trunk, number).await, Code::INVALID_ARGUMENT);
    }

    let caller = driven.lk.room().get_participant("daily", "caller").await.unwrap();
    assert_eq!((caller.kind(), caller.name.as_str()), (Kind::Sip, "Caller"));
    assert_eq!(caller.attributes["sip.callID"], call.sip_call_id);
    assert_eq!(caller.attributes["sip.trunkID"], trunk);
    assert_eq!(caller.attributes["seat"], "12");

    let transfer = async |identity: &str, to: &str| {
        let options = TransferSIPParticipantOptions::default();
        sip.transfer_sip_participant(text("daily"), text(identity), text(to), options).await
    };
    refused(transfer("caller", "+15550150").await, Code::INVALID_ARGUMENT);
    refused(transfer("nobody", "tel:+15550150").await, Code::NOT_FOUND);
    driven.server.join_room("daily", "alice").unwrap();
    refused(transfer("alice", "tel:+15550150").await, Code::INVALID_ARGUMENT);
    transfer("caller", "tel:+15550150").await.unwrap();
}

#[tokio::test]
async fn calls_that_fail() {
    let driven = drive().await;
    let sip = driven.lk.sip();
    let trunk = carrier(sip).await.unwrap().sip_trunk_id;
    driven.server.on_dial(|call| match call.to.as_str() {
        "+15550141" => DialOutcome::Busy,
        "+15550142" => DialOutcome::Declined,
        _ => DialOutcome::Answered,
    });
    for (number, code, status, reason) in [
        ("+15550141", Code::FAILED_PRECONDITION, 486, "Busy Here"),
        ("+15550142", Code::PERMISSION_DENIED, 603, "Decline"),
    ] {
        let error = dial(sip, &trunk, number).await.unwrap_err();
        let failure = SipCallError::from_error(&error).unwrap();
        assert_eq!(failure.code(), code);
        assert_eq!((failure.sip_status_code(), failure.sip_status()), (Some(status), Some(reason)));
        refused(driven.lk.room().get_participant("daily", "caller").await, Code::NOT_FOUND);
    }

    dial(sip, &trunk, "+15550143").await.unwrap();
    driven.server.on_transfer(|_| DialOutcome::Busy);
    let (room, identity, to) = (text("daily"), text("caller"), text("tel:+15550144"));
    let error = sip.transfer_sip_participant(room, identity, to, Default::default()).await.unwrap_err();
    let failure = SipCallError::from_error(&error).unwrap();
    assert_eq!(failure.sip_status_code(), Some(486));
    assert_eq!(failure.metadata()["sip_transfer_reason"], "STR_REJECTED");
    driven.lk.room().get_participant("daily", "caller").await.unwrap();
}
