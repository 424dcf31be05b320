use std::collections::HashMap;

use livekit_sdk::Request;

#[derive(Clone, PartialEq, prost::Oneof)]
enum Place {
    #[prost(string, tag = "4")]
    Room(String),
}

#[derive(Clone, PartialEq, prost::Message, Request)]
#[request(extension = "GetCardCall")]
struct GetCardRequest {
    #[prost(string, optional, tag = "1")]
    #[request(key = 1)]
    optional: Option<String>,
    #[prost(string, repeated, tag = "2")]
    #[request(key = 2)]
    list: Vec<String>,
    #[prost(map = "string, string", tag = "3")]
    #[request(key = 3)]
    map: HashMap<String, String>,
    #[prost(oneof = "Place", tags = "4")]
    #[request(key = 4)]
    oneof: Option<Place>,
    #[prost(message, optional, boxed, tag = "5")]
    #[request(key = 5)]
    boxed: Option<Box<GetCardRequest>>,
}

fn main() {}
