//! Every public type that can hold a secret.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::fs;
use std::path::{Path, PathBuf};

use livekit_sdk::auth::{AccessToken, ApiKey, Claims, TokenVerifier, VideoGrant};
use livekit_sdk::proto::{CreateIngressRequest, IngressInput, RoomConfiguration, S3Upload, WebhookEvent};
use livekit_sdk::server::Context;
use livekit_sdk::services::egress::EgressClient;
use livekit_sdk::services::room::RoomServiceClient;
use livekit_sdk::testing::{Fault, RouterTransport, TestServer};
use livekit_sdk::transport::HttpTransport;
use livekit_sdk::webhook::{WebhookReceiver, sign};
use livekit_sdk::{LiveKit, Refusal, proto};
use prost::Message as _;
use serde_json::json;

use super::{PLANTED, clean, debug};

const SECRET: &str = "a-planted-secret-of-more-than-32-characters";

fn key() -> ApiKey {
    ApiKey::new("devkey", SECRET).unwrap()
}

fn check(value: &dyn Debug) {
    let text = debug(value);
    clean(&"a public type", &text);
    assert!(text.len() > 2, "something is shown");
}

/// A room configuration with a credential in it.
fn room_config() -> RoomConfiguration {
    let s3 = S3Upload { secret: SECRET.to_owned(), ..S3Upload::default() };
    let file = proto::EncodedFileOutput {
        output: Some(proto::encoded_file_output::Output::S3(s3)),
        ..proto::EncodedFileOutput::default()
    };
    let room = proto::RoomCompositeEgressRequest { file_outputs: vec![file], ..Default::default() };
    let egress = proto::RoomEgress { room: Some(room), ..Default::default() };
    RoomConfiguration { egress: Some(egress), ..RoomConfiguration::default() }
}

#[test]
fn tokens_and_keys() {
    let token = AccessToken::new("devkey", SECRET)
        .identity("alice")
        .metadata(SECRET)
        .attribute("door", SECRET)
        .room_config(room_config())
        .allow_sensitive_credentials()
        .grant(VideoGrant::join("daily"));
    let jwt = token.to_jwt().unwrap();
    let mut claims: Claims = TokenVerifier::new(key()).verify(&jwt).unwrap();
    claims.extra.insert("private".to_owned(), json!(SECRET));
    check(&key());
    check(&key().access_token());
    check(&token);
    check(&claims);
    check(&claims.grants);
    check(&TokenVerifier::from_keys([key(), key()]));
    check(&WebhookReceiver::new(key()));
}

#[tokio::test]
async fn clients_and_calls() {
    let server = TestServer::with_api_key(key());
    let builder = || LiveKit::builder().url("https://lk.example").header("X-Door", SECRET);
    check(&builder().api_key(key()));
    check(&builder().token(SECRET));
    check(&LiveKit::builder().url(format!("https://alice:{PLANTED}@lk.example/?key={PLANTED}")));
    for lk in [builder().api_key(key()).build().unwrap(), builder().token(SECRET).build().unwrap()] {
        check(&lk);
        check(&lk.room());
        check(&lk.service::<EgressClient>());
        let s3 = S3Upload { secret: SECRET.to_owned(), ..S3Upload::default() };
        let call = lk.egress().start_room_composite_egress("daily").with_token(SECRET);
        let call = call.with_header("X-Door", SECRET).set(|request| {
            let file = proto::EncodedFileOutput {
                output: Some(proto::encoded_file_output::Output::S3(s3)),
                ..Default::default()
            };
            request.file_outputs.push(file);
        });
        check(&call);
        check(&call.request());
    }
    check(&RoomServiceClient::CREATE_ROOM);
    check(&HttpTransport::new().unwrap());
    check(&HttpTransport::from_reqwest(application_client()));
    check(&server.transport());
    check(&RouterTransport::new(server.router()));
    check(&server.router().with_verifier(key().into()));
}

/// A client whose own `Debug` tells all.
fn application_client() -> reqwest::Client {
    let headers = [(http::header::AUTHORIZATION, http::HeaderValue::from_static(SECRET))];
    let client = reqwest::Client::builder().default_headers(headers.into_iter().collect()).build().unwrap();
    assert!(format!("{client:?}").contains(PLANTED), "else this proves nothing");
    client
}

/// Hands out what it knows of a call.
struct Doorman(std::sync::mpsc::Sender<Context>);

impl proto_service::Doors for Doorman {
    async fn open(
        &self,
        context: Context,
        _: proto::DeleteRoomRequest,
    ) -> Result<proto::DeleteRoomResponse, Refusal> {
        self.0.send(context).unwrap();
        Ok(proto::DeleteRoomResponse::default())
    }
}

