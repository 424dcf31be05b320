//! Generates the typed clients, servers and messages of `livekit-sdk` from the LiveKit schema.
//!
//! [`generate`] is a pure function from schema files to Rust files; `livekit-sdk/build.rs` calls it.
//! The stages: [`schema`] parses, [`merge`](mod@merge) and [`prune`] select, [`check`](mod@check) refuses what cannot work,
//! [`model`] names things, the emitters write them down. [`print`](mod@print) goes the other way, from
//! descriptors to the canonical `.proto` text that `livekit-proto sync` keeps in `proto/`.

pub mod check;
mod descriptors;
mod emit;
mod error;
pub mod merge;
pub mod model;
pub mod print;
pub mod prune;
pub mod report;
pub mod schema;
pub mod secret;
pub mod upstream;

use std::path::PathBuf;

use prost_reflect::ServiceDescriptor;

pub use error::Error;
use model::Model;
use prune::{Reachable, is_participant_rpc, is_twirp};
use schema::{Schema, Source};

/// What to generate, and from what.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// The annotated schema of this project.
    pub sources: Vec<Source>,
    /// A folder with upstream's `.proto` files to take the facts from, in place of those in `sources`.
    pub upstream: Option<PathBuf>,
    /// Generates only services with these cargo features; `None` generates all.
    pub features: Option<Vec<String>>,
    /// Which halves of a service to generate besides its client.
    pub halves: Halves,
    /// Protobuf JSON for every message, not only for those that tokens and webhooks are made of.
    pub json: bool,
    /// The webhook event and what it reaches.
    pub webhooks: bool,
    /// Descriptors for use at run time.
    pub descriptors: bool,
}

/// Which halves of a service to generate besides its client.
#[derive(Clone, Copy, Debug, Default)]
pub struct Halves {
    /// The server trait and its router.
    pub server: bool,
}

/// A generated file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneratedFile {
    /// Its name, without folders.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// What was generated.
#[derive(Clone, Debug)]
pub struct Generated {
    /// The files, in no particular order.
    pub files: Vec<GeneratedFile>,
    /// Methods that nobody has annotated; they work with the default access of their service.
    pub unannotated: Vec<String>,
    /// Fields that nobody has judged; they are hidden as credentials are, because they are named like one.
    pub unjudged: Vec<String>,
    /// An encoded `FileDescriptorSet`, if it was asked for: the chosen services and what is generated for
    /// them, with this project's annotations and without comments.
    pub descriptors: Option<Vec<u8>>,
}

/// Messages that tokens and permissions are made of, whatever services are chosen.
const TOKEN_MESSAGES: [&str; 5] = [
    "livekit.RoomConfiguration",
    "livekit.ParticipantInfo",
    "livekit.ParticipantPermission",
    "livekit.TokenSourceRequest",
    "livekit.TokenSourceResponse",
];

/// The message that a webhook carries.
const WEBHOOK_MESSAGE: &str = "livekit.WebhookEvent";

/// Generates Rust from a schema.
///
/// # Errors
/// The schema does not parse, or its annotations cannot work: the first such error.
pub fn generate(inputs: &Inputs) -> Result<Generated, Error> {
    let schema = load(inputs)?;
    if let Some(error) = check::check(&schema).into_iter().next() {
        return Err(error);
    }
    let services = chosen_services(&schema, inputs);
    // What tokens and webhooks are made of travels as JSON, whatever else is chosen.
    let mut json = Reachable::default();
    for name in TOKEN_MESSAGES {
        json.add_named(&schema, name);
    }
    if inputs.webhooks {
        json.add_named(&schema, WEBHOOK_MESSAGE);
    }
    let mut reachable = json.clone();
    for service in &services {
        reachable.add_service(service);
    }
    if inputs.json {
        json = reachable.clone();
    }

    let model = Model::new(&schema, &reachable, &services);
    let (unannotated, unjudged) = (unannotated(&model), model.unjudged.clone());
    let mut files = emit::json::emit(&prune::descriptors(&schema, &json, &[]))?;
    files.push(GeneratedFile { name: "grants.rs".to_owned(), text: emit::grants::emit(&schema, &model) });
    let set = prune::descriptors(&schema, &reachable, &services);
    let descriptors = inputs.descriptors.then(|| descriptors::encode(&schema, set.clone()));
    files.extend(emit::messages::emit(&schema, model, set, inputs.halves)?);
    Ok(Generated { files, unannotated, unjudged, descriptors })
}

/// The schema to generate from: our own, or upstream's facts with our annotations.
fn load(inputs: &Inputs) -> Result<Schema, Error> {
    let ours = Schema::parse(&inputs.sources)?;
    let Some(dir) = &inputs.upstream else { return Ok(ours) };
    let mut sources = schema::read_dir(dir)?;
    sources.extend(inputs.sources.iter().filter(|(name, _)| name.starts_with("sdk/")).cloned());
    let (merged, _) = merge::merge(&Schema::parse(&sources)?, &ours, true);
    Ok(merged)
}

fn chosen_services(schema: &Schema, inputs: &Inputs) -> Vec<ServiceDescriptor> {
    let services = schema.files().flat_map(|file| file.services().collect::<Vec<_>>());
    let is_chosen = |service: &ServiceDescriptor| match &inputs.features {
        None => true,
        // The RPC between participants is performed through the room service.
        Some(features) if is_participant_rpc(service) => features.iter().any(|feature| feature == "room"),
        Some(features) => features.contains(&model::service(schema, service).feature),
    };
    services.filter(|service| is_twirp(service) || is_participant_rpc(service)).filter(is_chosen).collect()
}

fn unannotated(model: &Model) -> Vec<String> {
    let methods = model.services.iter().flat_map(|service| {
        let methods = service.methods.iter().filter(|method| !method.is_annotated);
        methods.map(move |method| format!("{}/{}", service.full_name, method.name))
    });
    methods.collect()
}
