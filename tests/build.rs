//! Lists every generated message for `tests/wire.rs`, with its type here and in `livekit-protocol`.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs, io};

use livekit_build_support::{GeneratedFile, Inputs, generate};

fn main() -> io::Result<()> {
    // The schema is a crate: cargo reruns this script when that crate changes.
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-env=TESTS_TARGET={}", env::var("TARGET").unwrap_or_default());

    let own = livekit_sdk_proto::files().iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    let inputs = Inputs { sources: own.collect(), json: true, webhooks: true, ..Inputs::default() };
    let generated = generate(&inputs).map_err(io::Error::other)?;
    let mut code = String::from("&[\n");
    for file in &generated.files {
        for (name, path) in messages(file) {
            // `livekit-protocol` has the same layout: package `livekit` at the root, others below.
            let _ =
                writeln!(code, "    pair::<livekit_sdk::proto::{path}, livekit_protocol::{path}>({name:?}),");
        }
    }
    code.push_str("]\n");
    fs::write(PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("pairs.rs"), code)
}

/// Full names and Rust paths of a file's messages, as pbjson writes them down:
/// `impl serde::Serialize for simulation_run::Job {` … `serialize_struct("livekit.SimulationRun.Job"`.
fn messages(file: &GeneratedFile) -> Vec<(&str, String)> {
    let Some(package) = file.name.strip_suffix(".serde.rs") else { return Vec::new() };
    let module = package.split('.').skip(1).fold(String::new(), |path, part| path + part + "::");
    let mut found = Vec::new();
    let mut current = None;
    for line in file.text.lines() {
        if let Some(rest) = line.strip_prefix("impl serde::Serialize for ") {
            current = rest.strip_suffix(" {");
        } else if let Some((_, rest)) = line.split_once("serializer.serialize_struct(\"")
            && let (Some(path), Some((name, _))) = (current.take(), rest.split_once('"'))
        {
            found.push((name, format!("{module}{path}")));
        }
    }
    found
}
