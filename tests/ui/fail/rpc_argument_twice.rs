#[livekit_sdk::service(package = "board", name = "Board")]
trait Board {
    #[rpc(name = "GetCard", room = "room")]
    #[rpc(room = "board")]
    fn get_card(request: Request) -> Response;
}

fn main() {}
