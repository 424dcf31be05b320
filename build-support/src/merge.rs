//! Upstream's facts with our documentation and annotations.

use crate::schema::Schema;

/// The facts of `upstream`, annotated and documented by `ours`, matched by full name.
///
/// Upstream's own comments stand in where ours are absent if `upstream_docs` is set, and are
/// dropped otherwise. The second value lists what `ours` annotates or documents but `upstream` no
/// longer has.
pub fn merge(upstream: &Schema, ours: &Schema, upstream_docs: bool) -> (Schema, Vec<String>) {
    let mut merged = upstream.clone();
    if !upstream_docs {
        merged.docs.clear();
    }
    merged.docs.extend(ours.docs.clone());
    merged.annotations.extend(ours.annotations.clone());
    let orphans = ours.docs.keys().chain(ours.annotations.keys());
    let mut orphans: Vec<String> =
        orphans.filter(|name| !is_own(ours, name) && upstream.place(name).is_none()).cloned().collect();
    orphans.sort();
    orphans.dedup();
    (merged, orphans)
}

/// Declared in one of this project's own files (`sdk/`), which upstream never has.
fn is_own(ours: &Schema, name: &str) -> bool {
    ours.place(name).is_some_and(|place| place.file.starts_with("sdk/"))
}
