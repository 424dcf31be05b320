//! Methods and fields whose names are keywords of Rust.

use livekit_sdk::{Redact, Request};
use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize, Request, Redact)]
#[request(extension = "MoveCall")]
#[prost(skip_debug)]
struct MoveRequest {
    #[prost(string, tag = "1")]
    #[request(key = 1)]
    r#type: String,
    #[prost(string, tag = "2")]
    #[request(key = 2)]
    r#move: String,
    #[prost(string, optional, tag = "3")]
    #[redact(secret)]
    r#static: Option<String>,
}

#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
struct MoveResponse {}

#[livekit_sdk::service(package = "board", name = "Board")]
trait Board {
    #[rpc(name = "Move", access(video(room_admin)), room = "type", destination_room = "r#move")]
    fn r#move(request: MoveRequest) -> MoveResponse;

    #[rpc(name = "Type")]
    fn r#type(request: MoveRequest) -> MoveResponse;
}

struct Wall;

impl Board for Wall {
    async fn r#type(
        &self,
        _: livekit_sdk::server::Context,
        _: MoveRequest,
    ) -> Result<MoveResponse, livekit_sdk::Refusal> {
        Ok(MoveResponse {})
    }
}

fn main() {
    let request = MoveRequest::from(("from", "to"));
    assert_eq!(BoardClient::MOVE.method(), "Move");
    let grants = BoardClient::MOVE.grants(&request).video.unwrap_or_default();
    assert_eq!((grants.room.as_str(), grants.destination_room.as_str()), ("from", "to"));
    assert!(format!("{:?}", BoardServer::router(Wall)).contains("/twirp/board.Board/Type"));
    // The setters are methods with raw names, too.
    let _ = |client: &BoardClient| client.r#type(("from", "to")).r#type("other").r#move("other").r#static("x");
}
