//! Generates the typed clients, servers and messages of `livekit-sdk` from the LiveKit schema.
//!
//! [`generate`] is a pure function from schema files to Rust files; `livekit-sdk/build.rs` calls it.
//! The stages: [`schema`] parses, [`merge`](mod@merge) and [`prune`] select, [`check`](mod@check) refuses what cannot work,
//! [`model`] names things, the emitters write them down. [`print`](mod@print) goes the other way, from
//! descriptors to the canonical `.proto` text that `livekit-proto sync` keeps in `proto/`.

pub mod check;
mod complete;
mod descriptors;
pub mod diff;
pub mod elements;
mod emit;
mod error;
pub mod fetch;
mod markdown;
pub mod merge;
pub mod methods;
pub mod model;
pub mod print;
pub mod prune;
pub mod report;
pub mod schema;
pub mod secret;
pub mod sync;
pub mod upstream;

use std::fmt;
use std::path::PathBuf;

use prost_reflect::ServiceDescriptor;

pub use error::Error;
use merge::Lost;
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
    /// Methods that nobody has annotated, with what becomes of them.
    pub unannotated: Vec<Unannotated>,
    /// Fields that nobody has judged; they are hidden as credentials are, because they are named like one.
    pub unjudged: Vec<String>,
    /// What this project says of the protocol, and `upstream` has no place for.
    pub lost: Vec<Lost>,
    /// An encoded `FileDescriptorSet`, if it was asked for: the chosen services and what is generated for
    /// them, with this project's annotations and without comments.
    pub descriptors: Option<Vec<u8>>,
}

/// A method that nobody has annotated. Prints as one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unannotated {
    /// `livekit.RoomService/ArchiveRoom`
    pub method: String,
    /// Whether its service states what its methods demand by default.
    pub has_default: bool,
}

impl fmt::Display for Unannotated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let remedy = match self.has_default {
            true => "the default of its service is used",
            false => "calls need `with_grants`, for its service has no default",
        };
        write!(f, "{} has no access annotation: {remedy}", self.method)
    }
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
    let (schema, lost) = load(inputs)?;
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
    for name in complete::types(inputs.features.as_deref()) {
        reachable.add_named(&schema, name);
    }
    for service in &services {
        reachable.add_service(service);
    }
    if inputs.json {
        json = reachable.clone();
    }

    let model = Model::new(&schema, &reachable, &services);
    let (unannotated, unjudged) = (unannotated(&model), model.unjudged.clone());
    let grants = GeneratedFile { name: "grants.rs".to_owned(), text: emit::grants::emit(&schema, &model) };
    let mut files = vec![emit::json::emit(&schema, &json), grants];
    let set = prune::descriptors(&schema, &reachable, &services);
    let descriptors = inputs.descriptors.then(|| descriptors::encode(&schema, set.clone()));
    let emitted = emit::messages::emit(&schema, model, set, inputs.halves)?;
    files.push(emit::packages::emit(&emitted.packages));
    files.extend(emitted.packages);
    files.extend(emitted.services);
    Ok(Generated { files, unannotated, unjudged, lost, descriptors })
}

/// The schema to generate from: our own, or upstream's facts with our annotations.
fn load(inputs: &Inputs) -> Result<(Schema, Vec<Lost>), Error> {
    let ours = Schema::parse(&inputs.sources)?;
    let Some(dir) = &inputs.upstream else { return Ok((ours, Vec::new())) };
    let theirs = upstream::load(&upstream::protobufs(dir)?, &inputs.sources)?;
    let theirs = complete::complete(theirs, &ours)?;
    let merged = merge::merge(&theirs, &ours).with_comments_of(&theirs).without_unfit();
    Ok((merged.schema, merged.lost))
}

fn chosen_services(schema: &Schema, inputs: &Inputs) -> Vec<ServiceDescriptor> {
    let services = schema.files().flat_map(|file| file.services().collect::<Vec<_>>());
    let is_chosen = |service: &ServiceDescriptor| match &inputs.features {
        None => true,
        // The RPC between participants is performed through the room service.
        Some(features) if is_participant_rpc(service) => features.iter().any(|feature| feature == "room"),
        Some(features) => match model::service(schema, service).feature {
            Some(feature) => features.contains(&feature),
            // Nobody has given it a feature: it is there wherever there is a client for it.
            None => features.iter().any(|feature| feature == "client"),
        },
    };
    services.filter(|service| is_twirp(service) || is_participant_rpc(service)).filter(is_chosen).collect()
}

fn unannotated(model: &Model) -> Vec<Unannotated> {
    let methods = model.services.iter().flat_map(|service| {
        let methods = service.methods.iter().filter(|method| !method.is_annotated && !method.is_streaming);
        methods.map(|method| Unannotated {
            method: format!("{}/{}", service.full_name, method.name),
            has_default: service.has_default_access,
        })
    });
    methods.collect()
}
