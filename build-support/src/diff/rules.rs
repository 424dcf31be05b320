//! What each kind of change means. The rules are those of the code that is generated: structs are made with
//! `..Default::default()`, enums and oneofs are matched with `_`, servers inherit what they do not answer.

use std::collections::BTreeSet;

use super::{Change, Event, Impact};
use crate::elements::{Element, Elements, Kind, fact};

const NONE: Impact = Impact { source: false, wire: false };
const SOURCE: Impact = Impact { source: true, wire: false };
const WIRE: Impact = Impact { source: false, wire: true };
const BOTH: Impact = Impact { source: true, wire: true };

pub(super) fn added(name: &str, new: &Element, before: &Elements, after: &Elements) -> Change {
    // A value or a number that was reserved had another meaning once.
    let reused = new.fact(fact::NUMBER).is_some_and(|number| {
        let parent = before.get(&new.parent).and_then(|parent| parent.fact(fact::RESERVED));
        parent.is_some_and(|reserved| is_reserved(reserved, number))
    });
    let mut what = describe(name, new, after);
    if reused {
        what.push_str(", whose number was reserved");
    }
    let impact = Impact { wire: reused, ..NONE };
    Change { event: Event::Added, kind: new.kind, name: name.to_owned(), what, impact }
}

pub(super) fn removed(name: &str, old: &Element, before: &Elements) -> Change {
    let impact = match old.kind {
        Kind::File | Kind::Option => NONE,
        _ if !is_generated(name) => NONE,
        // Rust has no variant for it.
        Kind::Value if old.fact(fact::ALIAS).is_some() => NONE,
        // A server that is not asked for a field, or does not send it, is understood all the same.
        Kind::Field | Kind::Oneof | Kind::Value | Kind::Message | Kind::Enum => SOURCE,
        Kind::Service | Kind::Method => BOTH,
    };
    let what = describe(name, old, before);
    Change { event: Event::Removed, kind: old.kind, name: name.to_owned(), what, impact }
}

/// Whether an element is part of the API: what upstream's options are made of is not.
fn is_generated(name: &str) -> bool {
    name.starts_with("livekit.")
}

/// An element in a few words.
fn describe(name: &str, element: &Element, all: &Elements) -> String {
    let fact = |name: &str| element.fact(name).unwrap_or_default();
    let children =
        |kind: Kind| all.iter().filter(|(_, child)| child.kind == kind && child.parent == name).count();
    match element.kind {
        Kind::Service => plural(children(Kind::Method), "method"),
        Kind::Message if children(Kind::Field) == 0 => plural(children(Kind::Message), "nested message"),
        Kind::Message => plural(children(Kind::Field), "field"),
        Kind::Enum => plural(children(Kind::Value), "value"),
        Kind::Method => format!("{} to {}", fact(fact::REQUEST), fact(fact::RESPONSE)),
        Kind::Field => {
            let label = element.fact(fact::LABEL).map(|label| format!("{label} ")).unwrap_or_default();
            let oneof = element.fact(fact::ONEOF).map(|oneof| format!(", in `{oneof}`")).unwrap_or_default();
            format!("{label}{}{oneof}", fact(fact::TYPE))
        }
        Kind::Value => {
            let alias = element.fact(fact::ALIAS).map(|first| format!(", as `{first}`")).unwrap_or_default();
            format!("= {}{alias}", fact(fact::NUMBER))
        }
        Kind::File | Kind::Oneof | Kind::Option => String::new(),
    }
}

fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Every fact of an element that is another now.
pub(super) fn changed(name: &str, old: &Element, new: &Element) -> Vec<Change> {
    let names: BTreeSet<&String> = old.facts.keys().chain(new.facts.keys()).collect();
    let change = |fact_name: &String| {
        let (before, after) = (old.fact(fact_name), new.fact(fact_name));
        if before == after {
            return None;
        }
        let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
        let (event, what, impact) = of_fact(fact_name, before, after);
        let impact = if is_generated(name) { impact } else { NONE };
        Some(Change { event, kind: new.kind, name: name.to_owned(), what, impact })
    };
    names.into_iter().filter_map(change).collect()
}

