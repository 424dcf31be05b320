//! What prost's field attributes say about the fields of a message.

use quote::quote;
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Data, DeriveInput, Error, Field, Fields, GenericArgument, Ident, Meta, Path, PathArguments,
    Token, Type,
};

/// The shape of a field.
#[expect(clippy::large_enum_variant, reason = "one per field lives for the time of one expansion")]
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
    /// By the type that holds them.
    Bytes(Type),
    /// An enum, by the path of its type; the field itself is an `i32`.
    Enum(Path),
    /// Everything else, stored as it is.
    Copy(Type),
}

impl Shape {
    pub(crate) fn of(field: &Field) -> syn::Result<Self> {
        let Some(words) = Words::of(&field.attrs)? else {
            let text = "not a field of a prost message: `#[prost(…)]` is missing";
            return Err(Error::new_spanned(&field.ident, text));
        };
        let ty = &field.ty;
        Ok(match words {
            Words { map: true, .. } => Self::Map(inner(ty, 0)?, inner(ty, 1)?),
            Words { oneof: true, .. } => Self::Oneof(inner(ty, 0)?),
            Words { repeated: true, .. } => Self::Repeated(words.singular(&inner(ty, 0)?)),
            Words { message: true, required: true, .. } => Self::Plain(Singular::Copy(ty.clone())),
            Words { boxed: true, .. } => Self::Boxed(inner(&inner(ty, 0)?, 0)?),
            Words { message: true, .. } => Self::Message(inner(ty, 0)?),
            Words { optional: true, .. } => Self::Optional(words.singular(&inner(ty, 0)?)),
            _ => Self::Plain(words.singular(ty)),
        })
    }
}

/// The words of `#[prost(..)]` attributes that matter here.
#[derive(Default)]
pub(crate) struct Words {
    string: bool,
    bytes: bool,
    pub(crate) message: bool,
    pub(crate) boxed: bool,
    map: bool,
    pub(crate) oneof: bool,
    repeated: bool,
    optional: bool,
    required: bool,
    pub(crate) skip_debug: bool,
    pub(crate) enumeration: Option<Path>,
}

impl Words {
    /// `None` where there is no such attribute.
    pub(crate) fn of(attributes: &[Attribute]) -> syn::Result<Option<Self>> {
        let mut words = None;
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("prost")) {
            let words = words.get_or_insert_with(Self::default);
            for meta in attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)? {
                words.add(&meta)?;
            }
        }
        Ok(words)
    }

    fn add(&mut self, meta: &Meta) -> syn::Result<()> {
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
            "required" => self.required = true,
            "skip_debug" => self.skip_debug = true,
            "enumeration" => self.enumeration = Some(text(meta)?.parse()?),
            _ => {}
        }
        Ok(())
    }

    fn singular(&self, ty: &Type) -> Singular {
        match &self.enumeration {
            Some(path) => Singular::Enum(path.clone()),
            None if self.string => Singular::String,
            None if self.bytes => Singular::Bytes(ty.clone()),
            None => Singular::Copy(ty.clone()),
        }
    }
}

fn text(meta: &Meta) -> syn::Result<syn::LitStr> {
    let value = &meta.require_name_value()?.value;
    syn::parse2(quote!(#value))
}

/// The n-th generic argument of a type, `T` of `Option<T>`; without it, the field and its attribute disagree.
fn inner(ty: &Type, index: usize) -> syn::Result<Type> {
    let text = "this type does not fit what `#[prost(…)]` says of the field";
    argument(ty, index).cloned().ok_or_else(|| Error::new_spanned(ty, text))
}

/// The n-th generic argument of a type.
pub(crate) fn argument(ty: &Type, index: usize) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else { return None };
    match arguments.args.iter().nth(index)? {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    }
}

/// The last name in the path of a type: `Vec` of `std::vec::Vec<u8>`.
pub(crate) fn last_name(ty: &Type) -> Option<&Ident> {
    let Type::Path(path) = ty else { return None };
    path.path.segments.last().map(|segment| &segment.ident)
}

/// The fields of a message, which is a struct with named fields (or none).
pub(crate) fn named_fields<'a>(input: &'a DeriveInput, wanted: &str) -> syn::Result<Vec<&'a Field>> {
    let Data::Struct(data) = &input.data else { return Err(Error::new_spanned(&input.ident, wanted)) };
    match &data.fields {
        Fields::Named(fields) => Ok(fields.named.iter().collect()),
        Fields::Unit => Ok(Vec::new()),
        Fields::Unnamed(_) => Err(Error::new_spanned(&input.ident, wanted)),
    }
}
