//! `#[derive(Redact)]`: finds the credentials that a message holds, and keeps them out of `Debug`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Ident, Variant};

use crate::parse::{Errors, attribute};

/// What an attribute says of a field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// A credential.
    Secret,
    /// A message in which credentials may be found.
    Nested,
}

pub(crate) fn expand(input: &DeriveInput) -> syn::Result<TokenStream> {
    let mut errors = Errors::default();
    let hides = errors.ok(hides(&input.attrs)).unwrap_or_default();
    let tokens = match &input.data {
        Data::Enum(data) => {
            expand_oneof(&input.ident, &data.variants.iter().collect::<Vec<_>>(), hides, &mut errors)
        }
        _ => expand_message(input, hides, &mut errors)?,
    };
    errors.finish(tokens)
}

/// Whether `#[redact(debug)]` on the type asks for a `Debug` though no field is secret.
fn hides(attributes: &[syn::Attribute]) -> syn::Result<bool> {
    let arguments = attribute(attributes, "redact")?.0;
    for argument in &arguments {
        match argument.name() == "debug" {
            true => argument.flag()?,
            false => return Err(argument.unknown(&["debug"])),
        }
    }
    Ok(!arguments.is_empty())
}

fn mark(attributes: &[syn::Attribute], errors: &mut Errors) -> Option<Mark> {
    let arguments = errors.ok(attribute(attributes, "redact"))?.0;
    if let [_, second, ..] = arguments.as_slice() {
        errors.push(second.error("a field is either `secret` or `nested`"));
    }
    let argument = arguments.first()?;
    errors.ok(argument.flag())?;
    match argument.name().to_string().as_str() {
        "secret" => Some(Mark::Secret),
        "nested" => Some(Mark::Nested),
        _ => {
            errors.push(argument.unknown(&["secret", "nested"]));
            None
        }
    }
}

fn expand_message(input: &DeriveInput, hides: bool, errors: &mut Errors) -> syn::Result<TokenStream> {
    let message = &input.ident;
    let fields = crate::prost::named_fields(input, "Redact")?;
    let marks: Vec<_> = fields.iter().map(|field| mark(&field.attrs, errors)).collect();
    let visits = fields.iter().zip(&marks).filter_map(|(field, mark)| {
        let ident = &field.ident;
        match (mark, is_oneof(field)) {
            // A oneof is no level of its own in JSON, so it is none in the path of a secret.
            (_, true) => Some(visit(Mark::Nested, "", &quote!(&self.#ident))),
            (Some(mark), false) => Some(visit(*mark, &ident.as_ref()?.to_string(), &quote!(&self.#ident))),
            (None, false) => None,
        }
    });
    let hides = hides || marks.contains(&Some(Mark::Secret));
    let debug = hides.then(|| debug_message(message, &fields, &marks));
    Ok(quote! {
        impl ::livekit_sdk::redact::Redact for #message {
            fn visit(&self, secrets: &mut ::livekit_sdk::redact::Secrets<'_>) {
                let _ = &secrets;
                #(#visits)*
            }
        }
        #debug
    })
}

fn is_oneof(field: &syn::Field) -> bool {
    matches!(crate::prost::Shape::of(field), Ok(crate::prost::Shape::Oneof(_)))
}

fn visit(mark: Mark, name: &str, value: &TokenStream) -> TokenStream {
    match mark {
        Mark::Secret => quote! { secrets.secret(#name, #value); },
        Mark::Nested => quote! { secrets.nested(#name, #value); },
    }
}

fn debug_message(message: &Ident, fields: &[&syn::Field], marks: &[Option<Mark>]) -> TokenStream {
    let lines = fields.iter().zip(marks).map(|(field, mark)| {
        let ident = &field.ident;
        let name = ident.as_ref().map(ToString::to_string).unwrap_or_default();
        let value = match (mark, crate::prost::enumeration(field)) {
            (Some(Mark::Secret), _) => quote!(::livekit_sdk::redact::hidden(&self.#ident)),
            (_, Some(path)) => quote!(::livekit_sdk::redact::enumeration::<#path>(self.#ident)),
            _ => quote!(&self.#ident),
        };
        quote! { .field(#name, &#value) }
    });
    let name = message.to_string();
    quote! {
        impl ::core::fmt::Debug for #message {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_struct(#name) #(#lines)* .finish()
            }
        }
    }
}

fn expand_oneof(oneof: &Ident, variants: &[&Variant], hides: bool, errors: &mut Errors) -> TokenStream {
    let marks: Vec<_> = variants.iter().map(|variant| mark(&variant.attrs, errors)).collect();
    let visits = variants.iter().zip(&marks).map(|(variant, mark)| {
        let ident = &variant.ident;
        let name = snake_case(&ident.to_string());
        match mark {
            Some(mark) => {
                let visit = visit(*mark, &name, &quote!(value));
                quote! { Self::#ident(value) => { #visit } }
            }
            None => quote! { Self::#ident(_) => {} },
        }
    });
    let hides = hides || marks.contains(&Some(Mark::Secret));
    let debug = hides.then(|| debug_oneof(oneof, variants, &marks));
    quote! {
        impl ::livekit_sdk::redact::Redact for #oneof {
            fn visit(&self, secrets: &mut ::livekit_sdk::redact::Secrets<'_>) {
                let _ = &secrets;
                match self { #(#visits)* }
            }
        }
        #debug
    }
}

fn debug_oneof(oneof: &Ident, variants: &[&Variant], marks: &[Option<Mark>]) -> TokenStream {
    let arms = variants.iter().zip(marks).map(|(variant, mark)| {
        let ident = &variant.ident;
        let name = ident.to_string();
        let value = match mark {
            Some(Mark::Secret) => quote!(&::livekit_sdk::redact::hidden(value)),
            _ => quote!(value),
        };
        quote! { Self::#ident(value) => f.debug_tuple(#name).field(#value).finish(), }
    });
    quote! {
        impl ::core::fmt::Debug for #oneof {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match self { #(#arms)* }
            }
        }
    }
}

/// `AliOss` as the schema writes it: `ali_oss`.
fn snake_case(variant: &str) -> String {
    let mut snake = String::new();
    for c in variant.chars() {
        if c.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}
