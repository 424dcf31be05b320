//! With `client` alone there is no server half: neither its names are taken, nor must messages be JSON.

#![deny(warnings)]

use livekit_sdk::Request;

#[derive(Clone, PartialEq, prost::Message, Request)]
#[request(extension = "PingCall")]
struct Ping {}

#[livekit_sdk::service(package = "board", name = "Board", client, host_label = "boards")]
trait Board {
    #[rpc(name = "Ping", dial)]
    fn ping(request: Ping) -> Ping;
}

struct BoardServer;

trait Board {}

impl Board for BoardServer {}

fn main() {
    assert!(BoardClient::PING.can_dial());
    assert_eq!(BoardClient::PING.host_label(), Some("boards"));
    let _ = |client: &BoardClient| client.ping(());
}
