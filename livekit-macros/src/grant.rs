//! `#[derive(Grant)]`: attributes → [`Model`] → impls.
//!
//! The struct states the facts (which claims exist, their JSON keys and types); the expansion only
//! lists them. How a kind of field is merged, compared, read and written is the runtime's business.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{
    Attribute, Data, DeriveInput, Error, Field, Fields, GenericArgument, Ident, LitStr, PathArguments,
    Result, Type, Visibility,
};

use crate::parse::{Errors, attribute, docs};

/// A grant struct, known to be valid.
struct Model {
    name: Ident,
    claims: Vec<Claim>,
}

/// One field of a grant struct.
struct Claim {
    name: Ident,
    vis: Visibility,
    key: LitStr,
    docs: Vec<Attribute>,
    shape: Shape,
}

/// What a field holds, as far as its setter has to know.
enum Shape {
    /// `bool` and `Option<bool>`.
    Flag { optional: bool },
    /// `String`.
    Text,
    /// `Vec<String>`.
    List,
    /// `Option<another grant>`.
    Block(Box<Type>),
}

const FIELD_TYPES: &str =
    "a field of a grant is `bool`, `Option<bool>`, `String`, `Vec<String>` or `Option<another grant>`";

/// Expands `#[derive(Grant)]`.
///
/// # Errors
/// Every mistake in the struct at once, each with the span of what has to change.
pub(crate) fn expand(input: DeriveInput) -> Result<TokenStream> {
    let model = parse(input)?;
    let setters = setters(&model);
    let grant = grant_impl(&model);
    let serde = serde_impls(&model);
    let conversions = conversions(&model);
    Ok(quote! {
        #setters
        #grant
        #serde
        #conversions
    })
}

fn parse(input: DeriveInput) -> Result<Model> {
    let mut errors = Errors::default();
    for attr in input.attrs.iter().filter(|attr| attr.path().is_ident("grant")) {
        errors.push(Error::new(attr.span(), "`#[grant(…)]` goes on the fields, not on the struct"));
    }
    if !input.generics.params.is_empty() {
        errors.push(Error::new(input.generics.span(), "a grant cannot be generic"));
    }
    let fields = match input.data {
        Data::Struct(data) => match data.fields {
            Fields::Named(named) => named.named,
            other => {
                errors.push(Error::new(
                    if other.is_empty() { input.ident.span() } else { other.span() },
                    "a grant is a struct with named fields: their names become its setters",
                ));
                return errors.finish(Model { name: input.ident, claims: Vec::new() });
            }
        },
        Data::Enum(_) | Data::Union(_) => {
            errors.push(Error::new(input.ident.span(), "a grant is a struct with named fields"));
            return errors.finish(Model { name: input.ident, claims: Vec::new() });
        }
    };
    let mut claims: Vec<Claim> = Vec::new();
    for field in fields {
        let Some(claim) = parse_field(field, &mut errors) else { continue };
        if let Some(earlier) = claims.iter().find(|earlier| earlier.key.value() == claim.key.value()) {
            let message = format!("`{}` has the key \"{}\" already", earlier.name, earlier.key.value());
            errors.push(Error::new(claim.key.span(), message));
        }
        claims.push(claim);
    }
    errors.finish(Model { name: input.ident, claims })
}

fn parse_field(field: Field, errors: &mut Errors) -> Option<Claim> {
    let name = field.ident?;
    let key = parse_key(&name, &field.attrs, errors);
    let shape = errors.ok(parse_shape(&field.ty));
    let docs = docs(&field.attrs).into_iter().cloned().collect();
    Some(Claim { vis: field.vis, key: key?, docs, shape: shape?, name })
}

