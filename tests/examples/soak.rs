//! 200,000 calls from 64 tasks over TCP, of which one in twenty meets a fault: each comes to what that fault is to
//! come to, no phone rings twice, and memory stays what it was at half time:
//! `cargo run --release -p livekit-tests --example soak`. A number given to it is that of the calls.

#![allow(clippy::unwrap_used, reason = "a measurement that cannot go on says so by failing")]

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use livekit_sdk::proto::SipOutboundTrunkInfo;
use livekit_sdk::services::sip::SipClient;
use livekit_sdk::testing::{Fault, Listener, TestServer};
use livekit_sdk::{Call, Error, LiveKit, Result, TwirpCode};
use livekit_tests::process::memory_kib;

const CALLS: usize = 200_000;
const TASKS: usize = 64;

/// The header by which a call says what it is to meet.
const MARK: &str = "x-meets";

/// How much memory may be held beyond what was held at half time.
const SLACK_KIB: usize = 16 * 1024;

/// A fault, and whether an error is what it is to come to.
struct Trouble {
    name: &'static str,
    fault: fn() -> Fault,
    is_right: fn(&Error) -> bool,
    /// Whether another region would have answered.
    is_local: bool,
}

/// Shared by all tasks.
struct Soak {
    lk: LiveKit,
    trunk: String,
    calls: usize,
    /// How many calls are done.
    done: AtomicUsize,
    /// The memory held after each tenth of the calls, in KiB.
    memory: Mutex<Vec<usize>>,
    /// How each kind of call ended, and how often.
    ends: Mutex<HashMap<String, usize>>,
}

const fn everywhere(name: &'static str, fault: fn() -> Fault, is_right: fn(&Error) -> bool) -> Trouble {
    Trouble { name, fault, is_right, is_local: false }
}

#[rustfmt::skip]
const TROUBLES: [Trouble; 10] = [
    everywhere("drop-unread", Fault::drop_unread, |error| error.is_unreachable() && !error.is_unsent()),
    everywhere("drop-unanswered", Fault::drop_unanswered, |error| error.is_unreachable() && !error.is_unsent()),
    everywhere("truncated", || Fault::truncate(0), |error| error.is_unreachable()),
    everywhere("late", || Fault::delay(Duration::from_secs(60)), Error::is_timeout),
    everywhere("unavailable", || Fault::twirp(TwirpCode::Unavailable, ""), Error::is_unavailable),
    everywhere("page", || Fault::status(502, "text/html", "<h1>"), |error| error.status() == Some(502)),
    everywhere("wrong-key", || Fault::status(401, "text/plain", "no"), Error::is_unauthenticated),
    everywhere("busy", || Fault::status(429, "text/plain", "no"), Error::is_resource_exhausted),
    everywhere("garbage", || Fault::garbage("\u{1}garbage"), |error| error.status().is_none()),
    Trouble {
        name: "one-region",
        fault: || Fault::drop_unread().in_region(0),
        is_right: |error| error.is_unreachable(),
        is_local: true,
    },
];

#[tokio::main]
async fn main() -> Result<()> {
    let server = TestServer::new();
    let listeners = server.listen_regions(&["127.0.0.1:0"; 3]).await?;
    for trouble in &TROUBLES {
        server.inject((trouble.fault)().on_header(MARK, trouble.name));
    }
    let calls = std::env::args().nth(1).map_or(CALLS, |calls| calls.parse().unwrap());
    let dials = count_dials(&server, calls);
    let lk = client(&server, &listeners)?;
    let trunk = SipOutboundTrunkInfo {
        address: "sip.example.com".to_owned(),
        numbers: vec!["+15550100".to_owned()],
        ..Default::default()
    };
    let trunk = lk.sip().create_sip_outbound_trunk(trunk).await?.sip_trunk_id;
    let soak = Arc::new(Soak {
        lk,
        trunk,
        calls,
        done: AtomicUsize::new(0),
        memory: Mutex::default(),
        ends: Mutex::default(),
    });

    let began = Instant::now();
    let tasks: Vec<_> = (0..TASKS).map(|task| tokio::spawn(work(Arc::clone(&soak), task))).collect();
    for task in tasks {
        task.await.unwrap();
    }
    report(&soak, began.elapsed(), &dials.lock().unwrap());
    Ok(())
}

/// Three regions behind a host of LiveKit Cloud. Its name leads to the first of them, which the list names by
/// its address: it is attempted twice.
fn client(server: &TestServer, listeners: &[Listener]) -> Result<LiveKit> {
    let first = listeners[0].address();
    let http = reqwest::Client::builder().no_proxy().resolve("project.livekit.cloud", first).build().unwrap();
    LiveKit::builder()
        .url(format!("http://project.livekit.cloud:{}", first.port()))
        .api_key(server.api_key().clone())
        .reqwest_client(http)
        .build()
}

