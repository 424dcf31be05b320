//! Changing trunks.

use livekit_sdk::TwirpCode::{InvalidArgument, NotFound, Unknown};
use livekit_sdk::proto::{
    ListUpdate, SipCodec, SipInboundTrunkInfo, SipInboundTrunkUpdate, SipMediaConfig, SipMediaEncryption,
    SipOutboundTrunkInfo, SipOutboundTrunkUpdate, SipTransport,
};

use crate::sip::{inbound, outbound, texts};
use crate::support::{both, refused};

fn numbers(update: ListUpdate) -> SipOutboundTrunkUpdate {
    SipOutboundTrunkUpdate { numbers: Some(update), ..Default::default() }
}

fn add<const N: usize>(add: [&str; N]) -> ListUpdate {
    ListUpdate { add: texts(add), ..Default::default() }
}

fn remove<const N: usize>(remove: [&str; N]) -> ListUpdate {
    ListUpdate { remove: texts(remove), ..Default::default() }
}

fn set<const N: usize>(set: [&str; N]) -> ListUpdate {
    ListUpdate { set: texts(set), ..Default::default() }
}

#[tokio::test]
async fn an_update_names_a_trunk_and_what_to_do() {
    both(async |_, lk| {
        let sip = lk.sip();
        let id = sip.create_sip_inbound_trunk(inbound(["+15550100"])).await.unwrap().sip_trunk_id;
        let update = || SipInboundTrunkUpdate { name: Some("new".into()), ..Default::default() };
        refused(sip.update_sip_inbound_trunk("").action(update()).await, InvalidArgument);
        refused(sip.update_sip_inbound_trunk(&id).await, InvalidArgument);
        refused(sip.update_sip_inbound_trunk("ST_none").action(update()).await, NotFound);
        // The trunk is an inbound one.
        let rename = SipOutboundTrunkUpdate { name: Some("new".into()), ..Default::default() };
        refused(sip.update_sip_outbound_trunk(&id).action(rename).await, NotFound);
        refused(sip.update_sip_outbound_trunk(&id).await, InvalidArgument);
        let updated = sip.update_sip_inbound_trunk(&id).action(update()).await.unwrap();
        let expected =
            SipInboundTrunkInfo { name: "new".into(), sip_trunk_id: id.clone(), ..inbound(["+15550100"]) };
        assert_eq!(updated, expected);
        assert_eq!(sip.get_sip_inbound_trunk(&id).await.unwrap().trunk, Some(expected));
    })
    .await;
}

#[tokio::test]
async fn a_trunk_is_replaced_and_keeps_its_id() {
    both(async |_, lk| {
        let sip = lk.sip();
        let trunk = SipInboundTrunkInfo { name: "old".into(), ..inbound(["+15550100"]) };
        let id = sip.create_sip_inbound_trunk(trunk).await.unwrap().sip_trunk_id;
        let other = SipInboundTrunkInfo { sip_trunk_id: "ST_other".into(), ..inbound(["+15550101"]) };
        refused(sip.update_sip_inbound_trunk(&id).action(other).await, InvalidArgument);
        refused(sip.update_sip_inbound_trunk(&id).action(inbound([])).await, InvalidArgument);
        let replaced = sip.update_sip_inbound_trunk(&id).action(inbound(["+15550101"])).await.unwrap();
        let expected = SipInboundTrunkInfo { sip_trunk_id: id.clone(), ..inbound(["+15550101"]) };
        assert_eq!(replaced, expected, "the name is gone");
        // Naming the id is fine too.
        sip.update_sip_inbound_trunk(&id).action(expected.clone()).await.unwrap();
        assert_eq!(sip.list_sip_inbound_trunk(()).await.unwrap().items, [expected]);

        let id = sip.create_sip_outbound_trunk(outbound(["+15550100"])).await.unwrap().sip_trunk_id;
        let replace = |trunk: SipOutboundTrunkInfo| sip.update_sip_outbound_trunk(&id).action(trunk);
        refused(replace(outbound([])).await, InvalidArgument);
        refused(sip.update_sip_outbound_trunk("ST_none").action(outbound(["+15550101"])).await, NotFound);
        assert_eq!(replace(outbound(["+15550101"])).await.unwrap().numbers, ["+15550101"]);
    })
    .await;
}

