//! Replays what fuzzing has kept, and a bounded number of changes of it, with a stable compiler.
//!
//! `cargo fuzz run NAME` in this folder's parent looks for more, with a nightly one.

#![allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use livekit_tests::dice::Dice;
use livekit_tests::fuzz::{TARGETS, Target};

/// Changed inputs per target.
const CASES: usize = 3_000;

/// Kept inputs are few and small: they are read by people.
const MOST_FILES: usize = 60;
const MOST_BYTES: usize = 4_096;

fn folder(name: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(name);
    let entries = fs::read_dir(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let files = folder(&format!("corpus/{target}")).into_iter();
    files.map(|name| (format!("{target}/{name}"), fs::read(path.join(name)).unwrap())).collect()
}

/// A panic inside of a target does not tell which input it was; this does.
fn run(target: Target, told: &str, input: &[u8]) {
    if std::panic::catch_unwind(|| target(input)).is_err() {
        panic!("{told} does not hold for {:?}", String::from_utf8_lossy(input));
    }
}

#[test]
fn what_was_kept_holds() {
    for (name, target) in TARGETS {
        let inputs = corpus(name);
        assert!((8..=MOST_FILES).contains(&inputs.len()), "{name}: {} files", inputs.len());
        for (told, input) in inputs {
            assert!(input.len() <= MOST_BYTES, "{told} has {} bytes", input.len());
            run(*target, &told, &input);
        }
    }
}

#[test]
fn what_resembles_it_holds() {
    for (seed, (name, target)) in (1..).zip(TARGETS) {
        let (mut dice, inputs) = (Dice::new(0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(seed)), corpus(name));
        for case in 0..CASES {
            let (told, input) = &inputs[dice.below(inputs.len())];
            let input = if case % 10 == 0 { dice.bytes() } else { dice.mutate(input.clone()) };
            run(*target, told, &input);
        }
    }
}

#[test]
fn every_target_is_fuzzed_and_replayed() {
    let names: BTreeSet<_> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let targets = folder("fuzz_targets").into_iter().map(|file| file.trim_end_matches(".rs").to_owned());
    assert_eq!(targets.collect::<BTreeSet<_>>(), names);
    assert_eq!(folder("corpus").into_iter().collect::<BTreeSet<_>>(), names);
    let manifest = include_str!("../fuzz/Cargo.toml");
    for name in names {
        assert!(
            manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")),
            "{name} is not in Cargo.toml"
        );
    }
}
