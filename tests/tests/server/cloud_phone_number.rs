//! Buying phone numbers and giving them back.

use livekit_sdk::TwirpCode;
use livekit_sdk::proto::{
    GetPhoneNumberRequest, ListPhoneNumbersRequest, PhoneNumber, PhoneNumberInboundStatus,
    PhoneNumberOutboundStatus, PhoneNumberStatus, PhoneNumberType, PurchasePhoneNumberRequest,
    ReleasePhoneNumbersRequest, UpdatePhoneNumberRequest,
};

use crate::support::{both, refused};

const SAN_FRANCISCO: &str = "+14155550100";
const NEW_YORK: &str = "+12125550100";

fn numbers(items: &[PhoneNumber]) -> Vec<&str> {
    items.iter().map(|number| &*number.e164_format).collect()
}

fn buy<const N: usize>(numbers: [&str; N]) -> PurchasePhoneNumberRequest {
    let phone_numbers = numbers.map(str::to_owned).to_vec();
    PurchasePhoneNumberRequest { phone_numbers, ..Default::default() }
}

fn by_id(id: &str) -> GetPhoneNumberRequest {
    GetPhoneNumberRequest { id: Some(id.to_owned()), ..Default::default() }
}

#[tokio::test]
async fn the_inventory_is_searched_by_country_and_area() {
    both(async |_, lk| {
        let phone = lk.phone_number();
        let found = phone.search_phone_numbers("US").area_code("415").limit(2).await.unwrap();
        assert_eq!(numbers(&found.items), [SAN_FRANCISCO, "+14155550101"]);
        let number = &found.items[0];
        assert_eq!((&*number.locality, &*number.region, &*number.area_code), ("San Francisco", "CA", "415"));
        assert_eq!((number.number_type(), &*number.id), (PhoneNumberType::Local, ""));
        let next = phone.search_phone_numbers("US").area_code("415").limit(2);
        let next = next.page_token(found.next_page_token.unwrap()).await.unwrap();
        assert_eq!(numbers(&next.items), ["+14155550102", "+14155550103"]);

        let page = phone.search_phone_numbers("US").await.unwrap();
        assert_eq!(page.items.len(), 50);
        let rest = phone.search_phone_numbers("US").page_token(page.next_page_token.unwrap()).await.unwrap();
        assert_eq!((rest.items.len(), rest.next_page_token), (25, None));

        let canada = phone.search_phone_numbers("CA").await.unwrap().items;
        assert!(canada.iter().all(|number| number.country_code == "CA") && !canada.is_empty());
        assert!(phone.search_phone_numbers("DE").await.unwrap().items.is_empty());
        refused(phone.search_phone_numbers("").await, TwirpCode::InvalidArgument);
    })
    .await;
}

#[tokio::test]
async fn a_bought_number_is_owned_until_it_is_released() {
    both(async |_, lk| {
        let phone = lk.phone_number();
        let purchase = PurchasePhoneNumberRequest {
            sip_dispatch_rule_id: Some("SDR_1".to_owned()),
            ..buy([SAN_FRANCISCO])
        };
        let bought = phone.purchase_phone_number(purchase).await.unwrap().phone_numbers.remove(0);
        assert!(bought.id.starts_with("PN_"), "{bought:?}");
        assert_eq!(bought.status(), PhoneNumberStatus::Active);
        assert_eq!(bought.inbound_status(), PhoneNumberInboundStatus::PhoneNumberInStatusActive);
        assert_eq!(bought.outbound_status(), PhoneNumberOutboundStatus::PhoneNumberOutStatusActive);
        assert_eq!(bought.sip_dispatch_rule_ids, ["SDR_1"]);
        assert!(bought.created_at.is_some() && bought.released_at.is_none());

        refused(phone.purchase_phone_number(buy([SAN_FRANCISCO])).await, TwirpCode::AlreadyExists);
        let offered = phone.search_phone_numbers("US").area_code("415").limit(1).await.unwrap().items;
        assert_eq!(numbers(&offered), ["+14155550101"]);
        let by_number =
            GetPhoneNumberRequest { phone_number: Some(SAN_FRANCISCO.to_owned()), ..Default::default() };
        for request in [by_id(&bought.id), by_number] {
            assert_eq!(phone.get_phone_number(request).await.unwrap().phone_number, Some(bought.clone()));
        }

        let release = ReleasePhoneNumbersRequest { ids: vec![bought.id.clone()], ..Default::default() };
        phone.release_phone_numbers(release.clone()).await.unwrap();
        refused(phone.get_phone_number(by_id(&bought.id)).await, TwirpCode::NotFound);
        refused(phone.release_phone_numbers(release).await, TwirpCode::NotFound);
        let listed = phone.list_phone_numbers(()).await.unwrap().items.remove(0);
        assert_eq!((&listed.id, listed.status()), (&bought.id, PhoneNumberStatus::Released));
        assert!(listed.released_at.is_some());

        let again = phone.purchase_phone_number(buy([SAN_FRANCISCO])).await.unwrap().phone_numbers;
        assert_ne!(again[0].id, bought.id);
    })
    .await;
}

