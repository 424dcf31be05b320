//! Egresses, and how far each has come.

use super::with_room::WithRooms;
use super::{mask, outputs, request};
use crate::error::Refusal;
use crate::proto::egress_info::Request;
use crate::proto::stream_info::Status as StreamStatus;
use crate::proto::{
    EgressInfo, EgressStatus, Room, StreamInfo, UpdateStreamRequest, WebhookConfig, WebhookEvent,
};
use crate::testing::id;
use crate::testing::refusals::{failed_precondition, invalid, not_found};
use crate::testing::world::Store;

/// Nanoseconds for which an egress is remembered after its end: 24 hours.
const REMEMBERED: i64 = 24 * 60 * 60 * 1_000_000_000;

/// The states that an egress can still be moved on from.
const UNFINISHED: [EgressStatus; 3] =
    [EgressStatus::EgressStarting, EgressStatus::EgressActive, EgressStatus::EgressEnding];
/// The states in which an egress takes orders.
const RUNNING: [EgressStatus; 2] = [EgressStatus::EgressStarting, EgressStatus::EgressActive];

/// All egresses, in the order in which they were started.
#[derive(Default)]
pub(in crate::testing) struct Records {
    records: Vec<Record>,
    pub(super) with_rooms: WithRooms,
    /// Whether egresses run without being moved by the test.
    pub(super) run_automatically: bool,
}

struct Record {
    info: EgressInfo,
    webhooks: Vec<WebhookConfig>,
    /// The URLs of `info.stream_results`, which shows them masked.
    urls: Vec<String>,
}

impl Records {
    pub(super) fn iter(&self) -> impl Iterator<Item = &EgressInfo> {
        self.records.iter().map(|record| &record.info)
    }

    pub(super) fn info(&self, id: &str) -> Result<&EgressInfo, Refusal> {
        self.iter().find(|info| info.egress_id == id).ok_or_else(unknown)
    }

    fn record(&mut self, id: &str) -> Result<&mut Record, Refusal> {
        self.records.iter_mut().find(|record| record.info.egress_id == id).ok_or_else(unknown)
    }

    /// An egress that is in one of these states.
    fn in_state(&mut self, id: &str, states: &[EgressStatus]) -> Result<&mut Record, Refusal> {
        let record = self.record(id)?;
        let status = record.info.status();
        match states.contains(&status) {
            true => Ok(record),
            false => Err(failed_precondition(format!(
                "the egress does not allow this in {}",
                status.as_str_name()
            ))),
        }
    }
}

fn unknown() -> Refusal {
    not_found("requested egress does not exist")
}

/// How an egress ends.
pub(super) struct Ending {
    pub(super) status: EgressStatus,
    pub(super) error: String,
    /// The HTTP status that matches the error.
    pub(super) error_code: u16,
}

impl Store {
    /// The egresses that are still remembered.
    pub(super) fn egresses(&mut self) -> &mut Records {
        let now = self.now.nanoseconds();
        let is_due = |ended: i64| ended != 0 && now.saturating_sub(ended) >= REMEMBERED;
        self.egress.records.retain(|record| !is_due(record.info.ended_at));
        &mut self.egress
    }

    /// Starts an egress of this room, which is empty if there is none.
    pub(in crate::testing) fn start_egress(
        &mut self,
        mut request: Request,
        room: Room,
    ) -> Result<EgressInfo, Refusal> {
        let webhooks = request::webhooks(&request).to_vec();
        let source_type = request::source_type(&request);
        let outputs = outputs::take(&mut request);
        let now = self.now.nanoseconds();
        let id = id::new("EG_");
        let stream = |url: &String| StreamInfo { url: mask::url(url), ..StreamInfo::default() };
        let info = EgressInfo {
            egress_id: id.clone(),
            room_id: room.sid,
            room_name: room.name,
            source_type: source_type.into(),
            status: EgressStatus::EgressStarting.into(),
            started_at: now,
            updated_at: now,
            stream_results: outputs.urls.iter().map(stream).collect(),
            file_results: outputs.files,
            segment_results: outputs.segments,
            image_results: outputs.images,
            request: Some(request),
            ..EgressInfo::default()
        };
        self.egresses().records.push(Record { info, webhooks, urls: outputs.urls });
        let started = self.tell_egress(&id)?;
        match self.egress.run_automatically {
            true => self.activate_egress(&id),
            false => Ok(started),
        }
    }

    /// Media arrives.
    pub(super) fn activate_egress(&mut self, id: &str) -> Result<EgressInfo, Refusal> {
        self.move_egress(id, &[EgressStatus::EgressStarting], |info, now| {
            info.status = EgressStatus::EgressActive.into();
            outputs::begin(info, now);
        })
    }

    /// Asks an egress to stop. If it runs by itself, it is done at once.
    pub(super) fn stop_egress(&mut self, id: &str, reason: &str) -> Result<EgressInfo, Refusal> {
        let ending = self.end_egress(id, reason)?;
        match self.egress.run_automatically {
            true => self.complete_egress(id, |_| ()),
            false => Ok(ending),
        }
    }

    fn end_egress(&mut self, id: &str, reason: &str) -> Result<EgressInfo, Refusal> {
        self.move_egress(id, &RUNNING, |info, _| {
            info.status = EgressStatus::EgressEnding.into();
            reason.clone_into(&mut info.details);
        })
    }

