//! The schema's folder in step with upstream: which files it holds, and what they say.

use std::collections::BTreeMap;
use std::path::Path;

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

/// Writes a merged schema and the record of its upstream to `dir`; answers what was not there already.
///
/// # Errors
/// A file cannot be read or written.
pub fn write(dir: &Path, merged: &Schema, record: &Upstream) -> Result<Vec<(Done, String)>, Error> {
    let mut files = files(merged);
    files.insert(upstream::FILE.to_owned(), record.text());
    let mut done = Vec::new();
    for (name, text) in &files {
        if write_if_changed(&dir.join(name), text)? {
            done.push((Done::Written, name.clone()));
        }
    }
    for (name, _) in read_dir(dir)? {
        if !name.starts_with("sdk/") && !files.contains_key(&name) {
            let path = dir.join(&name);
            std::fs::remove_file(&path).map_err(|error| Error::io(&path, &error))?;
            done.push((Done::Removed, name));
        }
    }
    Ok(done)
}

/// Leaves a file alone that says this already: its time stamp decides what is rebuilt. Answers whether it
/// was written.
///
/// # Errors
/// It cannot be written.
pub fn write_if_changed(path: &Path, text: &str) -> Result<bool, Error> {
    if std::fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(false);
    }
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder).map_err(|error| Error::io(folder, &error))?;
    std::fs::write(path, text).map_err(|error| Error::io(path, &error))?;
    Ok(true)
}
