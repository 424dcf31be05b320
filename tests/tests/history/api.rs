//! The public items of generated code, and which of them a newer version breaks.

use std::collections::{BTreeMap, BTreeSet};

use livekit_build_support::GeneratedFile;
use quote::ToTokens;
use syn::{Attribute, Fields, Item, ItemEnum, ItemStruct, ItemTrait, TraitItem, Variant};

/// Every public item: a path (`livekit::Room.name`) and what code can rely on of it.
#[derive(Default)]
pub(crate) struct Api(BTreeMap<String, BTreeSet<String>>);

/// What was there and is not, or is another.
pub(crate) fn broken(before: &Api, after: &Api) -> Vec<String> {
    let mut broken = Vec::new();
    for (path, relied_on) in &before.0 {
        let none = BTreeSet::new();
        let kept = after.0.get(path).unwrap_or(&none);
        broken.extend(relied_on.difference(kept).map(|what| format!("{path}: {what}")));
    }
    broken
}

impl Api {
    pub(crate) fn of(files: &[GeneratedFile]) -> Self {
        let mut api = Self::default();
        for file in files.iter().filter(|file| !file.name.ends_with(".serde.rs")) {
            let parsed = syn::parse_file(&file.text).unwrap_or_else(|error| panic!("{}: {error}", file.name));
            let module = file.name.trim_end_matches(".rs").replace('.', "::");
            api.items(&parsed.items, &module);
        }
        api
    }

    fn items(&mut self, items: &[Item], module: &str) {
        for item in items {
            match item {
                Item::Mod(inner) => {
                    let items = inner.content.as_ref().map(|(_, items)| items.as_slice());
                    self.items(items.unwrap_or_default(), &format!("{module}::{}", inner.ident));
                }
                Item::Struct(item) => self.structure(item, &format!("{module}::{}", item.ident)),
                Item::Enum(item) => self.enumeration(item, &format!("{module}::{}", item.ident)),
                Item::Trait(item) => self.service(item, &format!("{module}::{}", item.ident)),
                _ => {}
            }
        }
    }

    fn add(&mut self, path: String, what: String) {
        self.0.entry(path).or_default().insert(what);
    }

    fn structure(&mut self, item: &ItemStruct, path: &str) {
        self.derives(&item.attrs, path);
        for field in &item.fields {
            let name = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
            self.add(format!("{path}.{name}"), tokens(&field.ty));
        }
    }

    fn enumeration(&mut self, item: &ItemEnum, path: &str) {
        self.derives(&item.attrs, path);
        let is_exhaustive = !item.attrs.iter().any(|attribute| attribute.path().is_ident("non_exhaustive"));
        assert!(!is_exhaustive, "{path} has to be non-exhaustive");
        for variant in &item.variants {
            let what = match &variant.fields {
                Fields::Unnamed(fields) => fields.unnamed.iter().map(|field| tokens(&field.ty)).collect(),
                _ => String::new(),
            };
            self.add(format!("{path}::{}", variant.ident), what);
        }
        // A oneof is made from its members, where their types tell which is meant.
        let sources: Vec<_> = item.variants.iter().filter_map(source).collect();
        for source in sources.iter().filter(|source| sources.iter().filter(|it| it == source).count() == 1) {
            self.add(path.to_owned(), format!("From<{source}>"));
        }
    }

    fn service(&mut self, item: &ItemTrait, path: &str) {
        self.add(path.to_owned(), "is there".to_owned());
        for method in &item.items {
            if let TraitItem::Fn(method) = method {
                let signature = &method.sig;
                self.add(format!("{path}::{}", signature.ident), tokens(signature));
            }
        }
    }

    /// The traits that are derived, besides those that only the sdk uses.
    fn derives(&mut self, attributes: &[Attribute], path: &str) {
        self.add(path.to_owned(), "is there".to_owned());
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
            let _ = attribute.parse_nested_meta(|meta| {
                let name = meta.path.segments.last().map(|segment| segment.ident.to_string());
                let name = name.unwrap_or_default();
                if matches!(name.as_str(), "Copy" | "Eq" | "Hash") {
                    self.add(path.to_owned(), name);
                }
                Ok(())
            });
        }
    }
}

/// What a member of a oneof is made from: a message or an enum.
fn source(variant: &Variant) -> Option<String> {
    let attribute = variant.attrs.iter().find(|attribute| attribute.path().is_ident("prost"))?;
    let words = attribute.meta.require_list().ok()?.tokens.to_string();
    let word = words.split(',').next()?.trim();
    let ty = variant.fields.iter().next().map(|field| tokens(&field.ty))?;
    (word == "message" || word.starts_with("enumeration")).then(|| format!("{word} {ty}"))
}

/// A type or a signature, with `Box` taken away: prost boxes what would contain itself.
fn tokens(item: &impl ToTokens) -> String {
    item.to_token_stream().to_string()
}
