//! The schema's folder in step with upstream: which files it holds, and what they say.

mod comments;
mod proof;
mod stage;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

pub use comments::unattached;

use crate::error::Error;
use crate::methods;
use crate::print::{is_printed, print};
use crate::prune::Reachable;
use crate::schema::{Schema, read_dir};
use crate::upstream::{self, Upstream};

/// The files that a merged schema is written to, by name: the schema itself without `sdk/`, which is ours,
/// and the table of its methods.
pub fn files(merged: &Schema) -> BTreeMap<String, String> {
    let reachable = Reachable::everything(merged);
    let kept = merged.files().filter(|file| is_printed(file, &reachable) && !file.name().starts_with("sdk/"));
    let mut files: BTreeMap<_, _> =
        kept.map(|file| (file.name().to_owned(), print(merged, &file, &reachable))).collect();
    files.insert(methods::FILE.to_owned(), methods::text(merged));
    files
}

/// What was done to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// It has another text, or is new.
    Written,
    /// Nothing of it is left.
    Removed,
}

/// Writes a merged schema and the record of its upstream to `dir`, and removes what the schema that is there
/// has in files that are left over; answers what was not there already. Nothing changes before everything is
/// known to be readable, and is written beside its place.
///
/// # Errors
/// A file cannot be read or written, or could not be read back.
pub fn write(dir: &Path, merged: &Schema, record: &Upstream) -> Result<Vec<(Done, String)>, Error> {
    let sources = read_dir(dir)?;
    let before = Schema::parse(&sources)?;
    let files = files(merged);
    proof::read_back(&files, &sources, record)?;
    let mut staged = stage::Staged::default();
    let mut done = Vec::new();
    // The record comes last: it says that everything else is there.
    let record = (upstream::FILE.to_owned(), record.text());
    for (name, text) in files.iter().chain([(&record.0, &record.1)]) {
        if staged.add(&dir.join(name), text)? {
            done.push((Done::Written, name.clone()));
        }
    }
    staged.place()?;
    // Files that are no part of the schema may be anybody's.
    let left_over: BTreeSet<_> = before.files().map(|file| file.name().to_owned()).collect();
    for name in left_over.into_iter().filter(|name| !name.starts_with("sdk/") && !files.contains_key(name)) {
        let path = dir.join(&name);
        std::fs::remove_file(&path).map_err(|error| Error::io(&path, &error))?;
        done.push((Done::Removed, name));
    }
    Ok(done)
}

/// Leaves a file alone that says this already: its time stamp decides what is rebuilt. Answers whether it
/// was written.
///
/// # Errors
/// It cannot be written.
pub fn write_if_changed(path: &Path, text: &str) -> Result<bool, Error> {
    let mut staged = stage::Staged::default();
    let is_new = staged.add(path, text)?;
    staged.place()?;
    Ok(is_new)
}
