//! The schema's folder in step with upstream: which files it holds, and what they say.

mod comments;
mod proof;
mod stage;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::methods;
use crate::print::print;
use crate::prune::{Reachable, is_kept};
use crate::schema::{Place, Schema, Source, read_dir};
use crate::upstream::{self, Upstream};

/// The files that a merged schema is written to, by name: the schema itself without `sdk/`, which is ours,
/// and the table of its methods.
pub fn files(merged: &Schema) -> BTreeMap<String, String> {
    let reachable = Reachable::everything(merged);
    let kept = merged.files().filter(|file| is_kept(file, &reachable) && !file.name().starts_with("sdk/"));
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

/// The schema's folder, as it is before a sync.
#[derive(Debug)]
pub struct Folder {
    dir: PathBuf,
    sources: Vec<Source>,
    schema: Schema,
}

impl Folder {
    /// Reads the folder `dir`.
    ///
    /// # Errors
    /// A file cannot be read, or does not parse.
    pub fn read(dir: &Path) -> Result<Self, Error> {
        let sources = read_dir(dir)?;
        let schema = Schema::parse(&sources)?;
        Ok(Self { dir: dir.to_owned(), sources, schema })
    }

    /// Its files.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// What they say.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The comments in its files that document nothing, line by line: those above `package`, at the end of a
    /// block, apart from what follows. Files are written anew without them.
    pub fn unattached(&self) -> Vec<(Place, String)> {
        comments::unattached(&self.sources, &self.schema)
    }

    /// Writes a merged schema and the record of its upstream, and removes what files of the schema are left
    /// over; answers what was not there already. Nothing changes before everything is known to be readable,
    /// and is written beside its place.
    ///
    /// # Errors
    /// A file cannot be written, or could not be read back.
    pub fn write(self, merged: &Schema, record: &Upstream) -> Result<Vec<(Done, String)>, Error> {
        let files = files(merged);
        proof::read_back(&files, &self.sources, record)?;
        let mut staged = stage::Staged::default();
        let mut done = Vec::new();
        // The record comes last: it says that everything else is there.
        let record = (upstream::FILE.to_owned(), record.text());
        for (name, text) in files.iter().chain([(&record.0, &record.1)]) {
            if staged.add(&self.dir.join(name), text)? {
                done.push((Done::Written, name.clone()));
            }
        }
        staged.place()?;
        // Files that are no part of the schema may be anybody's.
        let left_over: BTreeSet<_> = self.schema.files().map(|file| file.name().to_owned()).collect();
        for name in
            left_over.into_iter().filter(|name| !name.starts_with("sdk/") && !files.contains_key(name))
        {
            let path = self.dir.join(&name);
            std::fs::remove_file(&path).map_err(|error| Error::io(&path, &error))?;
            done.push((Done::Removed, name));
        }
        Ok(done)
    }
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
