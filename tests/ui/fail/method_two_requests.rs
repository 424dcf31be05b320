#[livekit_sdk::service(package = "board", name = "Board")]
trait Board {
    #[rpc(name = "GetCard")]
    fn get_card(room: String, id: String) -> Response;
}

fn main() {}
