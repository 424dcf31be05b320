#[livekit_sdk::service(package = "board", name = "Board")]
trait Board {
    #[rpc(name = "GetCard")]
    fn get_card(request: Request) -> Response;

    #[rpc(name = "FetchCard")]
    fn get_card(request: Request) -> Response;

    #[rpc(name = "GETCard")]
    fn GET_card(request: Request) -> Response;
}

fn main() {}
