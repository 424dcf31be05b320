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
/// The trait lists the methods as `fn name(request: Request) -> Response;`, where both types are
/// prost messages. It becomes
///
/// - `{Trait}Client`, a cheap-to-clone client with one method per RPC, and a constant per RPC that
///   describes it (`CREATE_ROOM`);
/// - with `server` (or when neither half is named): the trait itself with async methods that answer
///   `unimplemented` until written, and `{Trait}Server::router`, which serves an implementation.
///   The server half needs the feature `server` of `livekit-sdk`.
///
/// Arguments: `package = "livekit"` and `name = "RoomService"` make the route; `client` and `server`
/// choose halves; `host_label = "agents"` names a host of its own on LiveKit Cloud;
/// `accessor = "room"` adds a method to `LiveKit` and works inside `livekit-sdk` only.
///
/// On each method, `#[rpc(..)]` takes `name = "CreateRoom"`; `access(video(room_admin))`, the flags
/// of the grants it demands; `room = "field"` and `destination_room = "field"`, request fields that
/// the grants are limited to; `dial(when = "field", ringing = "field", assume_default_ringing)`,
/// for calls that make a phone ring.
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
/// Every field takes `#[grant(key = "canPublish")]`, its key in the claims.
#[proc_macro_derive(Grant, attributes(grant))]
pub fn derive_grant(input: TokenStream) -> TokenStream {
    derive(input, |input| grant::expand(input.clone()))
}

/// Gives `Call` a setter for each field of this request message, and makes the message from its keys.
///
/// `#[request(key = 1)]` on a field makes it the first of the values that every caller names: with one
/// key, the message converts from that value; with several, from a tuple; with none, from `()`.
///
/// Outside `livekit-sdk` the setters need a trait to live in: `#[request(extension = "BoardCall")]`
/// on the message declares one under that name.
#[proc_macro_derive(Request, attributes(request))]
pub fn derive_request(input: TokenStream) -> TokenStream {
    derive(input, request::expand)
}

/// Finds the credentials that a message or oneof holds, and keeps them out of its `Debug`.
///
/// `#[redact(secret)]` marks a field that is a credential; the message then gets a `Debug` that hides
/// it, so prost's own must be switched off. `#[redact(nested)]` marks a field that leads to one.
#[proc_macro_derive(Redact, attributes(redact))]
pub fn derive_redact(input: TokenStream) -> TokenStream {
    derive(input, redact::expand)
}

/// Makes a oneof convert from its members, where the type tells which one is meant.
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
