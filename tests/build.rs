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
            // Both show package `livekit` at the root, and others below.
            let path = path.trim_start_matches("livekit::");
            let _ =
                writeln!(code, "    pair::<livekit_sdk::proto::{path}, livekit_protocol::{path}>({name:?}),");
        }
    }
    code.push_str("]\n");
    fs::write(PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("pairs.rs"), code)
}

/// Full names and Rust paths of the messages, as the table of their JSON begins:
/// `crate::json::message! { livekit::simulation_run::Job = "livekit.SimulationRun.Job";`
fn messages(file: &GeneratedFile) -> impl Iterator<Item = (&str, &str)> {
    let heads = file.text.lines().filter_map(|line| line.strip_prefix("crate::json::message! { "));
    heads.filter_map(|head| {
        let (path, name) = head.strip_suffix("\";")?.split_once(" = \"")?;
        Some((name, path))
    })
}
