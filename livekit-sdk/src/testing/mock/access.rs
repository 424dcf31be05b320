//! Who may call a method of the mock.

use http::HeaderMap;
use http::header::AUTHORIZATION;
use prost_reflect::{DynamicMessage, MethodDescriptor};

use super::Call;
use super::TYPED;
use crate::auth::{ClaimGrants, Grant as _, TokenVerifier};
use crate::client::ServiceClient as _;
use crate::error::{Refusal, TwirpCode};
use crate::services::agent_dispatch::AgentDispatchServiceClient;
use crate::testing::reflect;

/// What a method demands.
struct Access {
    grants: ClaimGrants,
    /// The request field that names the token's room.
    room: String,
    /// The request field that names the token's destination room.
    destination_room: String,
}

/// Refuses a call whose token is missing or wrong, or lacks a grant. Rooms are compared where the request
/// names one and its message is known. Methods that the mock does not know need no token.
pub(super) fn check(verifier: &TokenVerifier, headers: &HeaderMap, call: &Call) -> Result<(), Refusal> {
    let Some(access) = demanded(call) else { return Ok(()) };
    let held = held(verifier, headers)?;
    let video = held.video.clone().unwrap_or_default();
    let request = call.typed.as_ref().map(|(_, request)| request);
    let names_another = |field: &str, room: &str| {
        let named = request.map(|request| reflect::text(request, field)).unwrap_or_default();
        !named.is_empty() && named != room
    };
    let is_allowed = held.covers(&access.grants)
        && !names_another(&access.room, &video.room)
        && !names_another(&access.destination_room, &video.destination_room);
    let denied = || Refusal::new(TwirpCode::PermissionDenied, "the token does not permit this call");
    if is_allowed { Ok(()) } else { Err(denied()) }
}

/// What the call demands, if the mock knows its method: it does know that of one service whose messages it
/// does not know.
fn demanded(call: &Call) -> Option<Access> {
    let is_known = TYPED.contains(&&*call.service) || call.service == AgentDispatchServiceClient::SERVICE;
    Access::of(call.declared.as_ref().filter(|_| is_known)?)
}

fn held(verifier: &TokenVerifier, headers: &HeaderMap) -> Result<ClaimGrants, Refusal> {
    let refused = |text: String| Refusal::new(TwirpCode::Unauthenticated, text);
    let header = headers.get(AUTHORIZATION).and_then(|header| header.to_str().ok());
    let token = header.and_then(|header| header.strip_prefix("Bearer "));
    let token = token.ok_or_else(|| refused("there is no token".to_owned()))?;
    let claims = verifier.verify_any_issuer(token);
    Ok(claims.map_err(|error| refused(format!("invalid token: {error}")))?.grants)
}

impl Access {
    /// The access that the method states, or else its service.
    fn of(method: &MethodDescriptor) -> Option<Self> {
        let own = reflect::annotation(&method.options(), "access");
        let service = || reflect::annotation(&method.parent_service().options(), "service");
        let access = own.or_else(|| reflect::message(&service()?, "access"))?;
        Some(Self {
            grants: reflect::message(&access, "grants").map(|grants| claims(&grants)).unwrap_or_default(),
            room: reflect::text(&access, "room"),
            destination_room: reflect::text(&access, "destination_room"),
        })
    }
}

/// The grants of the schema have the JSON form of a token's.
fn claims(grants: &DynamicMessage) -> ClaimGrants {
    let json = serde_json::to_value(grants);
    json.and_then(serde_json::from_value).expect("grants that the build has checked")
}
