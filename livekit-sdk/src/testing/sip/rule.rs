//! Dispatch rules.

use super::list_update::{self, overwrite};
use super::media;
use super::table::{Change, Entry, collide};
use super::validate::normal_number;
use crate::error::Refusal;
use crate::proto::sip_dispatch_rule::Rule;
use crate::proto::{
    CreateSipDispatchRuleRequest, SipDispatchRule, SipDispatchRuleInfo, SipDispatchRuleUpdate,
    SipMediaConfig, update_sip_dispatch_rule_request,
};
use crate::testing::refusals::invalid;
use crate::testing::room;

/// The rule that a request asks for: whole, or by fields of its own, as it was done before.
#[allow(deprecated, reason = "callers still send them")]
pub(super) fn requested(request: CreateSipDispatchRuleRequest) -> SipDispatchRuleInfo {
    let mut rule = request.dispatch_rule.unwrap_or_else(|| SipDispatchRuleInfo {
        rule: request.rule,
        trunk_ids: request.trunk_ids,
        hide_phone_number: request.hide_phone_number,
        inbound_numbers: request.inbound_numbers,
        name: request.name,
        metadata: request.metadata,
        attributes: request.attributes,
        room_preset: request.room_preset,
        room_config: request.room_config,
        ..SipDispatchRuleInfo::default()
    });
    media::adopt_legacy(rule.media());
    rule
}

impl Entry for SipDispatchRuleInfo {
    type Update = SipDispatchRuleUpdate;
    const PREFIX: &'static str = "SDR_";
    const NAME: &'static str = "SIP dispatch rule";

    fn id(&self) -> &str {
        &self.sip_dispatch_rule_id
    }

    fn set_id(&mut self, id: String) {
        self.sip_dispatch_rule_id = id;
    }

    #[allow(deprecated, reason = "callers still send it")]
    fn media(&mut self) -> (&mut Option<SipMediaConfig>, &mut i32) {
        (&mut self.media, &mut self.media_encryption)
    }

    fn check(&self) -> Result<(), Refusal> {
        let rule = self.rule.as_ref().ok_or_else(|| invalid("missing rule"))?;
        check_kind(rule)?;
        media::check(self.media.as_ref())
    }

    fn check_beside<'a>(&self, mut others: impl Iterator<Item = &'a Self>) -> Result<(), Refusal> {
        match others.find(|other| take_the_same(self, other)) {
            Some(other) => Err(invalid(format!("the dispatch rule {} is for the same calls", other.id()))),
            None => Ok(()),
        }
    }

    fn check_update(update: &SipDispatchRuleUpdate) -> Result<(), Refusal> {
        list_update::check(update.trunk_ids.as_ref())?;
        update.rule.as_ref().map_or(Ok(()), check_kind)?;
        media::check(update.media.as_ref())
    }

    #[allow(deprecated, reason = "callers still send it")]
    fn apply(&mut self, update: SipDispatchRuleUpdate) {
        list_update::apply(&mut self.trunk_ids, update.trunk_ids);
        overwrite(&mut self.rule, update.rule.map(Some));
        overwrite(&mut self.name, update.name);
        overwrite(&mut self.metadata, update.metadata);
        room::merge(&mut self.attributes, update.attributes);
        overwrite(&mut self.media_encryption, update.media_encryption);
        overwrite(&mut self.media, update.media.map(Some));
    }
}

fn check_kind(rule: &SipDispatchRule) -> Result<(), Refusal> {
    rule.rule.as_ref().map(|_| ()).ok_or_else(|| invalid("the rule has no kind"))
}

/// Whether two rules are for calls of the same pin, trunk, calling and called number.
fn take_the_same(one: &SipDispatchRuleInfo, other: &SipDispatchRuleInfo) -> bool {
    pin(one) == pin(other)
        && collide(&one.trunk_ids, &other.trunk_ids, str::to_owned)
        && collide(&one.inbound_numbers, &other.inbound_numbers, normal_number)
        && collide(&one.numbers, &other.numbers, normal_number)
}

fn pin(rule: &SipDispatchRuleInfo) -> &str {
    match rule.rule.as_ref().and_then(|rule| rule.rule.as_ref()) {
        Some(Rule::DispatchRuleDirect(direct)) => &direct.pin,
        Some(Rule::DispatchRuleIndividual(individual)) => &individual.pin,
        Some(Rule::DispatchRuleCallee(callee)) => &callee.pin,
        _ => "",
    }
}

impl From<update_sip_dispatch_rule_request::Action> for Change<SipDispatchRuleInfo> {
    fn from(action: update_sip_dispatch_rule_request::Action) -> Self {
        use update_sip_dispatch_rule_request::Action;
        match action {
            Action::Replace(rule) => Self::Replace(rule),
            Action::Update(update) => Self::Update(update),
            _ => Self::Update(Default::default()),
        }
    }
}
