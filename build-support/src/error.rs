//! What is wrong with a schema, where, and how to mend it.

use std::fmt;
use std::path::Path;

use crate::schema::Place;

/// A schema that cannot be generated from. Prints as `file:line: what`, then how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    place: Option<Place>,
    what: String,
    mend: String,
}

impl Error {
    pub(crate) fn new(place: Option<Place>, what: impl fmt::Display, mend: impl fmt::Display) -> Self {
        Self { place, what: what.to_string(), mend: mend.to_string() }
    }

    /// The same error, to be mended otherwise.
    pub(crate) fn with_mend(self, mend: impl fmt::Display) -> Self {
        Self { mend: mend.to_string(), ..self }
    }

    pub(crate) fn io(path: &Path, error: &std::io::Error) -> Self {
        Self::new(
            None,
            format_args!("{}: {error}", path.display()),
            "check that the path exists and can be read",
        )
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(Place { file, line }) = &self.place {
            write!(f, "{file}:{line}: ")?;
        }
        write!(f, "{}\n  mend: {}", self.what, self.mend)
    }
}

impl std::error::Error for Error {}
