use livekit_sdk::proto::Room;

#[livekit_sdk::service(package = "board", name = "Board", client)]
trait Board {
    #[rpc(name = "Wait", wait(milliseconds = "name", default = 1, margin = 1))]
    fn wait(request: Room) -> Room;
}

fn main() {}