/// Reads `#[grant(key = "…")]`.
fn parse_key(name: &Ident, attributes: &[Attribute], errors: &mut Errors) -> Option<LitStr> {
    // Where the attribute itself is wrong, saying that the key is missing would only distract.
    let arguments = errors.ok(attribute(attributes, "grant"))?;
    let mut key = None;
    let mut wrong = false;
    for argument in &arguments.0 {
        let text = match argument.name().to_string().as_str() {
            "key" if key.is_some() => Err(argument.error("a field has one `key`")),
            "key" => argument.text(),
            _ => Err(argument.unknown(&["key"])),
        };
        match errors.ok(text) {
            Some(text) => key = Some(text),
            None => wrong = true,
        }
    }
    if key.is_none() && !wrong {
        errors.report(
            name.span(),
            format!("`{name}` lacks `#[grant(key = \"…\")]`, its JSON key in the token"),
        );
    }
    key
}

fn parse_shape(ty: &Type) -> Result<Shape> {
    let unsupported = || Error::new(ty.span(), FIELD_TYPES);
    let (name, argument) = parts(ty).ok_or_else(unsupported)?;
    match (name.as_str(), argument.map(|inner| (inner, parts(inner)))) {
        ("bool", None) => Ok(Shape::Flag { optional: false }),
        ("String", None) => Ok(Shape::Text),
        ("Vec", Some((_, Some((item, None))))) if item == "String" => Ok(Shape::List),
        ("Option", Some((inner, Some((item, None))))) => match item.as_str() {
            "bool" => Ok(Shape::Flag { optional: true }),
            // Lower case: a primitive. It would only fail later, with a worse message.
            item if item == "String" || item.starts_with(|first: char| first.is_lowercase()) => {
                Err(unsupported())
            }
            _ => Ok(Shape::Block(Box::new(inner.clone()))),
        },
        _ => Err(unsupported()),
    }
}

/// The last name of a path type and its only type argument: `std::vec::Vec<String>` is `Vec` and `String`.
fn parts(ty: &Type) -> Option<(String, Option<&Type>)> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let argument = match &last.arguments {
        PathArguments::None => None,
        PathArguments::AngleBracketed(list) => match list.args.first() {
            Some(GenericArgument::Type(inner)) if list.args.len() == 1 => Some(inner),
            _ => return None,
        },
        PathArguments::Parenthesized(_) => return None,
    };
    Some((last.ident.to_string(), argument))
}

/// A chained setter for each field.
fn setters(model: &Model) -> TokenStream {
    let name = &model.name;
    let setters = model.claims.iter().map(setter);
    quote! {
        #[automatically_derived]
        impl #name {
            #(#setters)*
        }
    }
}

fn setter(claim: &Claim) -> TokenStream {
    let Claim { name, vis, docs, shape, .. } = claim;
    let (parameter, value) = match shape {
        Shape::Flag { optional: false } => (quote!(bool), quote!(value)),
        Shape::Flag { optional: true } => (quote!(bool), quote!(::core::option::Option::Some(value))),
        Shape::Text => {
            let into = quote!(impl ::core::convert::Into<::std::string::String>);
            (into, quote!(::core::convert::Into::into(value)))
        }
        Shape::List => (
            quote! {
                impl ::core::iter::IntoIterator<Item = impl ::core::convert::Into<::std::string::String>>
            },
            quote!(::livekit_sdk::__private::grant::list(value)),
        ),
        Shape::Block(block) => {
            let into = quote!(impl ::core::convert::Into<::core::option::Option<#block>>);
            (into, quote!(::core::convert::Into::into(value)))
        }
    };
    let fallback = docs.is_empty().then(|| format!("Sets `{name}`.")).into_iter();
    quote! {
        #(#docs)*
        #(#[doc = #fallback])*
        #[must_use]
        #vis fn #name(mut self, value: #parameter) -> Self {
            self.#name = #value;
            self
        }
    }
}

/// What the runtime needs to know about the struct: one line per field and method.
fn grant_impl(model: &Model) -> TokenStream {
    let private = quote!(::livekit_sdk::__private::grant);
    let name = &model.name;
    let keys = model.claims.iter().map(|claim| &claim.key);
    let methods = [merge(model), questions(model), read(model), write(model)];
    quote! {
        #[automatically_derived]
        impl #private::Grant for #name {
            const KEYS: &'static [&'static str] = &[#(#keys),*];
            #(#methods)*
        }
    }
}

