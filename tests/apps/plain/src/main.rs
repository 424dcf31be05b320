//! The first thing a newcomer meets: a server that is not running.

use std::error::Error;
use std::net::TcpListener;

use livekit_sdk::LiveKit;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // A port that was free a moment ago: nothing listens there now.
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let url = format!("ws://127.0.0.1:{port}");
    let lk = LiveKit::new(&url, "devkey", "a-secret-of-at-least-32-characters")?;
    println!("client: built");

    match lk.room().create_room("nowhere").await {
        Err(error) if error.is_unreachable() => println!("call: unreachable, as it has to be: {error}"),
        Err(error) => return Err(format!("unreachable was to be told, not {error:?}").into()),
        Ok(room) => return Err(format!("nothing listens on port {port}, and it answered {room:?}").into()),
    }
    Ok(())
}
