//! Trunks.

use super::list_update::{self, overwrite};
use super::table::{Change, Entry, collide};
use super::validate::{self, normal_number, required};
use super::{Records, media};
use crate::error::Refusal;
use crate::proto::sip_trunk_info::TrunkKind;
use crate::proto::{
    Pagination, SipInboundTrunkInfo, SipInboundTrunkUpdate, SipMediaConfig, SipOutboundTrunkInfo,
    SipOutboundTrunkUpdate, SipTrunkInfo, update_sip_inbound_trunk_request,
    update_sip_outbound_trunk_request,
};
use crate::testing::refusals::invalid;

impl Entry for SipInboundTrunkInfo {
    type Update = SipInboundTrunkUpdate;
    const PREFIX: &'static str = "ST_";
    const NAME: &'static str = "SIP trunk";

    fn id(&self) -> &str {
        &self.sip_trunk_id
    }

    fn set_id(&mut self, id: String) {
        self.sip_trunk_id = id;
    }

    #[allow(deprecated, reason = "callers still send it")]
    fn media(&mut self) -> (&mut Option<SipMediaConfig>, &mut i32) {
        (&mut self.media, &mut self.media_encryption)
    }

    fn check(&self) -> Result<(), Refusal> {
        media::check(self.media.as_ref())?;
        validate::headers(&self.headers)?;
        validate::mappings(&self.headers_to_attributes, &self.attributes_to_headers)?;
        match self.ringing_timeout_status {
            0 | 400..=699 => Ok(()),
            status => Err(invalid(format!("invalid ringing timeout status {status}"))),
        }
    }

    fn check_beside<'a>(&self, mut others: impl Iterator<Item = &'a Self>) -> Result<(), Refusal> {
        let has_credentials = !self.auth_username.is_empty() || !self.auth_password.is_empty();
        if !has_credentials && self.allowed_addresses.is_empty() && self.numbers.is_empty() {
            let text = "for security, one of the fields must be set: auth_username and auth_password, \
                        allowed_addresses, numbers";
            return Err(invalid(text));
        }
        match others.find(|other| take_the_same(self, other)) {
            Some(other) => Err(invalid(format!("the trunk {} takes the same calls", other.sip_trunk_id))),
            None => Ok(()),
        }
    }

    fn check_update(update: &SipInboundTrunkUpdate) -> Result<(), Refusal> {
        list_update::check(update.numbers.as_ref())?;
        list_update::check(update.allowed_addresses.as_ref())?;
        list_update::check(update.allowed_numbers.as_ref())?;
        media::check(update.media.as_ref())
    }

    #[allow(deprecated, reason = "callers still send it")]
    fn apply(&mut self, update: SipInboundTrunkUpdate) {
        list_update::apply(&mut self.numbers, update.numbers);
        list_update::apply(&mut self.allowed_addresses, update.allowed_addresses);
        list_update::apply(&mut self.allowed_numbers, update.allowed_numbers);
        overwrite(&mut self.auth_username, update.auth_username);
        overwrite(&mut self.auth_password, update.auth_password);
        overwrite(&mut self.auth_realm, update.auth_realm);
        overwrite(&mut self.name, update.name);
        overwrite(&mut self.metadata, update.metadata);
        overwrite(&mut self.media_encryption, update.media_encryption);
        overwrite(&mut self.media, update.media.map(Some));
    }
}

/// Whether two trunks are for calls of the same called and calling numbers.
fn take_the_same(one: &SipInboundTrunkInfo, other: &SipInboundTrunkInfo) -> bool {
    collide(&one.numbers, &other.numbers, normal_number)
        && collide(&one.allowed_numbers, &other.allowed_numbers, normal_number)
}

impl Entry for SipOutboundTrunkInfo {
    type Update = SipOutboundTrunkUpdate;
    const PREFIX: &'static str = "ST_";
    const NAME: &'static str = "SIP trunk";

    fn id(&self) -> &str {
        &self.sip_trunk_id
    }

    fn set_id(&mut self, id: String) {
        self.sip_trunk_id = id;
    }

    #[allow(deprecated, reason = "callers still send it")]
    fn media(&mut self) -> (&mut Option<SipMediaConfig>, &mut i32) {
        (&mut self.media, &mut self.media_encryption)
    }

    fn check(&self) -> Result<(), Refusal> {
        if self.numbers.is_empty() {
            return Err(invalid("no numbers on the outbound trunk"));
        }
        required("address", &self.address)?;
        validate::host("address", &self.address)?;
        validate::host("from_host", &self.from_host)?;
        media::check(self.media.as_ref())?;
        validate::headers(&self.headers)?;
        validate::mappings(&self.headers_to_attributes, &self.attributes_to_headers)
    }

