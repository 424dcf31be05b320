//! `#[derive(FromVariants)]`: a oneof converts from those of its members whose type only one of them has.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Fields, Type};

pub(crate) fn expand(input: &DeriveInput) -> syn::Result<TokenStream> {
    let Data::Enum(data) = &input.data else {
        return Err(Error::new_spanned(&input.ident, "`FromVariants` can be derived for enums only"));
    };
    let oneof = &input.ident;
    let members: Vec<_> = data
        .variants
        .iter()
        .filter_map(|variant| match &variant.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                Some((&variant.ident, &fields.unnamed.first()?.ty))
            }
            _ => None,
        })
        .collect();
    // Types have no equality of their own in syn.
    let text = |ty: &Type| quote!(#ty).to_string();
    let is_unique = |ty: &Type| members.iter().filter(|(_, other)| text(other) == text(ty)).count() == 1;
    let conversions =
        members.iter().filter(|(_, ty)| is_message(ty) && is_unique(ty)).map(|(variant, ty)| {
            quote! {
                impl ::core::convert::From<#ty> for #oneof {
                    fn from(value: #ty) -> Self {
                        Self::#variant(value)
                    }
                }
            }
        });
    Ok(conversions.collect())
}

/// Messages are paths of our own; scalars are primitives or come from a library.
fn is_message(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let path = &path.path;
    path.leading_colon.is_none()
        && path
            .segments
            .last()
            .is_some_and(|segment| segment.ident.to_string().starts_with(char::is_uppercase))
}
