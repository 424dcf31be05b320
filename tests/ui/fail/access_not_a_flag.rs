use livekit_sdk::proto::Room;

#[livekit_sdk::service(package = "board", name = "Board", client)]
trait Board {
    #[rpc(name = "GetCard", access(video(room)))]
    fn get_card(request: Room) -> Room;
}

fn main() {}