#[tokio::test]
async fn every_field_of_an_inbound_update_is_applied() {
    both(async |_, lk| {
        let sip = lk.sip();
        let media = SipMediaConfig { only_listed_codecs: true, ..Default::default() };
        let id = sip.create_sip_inbound_trunk(inbound(["+15550100"])).await.unwrap().sip_trunk_id;
        let update = SipInboundTrunkUpdate {
            numbers: Some(add(["+15550101"])),
            allowed_addresses: Some(set(["203.0.113.1"])),
            allowed_numbers: Some(add(["+15550199"])),
            auth_username: Some("alice".into()),
            auth_password: Some("secret".into()),
            auth_realm: Some("realm".into()),
            name: Some("name".into()),
            metadata: Some("metadata".into()),
            media: Some(media.clone()),
            ..Default::default()
        };
        let updated = sip.update_sip_inbound_trunk(&id).action(update).await.unwrap();
        let expected = SipInboundTrunkInfo {
            sip_trunk_id: id.clone(),
            allowed_addresses: texts(["203.0.113.1"]),
            allowed_numbers: texts(["+15550199"]),
            auth_username: "alice".into(),
            auth_password: "secret".into(),
            auth_realm: "realm".into(),
            name: "name".into(),
            metadata: "metadata".into(),
            media: Some(media),
            ..inbound(["+15550100", "+15550101"])
        };
        assert_eq!(updated, expected);
        let update = SipInboundTrunkUpdate { metadata: Some(String::new()), ..Default::default() };
        assert_eq!(sip.update_sip_inbound_trunk(&id).action(update).await.unwrap().metadata, "");
    })
    .await;
}

#[tokio::test]
async fn every_field_of_an_outbound_update_is_applied() {
    both(async |_, lk| {
        let sip = lk.sip();
        let media = SipMediaConfig { only_listed_codecs: true, ..Default::default() };
        let id = sip.create_sip_outbound_trunk(outbound(["+15550100"])).await.unwrap().sip_trunk_id;
        let update = SipOutboundTrunkUpdate {
            address: Some("192.0.2.1".into()),
            transport: Some(SipTransport::Tcp.into()),
            destination_country: Some("DE".into()),
            numbers: Some(set(["+15550101"])),
            auth_username: Some("alice".into()),
            auth_password: Some("secret".into()),
            name: Some("name".into()),
            metadata: Some("metadata".into()),
            media: Some(media.clone()),
            from_host: Some("example.org".into()),
            ..Default::default()
        };
        let updated = sip.update_sip_outbound_trunk(&id).action(update).await.unwrap();
        let expected = SipOutboundTrunkInfo {
            sip_trunk_id: id,
            address: "192.0.2.1".into(),
            transport: SipTransport::Tcp.into(),
            destination_country: "DE".into(),
            auth_username: "alice".into(),
            auth_password: "secret".into(),
            name: "name".into(),
            metadata: "metadata".into(),
            media: Some(media),
            from_host: "example.org".into(),
            ..outbound(["+15550101"])
        };
        assert_eq!(updated, expected);
    })
    .await;
}

#[tokio::test]
async fn lists_are_changed_in_place() {
    both(async |_, lk| {
        let sip = lk.sip();
        let id = sip.create_sip_outbound_trunk(outbound(["1", "2", "3"])).await.unwrap().sip_trunk_id;
        let change =
            async |update| sip.update_sip_outbound_trunk(&id).action(numbers(update)).await.unwrap().numbers;
        assert_eq!(change(add(["4", "2", "4"])).await, ["1", "2", "3", "4"], "nothing is there twice");
        assert_eq!(change(remove(["1", "3", "9"])).await, ["2", "4"]);
        let both = ListUpdate { add: texts(["2", "5"]), ..remove(["2"]) };
        assert_eq!(change(both).await, ["4", "2", "5"], "removing comes first");
        assert_eq!(change(set(["7", "8"])).await, ["7", "8"]);

        let trunk = SipInboundTrunkInfo { allowed_numbers: texts(["1"]), ..inbound(["+15550100"]) };
        let id = sip.create_sip_inbound_trunk(trunk).await.unwrap().sip_trunk_id;
        let allowed_numbers = Some(ListUpdate { clear: true, ..Default::default() });
        let update = SipInboundTrunkUpdate { allowed_numbers, ..Default::default() };
        let cleared = sip.update_sip_inbound_trunk(&id).action(update).await.unwrap();
        assert_eq!((cleared.allowed_numbers, cleared.numbers), (vec![], texts(["+15550100"])));
    })
    .await;
}

#[tokio::test]
async fn a_list_update_says_one_thing() {
    both(async |_, lk| {
        let sip = lk.sip();
        let outbound_id = sip.create_sip_outbound_trunk(outbound(["1"])).await.unwrap().sip_trunk_id;
        let inbound_id = sip.create_sip_inbound_trunk(inbound(["1"])).await.unwrap().sip_trunk_id;
        for update in [
            ListUpdate::default(),
            ListUpdate { clear: true, ..set(["2"]) },
            ListUpdate { clear: true, ..add(["2"]) },
            ListUpdate { clear: true, ..remove(["2"]) },
            ListUpdate { add: texts(["3"]), ..set(["2"]) },
            ListUpdate { remove: texts(["1"]), ..set(["2"]) },
            set(["2", ""]),
            add([""]),
            remove([""]),
        ] {
            let change = sip.update_sip_outbound_trunk(&outbound_id).action(numbers(update.clone()));
            refused(change.await, InvalidArgument);
            let update = Some(update);
            for update in [
                SipInboundTrunkUpdate { numbers: update.clone(), ..Default::default() },
                SipInboundTrunkUpdate { allowed_addresses: update.clone(), ..Default::default() },
                SipInboundTrunkUpdate { allowed_numbers: update.clone(), ..Default::default() },
            ] {
                refused(sip.update_sip_inbound_trunk(&inbound_id).action(update).await, InvalidArgument);
            }
        }
        // What is wrong with the request is told before whether there is such a trunk.
        let update = numbers(ListUpdate::default());
        refused(sip.update_sip_outbound_trunk("ST_none").action(update).await, InvalidArgument);
    })
    .await;
}

