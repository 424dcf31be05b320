//! The client half: a handle with one method per RPC, and one constant that describes it.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};

use super::model::{Method, Service};
use super::options::{Dial, Wait};
use crate::parse::docs;

pub(super) fn emit(service: &Service) -> TokenStream {
    let Service { visibility, full_name, .. } = service;
    let client = service.client();
    let docs = docs(&service.attributes);
    let constants = service.methods.iter().map(|method| constant(service, method));
    let methods = service.methods.iter().map(|method| call(service, method));
    let accessor = service.accessor.iter().map(|accessor| {
        quote! {
            impl ::livekit_sdk::LiveKit {
                #(#docs)*
                pub fn #accessor(&self) -> #client {
                    self.service()
                }
            }
        }
    });
    quote! {
        #(#docs)*
        #[derive(Clone, Debug)]
        #visibility struct #client(::livekit_sdk::LiveKit);

        impl ::livekit_sdk::ServiceClient for #client {
            const SERVICE: &'static str = #full_name;
            fn new(livekit: &::livekit_sdk::LiveKit) -> Self {
                Self(::core::clone::Clone::clone(livekit))
            }
        }

        impl #client {
            #(#constants)*
            #(#methods)*
        }

        #(#accessor)*
    }
}

fn constant(service: &Service, method: &Method) -> TokenStream {
    let Method { name, request, response, options, .. } = method;
    let constant = method.constant();
    let full_name = &service.full_name;
    let host = service.host_label.iter().map(|label| quote! { .with_host_label(#label) });
    let demands = method.demands();
    let access = (!options.access.is_empty()).then(|| quote! { .with_grants(|grants| { #demands }) });
    let room = options.room.iter().map(|field| {
        let room = value(field, &quote!(str));
        quote_spanned! { field.span() => .with_room(|request| #room) }
    });
    let destination = options.destination_room.iter().map(|field| {
        let room = value(field, &quote!(str));
        quote_spanned! { field.span() => .with_destination_room(|request| #room) }
    });
    let dial = options.dial.as_ref().map(|it| dial(request, it));
    let wait = options.wait.as_ref().map(|wait| {
        let Wait { milliseconds, default, margin } = wait;
        let time = value(milliseconds, &quote!(u32));
        quote_spanned! { milliseconds.span() => .with_wait(|request| *#time, #default, #margin) }
    });
    let text = format!("What [`{0}`](Self::{0}) needs and how it travels.", method.ident);
    quote! {
        #[doc = #text]
        pub const #constant: ::livekit_sdk::spec::Rpc<#request, #response> =
            ::livekit_sdk::spec::Rpc::<#request, #response>::new(#full_name, #name)
                #(#host)* #access #(#room)* #(#destination)* #dial #wait;
    }
}

/// What a field of the request holds. A field that does not exist, or holds something else, is reported where it
/// is named.
fn value(field: &Ident, ty: &TokenStream) -> TokenStream {
    quote_spanned! { field.span() => ::livekit_sdk::__private::Field::<#ty>::value(&request.#field) }
}

fn dial(request: &syn::Type, dial: &Dial) -> TokenStream {
    let when = dial.when.iter().map(|field| {
        let when = value(field, &quote!(bool));
        quote_spanned! { field.span() => .with_condition(|request| *#when) }
    });
    let ringing = dial.ringing.iter().map(|field| {
        quote_spanned! { field.span() => .with_ringing(|request| &mut request.#field) }
    });
    let assumed = dial.assume_default_ringing.then(|| quote! { .with_assumed_ringing() });
    quote! { .with_dial(::livekit_sdk::spec::Dial::<#request>::new() #(#when)* #(#ringing)* #assumed) }
}

fn call(service: &Service, method: &Method) -> TokenStream {
    let Method { ident, attributes, request, response, .. } = method;
    let constant = method.constant();
    let client = service.client();
    quote! {
        #(#attributes)*
        pub fn #ident(
            &self,
            request: impl ::core::convert::Into<#request>,
        ) -> ::livekit_sdk::Call<#request, #response> {
            ::livekit_sdk::__private::call(&self.0, &#client::#constant, ::core::convert::Into::into(request))
        }
    }
}
