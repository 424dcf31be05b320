//! Phone numbers: a small inventory of fictional ones, and those that were bought.

use crate::error::{Refusal, TwirpCode};
use crate::proto::{
    GetPhoneNumberRequest, GetPhoneNumberResponse, ListPhoneNumbersRequest, ListPhoneNumbersResponse,
    PhoneNumber, PhoneNumberInboundStatus, PhoneNumberOutboundStatus, PhoneNumberStatus, PhoneNumberType,
    PurchasePhoneNumberRequest, PurchasePhoneNumberResponse, ReleasePhoneNumbersRequest,
    ReleasePhoneNumbersResponse, SearchPhoneNumbersRequest, SearchPhoneNumbersResponse,
    UpdatePhoneNumberRequest, UpdatePhoneNumberResponse,
};
use crate::server::{Context, Router};
use crate::services::phone_number::{PhoneNumberService, PhoneNumberServiceServer};
use crate::testing::clock::Now;
use crate::testing::id;
use crate::testing::refusals::not_found;
use crate::testing::world::World;

use super::page::page;
use super::{missing, require, timestamp};

/// Country, area code, city and state of the numbers in the inventory.
const PLACES: [(&str, &str, &str, &str); 4] = [
    ("US", "212", "New York", "NY"),
    ("US", "312", "Chicago", "IL"),
    ("US", "415", "San Francisco", "CA"),
    ("CA", "416", "Toronto", "ON"),
];

/// Numbers of each place, from 555-0100 on. No more than a hundred of them are kept for fiction.
const NUMBERS_OF_A_PLACE: u32 = 25;

/// The numbers that were bought, the released ones among them, in the order of their purchase.
#[derive(Default)]
pub(super) struct Records {
    bought: Vec<PhoneNumber>,
}

impl Records {
    fn owned(&self) -> impl Iterator<Item = &PhoneNumber> {
        self.bought.iter().filter(|number| is_owned(number))
    }

    /// Numbers that can be bought.
    fn inventory(&self) -> impl Iterator<Item = PhoneNumber> {
        inventory().filter(|offered| !self.owned().any(|owned| owned.e164_format == offered.e164_format))
    }

    /// The place of an owned number, which is named by its id or by itself.
    fn position(&self, id: Option<&str>, number: Option<&str>) -> Result<usize, Refusal> {
        let is_it = |it: &PhoneNumber| match (id, number) {
            (Some(id), _) => it.id == id,
            (None, number) => Some(&*it.e164_format) == number,
        };
        if id.or(number).is_none() {
            return Err(missing("id or phone_number"));
        }
        let found = self.bought.iter().position(|it| is_owned(it) && is_it(it));
        found.ok_or_else(no_number)
    }

    fn get_mut(&mut self, id: Option<&str>, number: Option<&str>) -> Result<&mut PhoneNumber, Refusal> {
        let position = self.position(id, number)?;
        self.bought.get_mut(position).ok_or_else(no_number)
    }

    fn buy(&self, number: &str, rule: Option<&str>, now: Now) -> Result<PhoneNumber, Refusal> {
        if self.owned().any(|owned| owned.e164_format == number) {
            let text = format!("phone number {number} was bought before");
            return Err(Refusal::new(TwirpCode::AlreadyExists, text));
        }
        let offered = self.inventory().find(|offered| offered.e164_format == number);
        let offered = offered.ok_or_else(|| not_found(format!("phone number {number} is not offered")))?;
        let mut bought = PhoneNumber {
            id: id::new("PN_"),
            created_at: Some(timestamp(now)),
            assigned_at: Some(timestamp(now)),
            status: PhoneNumberStatus::Active.into(),
            outbound_status: PhoneNumberOutboundStatus::PhoneNumberOutStatusActive.into(),
            ..offered
        };
        assign(&mut bought, rule, now);
        Ok(bought)
    }
}

fn no_number() -> Refusal {
    not_found("requested phone number does not exist")
}

fn is_owned(number: &PhoneNumber) -> bool {
    number.status() != PhoneNumberStatus::Released
}

/// All numbers there are. They have no ids before somebody owns them.
fn inventory() -> impl Iterator<Item = PhoneNumber> {
    PLACES.into_iter().flat_map(|(country, area, city, state)| {
        (0..NUMBERS_OF_A_PLACE).map(move |line| PhoneNumber {
            e164_format: format!("+1{area}55501{line:02}"),
            country_code: country.to_owned(),
            area_code: area.to_owned(),
            number_type: PhoneNumberType::Local.into(),
            locality: city.to_owned(),
            region: state.to_owned(),
            capabilities: vec!["voice".to_owned()],
            ..PhoneNumber::default()
        })
    })
}

/// Has the calls to a number handled by this rule, or by none.
fn assign(number: &mut PhoneNumber, rule: Option<&str>, now: Now) {
    number.sip_dispatch_rule_ids = rule.into_iter().filter(|id| !id.is_empty()).map(str::to_owned).collect();
    let inbound = match number.sip_dispatch_rule_ids.is_empty() {
        true => PhoneNumberInboundStatus::PhoneNumberInStatusDetached,
        false => PhoneNumberInboundStatus::PhoneNumberInStatusActive,
    };
    number.inbound_status = inbound.into();
    number.updated_at = Some(timestamp(now));
}

pub(super) fn router(world: &World) -> Router {
    PhoneNumberServiceServer::router(Handlers(world.clone()))
}

struct Handlers(World);

