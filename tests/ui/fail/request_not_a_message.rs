use livekit_sdk::Request;

#[derive(Clone, PartialEq, prost::Message, Request)]
#[request(extension = "TupleCall")]
struct Tuple(#[prost(string, tag = "1")] String);

#[derive(Request)]
#[request(extension = "ChoiceCall")]
enum Choice {
    One,
}

fn main() {}
