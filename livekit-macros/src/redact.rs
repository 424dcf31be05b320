//! `#[derive(Redact)]`: finds the credentials that a message holds, and keeps them out of `Debug`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Attribute, Data, DeriveInput, Error, Fields, Ident, Variant};

use crate::parse::{Errors, attribute, not_generic};
use crate::prost::{Shape, Singular, Words};

const WANTED: &str = "`Redact` can be derived for messages (structs with named fields) and oneofs (enums)";

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
    not_generic(&input.generics, "a message", &mut errors);
    for misplaced in errors.ok(attribute(&input.attrs, "redact")).unwrap_or_default().0 {
        errors.push(misplaced.error(format!("`{}` goes on a field or variant", misplaced.name())));
    }
    let tokens = match &input.data {
        Data::Enum(data) => expand_oneof(input, &data.variants.iter().collect::<Vec<_>>(), &mut errors),
        _ => expand_message(input, &mut errors),
    };
    errors.finish(tokens)
}

fn mark(attributes: &[Attribute], errors: &mut Errors) -> Option<Mark> {
    let arguments = errors.ok(attribute(attributes, "redact"))?.0;
    if let [_, second, ..] = arguments.as_slice() {
        errors.push(second.error("one word is enough: `secret` or `nested`"));
    }
    let argument = arguments.first()?;
    match argument.name().to_string().as_str() {
        "secret" => errors.ok(argument.flag()).map(|()| Mark::Secret),
        "nested" => errors.ok(argument.flag()).map(|()| Mark::Nested),
        _ => {
            errors.push(argument.unknown(&["secret", "nested"]));
            None
        }
    }
}

/// Prost's own `Debug` would both clash with ours and print what is secret.
fn check_debug(input: &DeriveInput, is_prost: bool, hides: bool, errors: &mut Errors) {
    let words = errors.ok(Words::of(&input.attrs)).flatten().unwrap_or_default();
    if is_prost && hides && !words.skip_debug {
        let text = "prost's `Debug` would print the secret: add `#[prost(skip_debug)]` to the type";
        errors.push(Error::new_spanned(&input.ident, text));
    }
}

fn is_prost(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("prost"))
}

