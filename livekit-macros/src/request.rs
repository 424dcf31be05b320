//! `#[derive(Request)]`: gives `Call` a setter for each field of a request message, and makes the
//! message from the values that every caller names.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::spanned::Spanned as _;
use syn::{DeriveInput, Ident, Type};

use crate::parse::{Argument, Errors, attribute, docs};
use crate::prost::{Shape, Singular};

/// A field of the message.
struct Field<'a> {
    ident: &'a Ident,
    shape: Shape,
    docs: Vec<&'a syn::Attribute>,
    key: Option<(usize, &'a syn::Field)>,
}

pub(crate) fn expand(input: &DeriveInput) -> syn::Result<TokenStream> {
    let mut errors = Errors::default();
    let fields = crate::prost::named_fields(input, "Request")?;
    let fields: Vec<_> = fields.iter().filter_map(|field| parse(field, &mut errors)).collect();
    let mut keys: Vec<_> = fields.iter().filter(|field| field.key.is_some()).collect();
    keys.sort_by_key(|field| field.key.map(|(number, _)| number));
    for (expected, field) in (1..).zip(&keys) {
        if let Some((number, source)) = field.key.filter(|(number, _)| *number != expected) {
            errors
                .report(source.span(), format!("key {number} follows {}: number keys from 1", expected - 1));
        }
    }
    let extension = errors.ok(extension(input)).flatten();
    let conversions = conversions(&input.ident, &keys);
    let setters = setters(&input.ident, extension.as_ref(), &fields);
    errors.finish(quote! { #conversions #setters })
}

fn parse<'a>(field: &'a syn::Field, errors: &mut Errors) -> Option<Field<'a>> {
    let shape = errors.ok(Shape::of(field))?;
    let mut key = None;
    for argument in errors.ok(attribute(&field.attrs, "request"))?.0 {
        match argument.name().to_string().as_str() {
            "key" => {
                let number = errors.ok(argument.number().and_then(|number| number.base10_parse()))?;
                key = Some((number, field));
            }
            _ => errors.push(argument.unknown(&["key"])),
        }
    }
    if key.is_some() && !matches!(shape, Shape::Plain(_) | Shape::Message(_)) {
        errors.report(field.span(), "a key must be a singular field that is neither optional nor a oneof");
    }
    Some(Field { ident: field.ident.as_ref()?, shape, docs: docs(&field.attrs), key })
}

/// The trait that holds the setters of a message outside this crate: `#[request(extension = "BoardCall")]`.
fn extension(input: &DeriveInput) -> syn::Result<Option<Ident>> {
    let mut extension = None;
    for argument in attribute(&input.attrs, "request")?.0 {
        match (argument.name().to_string().as_str(), &argument) {
            ("extension", Argument::Value(..)) => extension = Some(argument.text()?.parse()?),
            ("extension", _) => return Err(argument.error("expected `extension = \"TraitName\"`")),
            _ => return Err(argument.unknown(&["extension"])),
        }
    }
    Ok(extension)
}

/// `From` the keys: one value, or a tuple of them; `From<()>` where there are none.
fn conversions(message: &Ident, keys: &[&Field<'_>]) -> TokenStream {
    let fields: Vec<_> = keys.iter().map(|field| field.ident).collect();
    if let [key] = keys {
        let field = key.ident;
        let sources = key.shape.sources();
        let value = key.shape.assign(&quote!(value));
        return quote! {
            #(impl ::core::convert::From<#sources> for #message {
                fn from(value: #sources) -> Self {
                    Self { #field: #value, ..::core::default::Default::default() }
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
        impl<#(#bounds),*> ::core::convert::From<(#(#parameters,)*)> for #message {
            fn from((#(#fields,)*): (#(#parameters,)*)) -> Self {
                Self { #(#fields: #values,)* ..::core::default::Default::default() }
            }
        }
    }
}

fn setters(message: &Ident, extension: Option<&Ident>, fields: &[Field<'_>]) -> TokenStream {
    let methods: Vec<_> = fields.iter().map(|field| setter(field, extension.is_none())).collect();
    let (signatures, bodies): (Vec<_>, Vec<_>) = methods.into_iter().unzip();
    let text = format!("Sets the fields of a [`{message}`] on its way.");
    match extension {
        None => quote! {
            #[doc = #text]
            impl<Response: 'static> ::livekit_sdk::Call<#message, Response> {
                #(#signatures #bodies)*
            }
        },
        Some(extension) => quote! {
            #[doc = #text]
            pub trait #extension: ::core::marker::Sized {
                #(#signatures;)*
            }
            impl<Response: 'static> #extension for ::livekit_sdk::Call<#message, Response> {
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
    let fallback = docs.is_empty().then(|| format!("Sets `{ident}`.")).map(|text| quote!(#[doc = #text]));
    let signature = quote! {
        #(#docs)*
        #fallback
        #[must_use]
        #visibility fn #ident(self, value: #parameter) -> Self
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
            Self::Plain(Singular::Bytes) => vec![quote!(::std::vec::Vec<u8>), quote!(&[u8])],
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
            Self::Plain(Singular::Bytes) => into(&quote!(::std::vec::Vec<u8>)),
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
                Singular::Bytes => into(quote!(::std::vec::Vec<u8>)),
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
                let (key, value) = (text_or(key), text_or(value));
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
        Singular::Bytes => quote!(impl ::core::convert::Into<::std::vec::Vec<u8>>),
        Singular::Enum(path) => quote!(#path),
        Singular::Copy(ty) => quote!(impl ::core::convert::Into<#ty>),
    }
}

fn text_or(ty: &Type) -> TokenStream {
    quote!(impl ::core::convert::Into<#ty>)
}
