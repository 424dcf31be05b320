//! What the macros say about mistakes, compared with `ui/fail/*.stderr`, and what they accept.
//!
//! After a change of a message, `TRYBUILD=overwrite cargo test -p livekit-tests --test ui` rewrites the
//! snapshots; read the difference before keeping it. A message that begins with `error[E…]` is rustc's
//! own and can change with the toolchain.

use std::collections::BTreeSet;
use std::path::Path;

/// The names, without extension, of the files of one kind in a folder below `ui`.
fn names(folder: &str, extension: &str) -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui").join(folder);
    let entries = std::fs::read_dir(path).expect("the folder of UI cases");
    let paths = entries.map(|entry| entry.expect("an entry of the folder").path());
    let wanted = paths.filter(|path| path.extension().is_some_and(|found| found == extension));
    wanted.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect()
}

#[test]
fn every_case_has_a_snapshot_and_every_snapshot_a_case() {
    let cases = names("fail", "rs");
    assert!(!cases.is_empty(), "no cases were found");
    // Where snapshots are being written, those of new cases are still to come.
    if std::env::var_os("TRYBUILD").is_none() {
        assert_eq!(cases, names("fail", "stderr"), "cases on the left, snapshots on the right");
    }
    assert!(!names("pass", "rs").is_empty(), "no cases that compile were found");
}

#[test]
fn macros_report_mistakes_and_accept_what_is_right() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/fail/*.rs");
    cases.pass("ui/pass/*.rs");
}
