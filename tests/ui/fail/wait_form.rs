#[livekit_sdk::service(package = "board", name = "Board")]
trait Board {
    #[rpc(name = "A", wait = "patience")]
    fn text(request: Request) -> Response;

    #[rpc(name = "B", wait(milliseconds = "patience"))]
    fn incomplete(request: Request) -> Response;

    #[rpc(name = "C", wait(milliseconds = patience, default = 1, margin = 1))]
    fn field(request: Request) -> Response;

    #[rpc(name = "D", wait(milliseconds = "patience", default = "1", margin = 1))]
    fn number(request: Request) -> Response;

    #[rpc(name = "E", wait(milliseconds = "patience", default = 1, margin = 1, margin = 2))]
    fn twice(request: Request) -> Response;

    #[rpc(name = "F", wait(seconds = "patience"))]
    fn unknown(request: Request) -> Response;
}

fn main() {}