mod proto_service {
    use super::proto::{DeleteRoomRequest, DeleteRoomResponse};

    /// Doors.
    #[livekit_sdk::service(package = "doors.v1", name = "Doors")]
    pub trait Doors {
        /// Opens one.
        #[rpc(name = "Open", access(video(room_admin)), room = "room")]
        fn open(request: DeleteRoomRequest) -> DeleteRoomResponse;
    }
}

#[tokio::test]
async fn what_a_handler_knows() {
    let (sender, contexts) = std::sync::mpsc::channel();
    let router = proto_service::DoorsServer::router(Doorman(sender)).with_verifier(key().into());
    // As from a socket: our own client marks what it sends as sensitive.
    let token = key().access_token().grant(VideoGrant::admin("daily")).to_jwt().unwrap();
    let request = proto::DeleteRoomRequest::from("daily").encode_to_vec();
    let request = http::Request::post("/twirp/doors.v1.Doors/Open")
        .header("content-type", "application/protobuf")
        .header("authorization", format!("Bearer {token}"))
        .header("x-door", SECRET)
        .body(request.into());
    assert_eq!(router.handle(request.unwrap()).await.status(), 200);
    let context = contexts.recv().unwrap();
    assert_eq!(context.headers()["x-door"], SECRET);
    check(&context);
    assert!(!debug(&context).contains(&token));
}

#[tokio::test]
async fn the_test_server() {
    let server = TestServer::with_api_key(key());
    let lk = server.livekit();
    let mut request = CreateIngressRequest::from((IngressInput::RtmpInput, "alice"));
    request.room_name = "daily".to_owned();
    let ingress = lk.ingress().create_ingress(request).with_header("X-Door", SECRET).await.unwrap();
    assert!(!ingress.stream_key.is_empty());
    let handle = server.ingress(&ingress.ingress_id).unwrap();
    handle.publish().unwrap();
    let webhook = server.webhook(|event| event.event == "ingress_started").await.unwrap();
    let token = server.calls()[0].headers["authorization"].to_str().unwrap().to_owned();
    let listener = server.listen("127.0.0.1:0").await.unwrap();
    let participant = server.join_room("daily", "bob").unwrap();
    let shown: [&dyn Debug; 8] = [
        &server,
        &TestServer::builder().api_key(key()),
        &server.calls(),
        &webhook,
        &handle,
        &listener,
        &participant,
        &Fault::status(401, "text/plain", "wrong key"),
    ];
    for value in shown {
        check(value);
        let text = debug(value);
        for secret in [&ingress.stream_key, &webhook.authorization, &token] {
            assert!(!text.contains(secret.as_str()), "{text}");
        }
    }
    let (body, authorization) = sign(&WebhookEvent::default(), &key()).unwrap();
    assert!(!body.is_empty() && !authorization.contains(PLANTED));
}

/// Public types that are not named above: they hold no credential, or are shown without being named.
const HARMLESS: &[&str] = &[
    "Call",
    "CallTransfer",
    "Dial",
    "DialOutcome",
    "DialedCall",
    "EgressHandle",
    "Error",
    "ErrorKind",
    "IngressHandle",
    "Listener",
    "LiveKitBuilder",
    "Participant",
    "ReceivedCall",
    "Reveal",
    "Router",
    "Routes",
    "Rpc",
    "RpcCode",
    "RpcFailure",
    "Secrets",
    "SentWebhook",
    "SipStatus",
    "SipTransfer",
    "TestServerBuilder",
    "TestTransport",
    "TokenProblem",
    "Unreachable",
    "WebhookProblem",
];

/// A public type that is added has to be shown above, or be listed as harmless.
#[test]
fn no_public_type_is_forgotten() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../livekit-sdk/src");
    let shown = include_str!("types.rs");
    let shown: BTreeSet<_> = shown.split(|c: char| !c.is_alphanumeric()).collect();
    let types: Vec<_> = rust_files(&source).iter().flat_map(|file| public_types(file)).collect();
    assert!(types.len() > 30, "only {types:?} were found");
    let missing: Vec<_> = types.iter().filter(|name| !shown.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "public types that no test looks at: {missing:?}");
    let gone: Vec<_> = HARMLESS.iter().filter(|name| !types.iter().any(|it| it == *name)).collect();
    assert!(gone.is_empty(), "no such public types: {gone:?}");
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.flat_map(|path| if path.is_dir() { rust_files(&path) } else { vec![path] });
    files.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

fn public_types(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap();
    let names = text.lines().filter_map(|line| {
        let rest = line.strip_prefix("pub struct ").or_else(|| line.strip_prefix("pub enum "))?;
        rest.split(|c: char| !c.is_alphanumeric()).next().map(str::to_owned)
    });
    names.collect()
}
