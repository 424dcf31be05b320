use livekit_sdk::Request;

#[derive(Clone, PartialEq, prost::Message, Request)]
#[request(key = 1)]
struct GetCardRequest {
    #[prost(string, tag = "1")]
    #[request(extension = "GetCardCall")]
    id: String,
}

fn main() {}
