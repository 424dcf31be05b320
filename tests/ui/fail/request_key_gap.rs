use livekit_sdk::Request;

#[derive(Clone, PartialEq, prost::Message, Request)]
#[request(extension = "GetCardCall")]
struct GetCardRequest {
    #[prost(string, tag = "1")]
    #[request(key = 1)]
    room: String,
    #[prost(string, tag = "2")]
    #[request(key = 3)]
    id: String,
}

#[derive(Clone, PartialEq, prost::Message, Request)]
#[request(extension = "PutCardCall")]
struct PutCardRequest {
    #[prost(string, tag = "1")]
    #[request(key = 0)]
    room: String,
}

fn main() {}
