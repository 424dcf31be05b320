//! What a new protocol changes in the API: for a reader, and for whoever has to number the release.

mod render;
mod rules;
mod wire;

use std::collections::BTreeSet;

use prost_reflect::{FieldDescriptor, MessageDescriptor};

use crate::elements::{Element, Elements, Kind};
use crate::merge::Lost;
use crate::prune::Reachable;
use crate::schema::Schema;
use crate::secret::{self, is_secret};
use crate::{check, report};

pub use render::{markdown, text};
use wire::Wire;

/// What happened to an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is another.
    Changed,
    /// It is not to be used any longer.
    Deprecated,
}

/// What a change means for those who use the API.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Impact {
    /// Code that uses the API may no longer compile.
    pub source: bool,
    /// What one side writes, the other reads otherwise or not at all.
    pub wire: bool,
    /// Whoever uses the API can tell at all.
    pub seen: bool,
}

/// A change of one element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What happened.
    pub event: Event,
    /// What it happened to.
    pub kind: Kind,
    /// Its full name.
    pub name: String,
    /// What is different, in words.
    pub what: String,
    /// What that means.
    pub impact: Impact,
}

/// Which part of the crate's version has to go up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bump {
    /// Nothing changes for those who use the API.
    Nothing,
    /// They can use more.
    Addition,
    /// Their code may no longer compile, or may no longer be understood.
    Breaking,
}

impl Bump {
    /// The next version after `version`, by cargo's rules: before 1.0, the second number is the first.
    pub fn after(self, version: &str) -> String {
        let mut parts = version.split('.').map(|part| part.parse::<u64>().unwrap_or_default());
        let mut next = || parts.next().unwrap_or_default();
        let (major, minor, patch) = (next(), next(), next());
        match (self, major) {
            (Self::Nothing, _) => version.to_owned(),
            (Self::Addition, 0) => format!("{major}.{minor}.{}", patch + 1),
            (Self::Breaking, 0) | (Self::Addition, _) => format!("{major}.{}.0", minor + 1),
            (Self::Breaking, _) => format!("{}.0.0", major + 1),
        }
    }
}

/// The difference between two schemas.
#[derive(Clone, Debug, Default)]
pub struct Diff {
    /// The changes: by event, then by kind, then by name.
    pub changes: Vec<Change>,
    /// What nobody has decided yet, a line each.
    pub to_do: Vec<String>,
}

impl Diff {
    /// Compares `before` with what upstream has made of it: `after`, with our documentation and annotations.
    pub fn between(before: &Schema, after: &Schema, lost: &[Lost]) -> Self {
        let changes = compare(&Elements::of(before), &Elements::of(after));
        Self { changes, to_do: to_do(before, after, lost) }
    }

    /// Which part of the version has to go up.
    pub fn bump(&self) -> Bump {
        let is_breaking = |change: &Change| change.impact.source || change.impact.wire;
        match self.changes.iter().any(is_breaking) {
            true => Bump::Breaking,
            false if self.changes.iter().any(|change| change.impact.seen) => Bump::Addition,
            false => Bump::Nothing,
        }
    }

    /// Whether nothing has changed, and nothing is to be done.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.to_do.is_empty()
    }
}

/// The changes from one list of elements to another.
pub fn compare(before: &Elements, after: &Elements) -> Vec<Change> {
    let wire = Wire { before, after };
    let mut changes = Vec::new();
    for (name, new) in after.iter() {
        match before.counterpart(name, new) {
            // What is within something new is described with it.
            None if !is_within(new, before, after) => changes.push(rules::added(name, new, wire)),
            None => {}
            Some(old) => changes.extend(rules::changed(name, old, new, wire)),
        }
    }
    for (name, old) in before.iter() {
        if after.counterpart(name, old).is_none() && !is_within(old, after, before) {
            changes.push(rules::removed(name, old, before));
        }
    }
    changes.sort_by(|a, b| (a.event, a.kind, &a.name).cmp(&(b.event, b.kind, &b.name)));
    changes
}

/// Whether an element came or went with what it is declared in. Methods are listed all the same.
fn is_within(element: &Element, without: &Elements, with: &Elements) -> bool {
    let parent = with.get(&element.parent);
    let came_along = parent.is_some_and(|it| without.counterpart(&element.parent, it).is_none());
    came_along && element.kind != Kind::Method
}

/// What a person has to decide: what is lost, what is new and neither annotated nor documented, and what
/// cannot work.
fn to_do(before: &Schema, after: &Schema, lost: &[Lost]) -> Vec<String> {
    let mut lines: Vec<_> = lost.iter().map(Lost::to_string).collect();
    let missing = |schema: &Schema| {
        let coverage = report::coverage(schema).into_iter().flat_map(|service| service.missing);
        let types = report::undocumented_types(schema, &Elements::of(schema)).into_iter();
        coverage.chain(types.map(|name| format!("{name}: no documentation"))).collect::<BTreeSet<_>>()
    };
    let known = missing(before);
    lines.extend(missing(after).into_iter().filter(|line| !known.contains(line)));
    lines.extend(credentials(before, after));
    lines.extend(check::check(after).iter().map(ToString::to_string));
    lines
}

/// Fields that are named like credentials, though neither upstream nor we say whether they are, and those that
/// are not hidden any longer.
fn credentials(before: &Schema, after: &Schema) -> Vec<String> {
    let reached = |schema: &Schema| Reachable::everything(schema).messages(schema);
    let (old, new) = (reached(before), reached(after));
    let known = secret::unjudged(before, &old);
    let unjudged = secret::unjudged(after, &new).into_iter().filter(|name| !known.contains(name));
    let unjudged =
        unjudged.map(|name| format!("{name}: unknown sensitivity; its name is that of a credential"));
    let hidden = fields(&old).filter(|field| is_secret(before, field));
    let hidden: BTreeSet<_> = hidden.map(|field| field.full_name().to_owned()).collect();
    let shown = fields(&new).filter(|field| hidden.contains(field.full_name()) && !is_secret(after, field));
    let shown = shown.map(|field| {
        format!("{}: is no longer marked as a credential; `Debug` prints it", field.full_name())
    });
    unjudged.chain(shown).collect()
}

fn fields(messages: &[MessageDescriptor]) -> impl Iterator<Item = FieldDescriptor> {
    messages.iter().flat_map(MessageDescriptor::fields)
}
