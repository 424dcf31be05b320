//! Whether what is to be written can be read back.

use std::collections::BTreeMap;

use super::files;
use crate::error::Error;
use crate::schema::{ANNOTATIONS, Schema, Source};
use crate::upstream::{self, Upstream};

/// Reads texts that are to be written, with our own files of `sources` (`sdk/`): they have to say what they
/// were printed from. Once they are written, nothing else knows our documentation and annotations.
///
/// # Errors
/// They do not.
pub(super) fn read_back(
    written: &BTreeMap<String, String>,
    sources: &[Source],
    record: &Upstream,
) -> Result<(), Error> {
    let protos = written.iter().filter(|(name, _)| name.ends_with(".proto"));
    let own = sources.iter().filter(|(name, _)| name.starts_with("sdk/"));
    let protos = protos.map(|(name, text)| (name.clone(), text.clone()));
    let all: Vec<Source> = protos.chain(own.cloned()).collect();
    let read = Schema::parse(&all).map_err(refused)?;
    let again = files(&read);
    if let Some((name, _)) = written.iter().find(|(name, text)| again.get(*name) != Some(*text)) {
        return Err(Error::new(
            None,
            format!("{name}: what sync would write says something else when read"),
            MEND,
        ));
    }
    let facts = upstream::facts(&read);
    if facts != record.facts {
        let what = format!(
            "{}: its facts would be {}, and those of what sync would write are {facts}",
            upstream::FILE,
            record.facts
        );
        return Err(Error::new(None, what, MEND));
    }
    Ok(())
}

/// Why the text does not parse: most often as what was a field is a oneof now, or the like.
fn refused(error: Error) -> Error {
    let is_misplaced = error.to_string().contains(&format!("but '{ANNOTATIONS}."));
    error.with_mend(if is_misplaced { MISPLACED } else { MEND })
}

const MISPLACED: &str = "nothing was written: upstream has made something else of this; remove our annotation of it \
                         from the schema first";

const MEND: &str = "nothing was written: this is a defect in how livekit-proto prints that file; report it, with \
                    upstream's text";

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

    use super::*;

    #[test]
    fn what_does_not_read_back_is_refused() {
        let text = "syntax = \"proto3\"; package livekit; message A { string a = 1; } service S { rpc Do(A) returns (A); }";
        let schema = Schema::parse(&[("a.proto".to_owned(), text.to_owned())]).unwrap();
        let record = Upstream { facts: upstream::facts(&schema), ..Upstream::default() };
        let refusal = |before: &str, after: &str, record: &Upstream| {
            let mut files = files(&schema);
            let text = files.get_mut("a.proto").unwrap();
            *text = text.replacen(before, after, 1);
            read_back(&files, &[], record).map_err(|error| error.to_string())
        };
        assert_eq!(refusal("", "", &record), Ok(()));
        for (before, after, told) in [
            ("= 1;", "= 1e22;", "a.proto:10: expected an integer"),
            ("string a = 1;", "string a = 1; // A.", "a.proto: what sync would write says something else"),
        ] {
            let error = refusal(before, after, &record).unwrap_err();
            assert!(error.starts_with(told) && error.ends_with(&format!("\n  mend: {MEND}")), "{error}");
        }
        let error = refusal("", "", &Upstream::default()).unwrap_err();
        assert!(error.starts_with("UPSTREAM.toml: its facts would be "), "{error}");
    }
}
