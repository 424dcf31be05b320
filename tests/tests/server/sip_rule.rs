//! Dispatch rules.

use livekit_sdk::TwirpCode::{InvalidArgument, NotFound};
use livekit_sdk::proto::sip_dispatch_rule::Rule;
use livekit_sdk::proto::{
    CreateSipDispatchRuleRequest, ListUpdate, Pagination, SipCodec, SipDispatchRule, SipDispatchRuleCallee,
    SipDispatchRuleDirect, SipDispatchRuleIndividual, SipDispatchRuleInfo, SipDispatchRuleUpdate,
    SipMediaConfig, SipMediaEncryption,
};

use crate::sip::texts;
use crate::support::{both, refused};

/// A rule that sends callers with this pin to one room.
fn direct(pin: &str) -> SipDispatchRuleInfo {
    let rule = SipDispatchRuleDirect { room_name: "support".into(), pin: pin.into() };
    of_kind(Rule::DispatchRuleDirect(rule))
}

fn of_kind(rule: Rule) -> SipDispatchRuleInfo {
    SipDispatchRuleInfo { rule: Some(SipDispatchRule { rule: Some(rule) }), ..Default::default() }
}

#[tokio::test]
async fn a_rule_is_made_and_deleted() {
    both(async |_, lk| {
        let sip = lk.sip();
        let asked = SipDispatchRuleInfo { name: "support".into(), ..direct("") };
        let made = sip.create_sip_dispatch_rule(asked.clone()).await.unwrap();
        let id = made.sip_dispatch_rule_id.clone();
        assert!(id.starts_with("SDR_") && id.len() == 16, "{id}");
        assert_eq!(made, SipDispatchRuleInfo { sip_dispatch_rule_id: id.clone(), ..asked });
        assert_eq!(sip.list_sip_dispatch_rule(()).await.unwrap().items, std::slice::from_ref(&made));

        refused(sip.delete_sip_dispatch_rule("").await, InvalidArgument);
        refused(sip.delete_sip_dispatch_rule("SDR_none").await, NotFound);
        assert_eq!(sip.delete_sip_dispatch_rule(&id).await.unwrap(), made, "all of it is told");
        refused(sip.delete_sip_dispatch_rule(id).await, NotFound);
        assert_eq!(sip.list_sip_dispatch_rule(()).await.unwrap().items, []);
    })
    .await;
}

#[tokio::test]
async fn a_rule_needs_a_kind_and_no_id() {
    both(async |_, lk| {
        let create = |rule: SipDispatchRuleInfo| lk.sip().create_sip_dispatch_rule(rule);
        refused(create(SipDispatchRuleInfo::default()).await, InvalidArgument);
        let rule = Some(SipDispatchRule::default());
        refused(create(SipDispatchRuleInfo { rule, ..Default::default() }).await, InvalidArgument);
        let known = SipDispatchRuleInfo { sip_dispatch_rule_id: "SDR_mine".into(), ..direct("") };
        refused(create(known).await, InvalidArgument);
        refused(
            lk.sip().create_sip_dispatch_rule(CreateSipDispatchRuleRequest::default()).await,
            InvalidArgument,
        );
        let media = Some(SipMediaConfig { codecs: vec![SipCodec::default()], ..Default::default() });
        refused(create(SipDispatchRuleInfo { media, ..direct("") }).await, InvalidArgument);
    })
    .await;
}

#[tokio::test]
#[allow(deprecated, reason = "of the deprecated fields")]
async fn a_rule_is_made_of_the_fields_of_the_request() {
    both(async |_, lk| {
        let sip = lk.sip();
        let request = CreateSipDispatchRuleRequest {
            rule: direct("").rule,
            trunk_ids: texts(["ST_1"]),
            hide_phone_number: true,
            inbound_numbers: texts(["+15550199"]),
            name: "name".into(),
            metadata: "metadata".into(),
            attributes: [("a".to_owned(), "1".to_owned())].into(),
            room_preset: "preset".into(),
            room_config: Some(Default::default()),
            ..Default::default()
        };
        let made = sip.create_sip_dispatch_rule(request.clone()).await.unwrap();
        let expected = SipDispatchRuleInfo {
            sip_dispatch_rule_id: made.sip_dispatch_rule_id.clone(),
            rule: direct("").rule,
            trunk_ids: texts(["ST_1"]),
            hide_phone_number: true,
            inbound_numbers: texts(["+15550199"]),
            name: "name".into(),
            metadata: "metadata".into(),
            attributes: [("a".to_owned(), "1".to_owned())].into(),
            room_preset: "preset".into(),
            room_config: Some(Default::default()),
            ..Default::default()
        };
        assert_eq!(made, expected);

        // With the rule as a whole they do not count.
        let request = CreateSipDispatchRuleRequest { dispatch_rule: Some(direct("1")), ..request };
        let made = sip.create_sip_dispatch_rule(request).await.unwrap();
        assert_eq!((&*made.name, made.trunk_ids.len()), ("", 0));
    })
    .await;
}

