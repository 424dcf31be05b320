//! `#[derive(FromVariants)]`: a oneof converts from those of its members whose type only one of them has.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Fields, Ident, Type, Variant};

use crate::parse::{Errors, not_generic};
use crate::prost::Words;

/// A member of the oneof that is a message.
struct Member<'a> {
    variant: &'a Ident,
    /// The message, without the box it may be in.
    message: &'a Type,
    is_boxed: bool,
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
    // Types have no equality of their own in syn.
    let text = |ty: &Type| quote!(#ty).to_string();
    let is_unique = |ty: &Type| members.iter().filter(|other| text(other.message) == text(ty)).count() == 1;
    let unique = members.iter().filter(|member| is_unique(member.message));
    let conversions = unique.map(|member| conversion(&input.ident, member));
    errors.finish(quote! { #(#conversions)* })
}

/// A message, or `None` for a scalar: a oneof of one text today may have two tomorrow, and what
/// converted then would no longer.
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
    if !words.message {
        return Ok(None);
    }
    // prost takes a box with and without saying so.
    let boxed = match crate::prost::last_name(&field.ty) {
        Some(name) if name == "Box" => crate::prost::argument(&field.ty, 0),
        _ => None,
    };
    let message = boxed.unwrap_or(&field.ty);
    Ok(Some(Member { variant: &variant.ident, message, is_boxed: boxed.is_some() }))
}

fn conversion(oneof: &Ident, member: &Member<'_>) -> TokenStream {
    let Member { variant, message, is_boxed } = member;
    let value = match is_boxed {
        true => quote!(::std::boxed::Box::new(value)),
        false => quote!(value),
    };
    quote! {
        impl ::core::convert::From<#message> for #oneof {
            fn from(value: #message) -> Self {
                Self::#variant(#value)
            }
        }
    }
}