    /// Any number of trunks may place the same calls.
    fn check_beside<'a>(&self, _: impl Iterator<Item = &'a Self>) -> Result<(), Refusal> {
        Ok(())
    }

    fn check_update(update: &SipOutboundTrunkUpdate) -> Result<(), Refusal> {
        list_update::check(update.numbers.as_ref())?;
        validate::host("address", update.address.as_deref().unwrap_or_default())?;
        validate::host("from_host", update.from_host.as_deref().unwrap_or_default())?;
        media::check(update.media.as_ref())
    }

    #[allow(deprecated, reason = "callers still send it")]
    fn apply(&mut self, update: SipOutboundTrunkUpdate) {
        overwrite(&mut self.address, update.address);
        overwrite(&mut self.transport, update.transport);
        overwrite(&mut self.destination_country, update.destination_country);
        list_update::apply(&mut self.numbers, update.numbers);
        overwrite(&mut self.auth_username, update.auth_username);
        overwrite(&mut self.auth_password, update.auth_password);
        overwrite(&mut self.name, update.name);
        overwrite(&mut self.metadata, update.metadata);
        overwrite(&mut self.media_encryption, update.media_encryption);
        overwrite(&mut self.media, update.media.map(Some));
        overwrite(&mut self.from_host, update.from_host);
    }
}

impl From<update_sip_inbound_trunk_request::Action> for Change<SipInboundTrunkInfo> {
    fn from(action: update_sip_inbound_trunk_request::Action) -> Self {
        use update_sip_inbound_trunk_request::Action;
        match action {
            Action::Replace(trunk) => Self::Replace(trunk),
            Action::Update(update) => Self::Update(update),
            _ => Self::Update(Default::default()),
        }
    }
}

impl From<update_sip_outbound_trunk_request::Action> for Change<SipOutboundTrunkInfo> {
    fn from(action: update_sip_outbound_trunk_request::Action) -> Self {
        use update_sip_outbound_trunk_request::Action;
        match action {
            Action::Replace(trunk) => Self::Replace(trunk),
            Action::Update(update) => Self::Update(update),
            _ => Self::Update(Default::default()),
        }
    }
}

impl Records {
    /// Deletes a trunk of either kind. LiveKit does not look whether there is one.
    pub(super) fn delete_trunk(&mut self, id: &str) -> Result<(), Refusal> {
        required("id", id)?;
        // A trunk that does not exist is deleted already.
        let _ = (self.inbound.remove(id), self.outbound.remove(id));
        Ok(())
    }

    /// The trunks of both kinds in the legacy format. New ones of the legacy kind cannot be made.
    pub(super) fn legacy_trunks(&self, page: Option<&Pagination>) -> Vec<SipTrunkInfo> {
        let inbound = self.inbound.list(page, &[], |_| true).into_iter().map(legacy_inbound);
        let outbound = self.outbound.list(page, &[], |_| true).into_iter().map(legacy_outbound);
        let mut trunks: Vec<_> = inbound.chain(outbound).collect();
        trunks.sort_by(|one, other| one.sip_trunk_id.cmp(&other.sip_trunk_id));
        trunks
    }
}

fn legacy_inbound(trunk: SipInboundTrunkInfo) -> SipTrunkInfo {
    SipTrunkInfo {
        sip_trunk_id: trunk.sip_trunk_id,
        kind: TrunkKind::TrunkInbound.into(),
        inbound_addresses: trunk.allowed_addresses,
        inbound_numbers: trunk.numbers,
        inbound_username: trunk.auth_username,
        inbound_password: trunk.auth_password,
        name: trunk.name,
        metadata: trunk.metadata,
        ..SipTrunkInfo::default()
    }
}

fn legacy_outbound(trunk: SipOutboundTrunkInfo) -> SipTrunkInfo {
    SipTrunkInfo {
        sip_trunk_id: trunk.sip_trunk_id,
        kind: TrunkKind::TrunkOutbound.into(),
        outbound_address: trunk.address,
        // The format has room for one.
        outbound_number: trunk.numbers.into_iter().next().unwrap_or_default(),
        transport: trunk.transport,
        outbound_username: trunk.auth_username,
        outbound_password: trunk.auth_password,
        name: trunk.name,
        metadata: trunk.metadata,
        ..SipTrunkInfo::default()
    }
}
