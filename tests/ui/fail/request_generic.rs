use livekit_sdk::Request;

#[derive(Request)]
#[request(extension = "GetCardCall")]
struct GetCardRequest<T> {
    id: T,
}

fn main() {}
