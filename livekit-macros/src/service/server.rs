//! The server half: a trait whose methods answer `unimplemented` until they are written, and a router.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};

use super::model::{Method, Service};

pub(super) fn emit(service: &Service) -> TokenStream {
    let Service { visibility, ident, attributes, full_name, methods, .. } = service;
    let server = format_ident!("{ident}Server");
    let client = service.client();
    let declarations = methods.iter().map(declare);
    let routes = methods.iter().map(|method| {
        let (constant, ident) = (method.constant(), &method.ident);
        // A message that lacks a trait is reported at the method that carries it.
        quote_spanned! { ident.span() =>
            .method(&#client::#constant, |service, context, request| {
                ::std::boxed::Box::pin(service.#ident(context, request))
            })
        }
    });
    let text = format!("Routes `{full_name}` to an implementation of [`{ident}`].");
    quote! {
        #(#attributes)*
        #visibility trait #ident: ::core::marker::Send + ::core::marker::Sync + 'static {
            #(#declarations)*
        }

        #[doc = #text]
        #[derive(Clone, Copy, Debug)]
        #visibility struct #server;

        impl #server {
            /// The routes of the service.
            pub fn router<S: #ident>(service: S) -> ::livekit_sdk::server::Router {
                ::livekit_sdk::server::Routes::new(service) #(#routes)* .into_router()
            }
        }
    }
}

fn declare(method: &Method) -> TokenStream {
    let Method { ident, attributes, name, request, response, .. } = method;
    quote! {
        #(#attributes)*
        fn #ident(
            &self,
            context: ::livekit_sdk::server::Context,
            request: #request,
        ) -> impl ::core::future::Future<
            Output = ::core::result::Result<#response, ::livekit_sdk::Refusal>,
        > + ::core::marker::Send {
            let _ = (context, request);
            ::core::future::ready(::core::result::Result::Err(::livekit_sdk::Refusal::unimplemented(#name)))
        }
    }
}
