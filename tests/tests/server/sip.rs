//! Trunks: making, finding, listing and deleting them.

use std::time::Duration;

use livekit_sdk::TwirpCode::{InvalidArgument, NotFound};
use livekit_sdk::proto::sip_trunk_info::TrunkKind;
use livekit_sdk::proto::{
    CreateSipInboundTrunkRequest, CreateSipOutboundTrunkRequest, Pagination, SipCodec, SipInboundTrunkInfo,
    SipMediaConfig, SipMediaEncryption, SipOutboundTrunkInfo, SipTransport,
};

use crate::support::{both, refused};

pub(crate) fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

/// A trunk for calls to these numbers.
pub(crate) fn inbound<const N: usize>(numbers: [&str; N]) -> SipInboundTrunkInfo {
    SipInboundTrunkInfo { numbers: texts(numbers), ..Default::default() }
}

/// A trunk for calls from these numbers.
pub(crate) fn outbound<const N: usize>(numbers: [&str; N]) -> SipOutboundTrunkInfo {
    let address = "sip.example.com".to_owned();
    SipOutboundTrunkInfo { address, numbers: texts(numbers), ..Default::default() }
}

#[tokio::test]
async fn a_trunk_is_made_found_and_deleted() {
    both(async |_, lk| {
        let sip = lk.sip();
        let asked = SipInboundTrunkInfo { name: "support".into(), ..inbound(["+15550100"]) };
        let made = sip.create_sip_inbound_trunk(asked.clone()).await.unwrap();
        let id = made.sip_trunk_id.clone();
        assert!(id.starts_with("ST_") && id.len() == 15, "{id}");
        assert_eq!(made, SipInboundTrunkInfo { sip_trunk_id: id.clone(), ..asked });
        assert_eq!(sip.get_sip_inbound_trunk(&id).await.unwrap().trunk, Some(made));

        let asked = SipOutboundTrunkInfo { from_host: "example.org".into(), ..outbound(["+15550100"]) };
        let made = sip.create_sip_outbound_trunk(asked.clone()).await.unwrap();
        let outbound_id = made.sip_trunk_id.clone();
        assert_eq!(made, SipOutboundTrunkInfo { sip_trunk_id: outbound_id.clone(), ..asked });
        assert_eq!(sip.get_sip_outbound_trunk(&outbound_id).await.unwrap().trunk, Some(made));

        // A trunk of the other kind is not found.
        refused(sip.get_sip_outbound_trunk(&id).await, NotFound);
        refused(sip.get_sip_inbound_trunk(&outbound_id).await, NotFound);
        refused(sip.get_sip_inbound_trunk("").await, InvalidArgument);
        refused(sip.get_sip_outbound_trunk("").await, InvalidArgument);

        for id in [&id, &outbound_id] {
            let deleted = sip.delete_sip_trunk(id).await.unwrap();
            assert_eq!(&deleted.sip_trunk_id, id);
            assert_eq!(deleted.name, "", "only the id is told");
        }
        refused(sip.get_sip_inbound_trunk(id).await, NotFound);
        refused(sip.get_sip_outbound_trunk(outbound_id).await, NotFound);
    })
    .await;
}

#[tokio::test]
async fn deleting_what_is_not_there_succeeds() {
    both(async |_, lk| {
        assert_eq!(lk.sip().delete_sip_trunk("ST_none").await.unwrap().sip_trunk_id, "ST_none");
        refused(lk.sip().delete_sip_trunk("").await, InvalidArgument);
    })
    .await;
}

#[tokio::test]
async fn a_new_trunk_is_there_and_has_no_id() {
    both(async |_, lk| {
        let sip = lk.sip();
        refused(sip.create_sip_inbound_trunk(CreateSipInboundTrunkRequest::default()).await, InvalidArgument);
        refused(
            sip.create_sip_outbound_trunk(CreateSipOutboundTrunkRequest::default()).await,
            InvalidArgument,
        );
        let known = SipInboundTrunkInfo { sip_trunk_id: "ST_mine".into(), ..inbound(["+15550100"]) };
        refused(sip.create_sip_inbound_trunk(known).await, InvalidArgument);
        let known = SipOutboundTrunkInfo { sip_trunk_id: "ST_mine".into(), ..outbound(["+15550100"]) };
        refused(sip.create_sip_outbound_trunk(known).await, InvalidArgument);
        assert_eq!(sip.list_sip_inbound_trunk(()).await.unwrap().items, []);
        assert_eq!(sip.list_sip_outbound_trunk(()).await.unwrap().items, []);
    })
    .await;
}

