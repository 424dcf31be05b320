use livekit_sdk::Request;

#[derive(Request)]
#[request(extension = "GetCardCall")]
struct GetCardRequest {
    id: String,
}

fn main() {}
