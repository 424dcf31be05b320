//! What prost's field attributes say about the fields of a message.

use proc_macro2::TokenStream;
use quote::quote;
use syn::punctuated::Punctuated;
use syn::{Data, DeriveInput, Error, Fields, GenericArgument, Meta, Path, PathArguments, Token, Type};

/// The shape of a field.
pub(crate) enum Shape {
    /// A scalar or enum.
    Plain(Singular),
    /// A scalar or enum with presence.
    Optional(Singular),
    /// A message.
    Message(Type),
    /// A message in a box.
    Boxed(Type),
    /// One of several members.
    Oneof(Type),
    /// A list.
    Repeated(Singular),
    /// A map.
    Map(Type, Type),
}

/// A value that is not a message (in a list: any value).
pub(crate) enum Singular {
    String,
    Bytes,
    /// An enum, by the path of its type; the field itself is an `i32`.
    Enum(Path),
    /// Everything else, stored as it is.
    Copy(Type),
}

impl Shape {
    pub(crate) fn of(field: &syn::Field) -> syn::Result<Self> {
        let mut kinds = Kinds::default();
        for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("prost")) {
            for meta in attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)? {
                kinds.add(&meta)?;
            }
        }
        if !kinds.seen {
            return Err(Error::new_spanned(
                field,
                "expected a field of a prost message: `#[prost(…)]` is missing",
            ));
        }
        let inner = |ty: &Type| argument(ty, 0).ok_or_else(|| Error::new_spanned(ty, "unexpected type"));
        let ty = &field.ty;
        Ok(match kinds {
            Kinds { map: true, .. } => {
                let value = argument(ty, 1).ok_or_else(|| Error::new_spanned(ty, "expected a map"))?;
                Self::Map(inner(ty)?, value)
            }
            Kinds { oneof: true, .. } => Self::Oneof(inner(ty)?),
            Kinds { repeated: true, .. } => Self::Repeated(kinds.singular(&inner(ty)?)),
            Kinds { boxed: true, .. } => Self::Boxed(inner(&inner(ty)?)?),
            Kinds { message: true, .. } => Self::Message(inner(ty)?),
            Kinds { optional: true, .. } => Self::Optional(kinds.singular(&inner(ty)?)),
            _ => Self::Plain(kinds.singular(ty)),
        })
    }
}

/// The words of a `#[prost(..)]` attribute that matter here.
#[derive(Default)]
struct Kinds {
    seen: bool,
    string: bool,
    bytes: bool,
    message: bool,
    boxed: bool,
    map: bool,
    oneof: bool,
    repeated: bool,
    optional: bool,
    enumeration: Option<Path>,
}

impl Kinds {
    fn add(&mut self, meta: &Meta) -> syn::Result<()> {
        self.seen = true;
        let Some(word) = meta.path().get_ident() else { return Ok(()) };
        match word.to_string().as_str() {
            "string" => self.string = true,
            "bytes" => self.bytes = true,
            "message" => self.message = true,
            "boxed" => self.boxed = true,
            "map" => self.map = true,
            "oneof" => self.oneof = true,
            "repeated" => self.repeated = true,
            "optional" => self.optional = true,
            "enumeration" => self.enumeration = Some(text(meta)?.parse()?),
            _ => {}
        }
        Ok(())
    }

    fn singular(&self, ty: &Type) -> Singular {
        match &self.enumeration {
            Some(path) => Singular::Enum(path.clone()),
            None if self.string => Singular::String,
            None if self.bytes => Singular::Bytes,
            None => Singular::Copy(ty.clone()),
        }
    }
}

fn text(meta: &Meta) -> syn::Result<syn::LitStr> {
    let value = &meta.require_name_value()?.value;
    syn::parse2(quote!(#value))
}

/// The n-th generic argument of a type: `T` of `Option<T>`.
fn argument(ty: &Type, index: usize) -> Option<Type> {
    let Type::Path(path) = ty else { return None };
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else { return None };
    match arguments.args.iter().nth(index)? {
        GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
    }
}

/// The fields of a message, which is a struct with named fields (or none).
pub(crate) fn named_fields<'a>(input: &'a DeriveInput, derive: &str) -> syn::Result<Vec<&'a syn::Field>> {
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => Ok(fields.named.iter().collect()),
            Fields::Unit => Ok(Vec::new()),
            Fields::Unnamed(_) => Err(error(input, derive)),
        },
        _ => Err(error(input, derive)),
    }
}

fn error(input: &DeriveInput, derive: &str) -> Error {
    Error::new_spanned(&input.ident, format!("`{derive}` can be derived for structs with named fields only"))
}

/// The path of an enumeration field's type, for debug output.
pub(crate) fn enumeration(field: &syn::Field) -> Option<TokenStream> {
    match Shape::of(field) {
        Ok(Shape::Plain(Singular::Enum(path))) => Some(quote!(#path)),
        _ => None,
    }
}
