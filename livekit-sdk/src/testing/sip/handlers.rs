//! The SIP service.

use super::table::{Change, fits};
use super::validate::normal_number;
use super::{call, rule, transfer};
use crate::error::Refusal;
use crate::proto::{
    CreateSipDispatchRuleRequest, CreateSipInboundTrunkRequest, CreateSipOutboundTrunkRequest,
    CreateSipParticipantRequest, DeleteSipDispatchRuleRequest, DeleteSipTrunkRequest,
    GetSipInboundTrunkRequest, GetSipInboundTrunkResponse, GetSipOutboundTrunkRequest,
    GetSipOutboundTrunkResponse, ListSipDispatchRuleRequest, ListSipDispatchRuleResponse,
    ListSipInboundTrunkRequest, ListSipInboundTrunkResponse, ListSipOutboundTrunkRequest,
    ListSipOutboundTrunkResponse, ListSipTrunkRequest, ListSipTrunkResponse, SipDispatchRuleInfo,
    SipInboundTrunkInfo, SipOutboundTrunkInfo, SipParticipantInfo, SipTrunkInfo,
    TransferSipParticipantRequest, TransferSipParticipantResponse, UpdateSipDispatchRuleRequest,
    UpdateSipInboundTrunkRequest, UpdateSipOutboundTrunkRequest,
};
use crate::server::Context;
use crate::services::sip::Sip;
use crate::testing::world::World;

pub(super) struct Handlers(pub(super) World);

impl Sip for Handlers {
    async fn list_sip_trunk(
        &self,
        _: Context,
        request: ListSipTrunkRequest,
    ) -> Result<ListSipTrunkResponse, Refusal> {
        let items = self.0.with(|store| store.sip.legacy_trunks(request.page.as_ref()));
        Ok(ListSipTrunkResponse { items, ..Default::default() })
    }

    async fn create_sip_inbound_trunk(
        &self,
        _: Context,
        request: CreateSipInboundTrunkRequest,
    ) -> Result<SipInboundTrunkInfo, Refusal> {
        self.0.with(|store| store.sip.inbound.create(request.trunk))
    }

    async fn create_sip_outbound_trunk(
        &self,
        _: Context,
        request: CreateSipOutboundTrunkRequest,
    ) -> Result<SipOutboundTrunkInfo, Refusal> {
        self.0.with(|store| store.sip.outbound.create(request.trunk))
    }

    async fn update_sip_inbound_trunk(
        &self,
        _: Context,
        request: UpdateSipInboundTrunkRequest,
    ) -> Result<SipInboundTrunkInfo, Refusal> {
        let change = request.action.map(Change::from);
        self.0.with(|store| store.sip.inbound.change(&request.sip_trunk_id, change))
    }

    async fn update_sip_outbound_trunk(
        &self,
        _: Context,
        request: UpdateSipOutboundTrunkRequest,
    ) -> Result<SipOutboundTrunkInfo, Refusal> {
        let change = request.action.map(Change::from);
        self.0.with(|store| store.sip.outbound.change(&request.sip_trunk_id, change))
    }

    async fn get_sip_inbound_trunk(
        &self,
        _: Context,
        request: GetSipInboundTrunkRequest,
    ) -> Result<GetSipInboundTrunkResponse, Refusal> {
        let trunk = self.0.with(|store| store.sip.inbound.get(&request.sip_trunk_id).cloned())?;
        Ok(GetSipInboundTrunkResponse { trunk: Some(trunk), ..Default::default() })
    }

    async fn get_sip_outbound_trunk(
        &self,
        _: Context,
        request: GetSipOutboundTrunkRequest,
    ) -> Result<GetSipOutboundTrunkResponse, Refusal> {
        let trunk = self.0.with(|store| store.sip.outbound.get(&request.sip_trunk_id).cloned())?;
        Ok(GetSipOutboundTrunkResponse { trunk: Some(trunk), ..Default::default() })
    }

    async fn list_sip_inbound_trunk(
        &self,
        _: Context,
        request: ListSipInboundTrunkRequest,
    ) -> Result<ListSipInboundTrunkResponse, Refusal> {
        let ListSipInboundTrunkRequest { page, trunk_ids, numbers, .. } = request;
        let serves = |trunk: &SipInboundTrunkInfo| fits(&trunk.numbers, &numbers, normal_number);
        let items = self.0.with(|store| store.sip.inbound.list(page.as_ref(), &trunk_ids, serves));
        Ok(ListSipInboundTrunkResponse { items, ..Default::default() })
    }

    async fn list_sip_outbound_trunk(
        &self,
        _: Context,
        request: ListSipOutboundTrunkRequest,
    ) -> Result<ListSipOutboundTrunkResponse, Refusal> {
        let ListSipOutboundTrunkRequest { page, trunk_ids, numbers, .. } = request;
        let calls_from = |trunk: &SipOutboundTrunkInfo| fits(&trunk.numbers, &numbers, str::to_owned);
        let items = self.0.with(|store| store.sip.outbound.list(page.as_ref(), &trunk_ids, calls_from));
        Ok(ListSipOutboundTrunkResponse { items, ..Default::default() })
    }

    async fn delete_sip_trunk(
        &self,
        _: Context,
        request: DeleteSipTrunkRequest,
    ) -> Result<SipTrunkInfo, Refusal> {
        let DeleteSipTrunkRequest { sip_trunk_id, .. } = request;
        self.0.with(|store| store.sip.delete_trunk(&sip_trunk_id))?;
        Ok(SipTrunkInfo { sip_trunk_id, ..SipTrunkInfo::default() })
    }

    async fn create_sip_dispatch_rule(
        &self,
        _: Context,
        request: CreateSipDispatchRuleRequest,
    ) -> Result<SipDispatchRuleInfo, Refusal> {
        let rule = rule::requested(request);
        self.0.with(|store| store.sip.rules.create(Some(rule)))
    }

    async fn update_sip_dispatch_rule(
        &self,
        _: Context,
        request: UpdateSipDispatchRuleRequest,
    ) -> Result<SipDispatchRuleInfo, Refusal> {
        let change = request.action.map(Change::from);
        self.0.with(|store| store.sip.rules.change(&request.sip_dispatch_rule_id, change))
    }

    async fn list_sip_dispatch_rule(
        &self,
        _: Context,
        request: ListSipDispatchRuleRequest,
    ) -> Result<ListSipDispatchRuleResponse, Refusal> {
        let ListSipDispatchRuleRequest { page, dispatch_rule_ids, trunk_ids, .. } = request;
        let is_for = |rule: &SipDispatchRuleInfo| fits(&rule.trunk_ids, &trunk_ids, str::to_owned);
        let items = self.0.with(|store| store.sip.rules.list(page.as_ref(), &dispatch_rule_ids, is_for));
        Ok(ListSipDispatchRuleResponse { items, ..Default::default() })
    }

    async fn delete_sip_dispatch_rule(
        &self,
        _: Context,
        request: DeleteSipDispatchRuleRequest,
    ) -> Result<SipDispatchRuleInfo, Refusal> {
        self.0.with(|store| store.sip.rules.remove(&request.sip_dispatch_rule_id))
    }

    async fn create_sip_participant(
        &self,
        _: Context,
        request: CreateSipParticipantRequest,
    ) -> Result<SipParticipantInfo, Refusal> {
        call::dial(&self.0, request)
    }

    async fn transfer_sip_participant(
        &self,
        _: Context,
        request: TransferSipParticipantRequest,
    ) -> Result<TransferSipParticipantResponse, Refusal> {
        transfer::transfer(&self.0, &request)
    }
}
