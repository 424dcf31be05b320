//! Names that Rust, prost or this crate has a use for already.

use std::error::Error;

use livekit_sdk::Refusal;
use livekit_sdk::auth::VideoGrant;
use livekit_sdk::proto::{self, well_known};
use livekit_sdk::server::Context;
use livekit_sdk::services::google::{Google, GoogleServer};
use livekit_sdk::services::ledger::{Ledger, LedgerServer};
use livekit_sdk::services::r#type::{Type, TypeServer};
use livekit_sdk::testing::TestServer;

pub async fn taken() -> Result<(), Box<dyn Error>> {
    let server = TestServer::builder()
        .service(TypeServer::router(Types))
        .service(GoogleServer::router(Googles))
        .service(LedgerServer::router(Book))
        .build();
    let lk = server.livekit();
    let answer = lk.r#type().r#loop(()).some("a").none("b").with_grants(VideoGrant::admin("r")).await?;
    if answer.ok != "Option { some: \"a\", none: Some(\"b\") }" {
        return Err(format!("it is {}", answer.ok).into());
    }
    let wait = lk.google().wait(()).days("2").of(well_known::Duration { seconds: 2, nanos: 0 });
    let waited = wait.with_grants(VideoGrant::admin("r")).await?.timestamp.unwrap_or_default();
    println!("names: {} and {:?}", waited.day, waited.of);
    let any = proto::Any { of: Some(well_known::Any::default().into()), ..Default::default() };
    let well_known::Empty {} = lk.google().wait_for_google(any).with_grants(VideoGrant::admin("r")).await?;
    let date = proto::Date { year: 2027, ..Default::default() };
    let response = proto::Response { date: Some(date), ..Default::default() };
    let _ = lk.r#gen().serve(()).response(response);
    let entry = proto::ledger::v1::Entry { note: "n".to_owned(), ..Default::default() };
    let booked: proto::Room = lk.ledger().book(entry).with_grants(VideoGrant::admin("r")).await?;
    println!("ledger: {}", booked.name);
    // What they are called in place of names that are taken; none of it is sent.
    let taken = lk.url_service().clone(()).set_("1").request_("2").with_timeout_("3").new_("4").room("r");
    println!("names: {:?}", taken.request());
    let _ = lk.clone().self_service().serve(());
    let _ = (lk.sip_service().create(()), lk.service_service().serve(()), lk.timeout_service().serve(()));
    let _ = lk
        .clone_service()
        .serve(proto::Call { error: Some(proto::Error::default().into()), ..Default::default() });
    Ok(())
}

struct Types;

impl Type for Types {
    async fn r#loop(&self, _: Context, request: proto::Option) -> Result<proto::Result, Refusal> {
        Ok(proto::Result { ok: format!("{request:?}"), ..Default::default() })
    }
}

struct Book;

impl Ledger for Book {
    async fn book(&self, _: Context, request: proto::ledger::v1::Entry) -> Result<proto::Room, Refusal> {
        Ok(proto::Room { name: request.note, ..Default::default() })
    }
}

struct Googles;

impl Google for Googles {
    async fn wait(&self, _: Context, request: proto::Duration) -> Result<proto::Empty, Refusal> {
        let of = request.of.map(|of| well_known::Timestamp { seconds: of.seconds, nanos: of.nanos });
        let timestamp = proto::Timestamp { day: request.days, of, ..Default::default() };
        Ok(proto::Empty { timestamp: Some(timestamp), ..Default::default() })
    }

    async fn wait_for_google(&self, _: Context, _: proto::Any) -> Result<well_known::Empty, Refusal> {
        Ok(well_known::Empty {})
    }
}
