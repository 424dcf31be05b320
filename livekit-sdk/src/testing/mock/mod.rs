//! LiveKit's own mock server (`livekit/test-server`): no memory, answers made up from the schema, and a
//! request header that says what goes wrong.

mod access;
mod control;
mod populate;

use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use prost::Message as _;
use prost_reflect::{DeserializeOptions, DynamicMessage, MethodDescriptor};

use super::region::Regions;
use super::serve::{Dropped, pause, route};
use super::{json_wire, reflect, sip_status};
use crate::auth::{ApiKey, TokenVerifier};
use crate::client::ServiceClient as _;
use crate::error::{Refusal, TwirpCode};
use crate::server::{self, Format, plain};
use crate::services::connector::ConnectorClient;
use crate::services::egress::EgressClient;
use crate::services::ingress::IngressClient;
use crate::services::room::RoomServiceClient;
use crate::services::sip::SipClient;
use crate::spec::Rpc;

use control::{Control, Failing};

/// Where the routes of services begin.
const PREFIX: &str = "/twirp/";

/// The services whose messages the mock knows.
const TYPED: [&str; 5] = [
    RoomServiceClient::SERVICE,
    EgressClient::SERVICE,
    IngressClient::SERVICE,
    SipClient::SERVICE,
    ConnectorClient::SERVICE,
];

/// How long a callee takes to answer the phone.
const PICKING_UP: Duration = Duration::from_secs(11);

/// The mock.
#[derive(Debug)]
pub(super) struct Mock {
    /// Knows one key, of which the secret counts.
    verifier: TokenVerifier,
}

/// Why a call is not answered with a message.
enum Failure {
    Answer(Response<Bytes>),
    Drop,
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Answer(server::error(&refusal))
    }
}

impl Mock {
    pub(super) fn new(key: ApiKey) -> Self {
        Self { verifier: TokenVerifier::new(key) }
    }

    /// What is answered without looking at any service.
    pub(super) fn without_service(
        &self,
        region: usize,
        head: &Parts,
        regions: &Regions,
    ) -> Option<Response<Bytes>> {
        match head.uri.path() {
            "/" | "/_test/health" => Some(plain(StatusCode::OK, "ok".to_owned())),
            "/settings/regions" => Some(discover(region, &Control::of(&head.headers), regions)),
            path if path.starts_with(PREFIX) => None,
            _ => Some(plain(StatusCode::NOT_FOUND, "404 page not found\n".to_owned())),
        }
    }

    /// Answers a call that arrived in the region of this index.
    pub(super) async fn answer(
        &self,
        region: usize,
        regions: &Regions,
        request: Request<Bytes>,
    ) -> Result<Response<Bytes>, Dropped> {
        let (head, body) = request.into_parts();
        let control = Control::of(&head.headers);
        let call = Call::read(&head, &body);
        match self.carry_out(region, regions, &head.headers, &control, &call).await {
            Ok(answer) => Ok(with_region(answer, &region.to_string())),
            Err(Failure::Answer(answer)) => Ok(with_region(answer, "")),
            Err(Failure::Drop) => Err(Dropped::Cut),
        }
    }

    /// The steps, in the order in which clients can tell them apart.
    async fn carry_out(
        &self,
        region: usize,
        regions: &Regions,
        headers: &HeaderMap,
        control: &Control,
        call: &Call,
    ) -> Result<Response<Bytes>, Failure> {
        if !control.skips_auth() {
            access::check(&self.verifier, headers, call)?;
        }
        if let Some(refused) = regions.refuses(region, control.pinned()) {
            return Err(Failure::Answer(refused));
        }
        pause(control.delay().unwrap_or_else(|| call.latency())).await;
        if let Some((code, reason)) = control.sip_status().filter(|_| call.dials()) {
            return Err(sip_status::refusal_before_1_52(code, &reason).into());
        }
        match control.failing(region) {
            Some(Failing::Drop) => return Err(Failure::Drop),
            Some(Failing::Status { after, refusal }) => {
                pause(after).await;
                return Err(refusal.into());
            }
            None => {}
        }
        Ok(call.respond(control)?)
    }
}

