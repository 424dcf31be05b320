#[livekit_sdk::service(package = "board", name = "Board")]
trait Board {
    #[rpc(name = "A", dial = "ringing")]
    fn text(request: Request) -> Response;

    #[rpc(name = "B", dial(ringing))]
    fn flag(request: Request) -> Response;

    #[rpc(name = "C", dial(assume_default_ringing = true))]
    fn value(request: Request) -> Response;

    #[rpc(name = "D", dial(when = "waits", when = "stays"))]
    fn twice(request: Request) -> Response;

    #[rpc(name = "E", dial(rining = "timeout"))]
    fn unknown(request: Request) -> Response;
}

fn main() {}
