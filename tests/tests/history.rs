//! Every protocol that was ever published is one that somebody may build against: the versions of the crate
//! `livekit-protocol`, which cargo fetches, with our annotations.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

#[path = "history/api.rs"]
mod api;

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use livekit_build_support::diff::{Bump, Diff};
use livekit_build_support::fetch::{Fetched, From};
use livekit_build_support::merge::{Merged, merge};
use livekit_build_support::schema::{Schema, Source, read_dir};
use livekit_build_support::sync::{self, Done, Folder};
use livekit_build_support::upstream::{self, Upstream};
use livekit_build_support::{Generated, Halves, Inputs, generate, report};
use livekit_tests::upstream::write;

/// From the oldest version that carries the protocol whole to the one that the schema was made from.
const VERSIONS: [&str; 15] = [
    "0.3.6", "0.3.10", "0.4.0", "0.5.0", "0.5.2", "0.6.0", "0.7.0", "0.7.2", "0.7.5", "0.7.8", "0.7.11",
    "0.7.13", "0.8.0", "0.8.1", "0.8.2",
];

/// Those that the sdk is compiled against.
const COMPILED: [&str; 4] = ["0.3.6", "0.6.0", "0.7.13", "0.8.2"];

#[test]
#[ignore = "needs the registry, and a minute"]
fn all_versions_generate() {
    generate_all(&VERSIONS);
}

#[test]
#[ignore = "needs the registry, and minutes: compiles the sdk four times"]
fn the_sdk_compiles_with_old_and_new() {
    for version in COMPILED {
        compile(version);
    }
}

/// A bit of both, for every day.
#[test]
#[ignore = "needs the registry"]
fn sample() {
    generate_all(&["0.3.6", "0.7.2", "0.8.2"]);
    compile("0.3.6");
}

fn generate_all(versions: &[&str]) {
    println!(
        "{:<8} {:>9} {:>8} {:>7} {:>11} {:>4}",
        "crate", "protocol", "services", "methods", "unannotated", "lost"
    );
    let mut before: Option<(Generated, Merged)> = None;
    for version in versions {
        let fetched = fetch(version);
        let generated = generated(&fetched);
        let merged = merged(&fetched);
        let coverage = report::coverage(&merged.schema);
        let methods: usize = coverage.iter().map(|service| service.methods).sum();
        let record = Upstream::of(fetched.dir(), &merged.schema);
        println!(
            "{version:<8} {:>9} {:>8} {methods:>7} {:>11} {:>4}",
            record.protocol_version,
            coverage.len(),
            generated.unannotated.len(),
            merged.lost.len(),
        );
        assert_eq!(record.crate_version, *version);
        printed_text_is_stable(version, &merged.schema);
        if let Some((generated_before, merged_before)) = &before {
            the_bump_is_what_the_code_says(version, generated_before, &generated, merged_before, &merged);
        }
        before = Some((generated, merged));
    }
}

/// What is written is read as it was, and written again as it is.
fn printed_text_is_stable(version: &str, schema: &Schema) {
    let printed = sync::files(schema);
    let files = printed.iter().filter(|(name, _)| name.ends_with(".proto"));
    let mut sources: Vec<Source> = files.map(|(name, text)| (name.clone(), text.clone())).collect();
    sources.extend(ours().into_iter().filter(|(name, _)| name.starts_with("sdk/")));
    let read = Schema::parse(&sources).unwrap_or_else(|error| panic!("{version}: {error}"));
    assert!(sync::files(&read) == printed, "{version}: printed otherwise the second time");
    assert_eq!(upstream::facts(&read), upstream::facts(schema), "{version}: printing changes facts");
}

/// The rules over the schema, held against the public items of the code that is generated.
fn the_bump_is_what_the_code_says(
    version: &str,
    old_code: &Generated,
    new_code: &Generated,
    old: &Merged,
    new: &Merged,
) {
    let diff = Diff::between(&old.schema, &new.schema, &[]);
    let broken = api::broken(&api::Api::of(&old_code.files), &api::Api::of(&new_code.files));
    let by_rules: Vec<_> = diff.changes.iter().filter(|change| change.impact.source).collect();
    assert_eq!(by_rules.is_empty(), broken.is_empty(), "{version}: rules: {by_rules:#?}\ncode: {broken:#?}");
    if !broken.is_empty() {
        assert_eq!(diff.bump(), Bump::Breaking);
    }
}

