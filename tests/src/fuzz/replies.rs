//! What a server, or something that stands in its place, may answer.

use std::collections::BTreeSet;
use std::future::IntoFuture as _;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{Method, Request, Response, Uri};
use livekit_sdk::proto::ListEgressResponse;
use livekit_sdk::transport::{BoxFuture, Transport};
use livekit_sdk::{Error, ErrorKind, LiveKit, Result};
use prost::Message as _;
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

const TOKEN: &str = "a-token-that-hardly-any-input-holds";

/// Answers what it was told to, and keeps where calls went.
#[derive(Clone, Debug, Default)]
struct Puppet(Arc<Mutex<Script>>);

#[derive(Debug, Default)]
struct Script {
    status: u16,
    body: Bytes,
    /// The list of regions, where there is one.
    regions: Option<Bytes>,
    calls: Vec<Uri>,
}

impl Transport for Puppet {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>>> {
        let mut script = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (status, body) = match (request.method(), &script.regions) {
            (&Method::GET, Some(regions)) => (200, regions.clone()),
            (&Method::GET, None) => (404, Bytes::new()),
            _ => {
                script.calls.push(request.uri().clone());
                (script.status, script.body.clone())
            }
        };
        let answer = Response::builder().status(status).body(body);
        Box::pin(async { answer.map_err(Error::unreachable) })
    }
}

thread_local! {
    /// Made once: inputs are many.
    static RUNTIME: Runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
}

/// One call of a new client, which has heard of no regions yet, and where its attempts went.
fn call(script: Script) -> (Result<ListEgressResponse>, Vec<Uri>) {
    let puppet = Puppet(Arc::new(Mutex::new(script)));
    let livekit = LiveKit::builder().url("wss://project.livekit.cloud/base").token(TOKEN);
    let livekit = livekit.failover(false).transport(puppet.clone()).build().expect("a client");
    let outcome = RUNTIME.with(|runtime| runtime.block_on(livekit.egress().list_egress(()).into_future()));
    let mut script = puppet.0.lock().unwrap_or_else(PoisonError::into_inner);
    (outcome, std::mem::take(&mut script.calls))
}

/// Statuses that mean an error, the odd ones included.
const STATUSES: [u16; 16] = [201, 204, 299, 301, 302, 304, 400, 401, 404, 418, 429, 451, 500, 502, 503, 599];

/// The first byte of the input chooses a status, the rest is the body of an error answer: its status is kept, its
/// code is the body's or that of the status, a page's text fits on a line, and a token in it is not told.
///
/// # Panics
/// Something of this does not hold.
pub fn twirp_error(data: &[u8]) {
    let (first, body) = data.split_first().unwrap_or((&0, &[]));
    let status = STATUSES[usize::from(*first) % STATUSES.len()];
    let (outcome, calls) = call(Script { status, body: Bytes::copy_from_slice(body), ..Script::default() });
    let error = outcome.expect_err("no status but 200 is a success");
    assert_eq!((error.status(), error.attempts(), calls.len()), (Some(status), 1, 1));
    let refusal = error.refusal().expect("an answer");
    if body.windows(TOKEN.len()).any(|part| part == TOKEN.as_bytes()) {
        // What quotes the token is changed, so that it is not told.
        return assert!(!format!("{error} {error:?}").contains(TOKEN));
    }
    let code = serde_json::from_slice::<Value>(body).ok().filter(Value::is_object);
    match code.as_ref().and_then(|json| json.get("code")?.as_str()) {
        Some("dataloss") => assert_eq!(refusal.code.as_str(), "data_loss"),
        Some(code) => assert_eq!((refusal.code.as_str(), refusal.from_intermediary), (code, false)),
        None => {
            assert!(refusal.from_intermediary);
            assert!(refusal.message.len() <= 2048 && !refusal.message.contains(char::is_control));
        }
    }
    assert!(error.to_string().contains(error.request_id().expect("every call has one")));
    let _ = (error.sip_status(), error.sip_transfer(), error.rpc_code(), error.is_room_not_found());
}

/// The input is the list of regions that a server answers which refuses the project: the call moves at most twice,
/// to hosts that were listed, each of which is called once and at the configured path.
///
/// # Panics
/// It does otherwise.
pub fn regions(data: &[u8]) {
    let list = Some(Bytes::copy_from_slice(data));
    let (outcome, calls) = call(Script { status: 451, regions: list, ..Script::default() });
    let error = outcome.expect_err("no region serves the project");
    assert!(error.is_wrong_region() && error.attempts() as usize == calls.len());
    assert!((1..=3).contains(&calls.len()), "{calls:?}");
    let mut places = BTreeSet::new();
    for uri in &calls {
        assert_eq!(uri.path(), "/base/twirp/livekit.Egress/ListEgress");
        assert!(matches!(uri.scheme_str(), Some("http" | "https")) && uri.query().is_none(), "{uri}");
        let authority = uri.authority().expect("a host").as_str();
        assert!(!authority.contains('@'), "{authority}");
        let default = if uri.scheme_str() == Some("https") { 443 } else { 80 };
        let place = (uri.host().map(str::to_ascii_lowercase), uri.port_u16().unwrap_or(default));
        assert!(places.insert(place), "called twice: {calls:?}");
    }
    // What is not Unicode does not matter where nobody looks.
    let json = serde_json::from_str::<Value>(&String::from_utf8_lossy(data)).unwrap_or_default();
    let listed = json.get("regions").and_then(Value::as_array).map_or(0, Vec::len);
    assert!(calls.len() <= 1 + listed, "{listed} regions, {calls:?}");
}

/// The input is the body of a success: it is the message that the bytes are, or a bad reply.
///
/// # Panics
/// It is neither.
pub fn response_body(data: &[u8]) {
    let (outcome, _) = call(Script { status: 200, body: Bytes::copy_from_slice(data), ..Script::default() });
    match (outcome, ListEgressResponse::decode(data)) {
        (Ok(message), Ok(_)) => {
            let bytes = message.encode_to_vec();
            let again =
                ListEgressResponse::decode(bytes.as_slice()).expect("what was encoded can be decoded");
            // Maps have no order, and NaN is not itself: lengths tell what bytes cannot.
            assert_eq!(again.encoded_len(), bytes.len());
            assert_eq!(format!("{message:?}").len(), format!("{again:?}").len());
        }
        (Err(error), Err(_)) => assert_eq!(*error.kind(), ErrorKind::BadReply),
        (outcome, expected) => panic!("{outcome:?}, but {expected:?}"),
    }
}
