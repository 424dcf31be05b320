use livekit_sdk::Request;

#[derive(Clone, PartialEq, prost::Message, Request)]
#[request(extension = "GetCardCall")]
struct GetCardRequest {
    #[prost(string, tag = "1")]
    #[request(key = 1)]
    room: String,
    #[prost(string, tag = "2")]
    #[request(key = 1)]
    r#type: String,
}

fn main() {}
