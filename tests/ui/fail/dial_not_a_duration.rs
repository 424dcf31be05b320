use livekit_sdk::proto::Room;

#[livekit_sdk::service(package = "board", name = "Board", client)]
trait Board {
    #[rpc(name = "Ring", dial(when = "name", ringing = "empty_timeout"))]
    fn ring(request: Room) -> Room;
}

fn main() {}
