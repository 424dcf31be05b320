#[livekit_sdk::service(package = "board", name = "Board")]
trait Board {
    #[rpc(name = "GetCard")]
    fn get_card(request: Request) -> Response;

    #[rpc(name = "GetCard")]
    fn fetch_card(request: Request) -> Response;
}

fn main() {}
