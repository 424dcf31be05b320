//! Names that Rust, prost or this crate has a use for already.

use std::error::Error;

use livekit_sdk::Refusal;
use livekit_sdk::auth::VideoGrant;
use livekit_sdk::proto;
use livekit_sdk::server::Context;
use livekit_sdk::services::r#type::{Type, TypeServer};
use livekit_sdk::testing::TestServer;

pub async fn taken() -> Result<(), Box<dyn Error>> {
    let server = TestServer::builder().service(TypeServer::router(Types)).build();
    let lk = server.livekit();
    let answer = lk.r#type().r#loop(()).some("a").none("b").with_grants(VideoGrant::admin("r")).await?;
    if answer.ok != "Option { some: \"a\", none: Some(\"b\") }" {
        return Err(format!("it is {}", answer.ok).into());
    }
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
