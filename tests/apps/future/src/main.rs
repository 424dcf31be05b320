//! Uses what LiveKit does not have yet. Builds with `LIVEKIT_PROTO_DIR` only: `tests/tests/future/mod.rs` makes
//! the protocol that it is built against.

mod imports;
mod names;

use std::error::Error;

use livekit_sdk::auth::{TokenVerifier, VideoGrant};
use livekit_sdk::proto::draw_request::Where;
use livekit_sdk::proto::{ArchiveRoomRequest, ArchivedRoom, Board, board, participant_info};
use livekit_sdk::proto::{DrawRequest, DrawResponse, OpenBoardRequest, ParticipantInfo, WebhookEvent};
use livekit_sdk::server::Context;
use livekit_sdk::services::room::{RoomService, RoomServiceServer};
use livekit_sdk::services::whiteboard::{Whiteboard, WhiteboardServer};
use livekit_sdk::testing::TestServer;
use livekit_sdk::webhook::{self, WebhookReceiver};
use livekit_sdk::{LiveKit, Refusal};

/// A whiteboard service, as whoever tests against it would write it.
struct Boards;

impl Whiteboard for Boards {
    async fn open_board(&self, _: Context, request: OpenBoardRequest) -> Result<Board, Refusal> {
        let parent = Board { id: request.title.unwrap_or_default(), ..Default::default() };
        Ok(Board { id: request.room, parent: Some(Box::new(parent)), ..Default::default() })
    }

    async fn draw(&self, _: Context, request: DrawRequest) -> Result<DrawResponse, Refusal> {
        let mut board =
            Board { id: format!("{}{:?}", request.r#type, request.r#where), ..Default::default() };
        board.shapes.insert("dot".to_owned(), board::Shape { x: 1.5, ..Default::default() });
        Ok(DrawResponse { board: Some(board), ..Default::default() })
    }
}

/// Answers the one method that the in-memory server does not know.
struct Archive;

impl RoomService for Archive {
    async fn archive_room(&self, _: Context, request: ArchiveRoomRequest) -> Result<ArchivedRoom, Refusal> {
        Ok(ArchivedRoom { name: request.room, ..Default::default() })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    new_method().await?;
    new_service().await?;
    new_value()?;
    names::taken().await?;
    imports::new().await
}

async fn new_method() -> Result<(), Box<dyn Error>> {
    let lk = TestServer::new().livekit();
    match lk.room().archive_room("r").await {
        Err(error) if error.is_unimplemented() => {
            println!("archive_room: unimplemented, as the in-memory server has to say");
        }
        other => return Err(format!("`unimplemented` was to be told, not {other:?}").into()),
    }
    let server = TestServer::builder().service(RoomServiceServer::router(Archive)).build();
    let call = server.livekit().room().archive_room("r").reason("it is over");
    if call.await?.name != "r" {
        return Err("the wrong room was archived".into());
    }
    // What the service demands by default: to administer the room that the request names.
    let other = server.api_key().access_token().grant(VideoGrant::admin("another")).to_jwt()?;
    match server.livekit().room().archive_room("r").with_token(other).await {
        Err(error) if error.is_unauthenticated() => println!("archive_room: for the room's admin alone"),
        other => return Err(format!("a refusal was to be told, not {other:?}").into()),
    }
    // A room is named in the token though the request need not name it.
    let call = server.livekit().room().restore_room(()).room("r");
    match call.await {
        Err(error) if error.is_unimplemented() => println!("restore_room: allowed"),
        other => return Err(format!("`unimplemented` was to be told, not {other:?}").into()),
    }
    // And everything else is as it was.
    server.livekit().room().create_room("r").await?;
    Ok(())
}

async fn new_service() -> Result<(), Box<dyn Error>> {
    let server = TestServer::builder().service(WhiteboardServer::router(Boards)).build();
    let lk: LiveKit = server.livekit();
    let board = lk.whiteboard().open_board(OpenBoardRequest::default()).room("r").title("plan");
    let board = board.with_grants(VideoGrant::admin("r")).await?;
    let parent = board.parent.ok_or("the board has no parent")?;
    println!("open_board: {} in {}", parent.id, board.id);

    let request = DrawRequest {
        r#type: "line".to_owned(),
        self_: "me".to_owned(),
        r#async: "later".to_owned(),
        r#match: vec!["this".to_owned()],
        r#where: Some(Where::Below("there".to_owned())),
        pen_secret: "planted".to_owned(),
        ..Default::default()
    };
    // Upstream does not say that it is a secret; its name does.
    let shown = format!("{request:?}");
    if shown.contains("planted") {
        return Err(format!("a credential is shown: {shown}").into());
    }
    println!("draw: {shown}");
    let drawn = lk.whiteboard().draw(request).with_grants(VideoGrant::admin("r")).await?;
    println!("drawn: {:?}", drawn.board.ok_or("there is no board")?.shapes["dot"].x);
    Ok(())
}

fn new_value() -> Result<(), Box<dyn Error>> {
    let server = TestServer::new();
    let kind = participant_info::Kind::UnheardOf;
    let participant = ParticipantInfo { kind: kind.into(), ..Default::default() };
    let sent = WebhookEvent { participant: Some(participant), ..Default::default() };
    let (body, authorization) = webhook::sign(&sent, server.api_key())?;
    let receiver = WebhookReceiver::new(TokenVerifier::new(server.api_key().clone()));
    let event = receiver.receive(&body, &authorization)?;
    let received = event.participant.ok_or("there is no participant")?;
    match received.kind() {
        participant_info::Kind::UnheardOf => println!("webhook: {}", received.kind().as_str_name()),
        other => return Err(format!("a new kind was to be received, not {other:?}").into()),
    }
    Ok(())
}