/// The list of regions.
fn discover(region: usize, control: &Control, regions: &Regions) -> Response<Bytes> {
    match control.discovery_failure() {
        Some(status) => {
            let mut answer = Response::new(Bytes::new());
            *answer.status_mut() = status;
            with_region(answer, "")
        }
        None => with_region(regions.list(control.pinned()), &region.to_string()),
    }
}

/// Says which region has answered; errors come from none.
fn with_region(mut answer: Response<Bytes>, region: &str) -> Response<Bytes> {
    if let Ok(value) = HeaderValue::from_str(region) {
        answer.headers_mut().insert("x-lk-mock-region", value);
    }
    answer
}

/// A call, as far as it can be read.
struct Call {
    service: String,
    name: String,
    /// The method as the schema has it.
    declared: Option<MethodDescriptor>,
    /// The method with its request, if the mock knows its messages.
    typed: Option<(MethodDescriptor, DynamicMessage)>,
    is_json: bool,
}

impl Call {
    fn read(head: &Parts, body: &[u8]) -> Self {
        let (service, name) = route(head.uri.path());
        let is_json = json_wire::is_json(&head.headers);
        let declared = reflect::method(service, name);
        let typed = declared.clone().filter(|_| TYPED.contains(&service)).map(|method| {
            let input = method.input();
            let lenient = DeserializeOptions::new().deny_unknown_fields(false);
            let request = match is_json {
                true => json_wire::read(input.clone(), body, &lenient).ok(),
                false => DynamicMessage::decode(input.clone(), body).ok(),
            };
            (method, request.unwrap_or_else(|| DynamicMessage::new(input)))
        });
        Self { service: service.to_owned(), name: name.to_owned(), declared, typed, is_json }
    }

    fn is<Req, Res>(&self, rpc: &Rpc<Req, Res>) -> bool {
        (&*self.service, &*self.name) == (rpc.service(), rpc.method())
    }

    /// Whether the call can fail as a phone call does.
    fn dials(&self) -> bool {
        self.is(&SipClient::CREATE_SIP_PARTICIPANT) || self.is(&SipClient::TRANSFER_SIP_PARTICIPANT)
    }

    /// How long the call takes by itself: until somebody has answered the phone.
    fn latency(&self) -> Duration {
        let request = self.typed.as_ref().map(|(_, request)| request);
        let waits = request.and_then(|request| request.get_field_by_name("wait_until_answered"));
        let waits = waits.and_then(|waits| waits.as_bool()).unwrap_or_default();
        let picks_up = self.is(&SipClient::TRANSFER_SIP_PARTICIPANT)
            || (waits && self.is(&SipClient::CREATE_SIP_PARTICIPANT));
        if picks_up { PICKING_UP } else { Duration::ZERO }
    }

    /// The answer that was asked for, or one that is made up; an empty one where the message is not known.
    fn respond(&self, control: &Control) -> Result<Response<Bytes>, Refusal> {
        let message = self.typed.as_ref().map(|(method, request)| {
            let asked = control.response().and_then(|json| {
                json_wire::read(method.output(), json.as_bytes(), &DeserializeOptions::new()).ok()
            });
            asked.unwrap_or_else(|| populate::populate(&method.output(), request))
        });
        let (format, body) = match (self.is_json, message) {
            (true, Some(message)) => (Format::Json, serde_json::to_vec(&message).map_err(unwritable)?),
            (true, None) => (Format::Json, b"{}".to_vec()),
            (false, message) => {
                (Format::Protobuf, message.map_or_else(Vec::new, |message| message.encode_to_vec()))
            }
        };
        let mut answer = Response::new(body.into());
        answer.headers_mut().insert(CONTENT_TYPE, format.content_type());
        Ok(answer)
    }
}

fn unwritable(cause: serde_json::Error) -> Refusal {
    Refusal::new(TwirpCode::Internal, format!("the response cannot be encoded: {cause}"))
}
