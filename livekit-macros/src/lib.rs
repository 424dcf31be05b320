//! The macros of `livekit-sdk`: they give shape to what its generator declares.
//!
//! Use them through `livekit_sdk`, which re-exports those that are useful outside it and documents
//! them with examples. Expansions name nothing but `livekit_sdk` paths, and hold no behaviour: what
//! a call, a grant or a redacted message *does* is in that crate.

mod grant;
mod parse;
mod prost;
mod redact;
mod request;
mod service;
mod variants;

use proc_macro::TokenStream;
use proc_macro2::{Span, TokenStream as Tokens};
use syn::{DeriveInput, Error, Item, parse_macro_input};

/// Declares a Twirp service: makes its client from a trait, and its server.
///
/// The trait lists the methods, with prost messages as request and response:
///
/// ```text
/// #[livekit_sdk::service(package = "polls.v1", name = "Polls")]
/// pub trait Polls {
///     /// Opens a poll in a room.
///     #[rpc(name = "OpenPoll", access(video(room_admin)), room = "room")]
///     fn open_poll(request: OpenPollRequest) -> Poll;
/// }
/// ```
///
/// It becomes
///
/// - `PollsClient`, a cheap-to-clone client with one method per RPC, got by `livekit.service()`, and a
///   constant per RPC that describes it (`PollsClient::OPEN_POLL`);
/// - the trait `Polls` with async methods that answer `unimplemented` until they are written, and
///   `PollsServer::router`, which serves an implementation. This half needs the feature `server` of
///   `livekit-sdk`, and messages with serde, for Twirp's JSON.
///
/// Arguments of `#[service]`:
///
/// - `package = "livekit"` and `name = "RoomService"` make the route; an empty package is left out;
/// - `client` alone leaves out the server half; `server` says that it is wanted, as without either;
/// - `host_label = "agents"` names a host of its own on LiveKit Cloud;
/// - `accessor = "room"` adds a method to `LiveKit`, and works inside `livekit-sdk` only.
///
/// Arguments of `#[rpc]`, which every method has:
///
/// - `name = "CreateRoom"`, the name on the wire;
/// - `access(video(room_admin), sip(call))`, the flags of the grants that it demands. Calls are signed
///   with just these, and a router with a verifier lets nobody in without them;
/// - `room = "field"` and `destination_room = "field"`, fields of the request with the rooms that the
///   grants are limited to;
/// - `dial(when = "field", ringing = "field", assume_default_ringing)`, for calls that make a phone ring:
///   if the flag `when` is set (always, without it), the call waits for as long as `ringing` says, or as
///   phones usually ring;
/// - `wait(milliseconds = "field", default = 10000, margin = 3000)`, for calls whose request says how long
///   the server may take: the call waits that long (`default` stands for 0), and `margin` more.
#[proc_macro_attribute]
pub fn service(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let arguments = parse_macro_input!(arguments as parse::Arguments);
    match parse_macro_input!(item as Item) {
        Item::Trait(item) => tokens(service::expand(&arguments, &item)),
        _ => tokens(Err(Error::new(
            Span::call_site(),
            "`#[service]` goes on a trait whose methods are those of the service",
        ))),
    }
}

/// Derives a token grant: chained setters, `merge`, `covers`, and its form in a token's claims.
///
/// Every field takes `#[grant(key = "canPublish")]`, its key in the claims, and is of one of the types
/// `bool`, `Option<bool>`, `String`, `Vec<String>` and `Option<another grant>`.
#[proc_macro_derive(Grant, attributes(grant))]
pub fn derive_grant(input: TokenStream) -> TokenStream {
    derive(input, |input| grant::expand(input.clone()))
}

/// Gives `Call` a setter for each field of this request message, and makes the message from its keys.
///
/// ```text
/// #[derive(Clone, PartialEq, prost::Message, livekit_sdk::Request)]
/// #[request(extension = "OpenPollCall")]
/// pub struct OpenPollRequest {
///     /// Name of the room.
///     #[prost(string, tag = "1")]
///     #[request(key = 1)]
///     pub room: String,
///     /// What is asked.
///     #[prost(string, tag = "2")]
///     pub question: String,
/// }
/// ```
///
/// A key is a value that every caller names; keys are numbered from 1. With one key, the message converts
/// from that value (`"daily".into()`); with several, from a tuple; with none, from `()`.
///
/// Outside `livekit-sdk` the setters need a trait to live in: `extension` declares it, as visible as the
/// message. A field named like a method of `Call` (`set`, `request`, `with_timeout`, …) is reached with
/// the trait's name only: `OpenPollCall::set(call, value)`.
///
/// Goes beside prost's own derive. The derives of prost say what a field is, so the types of fields are
/// theirs: a `BTreeMap`, for one, is set as a whole.
#[proc_macro_derive(Request, attributes(request))]
pub fn derive_request(input: TokenStream) -> TokenStream {
    derive(input, request::expand)
}

/// Finds the credentials that a message or oneof holds, and keeps them out of its `Debug`.
///
/// ```text
/// #[derive(Clone, PartialEq, prost::Message, livekit_sdk::Redact)]
/// #[prost(skip_debug)]
/// pub struct Login {
///     #[prost(string, tag = "1")]
///     pub user: String,
///     #[prost(string, tag = "2")]
///     #[redact(secret)]
///     pub password: String,
/// }
/// ```
///
/// `#[redact(secret)]` marks a field, or a variant of a oneof, that is a credential: the type then gets a
/// `Debug` that hides it, so prost's own must be switched off. `#[redact(nested)]` marks one that leads to
/// credentials further down; a oneof is searched without a mark.
#[proc_macro_derive(Redact, attributes(redact))]
pub fn derive_redact(input: TokenStream) -> TokenStream {
    derive(input, redact::expand)
}

/// Makes a oneof convert from its members, where the type tells which one is meant.
///
/// That is so for messages and enums that only one member holds. Scalars do not convert: what is the only
/// text today may be one of two tomorrow.
#[proc_macro_derive(FromVariants)]
pub fn derive_from_variants(input: TokenStream) -> TokenStream {
    derive(input, variants::expand)
}

fn derive(input: TokenStream, expand: impl FnOnce(&DeriveInput) -> syn::Result<Tokens>) -> TokenStream {
    tokens(expand(&parse_macro_input!(input as DeriveInput)))
}

/// On an error, the error alone: a half-made expansion would bury it under others.
fn tokens(result: syn::Result<Tokens>) -> TokenStream {
    result.unwrap_or_else(Error::into_compile_error).into()
}
