//! Whether two types are one to whoever reads the bytes.

use std::collections::{BTreeMap, BTreeSet};

use crate::elements::{Element, Elements, Kind, fact};

/// Types that share an encoding.
const ALIKE: [&[&str]; 4] = [
    &["int32", "uint32", "int64", "uint64", "bool"],
    &["sint32", "sint64"],
    &["fixed32", "sfixed32"],
    &["fixed64", "sfixed64"],
];

/// What stands before the type of a request or a response of which there are many.
const STREAM: &str = "stream ";

/// Pairs of messages that are being compared: within them, they are taken for alike.
type Open<'a> = BTreeSet<(&'a str, &'a str)>;

/// Two schemas, whose types are compared.
#[derive(Clone, Copy)]
pub(super) struct Wire<'a> {
    pub(super) before: &'a Elements,
    pub(super) after: &'a Elements,
}

impl<'a> Wire<'a> {
    /// Whether what one side writes as `before` is what the other reads as `after`. Names of types do not
    /// travel.
    pub(super) fn are_alike(self, before: &'a str, after: &'a str) -> bool {
        self.types(before, after, &mut Open::new())
    }

    fn types(self, before: &'a str, after: &'a str, open: &mut Open<'a>) -> bool {
        if let (Some(before), Some(after)) = (before.strip_prefix(STREAM), after.strip_prefix(STREAM)) {
            return self.types(before, after, open);
        }
        if let (Some((key, before)), Some((new_key, after))) = (map(before), map(after)) {
            return self.types(key, new_key, open) && self.types(before, after, open);
        }
        let kind = |elements: &Elements, name: &str| elements.get(name).map(|element| element.kind);
        match (kind(self.before, before), kind(self.after, after)) {
            (Some(Kind::Message), Some(Kind::Message)) => {
                before == after || self.messages(before, after, open)
            }
            (Some(Kind::Enum), Some(Kind::Enum)) => {
                before == after || values(self.before, before) == values(self.after, after)
            }
            // Whoever expects an empty message skips what is in it; what is not in it is left out.
            (None, Some(Kind::Message)) => is_empty(before),
            (Some(Kind::Message), None) => is_empty(after),
            (None, None) => before == after || are_scalars_alike(before, after),
            _ => false,
        }
    }

    /// Whether two messages have fields of the same numbers that are alike.
    fn messages(self, before: &'a str, after: &'a str, open: &mut Open<'a>) -> bool {
        if !open.insert((before, after)) {
            return true;
        }
        let (old, new) = (fields(self.before, before), fields(self.after, after));
        old.keys().eq(new.keys())
            && old.values().zip(new.values()).all(|(old, new)| self.fields(old, new, open))
    }

    fn fields(self, old: &'a Element, new: &'a Element, open: &mut Open<'a>) -> bool {
        let types = old.fact(fact::TYPE).zip(new.fact(fact::TYPE));
        is_repeated(old) == is_repeated(new)
            && types.is_some_and(|(before, after)| self.types(before, after, open))
    }

    /// Whether what is written as one field is read as another of the same number.
    pub(super) fn are_fields_alike(self, old: &'a Element, new: &'a Element) -> bool {
        self.fields(old, new, &mut Open::new())
    }
}

fn is_repeated(field: &Element) -> bool {
    field.fact(fact::LABEL) == Some("repeated")
}

/// The key and the value of `map<key, value>`.
fn map(ty: &str) -> Option<(&str, &str)> {
    ty.strip_prefix("map<")?.strip_suffix('>')?.split_once(", ")
}

fn is_empty(ty: &str) -> bool {
    ty == "google.protobuf.Empty"
}

fn are_scalars_alike(before: &str, after: &str) -> bool {
    ALIKE.iter().any(|types| types.contains(&before) && types.contains(&after))
}

/// The fields of a message, by number.
fn fields<'a>(elements: &'a Elements, message: &str) -> BTreeMap<&'a str, &'a Element> {
    let fields = elements.children(message, Kind::Field);
    fields.filter_map(|(_, field)| Some((field.fact(fact::NUMBER)?, field))).collect()
}

/// The values of an enum: their numbers, and their names, which JSON has.
fn values<'a>(elements: &'a Elements, item: &str) -> BTreeSet<(&'a str, Option<&'a str>)> {
    let values = elements.children(item, Kind::Value);
    values.filter_map(|(name, value)| Some((value.fact(fact::NUMBER)?, name.rsplit('/').next()))).collect()
}
