//! Loads the in-memory server: 10,000 rooms of 10 participants, then 200,000 mixed calls from 64 tasks,
//! over TCP. Prints how long the server takes to start, calls per second and the peak of memory:
//! `cargo run --release -p livekit-tests --example load`.

#![allow(clippy::unwrap_used, reason = "a measurement that cannot go on says so by failing")]

use std::time::{Duration, Instant};

use livekit_sdk::testing::TestServer;
use livekit_sdk::{LiveKit, Result};
use livekit_tests::process::peak_memory_kib;

const ROOMS: usize = 10_000;
const PARTICIPANTS: usize = 10;
const CALLS: usize = 200_000;
const TASKS: usize = 64;

#[tokio::main]
async fn main() -> Result<()> {
    // The first start also pays for what is set up once per process.
    let first = start_up();
    let start = (0..100).map(|_| start_up()).max().unwrap_or_default();
    println!("start-up: {first:?} the first time, at most {start:?} then");
    assert!(first.max(start) < Duration::from_millis(5), "the server starts in under 5 ms");

    let server = TestServer::new();
    let began = Instant::now();
    for room in 0..ROOMS {
        for participant in 0..PARTICIPANTS {
            server.join_room(&name(room), &format!("p{participant}"))?;
        }
    }
    println!("{} participants in {ROOMS} rooms after {:.1?}", ROOMS * PARTICIPANTS, began.elapsed());

    let listener = server.listen("127.0.0.1:0").await?;
    let lk = LiveKit::builder().url(listener.url()).api_key(server.api_key().clone()).build()?;
    let began = Instant::now();
    let tasks: Vec<_> = (0..TASKS).map(|task| tokio::spawn(work(lk.clone(), task))).collect();
    for task in tasks {
        task.await.unwrap()?;
    }
    let elapsed = began.elapsed();
    println!(
        "{CALLS} calls from {TASKS} tasks in {elapsed:.1?}: {:.0} calls/s",
        CALLS as f64 / elapsed.as_secs_f64()
    );
    println!("peak memory: {} MiB", peak_memory_kib().unwrap_or_default() / 1024);
    Ok(())
}

fn start_up() -> Duration {
    let began = Instant::now();
    let server = TestServer::new();
    let elapsed = began.elapsed();
    drop(server);
    elapsed
}

async fn work(lk: LiveKit, task: usize) -> Result<()> {
    for call in (task..CALLS).step_by(TASKS) {
        let room = name(call.wrapping_mul(7919) % ROOMS);
        let identity = format!("p{}", call % PARTICIPANTS);
        match call % 8 {
            0 => drop(lk.room().create_room(&room).await?),
            1 => drop(lk.room().list_rooms(()).names([room]).await?),
            2 => drop(lk.room().list_participants(&room).await?),
            3 => drop(lk.room().get_participant((&room, &identity)).await?),
            4 => drop(lk.room().update_participant((&room, &identity)).metadata("m").await?),
            5 => drop(lk.room().update_room_metadata((&room, "m")).await?),
            6 => drop(lk.agent_dispatch().list_dispatch(&room).await?),
            _ => drop(lk.room().update_subscriptions((&room, &identity)).track_sids(["TR_1"]).await?),
        }
    }
    Ok(())
}

fn name(room: usize) -> String {
    format!("room-{room}")
}
