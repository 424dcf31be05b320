#[livekit_sdk::service(package = "board", name = "Board")]
trait Board {
    #[rpc(nam = "GetCard", name = "GetCard")]
    fn get_card(request: Request) -> Response;

    #[rpc(name = "PutCard", idempotent)]
    fn put_card(request: Request) -> Response;
}

fn main() {}
