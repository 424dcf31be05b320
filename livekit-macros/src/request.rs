//! `#[derive(Request)]`: gives `Call` a setter for each field of a request message, and makes the
//! message from the values that every caller names.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::ext::IdentExt as _;
use syn::{DeriveInput, Error, Ident, LitInt, Type};

use crate::parse::{Errors, attribute, docs, is_sdk, not_generic};
use crate::prost::{Shape, Singular};

/// The names of `Call`'s own methods, which no setter in `livekit-sdk` can have.
const TAKEN: [&str; 10] = [
    "new",
    "request",
    "set",
    "untyped",
    "with_deadline",
    "with_failover",
    "with_grants",
    "with_header",
    "with_timeout",
    "with_token",
];

const WANTED: &str = "`Request` can be derived for messages: structs with named fields";

/// A field of the message.
struct Field<'a> {
    ident: &'a Ident,
    shape: Shape,
    docs: Vec<&'a syn::Attribute>,
    key: Option<LitInt>,
}

pub(crate) fn expand(input: &DeriveInput) -> syn::Result<TokenStream> {
    let mut errors = Errors::default();
    not_generic(&input.generics, "a message", &mut errors);
    let fields = errors.ok(crate::prost::named_fields(input, WANTED)).unwrap_or_default();
    let fields: Vec<_> = fields.iter().filter_map(|field| parse(field, &mut errors)).collect();
    let keys = keys(&fields, &mut errors);
    let extension = extension(input, &mut errors);
    let conversions = conversions(&input.ident, &keys, keys.len() < fields.len());
    let setters = setters(input, extension.as_ref(), &fields);
    errors.finish(quote! { #conversions #setters })
}

fn parse<'a>(field: &'a syn::Field, errors: &mut Errors) -> Option<Field<'a>> {
    let shape = errors.ok(Shape::of(field));
    let arguments = errors.ok(attribute(&field.attrs, "request"))?;
    arguments.unique(errors);
    let mut key = None;
    for argument in &arguments.0 {
        let number = match argument.name().to_string().as_str() {
            "key" => argument.number(),
            "extension" => Err(argument.error("`extension` goes on the message")),
            _ => Err(argument.unknown(&["key"])),
        };
        key = key.or(errors.ok(number));
        if !shape.as_ref().is_none_or(|shape| matches!(shape, Shape::Plain(_) | Shape::Message(_))) {
            let text = "only what every caller has to name can be a key: \
                        this field is optional, boxed, a oneof, a list or a map";
            errors.push(argument.error(text));
        }
    }
    Some(Field { ident: field.ident.as_ref()?, shape: shape?, docs: docs(&field.attrs), key })
}