fn of_fact(name: &str, before: &str, after: &str) -> (Event, String, Impact) {
    let from_to = || {
        let shown = |value: &str| if value.is_empty() { "none".to_owned() } else { format!("`{value}`") };
        format!("{name}: {} to {}", shown(before), shown(after))
    };
    let is = |what: &str| what.to_owned();
    match name {
        fact::DEPRECATED if after == "true" => (Event::Deprecated, String::new(), NONE),
        fact::DEPRECATED => (Event::Changed, is("no longer deprecated"), NONE),
        fact::FILE => (Event::Changed, format!("moved from {before} to {after}"), NONE),
        fact::COPY | fact::EQ if after.is_empty() => {
            let traits = if name == fact::EQ { "`Eq` and `Hash`" } else { "`Copy`" };
            (Event::Changed, format!("no longer {traits} in Rust"), SOURCE)
        }
        fact::COPY | fact::EQ => (Event::Changed, format!("`{name}` in Rust"), NONE),
        fact::BOX if after.is_empty() => (Event::Changed, is("no longer in a `Box` in Rust"), SOURCE),
        fact::BOX => (Event::Changed, is("in a `Box` in Rust"), SOURCE),
        fact::ALIAS if after.is_empty() => (Event::Changed, is("a variant in Rust"), NONE),
        fact::ALIAS if before.is_empty() => {
            (Event::Changed, format!("no longer a variant in Rust: `{after}` has its number"), SOURCE)
        }
        fact::FROM => {
            let lost: Vec<_> = types(before).into_iter().filter(|ty| !types(after).contains(ty)).collect();
            let what = match lost.is_empty() {
                true => format!("made from more types: {after}"),
                false => format!("no longer made from {}", lost.join(", ")),
            };
            (Event::Changed, what, Impact { source: !lost.is_empty(), ..NONE })
        }
        // What is not to be used again was dropped as an element, which tells the rest.
        fact::RESERVED => (Event::Changed, from_to(), NONE),
        fact::TYPE | fact::REQUEST | fact::RESPONSE => (Event::Changed, from_to(), of_type(before, after)),
        // Numbers are all that travels, and are not seen in Rust.
        fact::NUMBER => (Event::Changed, from_to(), WIRE),
        fact::LABEL if before == "repeated" || after == "repeated" => (Event::Changed, from_to(), BOTH),
        fact::LABEL | fact::ONEOF => (Event::Changed, from_to(), SOURCE),
        fact::JSON => (Event::Changed, from_to(), WIRE),
        _ => (Event::Changed, from_to(), NONE),
    }
}

fn types(list: &str) -> Vec<&str> {
    list.split(", ").filter(|ty| !ty.is_empty()).collect()
}

/// Another type is another type in Rust. On the wire, some share an encoding.
fn of_type(before: &str, after: &str) -> Impact {
    const ALIKE: [&[&str]; 4] = [
        &["int32", "uint32", "int64", "uint64", "bool"],
        &["sint32", "sint64"],
        &["fixed32", "sfixed32"],
        &["fixed64", "sfixed64"],
    ];
    // Whoever expects an empty message skips what is in it; what is not in it is left out.
    if before == "google.protobuf.Empty" || after == "google.protobuf.Empty" {
        return SOURCE;
    }
    let are_alike = ALIKE.iter().any(|types| types.contains(&before) && types.contains(&after));
    Impact { source: true, wire: !are_alike }
}

/// Whether a number is in a list such as `3, 7 to 9, name`.
fn is_reserved(reserved: &str, number: &str) -> bool {
    let Ok(number) = number.parse::<i64>() else { return false };
    reserved.split(", ").any(|range| {
        let (from, to) = range.split_once(" to ").unwrap_or((range, range));
        match (from.parse::<i64>(), to.parse::<i64>()) {
            (Ok(from), Ok(to)) => (from..=to).contains(&number),
            _ => false,
        }
    })
}
