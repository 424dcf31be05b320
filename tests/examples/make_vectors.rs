//! Writes `interop/vectors/rust.json`: tokens and signed webhooks made by this crate, for other SDKs to verify.
//!
//! `cargo run -p livekit-tests --example make_vectors`, then `interop/make.sh` (or, with the SDKs installed,
//! `node verify.mjs vectors/rust.json` and `.venv/bin/python verify.py vectors/rust.json` in `interop`).

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use livekit_sdk::auth::{
    AccessToken, AgentEndpointGrant, AgentGrant, AgentThreadGrant, ApiKey, ClaimGrants, InferenceGrant,
    ObservabilityGrant, SipGrant, TokenVerifier, VideoGrant, decode_unverified,
};
use livekit_sdk::proto::participant_info::{Kind, KindDetail};
use livekit_sdk::proto::{RoomConfiguration, TrackSource, WebhookEvent};
use livekit_sdk::webhook::{WebhookReceiver, sign};
use serde_json::{Value, json};

type Fallible<T> = Result<T, Box<dyn Error>>;

/// Verifiers check `exp`; the vectors must outlive this project.
const TTL: Duration = Duration::from_secs(70 * 365 * 24 * 60 * 60);

struct Maker {
    inputs: Value,
    tokens: Vec<Value>,
    webhooks: Vec<Value>,
}

fn main() -> Fallible<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("interop");
    let inputs = serde_json::from_slice(&std::fs::read(folder.join("inputs.json"))?)?;
    let mut maker = Maker { inputs, tokens: Vec::new(), webhooks: Vec::new() };
    maker.grants()?;
    maker.participants()?;
    maker.rooms()?;
    maker.webhooks()?;
    let Maker { tokens, webhooks, .. } = maker;
    println!("{} tokens, {} webhooks", tokens.len(), webhooks.len());
    let name = format!("livekit-sdk {}", env!("CARGO_PKG_VERSION"));
    let text =
        serde_json::to_string_pretty(&json!({ "maker": name, "tokens": tokens, "webhooks": webhooks }))?;
    std::fs::write(folder.join("vectors/rust.json"), text + "\n")?;
    Ok(())
}

fn join() -> VideoGrant {
    VideoGrant::join("interop-room")
}

/// A token for `alice` to join with, given further claims.
fn joining(fill: impl FnOnce(AccessToken) -> AccessToken) -> impl FnOnce(AccessToken) -> AccessToken {
    move |token| fill(token.identity("alice").grant(join()))
}

impl Maker {
    /// A key of the inputs: its id, its secret, and both made ready.
    fn key(&self, pair: &str) -> Fallible<(String, String, ApiKey)> {
        let text = |field: &str| self.inputs["keys"][pair][field].as_str().map(str::to_owned);
        let (id, secret) = text("key").zip(text("secret")).ok_or("inputs.json has no such key")?;
        let key = ApiKey::new(&id, &secret)?;
        Ok((id, secret, key))
    }

    fn token(&mut self, name: &str, fill: impl FnOnce(AccessToken) -> AccessToken) -> Fallible<()> {
        self.token_by("main", name, fill)
    }

    fn token_by(
        &mut self,
        pair: &str,
        name: &str,
        fill: impl FnOnce(AccessToken) -> AccessToken,
    ) -> Fallible<()> {
        let (id, secret, key) = self.key(pair)?;
        let token = fill(key.access_token().ttl(TTL)).to_jwt()?;
        TokenVerifier::new(key).verify(&token)?;
        let claims = serde_json::to_value(decode_unverified(&token)?)?;
        self.tokens
            .push(json!({ "name": name, "key": id, "secret": secret, "token": token, "claims": claims }));
        Ok(())
    }

    fn granting(&mut self, name: &str, grant: impl Into<ClaimGrants>) -> Fallible<()> {
        self.token(name, |token| token.identity("alice").grant(grant))
    }

    fn grants(&mut self) -> Fallible<()> {
        self.token("minimal", |token| token)?;
        self.granting("join", join())?;
        self.granting("join-no-publish", join().can_publish(false))?;
        self.granting("watch", VideoGrant::watch("interop-room"))?;
        self.granting(
            "video-sources",
            join().publish_sources([TrackSource::Camera, TrackSource::ScreenShareAudio]),
        )?;
        self.granting("video-all", every_video())?;
        self.granting("video-admin", VideoGrant::admin("interop-room"))?;
        self.granting(
            "video-create",
            VideoGrant::default().room_create(true).room_list(true).room_record(true),
        )?;
        self.granting("video-ingress-admin", VideoGrant::default().ingress_admin(true))?;
        self.granting("sip", SipGrant::default().admin(true).call(true))?;
        self.granting("sip-call-only", SipGrant::default().call(true))?;
        self.granting("inference", InferenceGrant::default().perform(true))?;
        self.granting("observability", ObservabilityGrant::default().write(true))?;
        let agent = AgentGrant::default().admin(true).simulation_admin(true).database_admin(true);
        self.granting("agent", agent.dispatch_admin(true))?;
        self.granting("agent-dispatch-only", AgentGrant::default().dispatch_admin(true))?;
        let endpoint = AgentEndpointGrant::default().call(true);
        self.granting("agent-endpoint", endpoint.clone().agent_name("greeter").deployment("staging"))?;
        self.granting("agent-endpoint-any", endpoint)?;
        let threads = AgentThreadGrant::default().list(true).create(true).read(true);
        self.granting("agent-thread", threads.clone().scope("user-1").thread_ids(["TH_1", "TH_2"]))?;
        self.granting("agent-thread-all", threads.all(true).write(true).delete(true))?;
        self.granting("empty-grants", ClaimGrants::from(VideoGrant::default()).sip(SipGrant::default()))
    }

