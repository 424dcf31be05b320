//! One call over loopback with 64 in flight, beside a raw reqwest POST of the same bytes.
//!
//! Both go to the same in-memory server, so what differs is what the SDK adds: a token signed per call, the
//! request id, the timeout, the reading of the answer.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use livekit_sdk::LiveKit;
use livekit_sdk::auth::{AccessToken, VideoGrant};
use livekit_sdk::proto::{ListRoomsRequest, ListRoomsResponse};
use livekit_sdk::testing::TestServer;
use prost::Message as _;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

const IN_FLIGHT: usize = 64;

fn calls(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let server = TestServer::new();
    let listener = runtime.block_on(server.listen("127.0.0.1:0")).expect("a free port");
    let lk =
        LiveKit::builder().url(listener.url()).api_key(server.api_key().clone()).build().expect("a client");
    runtime.block_on(async { lk.room().create_room("bench").await }).expect("a room");

    let mut group = criterion.benchmark_group("call_64_in_flight");
    group.throughput(Throughput::Elements(IN_FLIGHT as u64));

    group.bench_function("livekit-sdk", |bencher| {
        bencher.to_async(&runtime).iter(|| together(|| call(lk.clone())));
    });

    let token = AccessToken::with_key(server.api_key()).grant(VideoGrant::default().room_list(true));
    let raw = Raw {
        client: reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client"),
        url: format!("{}/twirp/livekit.RoomService/ListRooms", listener.url()),
        authorization: format!("Bearer {}", token.to_jwt().expect("a token")),
    };
    group.bench_function("reqwest", |bencher| {
        bencher.to_async(&runtime).iter(|| together(|| raw.clone().post()));
    });
    group.finish();
}

async fn call(lk: LiveKit) {
    let answer = lk.room().list_rooms(()).await.expect("an answer");
    assert_eq!(answer.rooms.len(), 1);
}

#[derive(Clone)]
struct Raw {
    client: reqwest::Client,
    url: String,
    authorization: String,
}

impl Raw {
    async fn post(self) {
        let request = self.client.post(&self.url).header("authorization", &self.authorization);
        let request =
            request.header("content-type", "application/protobuf").header("accept", "application/protobuf");
        let answer =
            request.body(ListRoomsRequest::default().encode_to_vec()).send().await.expect("an answer");
        let answer = answer.bytes().await.expect("a body");
        assert_eq!(ListRoomsResponse::decode(answer).expect("a message").rooms.len(), 1);
    }
}

async fn together<F: Future<Output = ()> + Send + 'static>(start: impl Fn() -> F) {
    let mut tasks = JoinSet::new();
    for _ in 0..IN_FLIGHT {
        tasks.spawn(start());
    }
    tasks.join_all().await;
}

criterion_group!(benches, calls);
criterion_main!(benches);
