//! `#[service]`: a trait that declares a Twirp service becomes its client and, on demand, its server.

mod client;
mod model;
mod options;
mod server;

use proc_macro2::TokenStream;
use quote::quote;
use syn::ItemTrait;

use crate::parse::Arguments;

pub(crate) fn expand(arguments: &Arguments, item: &ItemTrait) -> syn::Result<TokenStream> {
    let service = model::Service::parse(arguments, item)?;
    let client = client::emit(&service);
    let server = service.server.then(|| server::emit(&service));
    Ok(quote! { #client #server })
}
