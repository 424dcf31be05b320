#[livekit_sdk::service(package = "board", name = "Board")]
trait Board {
    #[rpc(name = "GetCard")]
    async fn get_card(request: Request) -> Response;
}

fn main() {}