fn fetch(version: &str) -> Fetched {
    From::Crate(Some(version.to_owned())).fetch().unwrap_or_else(|error| panic!("{error}"))
}

fn ours() -> Vec<Source> {
    livekit_sdk_proto::files().iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

fn generated(fetched: &Fetched) -> Generated {
    let inputs = Inputs {
        sources: ours(),
        upstream: Some(fetched.dir().to_owned()),
        features: None,
        halves: Halves { server: true },
        json: true,
        webhooks: true,
        descriptors: true,
    };
    generate(&inputs).unwrap_or_else(|error| panic!("{}: {error}", fetched.dir().display()))
}

fn merged(fetched: &Fetched) -> Merged {
    let upstream = upstream::load(fetched.dir(), &ours()).unwrap_or_else(|error| panic!("{error}"));
    merge(&upstream, &Schema::parse(&ours()).unwrap())
}

/// Compiles the sdk as part of an application, with the default features, in the folder of `apps.rs`.
fn compile(version: &str) {
    let fetched = fetch(version);
    let output = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--locked", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/apps/plain/Cargo.toml"))
        .env("CARGO_TARGET_DIR", target().join("apps"))
        .env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only")
        .env("LIVEKIT_PROTO_DIR", fetched.dir())
        .output()
        .unwrap();
    assert!(output.status.success(), "{version}:\n{}", String::from_utf8_lossy(&output.stderr));
    println!("compiled with {version}");
}

/// A copy of `proto/`.
fn scratch(name: &str) -> PathBuf {
    let dir = target().join("history").join(name);
    write(&dir, &read_dir(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../proto")).unwrap());
    dir
}

fn target() -> PathBuf {
    env::current_exe().unwrap().ancestors().nth(3).unwrap().to_owned()
}

fn sync_to(dir: &Path, version: &str) -> (Diff, Vec<(Done, String)>) {
    let fetched = fetch(version);
    let ours = Folder::read(dir).unwrap();
    let theirs = upstream::load(fetched.dir(), ours.sources()).unwrap();
    let merged = merge(&theirs, ours.schema());
    let diff = Diff::between(ours.schema(), &merged.schema, &merged.lost);
    (diff, ours.write(&merged.schema, &Upstream::of(fetched.dir(), &theirs)).unwrap())
}

/// What changed from 0.8.0 to 0.8.2 was put down by hand, from the two versions' files.
#[test]
#[ignore = "needs the registry"]
fn a_sync_tells_exactly_what_changed() {
    let dir = scratch("sync");
    sync_to(&dir, "0.8.0");
    let before = Schema::load(&dir).unwrap();
    let (diff, done) = sync_to(&dir, "0.8.2");
    let told: Vec<_> =
        diff.changes.iter().map(|change| format!("{:?} {}", change.event, change.name)).collect();
    let by_hand: Vec<_> =
        include_str!("history/0.8.0-0.8.2.txt").lines().filter(|it| !it.starts_with('#')).collect();
    assert_eq!(told, by_hand);
    assert!(done.contains(&(Done::Removed, "livekit_agentdb.proto".to_owned())), "{done:?}");

    // Annotations and documentation of what both versions have are still there.
    let after = Schema::load(&dir).unwrap();
    for name in ["livekit.RoomService.CreateRoom", "livekit.SIP.TransferSIPParticipant"] {
        let access = |schema: &Schema| schema.annotation(name, "access").map(ToString::to_string);
        assert!(access(&before).is_some(), "{name}");
        assert_eq!(access(&before), access(&after), "{name}");
        assert_eq!(before.docs(name), after.docs(name), "{name}");
    }
    let (again, done) = sync_to(&dir, "0.8.2");
    assert_eq!(again.changes, []);
    assert_eq!(done, []);
}
