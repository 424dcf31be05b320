//! Ingresses, and what each is doing.

use crate::error::Refusal;
use crate::proto::ingress_state::Status;
use crate::proto::{IngressInfo, IngressInput, IngressState, Room, WebhookEvent};
use crate::testing::id;
use crate::testing::refusals::{failed_precondition, not_found};
use crate::testing::world::Store;

/// All ingresses, in the order in which they were created.
#[derive(Default)]
pub(in crate::testing) struct Records(Vec<IngressInfo>);

impl Records {
    pub(super) fn iter(&self) -> impl Iterator<Item = &IngressInfo> {
        self.0.iter()
    }

    pub(super) fn add(&mut self, info: IngressInfo) {
        self.0.push(info);
    }

    pub(super) fn get(&self, id: &str) -> Result<&IngressInfo, Refusal> {
        self.iter().find(|info| info.ingress_id == id).ok_or_else(unknown)
    }

    pub(super) fn get_mut(&mut self, id: &str) -> Result<&mut IngressInfo, Refusal> {
        self.0.iter_mut().find(|info| info.ingress_id == id).ok_or_else(unknown)
    }

    fn remove(&mut self, id: &str) -> Result<IngressInfo, Refusal> {
        let index = self.0.iter().position(|info| info.ingress_id == id).ok_or_else(unknown)?;
        Ok(self.0.remove(index))
    }
}

fn unknown() -> Refusal {
    not_found("requested ingress does not exist")
}

/// What an ingress is doing.
pub(super) fn status(info: &IngressInfo) -> Status {
    info.state.as_ref().map(IngressState::status).unwrap_or_default()
}

/// Whether media arrives.
fn is_live(status: Status) -> bool {
    matches!(status, Status::EndpointBuffering | Status::EndpointPublishing)
}

impl Store {
    /// Media arrives, and is published if `status` says so.
    pub(super) fn begin_ingress(&mut self, id: &str, status: Status) -> Result<IngressInfo, Refusal> {
        let now = self.now.nanoseconds();
        let info = self.ingress.get(id)?;
        let before = self::status(info);
        if info.enabled == Some(false) || before == Status::EndpointComplete || before == status {
            return Err(not_now(info));
        }
        let session = match info.input_type() {
            IngressInput::RtmpInput => "RT_",
            IngressInput::WhipInput => "WH_",
            _ => "UR_",
        };
        let room_id = self.rooms.get(&info.room_name).map(|live| live.room.sid.clone()).unwrap_or_default();
        let state = self.ingress.get_mut(id)?.state.get_or_insert_default();
        if !is_live(before) {
            let resource_id = id::new(session);
            *state = IngressState { started_at: now, resource_id, ..IngressState::default() };
        }
        state.room_id = room_id;
        self.move_ingress(id, status)
    }

    /// Ends what an ingress is doing. One that fails may not have begun.
    pub(super) fn end_ingress(
        &mut self,
        id: &str,
        status: Status,
        error: &str,
    ) -> Result<IngressInfo, Refusal> {
        let now = self.now.nanoseconds();
        let info = self.ingress.get_mut(id)?;
        let before = self::status(info);
        let fails_to_begin = status == Status::EndpointError && before == Status::EndpointInactive;
        if !is_live(before) && !fails_to_begin {
            return Err(not_now(info));
        }
        let state = info.state.get_or_insert_default();
        state.ended_at = now;
        error.clone_into(&mut state.error);
        self.move_ingress(id, status)
    }

    /// Forgets an ingress; whoever publishes with it is cut off.
    pub(super) fn delete_ingress(&mut self, id: &str) -> Result<IngressInfo, Refusal> {
        if is_live(status(self.ingress.get(id)?)) {
            self.end_ingress(id, Status::EndpointInactive, "")?;
        }
        let mut info = self.ingress.remove(id)?;
        info.state.get_or_insert_default().status = Status::EndpointInactive.into();
        Ok(info)
    }

    /// Moves an ingress, and tells of it unless it is only buffering.
    fn move_ingress(&mut self, id: &str, status: Status) -> Result<IngressInfo, Refusal> {
        let now = self.now.nanoseconds();
        let info = self.ingress.get_mut(id)?;
        let state = info.state.get_or_insert_default();
        state.status = status.into();
        state.updated_at = now;
        let info = info.clone();
        let event = match status {
            Status::EndpointBuffering => return Ok(info),
            Status::EndpointPublishing => "ingress_started",
            _ => "ingress_ended",
        };
        let room = Room { name: info.room_name.clone(), ..Room::default() };
        self.tell(WebhookEvent {
            event: event.to_owned(),
            room: Some(room).filter(|room| !room.name.is_empty()),
            ingress_info: Some(Box::new(info.clone())),
            ..WebhookEvent::default()
        });
        Ok(info)
    }
}

fn not_now(info: &IngressInfo) -> Refusal {
    let is_disabled = if info.enabled == Some(false) { ", disabled" } else { "" };
    let status = status(info).as_str_name();
    failed_precondition(format!("the ingress does not allow this in {status}{is_disabled}"))
}
