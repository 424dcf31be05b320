use livekit_sdk::Request;

#[derive(Clone, PartialEq, prost::Message, Request)]
#[request(extension)]
struct Flag {}

#[derive(Clone, PartialEq, prost::Message, Request)]
#[request(extension = "Get Card")]
struct NotAName {}

#[derive(Clone, PartialEq, prost::Message, Request)]
#[request(extension = "OneCall", extension = "OtherCall")]
struct Twice {}

fn main() {}