#[tokio::test]
async fn numbers_are_bought_and_released_together_or_not_at_all() {
    both(async |_, lk| {
        let phone = lk.phone_number();
        refused(phone.purchase_phone_number(()).await, TwirpCode::InvalidArgument);
        refused(phone.purchase_phone_number(buy([NEW_YORK, "+4930555"])).await, TwirpCode::NotFound);
        refused(phone.purchase_phone_number(buy([NEW_YORK, NEW_YORK])).await, TwirpCode::AlreadyExists);
        assert_eq!(phone.list_phone_numbers(()).await.unwrap().total_count, 0);

        phone.purchase_phone_number(buy([NEW_YORK, SAN_FRANCISCO])).await.unwrap();
        let release = |numbers: &[&str]| ReleasePhoneNumbersRequest {
            phone_numbers: numbers.iter().map(|number| (*number).to_owned()).collect(),
            ..Default::default()
        };
        refused(phone.release_phone_numbers(()).await, TwirpCode::InvalidArgument);
        refused(phone.release_phone_numbers(release(&[NEW_YORK, "+14155550101"])).await, TwirpCode::NotFound);
        let active = |limit| ListPhoneNumbersRequest {
            statuses: vec![PhoneNumberStatus::Active.into()],
            limit,
            ..Default::default()
        };
        let page = phone.list_phone_numbers(active(Some(1))).await.unwrap();
        assert_eq!((numbers(&page.items), page.total_count), (vec![NEW_YORK], 2));
        let next = phone.list_phone_numbers(active(Some(1))).page_token(page.next_page_token.unwrap());
        assert_eq!(numbers(&next.await.unwrap().items), [SAN_FRANCISCO]);

        phone.release_phone_numbers(release(&[NEW_YORK, SAN_FRANCISCO])).await.unwrap();
        assert_eq!(phone.list_phone_numbers(active(None)).await.unwrap().items, []);
    })
    .await;
}

#[tokio::test]
async fn a_number_gets_a_label_and_a_dispatch_rule() {
    both(async |_, lk| {
        let phone = lk.phone_number();
        let bought = phone.purchase_phone_number(buy([NEW_YORK, SAN_FRANCISCO])).await.unwrap().phone_numbers;
        assert_eq!(bought[0].inbound_status(), PhoneNumberInboundStatus::PhoneNumberInStatusDetached);
        let update = UpdatePhoneNumberRequest {
            phone_number: Some(NEW_YORK.to_owned()),
            sip_dispatch_rule_id: Some("SDR_2".to_owned()),
            name: Some("support".to_owned()),
            ..Default::default()
        };
        let updated = phone.update_phone_number(update).await.unwrap().phone_number.unwrap();
        assert_eq!((&updated.id, &*updated.name), (&bought[0].id, "support"));
        assert_eq!(updated.inbound_status(), PhoneNumberInboundStatus::PhoneNumberInStatusActive);

        let of_rule = phone.list_phone_numbers(()).sip_dispatch_rule_id("SDR_2").await.unwrap();
        assert_eq!((of_rule.items, of_rule.total_count), (vec![updated], 1));

        let detached = phone.update_phone_number(()).id(&*bought[0].id).sip_dispatch_rule_id("");
        let detached = detached.await.unwrap().phone_number.unwrap();
        assert_eq!((&*detached.name, detached.sip_dispatch_rule_ids.len()), ("support", 0));
        refused(phone.update_phone_number(()).id("PN_unknown").name("x").await, TwirpCode::NotFound);
        refused(phone.update_phone_number(()).name("x").await, TwirpCode::InvalidArgument);
        refused(phone.get_phone_number(()).await, TwirpCode::InvalidArgument);
    })
    .await;
}