/// The keys in the order of their numbers, which run from 1 without gaps.
fn keys<'a, 'b>(fields: &'b [Field<'a>], errors: &mut Errors) -> Vec<&'b Field<'a>> {
    let numbered = fields.iter().filter_map(|field| {
        let key = field.key.as_ref()?;
        Some((errors.ok(key.base10_parse::<usize>())?, key, field))
    });
    let mut numbered: Vec<_> = numbered.collect();
    // Stable, so that of two equal numbers the later one is reported.
    numbered.sort_by_key(|(number, ..)| *number);
    let mut earlier: Option<(usize, &Field<'_>)> = None;
    for (number, key, field) in &numbered {
        let expected = earlier.map_or(1, |(last, _)| last + 1);
        match earlier {
            Some((last, owner)) if last == *number => {
                errors.report(key.span(), format!("key {number} is `{}` already", owner.ident.unraw()));
            }
            _ if *number != expected => {
                let text = format!("keys are numbered from 1 without gaps: expected {expected}");
                errors.report(key.span(), text);
            }
            _ => {}
        }
        earlier = Some((*number, field));
    }
    numbered.into_iter().map(|(.., field)| field).collect()
}

/// The trait that holds the setters of a message outside the SDK: `#[request(extension = "BoardCall")]`.
fn extension(input: &DeriveInput, errors: &mut Errors) -> Option<Ident> {
    let arguments = errors.ok(attribute(&input.attrs, "request"))?;
    arguments.unique(errors);
    let mut extension = None;
    for argument in &arguments.0 {
        let ident = match argument.name().to_string().as_str() {
            "extension" => argument.ident("trait"),
            "key" => Err(argument.error("`key` goes on a field")),
            _ => Err(argument.unknown(&["extension"])),
        };
        extension = errors.ok(ident);
    }
    if arguments.0.is_empty() && !is_sdk() {
        let text = format!(
            "the setters of this message need a trait to live in: add `#[request(extension = \"{}Call\")]`",
            input.ident.unraw().to_string().trim_end_matches("Request")
        );
        errors.push(Error::new_spanned(&input.ident, text));
    }
    extension
}

/// `From` the keys: one value, or a tuple of them; `From<()>` where there are none. `others` tells whether
/// the message has fields besides.
fn conversions(message: &Ident, keys: &[&Field<'_>], others: bool) -> TokenStream {
    // Without other fields this would have no effect, and clippy says so to whoever derives.
    let others = others.then(|| quote!(..::core::default::Default::default()));
    let fields: Vec<_> = keys.iter().map(|field| field.ident).collect();
    if let [key] = keys {
        let field = key.ident;
        let sources = key.shape.sources();
        let value = key.shape.assign(&quote!(value));
        return quote! {
            #(#[automatically_derived]
            impl ::core::convert::From<#sources> for #message {
                fn from(value: #sources) -> Self {
                    Self { #field: #value, #others }
                }
            })*
        };
    }
    let generics: Vec<_> = (0..keys.len()).map(|index| format_ident!("T{index}")).collect();
    let (parameters, bounds): (Vec<_>, Vec<_>) =
        keys.iter().zip(&generics).map(|(key, generic)| key.shape.argument(generic)).unzip();
    let values = keys.iter().map(|key| {
        let field = key.ident;
        key.shape.assign(&quote!(#field))
    });
    let bounds = bounds.iter().flatten();
    quote! {
        #[automatically_derived]
        impl<#(#bounds),*> ::core::convert::From<(#(#parameters,)*)> for #message {
            fn from((#(#fields,)*): (#(#parameters,)*)) -> Self {
                Self { #(#fields: #values,)* #others }
            }
        }
    }
}

fn setters(input: &DeriveInput, extension: Option<&Ident>, fields: &[Field<'_>]) -> TokenStream {
    let (message, visibility) = (&input.ident, &input.vis);
    let methods: Vec<_> = fields.iter().map(|field| setter(field, extension.is_none())).collect();
    let (signatures, bodies): (Vec<_>, Vec<_>) = methods.into_iter().unzip();
    let text = format!("Sets the fields of a [`{message}`] on its way.");
    match extension {
        None => quote! {
            #[doc = #text]
            impl<Res: 'static> ::livekit_sdk::Call<#message, Res> {
                #(#signatures #bodies)*
            }
        },
        Some(extension) => quote! {
            #[doc = #text]
            #visibility trait #extension: ::core::marker::Sized {
                #(#signatures;)*
            }
            impl<Res: 'static> #extension for ::livekit_sdk::Call<#message, Res> {
                #(#[allow(missing_docs)] #signatures #bodies)*
            }
        },
    }
}

fn setter(field: &Field<'_>, inherent: bool) -> (TokenStream, TokenStream) {
    let Field { ident, shape, docs, .. } = field;
    let visibility = inherent.then(|| quote!(pub));
    let parameter = shape.parameter();
    let value = shape.assign(&quote!(value));
    let fallback =
        docs.is_empty().then(|| format!("Sets `{}`.", ident.unraw())).map(|text| quote!(#[doc = #text]));
    let is_taken = inherent && TAKEN.iter().any(|name| ident == name);
    // As prost names a field `self`.
    let name = if is_taken { format_ident!("{ident}_") } else { (*ident).clone() };
    let signature = quote! {
        #(#docs)*
        #fallback
        #[must_use]
        #visibility fn #name(self, value: #parameter) -> Self
    };
    let body = quote! { { self.set(|request| request.#ident = #value) } };
    (signature, body)
}

impl Shape {
    /// The types that a single key is made from. Text converts from what callers usually hold; a
    /// blanket `Into<String>` would overlap with `From<T> for T`.
    fn sources(&self) -> Vec<TokenStream> {
        match self {
            Self::Plain(Singular::String) => {
                vec![quote!(&str), quote!(::std::string::String), quote!(&::std::string::String)]
            }
            Self::Plain(Singular::Bytes(ty)) if is_vec(ty) => vec![quote!(#ty), quote!(&[u8])],
            // `Bytes` converts from slices that live forever only.
            Self::Plain(Singular::Bytes(ty)) => vec![quote!(#ty), quote!(::std::vec::Vec<u8>)],
            Self::Message(message) => vec![quote!(#message)],
            other => vec![other.parameter()],
        }
    }

    /// The type of an argument among several, and the bound of its generic if it needs one.
    fn argument(&self, generic: &Ident) -> (TokenStream, Option<TokenStream>) {
        let into =
            |target: &TokenStream| (quote!(#generic), Some(quote!(#generic: ::core::convert::Into<#target>)));
        match self {
            Self::Plain(Singular::String) => into(&quote!(::std::string::String)),
            Self::Plain(Singular::Bytes(ty)) => into(&quote!(#ty)),
            Self::Message(message) => into(&quote!(#message)),
            other => (other.parameter(), None),
        }
    }

    /// The type of a setter's parameter.
    fn parameter(&self) -> TokenStream {
        let into = |target: TokenStream| quote!(impl ::core::convert::Into<#target>);
        match self {
            Self::Plain(singular) | Self::Optional(singular) => match singular {
                Singular::String => into(quote!(::std::string::String)),
                Singular::Bytes(ty) => into(quote!(#ty)),
                Singular::Enum(path) => quote!(#path),
                Singular::Copy(ty) => quote!(#ty),
            },
            Self::Message(ty) | Self::Boxed(ty) => into(quote!(#ty)),
            Self::Oneof(ty) => into(quote!(#ty)),
            Self::Repeated(item) => {
                let item = repeated(item);
                quote!(impl ::core::iter::IntoIterator<Item = #item>)
            }
            Self::Map(key, value) => {
                let (key, value) = (into(quote!(#key)), into(quote!(#value)));
                quote!(impl ::core::iter::IntoIterator<Item = (#key, #value)>)
            }
        }
    }

    /// The value of the field, from an expression of the parameter's type.
    fn assign(&self, value: &TokenStream) -> TokenStream {
        let into = quote!(::core::convert::Into::into);
        match self {
            Self::Plain(Singular::Copy(_)) => quote!(#value),
            Self::Plain(_) => quote!(#into(#value)),
            Self::Optional(Singular::Copy(_)) => quote!(::core::option::Option::Some(#value)),
            Self::Boxed(_) => {
                quote!(::core::option::Option::Some(::std::boxed::Box::new(#into(#value))))
            }
            Self::Optional(_) | Self::Message(_) | Self::Oneof(_) => {
                quote!(::core::option::Option::Some(#into(#value)))
            }
            Self::Repeated(_) => quote!(::livekit_sdk::__private::collect(#value)),
            Self::Map(..) => quote!(::livekit_sdk::__private::collect_map(#value)),
        }
    }
}

/// The item type of a repeated field's setter.
fn repeated(item: &Singular) -> TokenStream {
    match item {
        Singular::String => quote!(impl ::core::convert::Into<::std::string::String>),
        Singular::Enum(path) => quote!(#path),
        Singular::Bytes(ty) | Singular::Copy(ty) => quote!(impl ::core::convert::Into<#ty>),
    }
}

fn is_vec(ty: &Type) -> bool {
    crate::prost::last_name(ty).is_some_and(|name| name == "Vec")
}
