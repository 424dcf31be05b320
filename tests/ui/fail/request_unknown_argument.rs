use livekit_sdk::Request;

#[derive(Clone, PartialEq, prost::Message, Request)]
#[request(extention = "GetCardCall")]
struct GetCardRequest {
    #[prost(string, tag = "1")]
    #[request(kay = 1)]
    id: String,
    #[prost(string, tag = "2")]
    #[request(required)]
    room: String,
}

fn main() {}