#[tokio::test]
async fn not_everyone_may_call_in() {
    both(async |_, lk| {
        let create = |trunk: SipInboundTrunkInfo| lk.sip().create_sip_inbound_trunk(trunk);
        let caller = texts(["+15550199"]);
        refused(
            create(SipInboundTrunkInfo { allowed_numbers: caller, ..Default::default() }).await,
            InvalidArgument,
        );
        // Each for another called number, so that they do not collide.
        for (number, trunk) in [
            ("1", SipInboundTrunkInfo { auth_username: "alice".into(), ..Default::default() }),
            ("2", SipInboundTrunkInfo { auth_password: "secret".into(), ..Default::default() }),
            ("3", SipInboundTrunkInfo { allowed_addresses: texts(["203.0.113.0/24"]), ..Default::default() }),
        ] {
            let trunk = SipInboundTrunkInfo { allowed_numbers: texts([number]), ..trunk };
            create(trunk).await.unwrap();
        }
        create(inbound(["+15550100"])).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_call_is_for_one_inbound_trunk() {
    both(async |_, lk| {
        let create = |trunk: SipInboundTrunkInfo| lk.sip().create_sip_inbound_trunk(trunk);
        create(inbound(["+1 555 01-00", "+15550101"])).await.unwrap();
        refused(create(inbound(["(1555) 0100"])).await, InvalidArgument);
        refused(create(inbound(["+15550102", "15550101"])).await, InvalidArgument);

        // Another caller, and then the same one written otherwise.
        let with_caller =
            |caller| SipInboundTrunkInfo { allowed_numbers: texts([caller]), ..inbound(["+15550100"]) };
        create(with_caller("+15550199")).await.unwrap();
        refused(create(with_caller("1 (555) 0199")).await, InvalidArgument);
        create(with_caller("+15550198")).await.unwrap();

        // Trunks for every number are apart from those for one.
        let everything = SipInboundTrunkInfo { auth_username: "alice".into(), ..Default::default() };
        create(everything.clone()).await.unwrap();
        refused(create(everything).await, InvalidArgument);

        // Text that is no number is compared as it is.
        create(inbound(["alice"])).await.unwrap();
        create(inbound(["Alice"])).await.unwrap();
        refused(create(inbound(["alice"])).await, InvalidArgument);
    })
    .await;
}

#[tokio::test]
async fn an_outbound_trunk_has_numbers_and_a_host() {
    both(async |_, lk| {
        let create = |trunk: SipOutboundTrunkInfo| lk.sip().create_sip_outbound_trunk(trunk);
        refused(create(outbound([])).await, InvalidArgument);
        let with_address =
            |address: &str| SipOutboundTrunkInfo { address: address.into(), ..outbound(["+15550100"]) };
        for address in [
            "",
            "sip:example.com",
            "sips:example.com",
            "a@example.com",
            "example.com;lr",
            "example.com?transport=tcp",
        ] {
            refused(create(with_address(address)).await, InvalidArgument);
            if !address.is_empty() {
                let from_host = address.into();
                let trunk = SipOutboundTrunkInfo { from_host, ..outbound(["+15550100"]) };
                refused(create(trunk).await, InvalidArgument);
            }
        }
        create(with_address("192.0.2.1:5060")).await.unwrap();
        create(with_address("192.0.2.1:5060")).await.unwrap();
        assert_eq!(lk.sip().list_sip_outbound_trunk(()).await.unwrap().items.len(), 2, "both are kept");
    })
    .await;
}

#[tokio::test]
async fn media_settings_are_checked() {
    both(async |_, lk| {
        let codec = |name: &str| SipMediaConfig {
            codecs: vec![SipCodec { name: name.into(), rate: 8000 }],
            ..Default::default()
        };
        let timeout =
            |timeout: Duration| SipMediaConfig { media_timeout: Some(timeout.into()), ..Default::default() };
        let negative = livekit_sdk::proto::Duration { seconds: -1, nanos: 0 };
        let negative = SipMediaConfig { media_timeout: Some(negative), ..Default::default() };
        let too_long = timeout(Duration::from_nanos(600_000_000_001));
        for media in [codec(""), codec("PC MU"), codec("PCMU/8000"), too_long, negative] {
            let media = Some(media);
            let trunk = SipInboundTrunkInfo { media: media.clone(), ..inbound(["+15550100"]) };
            refused(lk.sip().create_sip_inbound_trunk(trunk).await, InvalidArgument);
            let trunk = SipOutboundTrunkInfo { media, ..outbound(["+15550100"]) };
            refused(lk.sip().create_sip_outbound_trunk(trunk).await, InvalidArgument);
        }
        for media in [codec("PCMU"), timeout(Duration::ZERO), timeout(Duration::from_secs(600))] {
            let trunk = SipOutboundTrunkInfo { media: Some(media.clone()), ..outbound(["+15550100"]) };
            let trunk = lk.sip().create_sip_outbound_trunk(trunk).await.unwrap();
            assert_eq!(trunk.media, Some(media));
        }
    })
    .await;
}

#[tokio::test]
#[allow(deprecated, reason = "of the deprecated field")]
async fn creating_a_trunk_leaves_the_legacy_encryption_where_it_is() {
    both(async |_, lk| {
        let media_encryption = SipMediaEncryption::SipMediaEncryptRequire.into();
        let trunk = SipOutboundTrunkInfo { media_encryption, ..outbound(["+15550100"]) };
        let trunk = lk.sip().create_sip_outbound_trunk(trunk).await.unwrap();
        assert_eq!((trunk.media_encryption, trunk.media), (media_encryption, None));
    })
    .await;
}

#[tokio::test]
async fn headers_are_checked() {
    both(async |_, lk| {
        let create = async |name: &str, value: &str| {
            let headers = [(name.to_owned(), value.to_owned())].into();
            let trunk = SipOutboundTrunkInfo { headers, ..outbound(["+15550100"]) };
            lk.sip().create_sip_outbound_trunk(trunk).await
        };
        let long = |length: usize| "x".repeat(length);
        for name in ["", "X Tenant", "X:Tenant", "Zoë", &long(256), "Contact", "CALL-ID", "cseq", "k", "V"] {
            refused(create(name, "value").await, InvalidArgument);
        }
        for value in ["two\nlines", "\u{7f}", &long(1025)] {
            refused(create("X-Tenant", value).await, InvalidArgument);
        }
        for (name, value) in
            [("X-Tenant", "Zoë\tZ"), ("To", "anyone"), ("via", ""), (&long(255), &long(1024))]
        {
            create(name, value).await.unwrap();
        }

        // Names that become attributes, and attributes that become headers, may be reserved ones.
        let map = |key: &str, value: &str| [(key.to_owned(), value.to_owned())].into();
        let create = |trunk: SipInboundTrunkInfo| lk.sip().create_sip_inbound_trunk(trunk);
        let from = |headers_to_attributes| SipInboundTrunkInfo { headers_to_attributes, ..inbound(["1"]) };
        let to = |attributes_to_headers| SipInboundTrunkInfo { attributes_to_headers, ..inbound(["2"]) };
        refused(create(from(map("X Tenant", "tenant"))).await, InvalidArgument);
        refused(create(to(map("tenant", "X Tenant"))).await, InvalidArgument);
        create(from(map("Contact", "the contact"))).await.unwrap();
        create(to(map("the contact", "Contact"))).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn the_status_of_a_ringing_timeout_is_a_failure() {
    both(async |_, lk| {
        let create = async |ringing_timeout_status, number| {
            let trunk = SipInboundTrunkInfo { ringing_timeout_status, ..inbound([number]) };
            lk.sip().create_sip_inbound_trunk(trunk).await
        };
        for status in [-1, 200, 399, 700] {
            refused(create(status, "1").await, InvalidArgument);
        }
        for (status, number) in [(0, "1"), (400, "2"), (699, "3")] {
            assert_eq!(create(status, number).await.unwrap().ringing_timeout_status, status);
        }
    })
    .await;
}

#[tokio::test]
async fn trunks_are_listed_by_id_and_filtered() {
    both(async |_, lk| {
        let sip = lk.sip();
        let mut ids = vec![];
        for trunk in [
            inbound(["+15550100"]),
            inbound(["+15550101"]),
            SipInboundTrunkInfo { auth_username: "alice".into(), ..Default::default() },
        ] {
            ids.push(sip.create_sip_inbound_trunk(trunk).await.unwrap().sip_trunk_id);
        }
        let [first, second, every] = ids.clone().try_into().unwrap();
        ids.sort();
        let names = |answer: livekit_sdk::proto::ListSipInboundTrunkResponse| {
            answer.items.into_iter().map(|trunk| trunk.sip_trunk_id).collect::<Vec<_>>()
        };
        assert_eq!(names(sip.list_sip_inbound_trunk(()).await.unwrap()), ids);

        // The order of the request, and ids that do not exist, leave no trace.
        let wanted = [ids[2].as_str(), "ST_none", &ids[0]];
        let listed = sip.list_sip_inbound_trunk(()).trunk_ids(wanted).await.unwrap();
        assert_eq!(names(listed), [ids[0].as_str(), &ids[2]]);

        let mut expected = [second.as_str(), &every];
        expected.sort_unstable();
        let listed = sip.list_sip_inbound_trunk(()).numbers(["1 (555) 0101"]).await.unwrap();
        assert_eq!(names(listed), expected, "a trunk without numbers serves all");
        let listed = sip.list_sip_inbound_trunk(()).numbers(["+15550101"]).trunk_ids([&first]).await.unwrap();
        assert_eq!(names(listed), [""; 0], "both filters hold");

        let page = Pagination { after_id: ids[0].clone(), limit: 1 };
        let listed = sip.list_sip_inbound_trunk(()).page(page).await.unwrap();
        assert_eq!(names(listed), ids[1..], "the limit does not end the list");
    })
    .await;
}

#[tokio::test]
async fn outbound_trunks_are_filtered_by_numbers_as_they_are_written() {
    both(async |_, lk| {
        let sip = lk.sip();
        let trunk = sip.create_sip_outbound_trunk(outbound(["+15550100", "+15550101"])).await.unwrap();
        sip.create_sip_outbound_trunk(outbound(["+15550102"])).await.unwrap();
        let list = async |number| sip.list_sip_outbound_trunk(()).numbers([number]).await.unwrap().items;
        assert_eq!(list("+15550101").await, std::slice::from_ref(&trunk));
        assert_eq!(list("15550101").await, []);
        let page = Pagination { after_id: "ST_zzzzzzzzzzzzz".into(), limit: 0 };
        assert_eq!(sip.list_sip_outbound_trunk(()).page(page).await.unwrap().items, []);
        let listed = sip.list_sip_outbound_trunk(()).trunk_ids([&trunk.sip_trunk_id]).await.unwrap();
        assert_eq!(listed.items, [trunk]);
    })
    .await;
}

#[tokio::test]
#[allow(deprecated, reason = "of the deprecated method")]
async fn the_legacy_list_has_trunks_of_both_kinds() {
    both(async |_, lk| {
        let sip = lk.sip();
        let trunk = SipInboundTrunkInfo {
            name: "in".into(),
            allowed_addresses: texts(["203.0.113.1"]),
            auth_username: "alice".into(),
            ..inbound(["+15550100"])
        };
        let inbound = sip.create_sip_inbound_trunk(trunk).await.unwrap();
        let trunk = SipOutboundTrunkInfo {
            transport: SipTransport::Tls.into(),
            auth_password: "secret".into(),
            ..outbound(["+15550100", "+15550101"])
        };
        let outbound = sip.create_sip_outbound_trunk(trunk).await.unwrap();

        let items = sip.list_sip_trunk(()).await.unwrap().items;
        let ids: Vec<_> = items.iter().map(|trunk| &trunk.sip_trunk_id).collect();
        assert!(items.len() == 2 && ids.is_sorted(), "{ids:?}");
        let of = |id: &str| items.iter().find(|trunk| trunk.sip_trunk_id == id).unwrap();
        let listed = of(&inbound.sip_trunk_id);
        assert_eq!((listed.kind(), &*listed.name), (TrunkKind::TrunkInbound, "in"));
        assert_eq!(listed.inbound_numbers, ["+15550100"]);
        assert_eq!(listed.inbound_addresses, ["203.0.113.1"]);
        assert_eq!((&*listed.inbound_username, &*listed.outbound_address), ("alice", ""));
        let listed = of(&outbound.sip_trunk_id);
        assert_eq!((listed.kind(), listed.transport()), (TrunkKind::TrunkOutbound, SipTransport::Tls));
        assert_eq!((&*listed.outbound_address, &*listed.outbound_number), ("sip.example.com", "+15550100"));
        assert_eq!((&*listed.outbound_password, listed.inbound_numbers.len()), ("secret", 0));

        let after_id = ids[0].clone();
        let page = Pagination { after_id, limit: 0 };
        assert_eq!(sip.list_sip_trunk(()).page(page).await.unwrap().items, items[1..]);
    })
    .await;
}
