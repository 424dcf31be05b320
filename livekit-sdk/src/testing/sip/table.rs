//! Trunks and dispatch rules: how they are made, changed, found and listed is the same for all of them.

use std::collections::{BTreeMap, HashSet};

use super::media;
use super::validate::required;
use crate::error::{Refusal, TwirpCode};
use crate::proto::{Pagination, SipMediaConfig};
use crate::testing::id;
use crate::testing::refusals::{invalid, not_found};

/// What is kept under an id.
pub(super) trait Entry: Clone {
    /// Changes of single fields.
    type Update;
    /// What its ids begin with.
    const PREFIX: &'static str;
    /// What it is called in messages.
    const NAME: &'static str;

    fn id(&self) -> &str;
    fn set_id(&mut self, id: String);

    /// The media settings, and the deprecated field for encryption beside them.
    fn media(&mut self) -> (&mut Option<SipMediaConfig>, &mut i32);

    /// The rules for values. Breaking them is no longer `invalid_argument` if an update leads to it.
    fn check(&self) -> Result<(), Refusal>;

    /// The rules for who may call, also beside the others. Breaking them is always `invalid_argument`.
    fn check_beside<'a>(&self, others: impl Iterator<Item = &'a Self>) -> Result<(), Refusal>
    where
        Self: 'a;

    /// What is wrong with an update, whatever it is applied to.
    fn check_update(update: &Self::Update) -> Result<(), Refusal>;

    fn apply(&mut self, update: Self::Update);
}

/// How an entry is changed.
pub(super) enum Change<T: Entry> {
    /// All of it, but for the id.
    Replace(T),
    /// Single fields.
    Update(T::Update),
}

/// Entries by id, in the order in which they are listed.
pub(super) struct Table<T>(BTreeMap<String, T>);

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T: Entry> Table<T> {
    pub(super) fn create(&mut self, entry: Option<T>) -> Result<T, Refusal> {
        let mut entry = entry.ok_or_else(|| invalid(format!("missing {}", T::NAME)))?;
        if !entry.id().is_empty() {
            return Err(invalid(format!("the id of a new {} must be empty", T::NAME)));
        }
        entry.check()?;
        entry.check_beside(self.0.values())?;
        entry.set_id(id::new(T::PREFIX));
        self.0.insert(entry.id().to_owned(), entry.clone());
        Ok(entry)
    }

    pub(super) fn change(&mut self, id: &str, change: Option<Change<T>>) -> Result<T, Refusal> {
        required("id", id)?;
        let change = change.ok_or_else(|| invalid("missing action"))?;
        check_change(id, &change)?;
        let stored = self.find(id)?;
        let mut entry = match change {
            Change::Replace(entry) => entry,
            Change::Update(update) => {
                let mut entry = stored.clone();
                entry.apply(update);
                entry.check().map_err(found_too_late)?;
                entry
            }
        };
        entry.set_id(id.to_owned());
        media::settle(entry.media());
        entry.check_beside(self.0.values().filter(|other| other.id() != id))?;
        self.0.insert(id.to_owned(), entry.clone());
        Ok(entry)
    }

    pub(super) fn get(&self, id: &str) -> Result<&T, Refusal> {
        required("id", id)?;
        self.find(id)
    }

    /// As [`get`](Self::get), but an empty id is one that does not exist.
    pub(super) fn find(&self, id: &str) -> Result<&T, Refusal> {
        self.0.get(id).ok_or_else(|| missing::<T>())
    }

    pub(super) fn remove(&mut self, id: &str) -> Result<T, Refusal> {
        required("id", id)?;
        self.0.remove(id).ok_or_else(|| missing::<T>())
    }

    /// Entries in the order of their ids, from where the page begins to the end: LiveKit reads as many pages
    /// of `limit` entries as there are. Without `ids`, all that fit.
    pub(super) fn list(
        &self,
        page: Option<&Pagination>,
        ids: &[String],
        fits: impl Fn(&T) -> bool,
    ) -> Vec<T> {
        let after = page.map_or("", |page| &page.after_id);
        let wanted = self.0.values().filter(|entry| entry.id() > after);
        let wanted = wanted.filter(|entry| ids.is_empty() || ids.iter().any(|id| id == entry.id()));
        wanted.filter(|entry| fits(entry)).cloned().collect()
    }
}

fn check_change<T: Entry>(id: &str, change: &Change<T>) -> Result<(), Refusal> {
    match change {
        Change::Replace(entry) if !entry.id().is_empty() && entry.id() != id => {
            Err(invalid(format!("the {} has another id than the one to be replaced", T::NAME)))
        }
        Change::Replace(entry) => entry.check(),
        Change::Update(update) => T::check_update(update),
    }
}

/// LiveKit checks an entry again after an update, and passes on what it finds as an error without a code.
fn found_too_late(refusal: Refusal) -> Refusal {
    Refusal::new(TwirpCode::Unknown, refusal.message)
}

fn missing<T: Entry>() -> Refusal {
    not_found(format!("requested {} does not exist", T::NAME))
}

/// Whether an entry that is for `own` fits a filter, both written as `written` does. Empty lists stand for
/// everything.
pub(super) fn fits(own: &[String], filter: &[String], written: fn(&str) -> String) -> bool {
    own.is_empty() || filter.is_empty() || share(own, filter, written)
}

/// Whether two entries claim the same. An empty list stands for everything, which is a claim of its own:
/// entries that name single members may stand beside it.
pub(super) fn collide(one: &[String], other: &[String], written: fn(&str) -> String) -> bool {
    (one.is_empty() && other.is_empty()) || share(one, other, written)
}

fn share(one: &[String], other: &[String], written: fn(&str) -> String) -> bool {
    let one: HashSet<_> = one.iter().map(|member| written(member)).collect();
    other.iter().any(|member| one.contains(&written(member)))
}
