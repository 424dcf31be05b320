//! The LiveKit protocol as upstream publishes it: the source of the crate `livekit-protocol`, a
//! dev-dependency, so that cargo has it on disk wherever these tests are built.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde_json::Value;

const CRATE: &str = "livekit-protocol";

/// The folder with upstream's `.proto` files, of the version that the schema was made from.
///
/// # Panics
/// The crate is not there, or is of another version than the schema was made from.
pub fn protobufs() -> PathBuf {
    let metadata = metadata();
    let root = metadata["workspace_root"].as_str().expect("cargo metadata names the workspace");
    let packages = metadata["packages"].as_array().expect("cargo metadata lists packages");
    let published: Vec<_> = packages.iter().filter(|package| package["name"] == CRATE).collect();
    let [package] = published[..] else {
        panic!("{} versions of {CRATE} are in Cargo.lock; one is expected", published.len());
    };
    let locked = package["version"].as_str().expect("cargo metadata states versions");
    assert_eq!(
        recorded_version(&Path::new(root).join("proto/UPSTREAM.toml")),
        locked,
        "proto/UPSTREAM.toml (left) and Cargo.lock (right) disagree on the version of {CRATE}: \
         sync the schema, or update the dev-dependency",
    );
    let manifest = package["manifest_path"].as_str().expect("cargo metadata names the manifest");
    let folder = Path::new(manifest).with_file_name("protocol").join("protobufs");
    assert!(folder.is_dir(), "{CRATE} {locked} does not carry the schema in protocol/protobufs");
    folder
}

/// Writes `.proto` files to a folder, which is emptied first.
///
/// # Panics
/// They cannot be written.
pub fn write(dir: &Path, sources: &[(String, String)]) {
    let _ = fs::remove_dir_all(dir);
    for (name, text) in sources {
        let path = dir.join(name);
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }
}

fn metadata() -> Value {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // For this target only, and from what the build has already fetched: a test needs no network.
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--offline", "--locked"])
        .args(["--filter-platform", env!("TESTS_TARGET")])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo can be run");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo metadata failed:\n{complaint}");
    serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON")
}

/// The value of `crate_version`, the one line of the file that matters here.
fn recorded_version(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let values =
        text.lines().filter_map(|line| line.strip_prefix("crate_version")?.trim_start().strip_prefix('='));
    let value = values.map(|value| value.trim().trim_matches('"').to_owned()).next();
    value.unwrap_or_else(|| panic!("{} does not state `crate_version`", file.display()))
}
