use livekit_sdk::Request;

#[derive(Clone, PartialEq, prost::Message, Request)]
#[request(extension = "GetCardCall")]
struct GetCardRequest {
    #[prost(string, tag = "1")]
    #[request(key)]
    id: String,
    #[prost(string, tag = "2")]
    #[request(key = "second")]
    room: String,
    #[prost(string, tag = "3")]
    #[request(key = 1, key = 2)]
    board: String,
}

fn main() {}