/// How often each phone was rung, by the id of the call.
type Dials = HashMap<u128, usize>;

/// Counts from now on. The ids take their memory at once, so that they do not look like a leak.
fn count_dials(server: &TestServer, calls: usize) -> Arc<Mutex<Dials>> {
    let dials = Arc::new(Mutex::new(Dials::with_capacity(calls / 8)));
    let counted = Arc::clone(&dials);
    server.on_call(move |call| {
        if call.is(&SipClient::CREATE_SIP_PARTICIPANT) {
            let id = u128::from_str_radix(&call.request_id().unwrap().replace('-', ""), 16).unwrap();
            *counted.lock().unwrap().entry(id).or_default() += 1;
        }
    });
    dials
}

async fn work(soak: Arc<Soak>, task: usize) {
    for turn in (task..soak.calls).step_by(TASKS) {
        let trouble = (turn % 20 == 7).then(|| &TROUBLES[turn / 20 % TROUBLES.len()]);
        let (kind, outcome) = call(&soak, task, turn, trouble).await;
        let end = match (&outcome, trouble) {
            (Ok(()), None) => "succeeded".to_owned(),
            // What was dropped unread may have rung for all the caller knows.
            (Ok(()), Some(trouble)) if trouble.is_local && kind != "dial" => "succeeded elsewhere".to_owned(),
            (Err(error), Some(trouble))
                if (trouble.is_right)(error) && (!trouble.is_local || kind == "dial") =>
            {
                format!("{}: failed as it should", trouble.name)
            }
            (outcome, trouble) => panic!("{kind}, {:?}: {outcome:?}", trouble.map(|trouble| trouble.name)),
        };
        *soak.ends.lock().unwrap().entry(end).or_default() += 1;
        let done = soak.done.fetch_add(1, Ordering::Relaxed) + 1;
        if done.is_multiple_of(soak.calls / 10) {
            soak.memory.lock().unwrap().push(memory_kib().unwrap_or_default());
        }
    }
}

/// One call of a mix.
async fn call(
    soak: &Soak,
    task: usize,
    turn: usize,
    trouble: Option<&Trouble>,
) -> (&'static str, Result<()>) {
    let (lk, room) = (&soak.lk, format!("room-{task}"));
    match turn / TASKS % 8 {
        0 | 1 => ("create", send(lk.room().create_room(&room), trouble).await),
        2 | 3 => ("list", send(lk.room().list_rooms(()).names([room]), trouble).await),
        4 => ("participants", send(lk.room().list_participants(&room), trouble).await),
        5 => ("metadata", send(lk.room().create_room(&room).metadata("m"), trouble).await),
        6 => {
            let identity = format!("phone-{turn}");
            let request = lk.sip().create_sip_participant((&soak.trunk, "+15550199", &room));
            ("dial", send(request.participant_identity(identity).wait_until_answered(true), trouble).await)
        }
        // So that those who were called leave.
        _ => {
            let outcome = send(lk.room().delete_room(&room), trouble).await;
            ("delete", outcome.or_else(|error| if error.is_not_found() { Ok(()) } else { Err(error) }))
        }
    }
}

/// Sends a call that is to meet trouble with little time, as time is what some troubles take.
async fn send<Req, Res>(call: Call<Req, Res>, trouble: Option<&Trouble>) -> Result<()>
where
    Call<Req, Res>: IntoFuture<Output = Result<Res>, IntoFuture: Send>,
    Req: Send,
{
    match trouble {
        None => call.await.map(drop),
        Some(trouble) if trouble.name == "late" => {
            call.with_header(MARK, trouble.name).with_deadline(Duration::from_millis(200)).await.map(drop)
        }
        Some(trouble) => call.with_header(MARK, trouble.name).await.map(drop),
    }
}

fn report(soak: &Soak, elapsed: Duration, dials: &Dials) {
    let mut ends: Vec<_> = soak.ends.lock().unwrap().drain().collect();
    ends.sort();
    for (end, count) in &ends {
        println!("{count:>8}  {end}");
    }
    let calls: usize = ends.iter().map(|(_, count)| count).sum();
    println!("{calls} calls from {TASKS} tasks in {elapsed:.1?}");
    assert_eq!(calls, soak.calls, "every call ends");

    let most = dials.values().max().copied().unwrap_or_default();
    println!("{} dials, of which the server saw none more than {most} time", dials.len());
    assert_eq!(most, 1, "a phone rang twice");

    let memory = soak.memory.lock().unwrap();
    println!(
        "memory after each tenth, in MiB: {:?}",
        memory.iter().map(|kib| kib / 1024).collect::<Vec<_>>()
    );
    assert!(memory[9] <= memory[4] + SLACK_KIB, "memory grows");
}
