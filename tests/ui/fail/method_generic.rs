#[livekit_sdk::service(package = "board", name = "Board")]
trait Board {
    #[rpc(name = "GetCard")]
    fn get_card<R>(request: R) -> Response;
}

fn main() {}
