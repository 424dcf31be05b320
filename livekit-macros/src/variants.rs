//! `#[derive(FromVariants)]`: a oneof converts from those of its members whose type only one of them has.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{Data, DeriveInput, Error, Fields, Ident, Type, Variant};

use crate::parse::{Errors, not_generic};
use crate::prost::Words;

/// A member of the oneof that converts.
struct Member<'a> {
    variant: &'a Ident,
    /// What it converts from: its message without a box, or its enum where the member is a number.
    source: TokenStream,
    kind: Kind,
}

/// How a member holds its value.
enum Kind {
    Message,
    Boxed,
    Enum,
}

pub(crate) fn expand(input: &DeriveInput) -> syn::Result<TokenStream> {
    let mut errors = Errors::default();
    not_generic(&input.generics, "a oneof", &mut errors);
    let Data::Enum(data) = &input.data else {
        let text = "`FromVariants` can be derived for oneofs, which are enums";
        errors.push(Error::new_spanned(&input.ident, text));
        return errors.finish(TokenStream::new());
    };
    let members: Vec<_> =
        data.variants.iter().filter_map(|variant| errors.ok(member(variant)).flatten()).collect();
    // Tokens have no equality of their own.
    let text = |member: &Member<'_>| member.source.to_string();
    let is_unique =
        |member: &Member<'_>| members.iter().filter(|other| text(other) == text(member)).count() == 1;
    let unique = members.iter().filter(|member| is_unique(member));
    let conversions = unique.map(|member| conversion(&input.ident, member));
    errors.finish(quote! { #(#conversions)* })
}

/// A message or an enum, or `None` for a scalar: a oneof of one text today may have two tomorrow, and
/// what converted then would no longer.
fn member(variant: &Variant) -> syn::Result<Option<Member<'_>>> {
    let only = match &variant.fields {
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => fields.unnamed.first(),
        _ => None,
    };
    let Some(field) = only else {
        let text = "a member of a oneof holds one value: `Name(Type)`";
        return Err(Error::new_spanned(&variant.ident, text));
    };
    let Some(words) = Words::of(&variant.attrs)? else {
        let text = "not a member of a prost oneof: `#[prost(…)]` is missing";
        return Err(Error::new_spanned(&variant.ident, text));
    };
    let (source, kind) = match (&words.enumeration, boxed(&field.ty)) {
        (Some(path), _) => (quote!(#path), Kind::Enum),
        (None, _) if !words.message => return Ok(None),
        (None, Some(message)) => (quote!(#message), Kind::Boxed),
        (None, None) => (field.ty.to_token_stream(), Kind::Message),
    };
    Ok(Some(Member { variant: &variant.ident, source, kind }))
}

/// What is in a box, which prost takes with and without `boxed`.
fn boxed(ty: &Type) -> Option<&Type> {
    let is_box = crate::prost::last_name(ty).is_some_and(|name| name == "Box");
    is_box.then(|| crate::prost::argument(ty, 0)).flatten()
}

fn conversion(oneof: &Ident, member: &Member<'_>) -> TokenStream {
    let Member { variant, source, kind } = member;
    let value = match kind {
        Kind::Message => quote!(value),
        Kind::Boxed => quote!(::std::boxed::Box::new(value)),
        Kind::Enum => quote!(::core::convert::Into::into(value)),
    };
    quote! {
        #[automatically_derived]
        impl ::core::convert::From<#source> for #oneof {
            fn from(value: #source) -> Self {
                Self::#variant(#value)
            }
        }
    }
}
