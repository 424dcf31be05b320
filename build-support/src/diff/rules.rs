//! What each kind of change means. The rules are those of the code that is generated: structs are made with
//! `..Default::default()`, enums and oneofs are matched with `_`, servers inherit what they do not answer.

use std::collections::BTreeSet;

use super::wire::Wire;
use super::{Change, Event, Impact};
use crate::elements::{Element, Elements, Kind, fact};

const NONE: Impact = Impact { source: false, wire: false, seen: false };
const SEEN: Impact = Impact { seen: true, ..NONE };
const SOURCE: Impact = Impact { source: true, ..SEEN };
const WIRE: Impact = Impact { wire: true, ..SEEN };
const BOTH: Impact = Impact { source: true, ..WIRE };

pub(super) fn added(name: &str, new: &Element, wire: Wire<'_>) -> Change {
    let mut what = describe(name, new, wire.after);
    let mut impact = SEEN;
    // A value or a number that was reserved had another meaning once.
    if was_reserved(new, wire.before) {
        what.push_str(", whose number was reserved");
        impact = WIRE;
    }
    if let Some((gone, old)) = predecessor(new, wire) {
        let gone = gone.rsplit('.').next().unwrap_or(gone);
        what.push_str(&format!(", with the number of `{gone}`"));
        impact.wire |= !wire.are_fields_alike(old, new);
    }
    let impact = if is_api(name, new.kind) { impact } else { NONE };
    Change { event: Event::Added, kind: new.kind, name: name.to_owned(), what, impact }
}

fn was_reserved(new: &Element, before: &Elements) -> bool {
    let reserved = before.get(&new.parent).and_then(|parent| parent.fact(fact::RESERVED));
    new.fact(fact::NUMBER).zip(reserved).is_some_and(|(number, reserved)| is_reserved(reserved, number))
}

/// The field whose number a new one has, if it is gone.
fn predecessor<'a>(new: &Element, wire: Wire<'a>) -> Option<(&'a str, &'a Element)> {
    let mut fields = wire.before.children(&new.parent, Kind::Field).filter(|_| new.kind == Kind::Field);
    let last = fields.find(|(_, old)| old.fact(fact::NUMBER) == new.fact(fact::NUMBER));
    last.filter(|(name, old)| wire.after.counterpart(name, old).is_none())
}

pub(super) fn removed(name: &str, old: &Element, before: &Elements) -> Change {
    let impact = match old.kind {
        kind if !is_api(name, kind) => NONE,
        // Rust has no variant for it.
        Kind::Value if old.fact(fact::ALIAS).is_some() => SEEN,
        // A server that is not asked for a field, or does not send it, is understood all the same.
        Kind::Field | Kind::Oneof | Kind::Value | Kind::Message | Kind::Enum => SOURCE,
        Kind::Service | Kind::Method => BOTH,
        Kind::File | Kind::Option => NONE,
    };
    let what = describe(name, old, before);
    Change { event: Event::Removed, kind: old.kind, name: name.to_owned(), what, impact }
}

/// Whether an element is part of the API: what upstream's options are made of is not.
fn is_api(name: &str, kind: Kind) -> bool {
    !name.starts_with("logger.") && !matches!(kind, Kind::File | Kind::Option)
}

/// An element in a few words.
fn describe(name: &str, element: &Element, all: &Elements) -> String {
    let fact = |name: &str| element.fact(name).unwrap_or_default();
    let children = |kind: Kind| all.children(name, kind).count();
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
pub(super) fn changed(name: &str, old: &Element, new: &Element, wire: Wire<'_>) -> Vec<Change> {
    let names: BTreeSet<&String> = old.facts.keys().chain(new.facts.keys()).collect();
    let fact = |fact_name: &String| {
        let (before, after) = (old.fact(fact_name), new.fact(fact_name));
        let is_other = before != after;
        is_other.then(|| of_fact(fact_name, before.unwrap_or_default(), after.unwrap_or_default(), wire))
    };
    let facts = names.into_iter().filter_map(fact).chain(of_same_name(old, new, wire));
    let change = |(event, what, impact)| {
        let impact = if is_api(name, new.kind) { impact } else { NONE };
        Change { event, kind: new.kind, name: name.to_owned(), what, impact }
    };
    facts.map(change).collect()
}

/// A type that is called as before, though it is a message now and was an enum, or the reverse.
fn of_same_name(old: &Element, new: &Element, wire: Wire<'_>) -> Option<(Event, String, Impact)> {
    let (before, after) = (old.fact(fact::TYPE)?, new.fact(fact::TYPE)?);
    let is_other = before == after && !wire.are_alike(before, after);
    is_other.then(|| (Event::Changed, format!("type: `{after}`, another kind of type"), BOTH))
}

fn of_fact(name: &str, before: &str, after: &str, wire: Wire<'_>) -> (Event, String, Impact) {
    let from_to = || {
        let shown = |value: &str| if value.is_empty() { "none".to_owned() } else { format!("`{value}`") };
        format!("{name}: {} to {}", shown(before), shown(after))
    };
    let is = |what: &str| what.to_owned();
    match name {
        fact::DEPRECATED if after == "true" => (Event::Deprecated, String::new(), SEEN),
        fact::DEPRECATED => (Event::Changed, is("no longer deprecated"), SEEN),
        fact::FILE => (Event::Changed, format!("moved from {before} to {after}"), NONE),
        fact::COPY | fact::EQ if after.is_empty() => {
            let traits = if name == fact::EQ { "`Eq` and `Hash`" } else { "`Copy`" };
            (Event::Changed, format!("no longer {traits} in Rust"), SOURCE)
        }
        fact::COPY | fact::EQ => (Event::Changed, format!("`{name}` in Rust"), SEEN),
        fact::BOX if after.is_empty() => (Event::Changed, is("no longer in a `Box` in Rust"), SOURCE),
        fact::BOX => (Event::Changed, is("in a `Box` in Rust"), SOURCE),
        fact::ALIAS if after.is_empty() => (Event::Changed, is("a variant in Rust"), SEEN),
        fact::ALIAS if before.is_empty() => {
            (Event::Changed, format!("no longer a variant in Rust: `{after}` has its number"), SOURCE)
        }
        fact::FROM => {
            let lost: Vec<_> = types(before).into_iter().filter(|ty| !types(after).contains(ty)).collect();
            let what = match lost.is_empty() {
                true => format!("made from more types: {after}"),
                false => format!("no longer made from {}", lost.join(", ")),
            };
            (Event::Changed, what, Impact { source: !lost.is_empty(), ..SEEN })
        }
        // What is not to be used again was dropped as an element, which tells the rest.
        fact::RESERVED => (Event::Changed, from_to(), NONE),
        // Another type is another type in Rust.
        fact::TYPE | fact::REQUEST | fact::RESPONSE => {
            (Event::Changed, from_to(), Impact { wire: !wire.are_alike(before, after), ..SOURCE })
        }
        // Numbers are all that travels, and are not seen in Rust.
        fact::NUMBER => (Event::Changed, from_to(), WIRE),
        fact::LABEL if before == "repeated" || after == "repeated" => (Event::Changed, from_to(), BOTH),
        fact::LABEL | fact::ONEOF => (Event::Changed, from_to(), SOURCE),
        fact::JSON => (Event::Changed, from_to(), WIRE),
        _ => (Event::Changed, from_to(), SEEN),
    }
}

fn types(list: &str) -> Vec<&str> {
    list.split(", ").filter(|ty| !ty.is_empty()).collect()
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