impl PhoneNumberService for Handlers {
    async fn search_phone_numbers(
        &self,
        _: Context,
        request: SearchPhoneNumbersRequest,
    ) -> Result<SearchPhoneNumbersResponse, Refusal> {
        require("country_code", &request.country_code)?;
        let is_wanted = |number: &PhoneNumber| {
            let area = request.area_code.as_ref().filter(|area| !area.is_empty());
            number.country_code == request.country_code && area.is_none_or(|area| number.area_code == *area)
        };
        let found = self.0.with(|store| store.cloud.numbers.inventory().filter(is_wanted).collect());
        let (items, next_page_token) = page(found, request.page_token.as_ref(), request.limit)?;
        Ok(SearchPhoneNumbersResponse { items, next_page_token, ..Default::default() })
    }

    async fn purchase_phone_number(
        &self,
        _: Context,
        request: PurchasePhoneNumberRequest,
    ) -> Result<PurchasePhoneNumberResponse, Refusal> {
        if request.phone_numbers.is_empty() {
            return Err(missing("phone_numbers"));
        }
        self.0.with(|store| {
            let (now, records) = (store.now, &mut store.cloud.numbers);
            let before = records.bought.len();
            for number in &request.phone_numbers {
                match records.buy(number, request.sip_dispatch_rule_id.as_deref(), now) {
                    Ok(bought) => records.bought.push(bought),
                    Err(refusal) => {
                        // All or nothing.
                        records.bought.truncate(before);
                        return Err(refusal);
                    }
                }
            }
            let phone_numbers = records.bought.iter().skip(before).cloned().collect();
            Ok(PurchasePhoneNumberResponse { phone_numbers, ..Default::default() })
        })
    }

    async fn list_phone_numbers(
        &self,
        _: Context,
        request: ListPhoneNumbersRequest,
    ) -> Result<ListPhoneNumbersResponse, Refusal> {
        let is_wanted = |number: &&PhoneNumber| {
            let rule = request.sip_dispatch_rule_id.as_ref();
            (request.statuses.is_empty() || request.statuses.contains(&number.status))
                && rule.is_none_or(|rule| number.sip_dispatch_rule_ids.contains(rule))
        };
        let found: Vec<_> =
            self.0.with(|store| store.cloud.numbers.bought.iter().filter(is_wanted).cloned().collect());
        let count = |numbers: usize| i32::try_from(numbers).unwrap_or(i32::MAX);
        let total_count = count(found.len());
        let is_offline = |number: &&PhoneNumber| number.status() == PhoneNumberStatus::Offline;
        let offline_count = count(found.iter().filter(is_offline).count());
        let (items, next_page_token) = page(found, request.page_token.as_ref(), request.limit)?;
        Ok(ListPhoneNumbersResponse {
            items,
            next_page_token,
            total_count,
            offline_count,
            ..Default::default()
        })
    }

    async fn get_phone_number(
        &self,
        _: Context,
        request: GetPhoneNumberRequest,
    ) -> Result<GetPhoneNumberResponse, Refusal> {
        let GetPhoneNumberRequest { id, phone_number, .. } = request;
        self.0.with(|store| {
            let found = store.cloud.numbers.get_mut(id.as_deref(), phone_number.as_deref())?;
            Ok(GetPhoneNumberResponse { phone_number: Some(found.clone()), ..Default::default() })
        })
    }

    async fn update_phone_number(
        &self,
        _: Context,
        request: UpdatePhoneNumberRequest,
    ) -> Result<UpdatePhoneNumberResponse, Refusal> {
        let UpdatePhoneNumberRequest { id, phone_number, sip_dispatch_rule_id, name, .. } = request;
        self.0.with(|store| {
            let found = store.cloud.numbers.get_mut(id.as_deref(), phone_number.as_deref())?;
            found.updated_at = Some(timestamp(store.now));
            if let Some(name) = name {
                found.name = name;
            }
            if let Some(rule) = sip_dispatch_rule_id {
                assign(found, Some(&rule), store.now);
            }
            Ok(UpdatePhoneNumberResponse { phone_number: Some(found.clone()), ..Default::default() })
        })
    }

    async fn release_phone_numbers(
        &self,
        _: Context,
        request: ReleasePhoneNumbersRequest,
    ) -> Result<ReleasePhoneNumbersResponse, Refusal> {
        let ReleasePhoneNumbersRequest { ids, phone_numbers, .. } = request;
        if ids.is_empty() && phone_numbers.is_empty() {
            return Err(missing("ids or phone_numbers"));
        }
        self.0.with(|store| {
            let (now, records) = (timestamp(store.now), &mut store.cloud.numbers);
            let by_id = ids.iter().map(|id| records.position(Some(id), None));
            let by_number = phone_numbers.iter().map(|number| records.position(None, Some(number)));
            // All or nothing: looked up before the first is released.
            let positions: Vec<_> = by_id.chain(by_number).collect::<Result<_, _>>()?;
            for (position, number) in records.bought.iter_mut().enumerate() {
                if positions.contains(&position) {
                    assign(number, None, store.now);
                    number.status = PhoneNumberStatus::Released.into();
                    number.inbound_status = PhoneNumberInboundStatus::PhoneNumberInStatusUnavailable.into();
                    number.outbound_status =
                        PhoneNumberOutboundStatus::PhoneNumberOutStatusUnavailable.into();
                    number.released_at = Some(now);
                }
            }
            Ok(ReleasePhoneNumbersResponse {})
        })
    }
}