    fn participants(&mut self) -> Fallible<()> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let awkward = text(&self.inputs["awkwardText"]);
        let attributes = self.inputs["unicodeAttributes"].as_object().cloned().unwrap_or_default();
        let attributes: Vec<_> = attributes.into_iter().map(|(name, value)| (name, text(&value))).collect();
        let kinds = [
            Kind::Standard,
            Kind::Ingress,
            Kind::Egress,
            Kind::Sip,
            Kind::Agent,
            Kind::Connector,
            Kind::Bridge,
        ];
        for kind in kinds {
            self.token(&format!("kind-{}", kind.to_claim()), |token| token.identity("alice").kind(kind))?;
        }
        let details = [KindDetail::CloudAgent, KindDetail::BridgeRtsp];
        self.token("kind-details", joining(|token| token.kind(Kind::Agent).kind_details(details)))?;
        self.token("attributes-unicode", joining(|token| token.attributes(attributes)))?;
        self.token("unicode", |token| {
            let token = token.identity("ålice-名前-🎈").name("Ålice 名前 🎈").metadata(awkward);
            token.grant(VideoGrant::join("部屋-🎈"))
        })?;
        self.token_by("unicode", "unicode-key", joining(|token| token))
    }

    fn rooms(&mut self) -> Fallible<()> {
        let config: RoomConfiguration = serde_json::from_value(self.inputs["roomConfig"].clone())?;
        self.token("room-preset", joining(|token| token.room_preset("preset-1")))?;
        self.token("room-config", joining(|token| token.room_config(config.clone())))?;
        self.token("room-config-empty", joining(|token| token.room_config(RoomConfiguration::default())))?;
        let everything = ClaimGrants::from(every_video())
            .sip(SipGrant::default().admin(true).call(true))
            .agent(AgentGrant::default().admin(true))
            .inference(InferenceGrant::default().perform(true))
            .observability(ObservabilityGrant::default().write(true))
            .agent_endpoint(AgentEndpointGrant::default().call(true))
            .agent_thread(AgentThreadGrant::default().all(true).read(true));
        self.token("join-everything", |token| {
            let token =
                token.identity("alice").name("Alice").kind(Kind::Agent).metadata("{\"color\":\"red\"}");
            let token = token.attributes([("tier", "gold"), ("seat", "12")]).room_preset("preset-1");
            token.room_config(config).grant(everything)
        })
    }

    fn webhooks(&mut self) -> Fallible<()> {
        let cases = self.inputs["webhooks"].as_array().cloned().unwrap_or_default();
        for case in cases {
            let [name, pair] =
                ["name", "key"].map(|field| case[field].as_str().unwrap_or_default().to_owned());
            let (id, secret, key) = self.key(&pair)?;
            let event: WebhookEvent = serde_json::from_value(case["event"].clone())?;
            let (body, authorization) = sign(&event, &key)?;
            // `sign` makes a token for five minutes.
            let claims = decode_unverified(&authorization)?;
            let authorization = AccessToken::from_claims(&key, claims).ttl(TTL).to_jwt()?;
            assert_eq!(WebhookReceiver::new(key).receive(&body, &authorization)?, event, "{name}");
            self.webhooks.push(json!({
                "name": name, "key": id, "secret": secret, "authorization": authorization,
                "body": String::from_utf8(body)?, "event": event.event, "id": event.id
            }));
        }
        Ok(())
    }
}

/// Every field of the grant set.
fn every_video() -> VideoGrant {
    let all = [
        TrackSource::Camera,
        TrackSource::Microphone,
        TrackSource::ScreenShare,
        TrackSource::ScreenShareAudio,
    ];
    VideoGrant::join("interop-room")
        .room_create(true)
        .room_list(true)
        .room_record(true)
        .room_admin(true)
        .ingress_admin(true)
        .can_publish(true)
        .can_subscribe(true)
        .can_publish_data(true)
        .publish_sources(all)
        .can_update_own_metadata(true)
        .can_subscribe_metrics(true)
        .can_manage_agent_session(true)
        .hidden(true)
        .recorder(true)
        .agent(true)
        .destination_room("other-room")
}