#[tokio::test]
#[allow(deprecated, reason = "of the deprecated field")]
async fn creating_a_rule_copies_the_legacy_encryption() {
    both(async |_, lk| {
        let media_encryption = SipMediaEncryption::SipMediaEncryptRequire.into();
        let rule = SipDispatchRuleInfo { media_encryption, ..direct("") };
        let made = lk.sip().create_sip_dispatch_rule(rule).await.unwrap();
        assert_eq!(made.media_encryption, media_encryption);
        assert_eq!(made.media.unwrap().encryption, Some(media_encryption));
    })
    .await;
}

#[tokio::test]
async fn a_call_is_for_one_rule() {
    both(async |_, lk| {
        let create = |rule: SipDispatchRuleInfo| lk.sip().create_sip_dispatch_rule(rule);
        create(direct("")).await.unwrap();
        refused(create(direct("")).await, InvalidArgument);
        // Only the pin, the trunks and the numbers count, not the kind.
        let individual = Rule::DispatchRuleIndividual(Default::default());
        refused(create(of_kind(individual)).await, InvalidArgument);
        create(direct("1")).await.unwrap();
        let pin = || "1".to_owned();
        let individual = SipDispatchRuleIndividual { pin: pin(), ..Default::default() };
        refused(create(of_kind(Rule::DispatchRuleIndividual(individual))).await, InvalidArgument);
        let callee = SipDispatchRuleCallee { pin: pin(), ..Default::default() };
        refused(create(of_kind(Rule::DispatchRuleCallee(callee))).await, InvalidArgument);

        let on = |trunk_ids| SipDispatchRuleInfo { trunk_ids, ..direct("") };
        create(on(texts(["ST_1", "ST_2"]))).await.unwrap();
        refused(create(on(texts(["ST_3", "ST_2"]))).await, InvalidArgument);
        create(on(texts(["ST_3"]))).await.unwrap();

        let from = |number| SipDispatchRuleInfo { inbound_numbers: texts([number]), ..on(texts(["ST_1"])) };
        create(from("+15550199")).await.unwrap();
        refused(create(from("+15550199")).await, InvalidArgument);
        create(from("+15550198")).await.unwrap();
        let to = |number| SipDispatchRuleInfo { numbers: texts([number]), ..from("+15550199") };
        create(to("+15550100")).await.unwrap();
        refused(create(to("+15550100")).await, InvalidArgument);
        create(to("+15550101")).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_rule_is_changed() {
    both(async |_, lk| {
        let sip = lk.sip();
        let attributes = [("a".to_owned(), "1".to_owned()), ("b".to_owned(), "2".to_owned())].into();
        let rule = SipDispatchRuleInfo { attributes, ..direct("") };
        let id = sip.create_sip_dispatch_rule(rule).await.unwrap().sip_dispatch_rule_id;
        let media = SipMediaConfig { only_listed_codecs: true, ..Default::default() };
        let update = SipDispatchRuleUpdate {
            trunk_ids: Some(ListUpdate { add: texts(["ST_1"]), ..Default::default() }),
            rule: direct("1").rule,
            name: Some("name".into()),
            metadata: Some("metadata".into()),
            attributes: [("a".to_owned(), String::new()), ("c".to_owned(), "3".to_owned())].into(),
            media: Some(media.clone()),
            ..Default::default()
        };
        let updated = sip.update_sip_dispatch_rule(&id).action(update).await.unwrap();
        let expected = SipDispatchRuleInfo {
            sip_dispatch_rule_id: id.clone(),
            trunk_ids: texts(["ST_1"]),
            name: "name".into(),
            metadata: "metadata".into(),
            attributes: [("b".to_owned(), "2".to_owned()), ("c".to_owned(), "3".to_owned())].into(),
            media: Some(media),
            ..direct("1")
        };
        assert_eq!(updated, expected);
        assert_eq!(sip.list_sip_dispatch_rule(()).await.unwrap().items, [expected]);

        let replaced = sip.update_sip_dispatch_rule(&id).action(direct("2")).await.unwrap();
        assert_eq!(replaced, SipDispatchRuleInfo { sip_dispatch_rule_id: id, ..direct("2") });
    })
    .await;
}

#[tokio::test]
async fn a_change_of_a_rule_is_checked() {
    both(async |_, lk| {
        let sip = lk.sip();
        let id = sip.create_sip_dispatch_rule(direct("1")).await.unwrap().sip_dispatch_rule_id;
        sip.create_sip_dispatch_rule(direct("2")).await.unwrap();
        let change = |update: SipDispatchRuleUpdate| sip.update_sip_dispatch_rule(&id).action(update);
        refused(sip.update_sip_dispatch_rule(&id).await, InvalidArgument);
        refused(sip.update_sip_dispatch_rule("").action(direct("3")).await, InvalidArgument);
        refused(sip.update_sip_dispatch_rule("SDR_none").action(direct("3")).await, NotFound);
        let other = SipDispatchRuleInfo { sip_dispatch_rule_id: "SDR_other".into(), ..direct("3") };
        refused(sip.update_sip_dispatch_rule(&id).action(other).await, InvalidArgument);
        refused(
            sip.update_sip_dispatch_rule(&id).action(SipDispatchRuleInfo::default()).await,
            InvalidArgument,
        );
        let trunk_ids = Some(ListUpdate::default());
        refused(change(SipDispatchRuleUpdate { trunk_ids, ..Default::default() }).await, InvalidArgument);
        let rule = Some(SipDispatchRule::default());
        refused(change(SipDispatchRuleUpdate { rule, ..Default::default() }).await, InvalidArgument);
        // The pin of another rule, and then its own.
        let pin = |pin| SipDispatchRuleUpdate { rule: direct(pin).rule, ..Default::default() };
        refused(change(pin("2")).await, InvalidArgument);
        assert_eq!(change(pin("1")).await.unwrap().rule, direct("1").rule);
    })
    .await;
}

#[tokio::test]
async fn rules_are_listed_by_id_and_filtered() {
    both(async |_, lk| {
        let sip = lk.sip();
        let on = |pin, trunk_ids| SipDispatchRuleInfo { trunk_ids, ..direct(pin) };
        let mut ids = vec![];
        for rule in [on("1", texts(["ST_1"])), on("2", texts(["ST_2"])), on("3", vec![])] {
            ids.push(sip.create_sip_dispatch_rule(rule).await.unwrap().sip_dispatch_rule_id);
        }
        let [_, second, every] = ids.clone().try_into().unwrap();
        ids.sort();
        let names = |answer: livekit_sdk::proto::ListSipDispatchRuleResponse| {
            answer.items.into_iter().map(|rule| rule.sip_dispatch_rule_id).collect::<Vec<_>>()
        };
        assert_eq!(names(sip.list_sip_dispatch_rule(()).await.unwrap()), ids);
        let wanted = [ids[1].as_str(), "SDR_none"];
        let listed = sip.list_sip_dispatch_rule(()).dispatch_rule_ids(wanted).await.unwrap();
        assert_eq!(names(listed), [ids[1].as_str()]);

        let mut expected = [second, every];
        expected.sort();
        let listed = sip.list_sip_dispatch_rule(()).trunk_ids(["ST_2"]).await.unwrap();
        assert_eq!(names(listed), expected, "a rule without trunks is for all");

        let page = Pagination { after_id: ids[1].clone(), limit: 1 };
        let listed = sip.list_sip_dispatch_rule(()).page(page).await.unwrap();
        assert_eq!(names(listed), ids[2..]);
    })
    .await;
}
