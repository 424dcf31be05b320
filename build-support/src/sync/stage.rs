//! Files are replaced, and all of them or none: what is interrupted leaves every text whole.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// What a new text is called until it takes its place. It must not end as a schema's files do, and it is the
/// same every time: what a killed process has left is written over.
const SUFFIX: &str = ".livekit-proto-new";

/// New texts, each beside the file that it is to replace. Those that have not taken their places are removed
/// in the end.
#[derive(Debug, Default)]
pub(super) struct Staged(Vec<(PathBuf, PathBuf)>);

impl Staged {
    /// Writes a text beside the file, unless this says it already; answers whether it does not.
    pub(super) fn add(&mut self, path: &Path, text: &str) -> Result<bool, Error> {
        if fs::read_to_string(path).is_ok_and(|old| old == text) {
            return Ok(false);
        }
        if path.is_dir() {
            let what = format!("{}: a folder is in the way of the file", path.display());
            return Err(Error::new(None, what, "move it away, or give it another name"));
        }
        let folder = path.parent().unwrap_or(path);
        fs::create_dir_all(folder).map_err(|error| Error::io(folder, &error))?;
        let mut new = OsString::from(path);
        new.push(SUFFIX);
        let new = PathBuf::from(new);
        self.0.push((new.clone(), path.to_owned()));
        fs::write(&new, text).map_err(|error| Error::io(&new, &error))?;
        Ok(true)
    }

    /// Every text takes its place, in the order in which they were added.
    pub(super) fn place(self) -> Result<(), Error> {
        self.0
            .iter()
            .try_for_each(|(new, path)| fs::rename(new, path).map_err(|error| Error::io(path, &error)))
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        for (new, _) in &self.0 {
            // Most often it has taken its place, and there is none.
            let _ = fs::remove_file(new);
        }
    }
}