fn expand_message(input: &DeriveInput, errors: &mut Errors) -> TokenStream {
    let message = &input.ident;
    let fields = errors.ok(crate::prost::named_fields(input, WANTED)).unwrap_or_default();
    let marks: Vec<_> = fields.iter().map(|field| mark_field(field, errors)).collect();
    let visits = fields.iter().zip(&marks).filter_map(|(field, mark)| {
        let ident = field.ident.as_ref()?;
        match (mark, is_oneof(field)) {
            // A oneof is no level of its own in JSON, so it is none in the path of a secret.
            (_, true) => Some(visit(Mark::Nested, "", &field.ty, &quote!(&self.#ident))),
            (Some(mark), false) => Some(visit(*mark, &name(ident), &field.ty, &quote!(&self.#ident))),
            (None, false) => None,
        }
    });
    let hides = marks.contains(&Some(Mark::Secret));
    check_debug(input, fields.iter().any(|field| is_prost(&field.attrs)), hides, errors);
    let debug = hides.then(|| debug_message(message, &fields, &marks));
    quote! {
        #[automatically_derived]
        impl ::livekit_sdk::redact::Redact for #message {
            fn visit(&self, secrets: &mut ::livekit_sdk::redact::Secrets<'_>) {
                let _ = &secrets;
                #(#visits)*
            }
        }
        #debug
    }
}

/// The mark of a field, where it makes sense.
fn mark_field(field: &syn::Field, errors: &mut Errors) -> Option<Mark> {
    let mark = mark(&field.attrs, errors)?;
    if is_oneof(field) {
        // A oneof is searched in any case; which of its members are secret is said there.
        let text = "mark the variants of the oneof instead; the field itself needs no mark";
        errors.push(Error::new_spanned(&field.ident, text));
    }
    Some(mark)
}

fn is_oneof(field: &syn::Field) -> bool {
    matches!(Words::of(&field.attrs), Ok(Some(Words { oneof: true, .. })))
}

/// Reports or walks a value. A type that cannot be is reported where it is written.
fn visit(mark: Mark, name: &str, ty: &syn::Type, value: &TokenStream) -> TokenStream {
    match mark {
        Mark::Secret => quote_spanned! { ty.span() => secrets.secret(#name, #value); },
        Mark::Nested => quote_spanned! { ty.span() => secrets.nested(#name, #value); },
    }
}

fn debug_message(message: &Ident, fields: &[&syn::Field], marks: &[Option<Mark>]) -> TokenStream {
    let lines = fields.iter().zip(marks).filter_map(|(field, mark)| {
        let ident = field.ident.as_ref()?;
        let (name, value) = (name(ident), debug_field(field, ident, *mark));
        Some(quote! { .field(#name, &#value) })
    });
    let name = name(message);
    quote! {
        #[automatically_derived]
        impl ::core::fmt::Debug for #message {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_struct(#name) #(#lines)* .finish()
            }
        }
    }
}

/// What is shown of a field: enums by name, as prost shows them.
fn debug_field(field: &syn::Field, ident: &Ident, mark: Option<Mark>) -> TokenStream {
    if mark == Some(Mark::Secret) {
        return quote!(::livekit_sdk::redact::hidden(&self.#ident));
    }
    let enumeration = quote!(::livekit_sdk::redact::enumeration);
    match Shape::of(field) {
        Ok(Shape::Plain(Singular::Enum(path))) => quote!(#enumeration::<#path>(self.#ident)),
        Ok(Shape::Optional(Singular::Enum(path))) => quote!(self.#ident.map(#enumeration::<#path>)),
        Ok(Shape::Repeated(Singular::Enum(path))) => quote! {
            self.#ident.iter().copied().map(#enumeration::<#path>).collect::<::std::vec::Vec<_>>()
        },
        _ => quote!(&self.#ident),
    }
}

fn expand_oneof(input: &DeriveInput, variants: &[&Variant], errors: &mut Errors) -> TokenStream {
    let oneof = &input.ident;
    let marks: Vec<_> = variants.iter().map(|variant| mark(&variant.attrs, errors)).collect();
    let types: Vec<_> = variants.iter().filter_map(|variant| errors.ok(member(variant))).collect();
    let visits = variants.iter().zip(&types).zip(&marks).map(|((variant, ty), mark)| {
        let ident = &variant.ident;
        match mark {
            Some(mark) => {
                let value = match mark {
                    Mark::Secret => secret_member(variant),
                    Mark::Nested => quote!(value),
                };
                let visit = visit(*mark, &snake_case(&name(ident)), ty, &value);
                quote! { Self::#ident(value) => { #visit } }
            }
            None => quote! { Self::#ident(_) => {} },
        }
    });
    let hides = marks.contains(&Some(Mark::Secret));
    check_debug(input, variants.iter().any(|variant| is_prost(&variant.attrs)), hides, errors);
    let debug = hides.then(|| debug_oneof(oneof, variants, &marks));
    quote! {
        #[automatically_derived]
        impl ::livekit_sdk::redact::Redact for #oneof {
            fn visit(&self, secrets: &mut ::livekit_sdk::redact::Secrets<'_>) {
                let _ = &secrets;
                match self { #(#visits)* }
            }
        }
        #debug
    }
}

/// The type of a member of a oneof.
fn member(variant: &Variant) -> syn::Result<&syn::Type> {
    match &variant.fields {
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => fields.unnamed.first().map(|field| &field.ty),
        _ => None,
    }
    .ok_or_else(|| Error::new_spanned(&variant.ident, "a member of a oneof holds one value: `Name(Type)`"))
}

/// The value of a member of a oneof that is a credential: a message is not optional there.
fn secret_member(variant: &Variant) -> TokenStream {
    match Words::of(&variant.attrs) {
        Ok(Some(Words { message: true, .. })) => quote!(&::livekit_sdk::redact::member(value)),
        _ => quote!(value),
    }
}

fn debug_oneof(oneof: &Ident, variants: &[&Variant], marks: &[Option<Mark>]) -> TokenStream {
    let arms = variants.iter().zip(marks).map(|(variant, mark)| {
        let ident = &variant.ident;
        let name = name(ident);
        let value = match (mark, Words::of(&variant.attrs)) {
            (Some(Mark::Secret), _) => {
                let value = secret_member(variant);
                quote!(&::livekit_sdk::redact::hidden(#value))
            }
            (_, Ok(Some(Words { enumeration: Some(path), .. }))) => {
                quote!(&::livekit_sdk::redact::enumeration::<#path>(*value))
            }
            _ => quote!(value),
        };
        quote! { Self::#ident(value) => f.debug_tuple(#name).field(#value).finish(), }
    });
    quote! {
        #[automatically_derived]
        impl ::core::fmt::Debug for #oneof {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match self { #(#arms)* }
            }
        }
    }
}

/// A name as the schema writes it, where Rust may have to write `r#type`.
fn name(ident: &Ident) -> String {
    ident.unraw().to_string()
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
