//! Well-known types, and a package outside `livekit`.

use std::error::Error;

use livekit_sdk::auth::VideoGrant;
use livekit_sdk::proto::acme::rpc::Status;
use livekit_sdk::proto::acme::rpc::status::Code;
use livekit_sdk::proto::import_request::One;
use livekit_sdk::proto::{self, ImportRequest, ParticipantInfo, well_known};
use livekit_sdk::redact::Redact as _;
use livekit_sdk::server::Context;
use livekit_sdk::services::import::{Import, ImportServer};
use livekit_sdk::testing::TestServer;
use livekit_sdk::{Refusal, TwirpCode};

pub async fn new() -> Result<(), Box<dyn Error>> {
    let json = r#"{
        "mask": "a,bC", "struct": {"a": [1.5, null, "x"]}, "value": true, "list": [{}], "null": null, "empty": {},
        "bool": true, "text": "t", "bytes": "AQI=", "int32": -1, "int64": "-2", "uint32": 3, "uint64": "4",
        "float": 0.5, "double": 0.25, "structs": [{}, {"b": 1}], "values": {"k": "v"}, "texts": ["", "u"],
        "oneStatus": {"code": "CODE_BAD", "token": "planted", "participant": {"sid": "PA_1"}},
        "code": "CODE_BAD", "pin": 1234, "secret": {"planted": 1}, "secretStatus": {"message": "planted"},
        "secretCode": 1, "scale": "Scale_Below_Zero", "apiKey": "planted", "apiToken": "planted",
        "apiTokens": ["planted"], "shy": "planted", "date": {"year": 2027, "token": "planted", "part": "PART_HALF"}
    }"#;
    let request: ImportRequest = serde_json::from_str(json)?;
    let again: ImportRequest = serde_json::from_str(&serde_json::to_string(&request)?)?;
    if request != again || request.scale() != proto::Scale::BelowZero {
        return Err(format!("it reads back as {again:?}").into());
    }
    let shown = format!("{request:?}");
    if shown.contains("planted") || shown.contains("1234") {
        return Err(format!("a credential is shown: {shown}").into());
    }
    hidden_in_a_oneof()?;
    let server = TestServer::builder().service(ImportServer::router(Imports)).build();
    let lk = server.livekit();
    let status = lk.import().import(request.clone()).with_grants(VideoGrant::admin("r")).await?;
    println!("imports: {} by {:?}", status.message, status.participant.map(|it| it.identity));
    let _ = lk.import().export(()).code(Code::Bad).with_grants(VideoGrant::admin("r")).await?;
    let forgotten = lk.import().forget(well_known::Empty {}).with_grants(VideoGrant::admin("r")).await?;
    println!("well-known: {:?} {:?} {:?}", forgotten.text, forgotten.int64, forgotten.mask);
    Ok(())
}

/// Members of a oneof that are messages, and credentials as a whole.
fn hidden_in_a_oneof() -> Result<(), Box<dyn Error>> {
    let inside = ImportRequest { pin: 1, ..Default::default() };
    let secret = Status { message: "planted".to_owned(), ..Default::default() };
    for (one, path) in
        [(One::OneSecret(secret), "one_secret"), (One::OneInside(Box::new(inside)), "one_inside")]
    {
        let request = ImportRequest { one: Some(one), ..Default::default() };
        let (shown, found) = (format!("{request:?}"), request.secrets());
        if shown.contains("planted") || shown.contains("pin: 1") || found != [path] {
            return Err(format!("a credential is shown, or not found: {shown} {found:?}").into());
        }
    }
    Ok(())
}

struct Imports;

impl Import for Imports {
    async fn import(&self, _: Context, request: ImportRequest) -> Result<Status, Refusal> {
        let participant = ParticipantInfo { identity: "alice".to_owned(), ..Default::default() };
        let message = format!("{:?}", request.values.get("k").and_then(|value| value.kind.clone()));
        Ok(Status { message, participant: Some(participant), ..Default::default() })
    }

    async fn export(&self, _: Context, request: Status) -> Result<well_known::Empty, Refusal> {
        match request.code() {
            Code::Bad => Ok(well_known::Empty {}),
            _ => Err(Refusal::new(TwirpCode::InvalidArgument, "a code was sent")),
        }
    }

    async fn forget(&self, _: Context, _: well_known::Empty) -> Result<ImportRequest, Refusal> {
        Ok(serde_json::from_str(r#"{"text": "t", "int64": "5", "mask": "a"}"#).unwrap_or_default())
    }
}