    /// Lets an egress succeed, by way of all states that it has not been in yet.
    pub(super) fn complete_egress(
        &mut self,
        id: &str,
        results: impl FnOnce(&mut EgressInfo),
    ) -> Result<EgressInfo, Refusal> {
        if self.egresses().info(id)?.status() == EgressStatus::EgressStarting {
            self.activate_egress(id)?;
        }
        if self.egresses().info(id)?.status() == EgressStatus::EgressActive {
            self.end_egress(id, "the source closed")?;
        }
        let ending = Ending { status: EgressStatus::EgressComplete, error: String::new(), error_code: 0 };
        self.finish_egress(id, ending, results)
    }

    /// Ends an egress for good. `results` may add to what it has produced, or change it.
    pub(super) fn finish_egress(
        &mut self,
        id: &str,
        ending: Ending,
        results: impl FnOnce(&mut EgressInfo),
    ) -> Result<EgressInfo, Refusal> {
        self.move_egress(id, &UNFINISHED, |info, now| {
            let streams = match ending.status {
                EgressStatus::EgressFailed => StreamStatus::Failed,
                _ => StreamStatus::Finished,
            };
            outputs::end(info, now, streams);
            results(info);
            info.egress_id = id.to_owned();
            info.status = ending.status.into();
            info.ended_at = now;
            info.error = ending.error;
            info.error_code = ending.error_code.into();
        })
    }

    /// Adds streams to an egress that has some, and ends others.
    pub(super) fn update_streams(&mut self, request: UpdateStreamRequest) -> Result<EgressInfo, Refusal> {
        let UpdateStreamRequest { egress_id: id, add_output_urls, remove_output_urls, .. } = request;
        let now = self.now.nanoseconds();
        let record = self.egresses().in_state(&id, &RUNNING)?;
        if record.urls.is_empty() {
            return Err(invalid("the egress has no stream output"));
        }
        if let Some(url) = remove_output_urls.iter().find(|url| !record.streams_to(url)) {
            return Err(not_found(format!("the egress does not stream to {}", mask::url(url))));
        }
        for url in &remove_output_urls {
            record.running_streams(url).for_each(|it| outputs::end_stream(it, now, StreamStatus::Finished));
        }
        for url in add_output_urls {
            if !record.streams_to(&url) {
                record.info.stream_results.push(StreamInfo { url: mask::url(&url), ..StreamInfo::default() });
                record.urls.push(url);
            }
        }
        record.info.updated_at = now;
        match record.info.status() {
            EgressStatus::EgressActive => {
                outputs::begin(&mut record.info, now);
                self.tell_egress(&id)
            }
            // Nothing that anyone is told of has happened yet.
            _ => Ok(record.info.clone()),
        }
    }

    /// Asks the egresses of a room to stop, as it is closed.
    pub(super) fn stop_egresses_of(&mut self, room_sid: &str) -> Result<(), Refusal> {
        let running = self.egresses().iter().filter(|info| info.room_id == room_sid);
        let running = running.filter(|info| RUNNING.contains(&info.status()));
        for id in running.map(|info| info.egress_id.clone()).collect::<Vec<_>>() {
            self.stop_egress(&id, "the room was closed")?;
        }
        Ok(())
    }

    /// Changes an egress that is in one of these states, and tells of it.
    fn move_egress(
        &mut self,
        id: &str,
        from: &[EgressStatus],
        change: impl FnOnce(&mut EgressInfo, i64),
    ) -> Result<EgressInfo, Refusal> {
        let now = self.now.nanoseconds();
        let info = &mut self.egresses().in_state(id, from)?.info;
        change(info, now);
        info.updated_at = now;
        self.tell_egress(id)
    }

    /// Tells where an egress is now, and notes in its room whether that is being recorded.
    fn tell_egress(&mut self, id: &str) -> Result<EgressInfo, Refusal> {
        let record = self.egress.record(id)?;
        let (info, webhooks) = (record.info.clone(), record.webhooks.clone());
        let is_recording = |it: &EgressInfo| {
            it.room_id == info.room_id
                && matches!(it.status(), EgressStatus::EgressActive | EgressStatus::EgressEnding)
        };
        let is_recorded = self.egress.iter().any(is_recording);
        let live = self.rooms.get_mut(&info.room_name);
        if let Some(live) = live.filter(|live| live.room.sid == info.room_id) {
            live.room.active_recording = is_recorded;
        }
        self.tell_also(event(&info), &webhooks);
        Ok(info)
    }
}

impl Record {
    fn streams_to(&mut self, url: &str) -> bool {
        self.running_streams(url).next().is_some()
    }

    /// The streams to this URL that have not ended.
    fn running_streams(&mut self, url: &str) -> impl Iterator<Item = &mut StreamInfo> {
        let streams = self.info.stream_results.iter_mut().zip(&self.urls);
        streams.filter(move |(it, to)| *to == url && it.ended_at == 0).map(|(stream, _)| stream)
    }
}

/// What webhooks are told of an egress: all of it, and which room it is of.
fn event(info: &EgressInfo) -> WebhookEvent {
    let name = match info.status() {
        EgressStatus::EgressStarting => "egress_started",
        EgressStatus::EgressActive | EgressStatus::EgressEnding => "egress_updated",
        _ => "egress_ended",
    };
    let room = Room { sid: info.room_id.clone(), name: info.room_name.clone(), ..Room::default() };
    WebhookEvent {
        event: name.to_owned(),
        room: Some(room).filter(|room| !room.name.is_empty()),
        egress_info: Some(Box::new(info.clone())),
        ..WebhookEvent::default()
    }
}