fn merge(model: &Model) -> TokenStream {
    let fields = model.claims.iter().map(|claim| &claim.name);
    let pruned = fields.clone();
    quote! {
        fn merge(&mut self, other: Self) {
            #(::livekit_sdk::__private::grant::GrantField::merge(&mut self.#fields, other.#fields);)*
        }
        fn prune(&mut self) {
            #(::livekit_sdk::__private::grant::GrantField::prune(&mut self.#pruned);)*
        }
    }
}

fn questions(model: &Model) -> TokenStream {
    let fields = model.claims.iter().map(|claim| &claim.name);
    let absent = fields.clone();
    quote! {
        fn covers(&self, required: &Self) -> bool {
            true #(&& ::livekit_sdk::__private::grant::GrantField::covers(&self.#fields, &required.#fields))*
        }
        fn is_empty(&self) -> bool {
            true #(&& ::livekit_sdk::__private::grant::GrantField::is_absent(&self.#absent))*
        }
    }
}

fn read(model: &Model) -> TokenStream {
    let private = quote!(::livekit_sdk::__private::grant);
    let fields = model.claims.iter().map(|claim| &claim.name);
    let keys = model.claims.iter().map(|claim| &claim.key);
    quote! {
        fn read_field<'de, A: #private::MapAccess<'de>>(
            &mut self,
            key: &str,
            map: &mut A,
            rest: &mut #private::Rest,
        ) -> ::core::result::Result<bool, A::Error> {
            match key {
                #(#keys => #private::GrantField::read(&mut self.#fields, key, map, rest)?,)*
                _ => return ::core::result::Result::Ok(false),
            }
            ::core::result::Result::Ok(true)
        }
    }
}

fn write(model: &Model) -> TokenStream {
    let private = quote!(::livekit_sdk::__private::grant);
    let fields = model.claims.iter().map(|claim| &claim.name);
    let keys = model.claims.iter().map(|claim| &claim.key);
    quote! {
        fn write_fields<W: #private::ObjectWriter>(
            &self,
            to: &mut W,
            rest: &#private::Rest,
        ) -> ::core::result::Result<(), W::Error> {
            #(#private::GrantField::write(&self.#fields, #keys, to, rest)?;)*
            ::core::result::Result::Ok(())
        }
    }
}

/// `Serialize` and `Deserialize`, both by way of `Grant`.
fn serde_impls(model: &Model) -> TokenStream {
    let private = quote!(::livekit_sdk::__private::grant);
    let name = &model.name;
    quote! {
        #[automatically_derived]
        impl #private::Serialize for #name {
            fn serialize<S: #private::Serializer>(&self, to: S) -> ::core::result::Result<S::Ok, S::Error> {
                #private::serialize(self, to)
            }
        }
        #[automatically_derived]
        impl<'de> #private::Deserialize<'de> for #name {
            fn deserialize<D: #private::Deserializer<'de>>(from: D) -> ::core::result::Result<Self, D::Error> {
                #private::deserialize(from)
            }
        }
    }
}

/// `From<block>` for every block whose type occurs once: `.grant(VideoGrant::join("room"))`.
fn conversions(model: &Model) -> TokenStream {
    let name = &model.name;
    // Compared as text: syn compares types only with a feature that is not otherwise needed.
    let blocks: Vec<_> = model
        .claims
        .iter()
        .filter_map(|claim| match &claim.shape {
            Shape::Block(block) => Some((&claim.name, block, block.to_token_stream().to_string())),
            _ => None,
        })
        .collect();
    let is_unique = |text: &String| blocks.iter().filter(|(_, _, other)| other == text).count() == 1;
    let unique = blocks.iter().filter(|(_, _, text)| is_unique(text));
    let conversions = unique.map(|(field, block, _)| {
        quote! {
            #[automatically_derived]
            impl ::core::convert::From<#block> for #name {
                fn from(block: #block) -> Self {
                    Self { #field: ::core::option::Option::Some(block), ..::core::default::Default::default() }
                }
            }
        }
    });
    quote!(#(#conversions)*)
}