#[tokio::test]
async fn a_rule_that_an_update_breaks_is_an_unknown_error() {
    both(async |_, lk| {
        let sip = lk.sip();
        let trunk = sip.create_sip_outbound_trunk(outbound(["1", "2"])).await.unwrap();
        let id = &trunk.sip_trunk_id;
        let change = |update: SipOutboundTrunkUpdate| sip.update_sip_outbound_trunk(id).action(update);
        let address =
            |address: &str| SipOutboundTrunkUpdate { address: Some(address.into()), ..Default::default() };
        let error = change(address("")).await.unwrap_err();
        assert_eq!((error.code(), error.status()), (Some(&Unknown), Some(500)));
        refused(change(numbers(remove(["1", "2"]))).await, Unknown);
        refused(change(numbers(ListUpdate { clear: true, ..Default::default() })).await, Unknown);
        // What is wrong by itself is seen at once.
        refused(change(address("sip:example.com")).await, InvalidArgument);
        let from_host = Some("a@example.com".into());
        refused(change(SipOutboundTrunkUpdate { from_host, ..Default::default() }).await, InvalidArgument);
        let codecs = vec![SipCodec::default()];
        let media = Some(SipMediaConfig { codecs, ..Default::default() });
        refused(change(SipOutboundTrunkUpdate { media, ..Default::default() }).await, InvalidArgument);
        assert_eq!(
            sip.get_sip_outbound_trunk(id).await.unwrap().trunk,
            Some(trunk.clone()),
            "all is as before"
        );
    })
    .await;
}

#[tokio::test]
async fn an_update_leaves_an_inbound_trunk_safe_and_alone() {
    both(async |_, lk| {
        let sip = lk.sip();
        let id = sip.create_sip_inbound_trunk(inbound(["1", "2"])).await.unwrap().sip_trunk_id;
        sip.create_sip_inbound_trunk(inbound(["3"])).await.unwrap();
        let change = async |update| {
            let update = SipInboundTrunkUpdate { numbers: Some(update), ..Default::default() };
            sip.update_sip_inbound_trunk(&id).action(update).await
        };
        refused(change(ListUpdate { clear: true, ..Default::default() }).await, InvalidArgument);
        refused(change(add(["+3"])).await, InvalidArgument);
        refused(sip.update_sip_inbound_trunk(&id).action(inbound(["3"])).await, InvalidArgument);
        assert_eq!(change(add(["4"])).await.unwrap().numbers, ["1", "2", "4"], "it is not in its own way");
    })
    .await;
}

#[tokio::test]
#[allow(deprecated, reason = "of the deprecated field")]
async fn an_update_keeps_both_fields_for_encryption_alike() {
    both(async |_, lk| {
        let sip = lk.sip();
        let (allow, require) = (
            SipMediaEncryption::SipMediaEncryptAllow.into(),
            SipMediaEncryption::SipMediaEncryptRequire.into(),
        );
        let id = sip.create_sip_outbound_trunk(outbound(["1"])).await.unwrap().sip_trunk_id;
        let change = async |update: SipOutboundTrunkUpdate| {
            let trunk = sip.update_sip_outbound_trunk(&id).action(update).await.unwrap();
            (trunk.media_encryption, trunk.media.and_then(|media| media.encryption))
        };
        let legacy = |value| SipOutboundTrunkUpdate { media_encryption: Some(value), ..Default::default() };
        let media = |encryption| SipOutboundTrunkUpdate {
            media: Some(SipMediaConfig { encryption, ..Default::default() }),
            ..Default::default()
        };
        assert_eq!(change(SipOutboundTrunkUpdate::default()).await, (0, None));
        assert_eq!(change(legacy(allow)).await, (allow, Some(allow)));
        assert_eq!(change(media(Some(require))).await, (require, Some(require)));
        assert_eq!(change(media(None)).await, (require, Some(require)), "the legacy field fills in");

        let replacing = SipOutboundTrunkInfo { media_encryption: allow, ..outbound(["1"]) };
        let trunk = sip.update_sip_outbound_trunk(&id).action(replacing).await.unwrap();
        assert_eq!(trunk.media.unwrap().encryption, Some(allow));
    })
    .await;
}
