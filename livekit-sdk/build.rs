//! Generates messages, services and grants from the schema. All of the work is in
//! `livekit-build-support`; this file only says what was asked for.

use std::path::PathBuf;
use std::time::Instant;
use std::{env, fs, io, process};

use livekit_build_support::merge::{Lost, Reason};
use livekit_build_support::{Generated, Halves, Inputs, generate};

/// Builds against the protocol in this folder (`protobufs/` of an upstream checkout).
const UPSTREAM: &str = "LIVEKIT_PROTO_DIR";

/// Prints how long the generation took.
const TIMING: &str = "LIVEKIT_BUILD_TIMING";

fn main() -> io::Result<()> {
    // The schema is a crate: cargo reruns this script when that crate changes.
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed={UPSTREAM}");
    println!("cargo:rerun-if-env-changed={TIMING}");
    let upstream = env::var_os(UPSTREAM).filter(|dir| !dir.is_empty()).map(PathBuf::from);
    if let Some(dir) = &upstream {
        if dir.is_relative() {
            // Build scripts run in the folder of their crate, not where cargo was called.
            return refuse(&format!(
                "{UPSTREAM}={} is relative\n  mend: name the folder from the root on",
                dir.display()
            ));
        }
        println!("cargo:rerun-if-changed={}", dir.display());
    }

    let start = Instant::now();
    let own = livekit_sdk_proto::files().iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    let inputs = Inputs {
        sources: own.collect(),
        upstream,
        features: Some(features()),
        halves: Halves { server: has("SERVER") },
        json: has("JSON"),
        webhooks: has("WEBHOOKS"),
        descriptors: has("TESTING"),
    };
    match generate(&inputs) {
        Ok(generated) => write(&generated)?,
        Err(error) => return refuse(&error.to_string()),
    }
    if env::var_os(TIMING).is_some() {
        println!("cargo:warning=schema to Rust: {} ms", start.elapsed().as_millis());
    }
    Ok(())
}

fn write(generated: &Generated) -> io::Result<()> {
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    for file in &generated.files {
        fs::write(out.join(&file.name), &file.text)?;
    }
    if let Some(descriptors) = &generated.descriptors {
        fs::write(out.join("descriptors.bin"), descriptors)?;
    }
    for method in &generated.unannotated {
        println!("cargo:warning={method}");
    }
    for field in &generated.unjudged {
        println!("cargo:warning={field} is named like a credential, so it is treated as one");
    }
    warn_of_lost(&generated.lost);
    Ok(())
}

/// What has become unfit is told one by one, and so is what may be a credential under another name; what else
/// is gone is told by its number, for an old protocol lacks a lot.
fn warn_of_lost(lost: &[Lost]) {
    let is_told = |lost: &&Lost| match &lost.reason {
        Reason::Unfit(_) => true,
        Reason::Gone { successor } => successor.is_some() && lost.annotations.iter().any(|it| it == "secret"),
    };
    let (told, gone): (Vec<_>, Vec<_>) = lost.iter().partition(is_told);
    for lost in told {
        println!("cargo:warning={}", lost.to_string().replace('\n', ";"));
    }
    let gone: Vec<_> = gone.iter().filter(|lost| !lost.annotations.is_empty()).collect();
    if let [first, ..] = &gone[..] {
        println!(
            "cargo:warning={} annotated elements are not in this protocol, such as {}; `livekit-proto diff` \
             lists them",
            gone.len(),
            first.element
        );
    }
}

fn refuse(why: &str) -> io::Result<()> {
    eprintln!("the LiveKit schema cannot be generated from\n{why}");
    process::exit(1);
}

fn has(feature: &str) -> bool {
    env::var_os(format!("CARGO_FEATURE_{feature}")).is_some()
}

/// The enabled cargo features, as they are written in `Cargo.toml`.
fn features() -> Vec<String> {
    let names = env::vars().filter_map(|(name, _)| name.strip_prefix("CARGO_FEATURE_").map(str::to_owned));
    names.map(|name| name.to_lowercase().replace('_', "-")).collect()
}
