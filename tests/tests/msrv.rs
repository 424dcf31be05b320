//! The oldest Rust that `Cargo.toml` promises, held against every crate that a user of ours compiles.
//!
//! This reads what each crate declares; it compiles nothing with an old toolchain. That our own code calls
//! nothing newer is clippy's to see (`incompatible_msrv`), which the gate runs with warnings denied.

// Helpers of tests may unwrap, too.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeSet, HashMap};
use std::process::Command;

use serde_json::Value;

/// A Rust version: `1.88` is `1.88.0`.
type Version = Vec<u64>;

#[test]
fn no_crate_needs_a_newer_rust_than_we_promise() {
    let metadata = metadata();
    let packages: HashMap<&str, &Value> =
        list(&metadata["packages"]).iter().map(|package| (text(&package["id"]), package)).collect();
    let members: BTreeSet<&str> = list(&metadata["workspace_members"]).iter().map(text).collect();

    let promises: BTreeSet<&str> = members.iter().map(|id| text(&packages[id]["rust_version"])).collect();
    assert_eq!(promises.len(), 1, "the members of the workspace promise different versions: {promises:?}");
    let promised = version(promises.first().unwrap());

    // What is not published is nobody's dependency: `publish = false` reads as an empty list.
    let published = members.iter().filter(|id| packages[*id]["publish"] != Value::Array(Vec::new()));
    let compiled = closure(&metadata, published.copied().collect());
    assert!(compiled.len() > 100, "only {} crates were reached; the graph was not read", compiled.len());

    let too_new: Vec<String> = compiled
        .iter()
        .map(|id| packages[id])
        .filter(|package| package["rust_version"].as_str().is_some_and(|needed| version(needed) > promised))
        .map(|package| {
            format!("{} {} needs {}", package["name"], package["version"], package["rust_version"])
        })
        .collect();
    assert!(too_new.is_empty(), "newer than the promised {promises:?}:\n{}", too_new.join("\n"));
}

/// The packages reached from `roots`, on any platform and with any feature, less what only tests use.
fn closure<'a>(metadata: &'a Value, roots: Vec<&'a str>) -> BTreeSet<&'a str> {
    let nodes: HashMap<&str, &Value> =
        list(&metadata["resolve"]["nodes"]).iter().map(|node| (text(&node["id"]), node)).collect();
    let mut reached = BTreeSet::new();
    let mut open = roots;
    while let Some(id) = open.pop() {
        if !reached.insert(id) {
            continue;
        }
        let dependencies = list(&nodes[id]["deps"]).iter();
        let used =
            dependencies.filter(|dep| list(&dep["dep_kinds"]).iter().any(|kind| kind["kind"] != "dev"));
        open.extend(used.map(|dep| text(&dep["pkg"])));
    }
    reached
}

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--all-features", "--locked", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn version(text: &str) -> Version {
    let mut parts: Version = text.split('.').map(|part| part.parse().unwrap()).collect();
    parts.resize(3, 0);
    parts
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
