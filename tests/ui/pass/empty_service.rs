//! A service without methods, as a schema under construction has.

#[livekit_sdk::service(package = "board", name = "Board")]
pub trait Board {}

struct Wall;

impl Board for Wall {}

fn main() {
    let _ = BoardServer::router(Wall);
    let _ = |livekit: &livekit_sdk::LiveKit| livekit.service::<BoardClient>();
}
