//! Upstream's facts with our documentation and annotations.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::check::{self, Culprit};
use crate::elements::{Element, Elements};
use crate::error::Error;
use crate::markdown;
use crate::model::annotation_name;
use crate::schema::Schema;

/// A merged schema, and what could not be carried over to it.
#[derive(Debug)]
pub struct Merged {
    /// Upstream's facts, documented and annotated by us.
    pub schema: Schema,
    /// What we document or annotate, and upstream no longer has.
    pub lost: Vec<Lost>,
}

/// Something of ours that a schema has no place for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// The full name of what it was said of.
    pub element: String,
    /// How much that is declared in it went with it, documented and nothing else.
    pub within: usize,
    /// Whether documentation is lost.
    pub docs: bool,
    /// The names of the annotations that are lost: `access`.
    pub annotations: Vec<String>,
    /// Why it is lost.
    pub reason: Reason,
}

/// Why something of ours is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Upstream has dropped it, or nothing that a client can reach leads to it any longer.
    Gone {
        /// What it may be called now: it is new, and otherwise the same.
        successor: Option<String>,
    },
    /// Upstream has changed it so that the annotation cannot work.
    Unfit(Error),
}

/// The facts of `upstream`, annotated and documented by `ours`, matched by full name: it does not matter
/// which file an element is in, nor in which order.
pub fn merge(upstream: &Schema, ours: &Schema) -> Merged {
    let mut schema = upstream.clone();
    schema.docs.clone_from(&ours.docs);
    schema.annotations.clone_from(&ours.annotations);
    let (before, after) = (Elements::of(ours), Elements::of(upstream));
    let named: BTreeSet<&String> = ours.docs.keys().chain(ours.annotations.keys()).collect();
    let mut lost: Vec<Lost> = Vec::new();
    for name in named.into_iter().filter(|name| !is_own(ours, name) && !after.contains(name)) {
        let annotations = ours.annotations.get(name).into_iter().flat_map(BTreeMap::keys).cloned().collect();
        let docs = ours.docs.contains_key(name);
        let reason = Reason::Gone { successor: successor(name, &before, &after) };
        let new = Lost { element: name.clone(), within: 0, docs, annotations, reason };
        let outer = lost.iter_mut().find(|outer| is_below(name, &outer.element));
        match outer {
            Some(outer) if new.annotations.is_empty() => outer.within += 1,
            _ => lost.push(new),
        }
    }
    Merged { schema, lost }
}

/// Whether an element is declared in another, directly or further down.
fn is_below(name: &str, outer: &str) -> bool {
    name.strip_prefix(outer).is_some_and(|rest| rest.starts_with(['.', '/']))
}

impl Merged {
    /// Lets upstream's comments stand in where we have none, as Markdown that rustdoc takes.
    #[must_use]
    pub fn with_comments_of(mut self, upstream: &Schema) -> Self {
        for (name, comment) in &upstream.docs {
            self.schema.docs.entry(name.clone()).or_insert_with(|| markdown::of_comment(comment));
        }
        self
    }

    /// Sets aside the annotations that cannot work with upstream's facts, or the parts of them that cannot,
    /// so that what remains can be generated from.
    #[must_use]
    pub fn without_unfit(mut self) -> Self {
        loop {
            let findings = check::findings(&self.schema).into_iter();
            let mut unfit = findings.filter_map(|finding| Some((finding.annotation?, finding.error)));
            // One at a time: what is wrong with another may follow from this one.
            let Some((culprit, error)) = unfit.next() else { return self };
            if self.set_aside(&culprit).is_none() {
                return self;
            }
            let option = match culprit.part {
                Some(part) => format!("{}.{part}", culprit.option),
                None => culprit.option.to_owned(),
            };
            let reason = Reason::Unfit(error);
            let (element, annotations) = (culprit.element, vec![option]);
            self.lost.push(Lost { element, within: 0, docs: false, annotations, reason });
        }
    }

    fn set_aside(&mut self, culprit: &Culprit) -> Option<()> {
        let annotations = self.schema.annotations.get_mut(&culprit.element)?;
        match culprit.part {
            None => drop(annotations.remove(culprit.option)?),
            // The rest still holds: a call that dials must not be taken for one that does not.
            Some(part) => {
                let message = annotations.get_mut(culprit.option)?.as_message_mut()?;
                message.has_field_by_name(part).then(|| message.clear_field_by_name(part))?;
            }
        }
        Some(())
    }
}

/// Declared in one of this project's own files (`sdk/`), which upstream never has.
fn is_own(ours: &Schema, name: &str) -> bool {
    ours.place(name).is_some_and(|place| place.file.starts_with("sdk/"))
}

/// The one element that is new and has the same parent and the same facts as `gone` had.
fn successor(gone: &str, before: &Elements, after: &Elements) -> Option<String> {
    let old = before.get(gone)?;
    let is_alike = |name: &str, new: &Element| {
        !before.contains(name) && new.kind == old.kind && new.parent == old.parent && new.is_like(old)
    };
    let mut alike = after.iter().filter(|(name, new)| is_alike(name, new));
    let first = alike.next().map(|(name, _)| name.to_owned());
    first.filter(|_| alike.next().is_none())
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let docs = self.docs.then(|| "documentation".to_owned());
        let annotations = self.annotations.iter().map(|option| annotation_name(option));
        let what = docs.into_iter().chain(annotations).collect::<Vec<_>>().join(", ");
        let within = match self.within {
            0 => String::new(),
            1 => " and that of 1 element in it".to_owned(),
            count => format!(" and that of {count} elements in it"),
        };
        match &self.reason {
            Reason::Gone { successor } => {
                write!(f, "{} is gone upstream, and with it our {what}{within}", self.element)?;
                successor.iter().try_for_each(|name| write!(f, "; it may be {name} now"))
            }
            Reason::Unfit(error) => write!(f, "{what} of {} no longer fits: {error}", self.element),
        }
    }
}
