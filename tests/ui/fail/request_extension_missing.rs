use livekit_sdk::Request;

#[derive(Clone, PartialEq, prost::Message, Request)]
struct GetCardRequest {
    #[prost(string, tag = "1")]
    id: String,
}

fn main() {}
