#[livekit_sdk::service(package = "board", name = "Board")]
trait Board {
    #[rpc(name = "GetCard")]
    fn get_card(&self, request: Request) -> Response;
}

fn main() {}
