//! Applications outside the workspace: what they compile, and that they run. See `tests/apps/README.md`.

// Helpers of tests may unwrap, too.
#![allow(clippy::unwrap_used)]

#[path = "future/mod.rs"]
mod future;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use livekit_tests::upstream;

const APPS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/apps");

/// What the HTTP client brings along, and a token has no use for.
const HTTP_STACK: [&str; 3] = ["hyper", "reqwest", "tokio"];

#[test]
fn tokens_alone_compile_no_http_stack() {
    let alone = compiled("tokens-only");
    assert!(alone.contains("jsonwebtoken"), "the tree was not read: {alone:?}");
    let unwanted: Vec<_> = HTTP_STACK.iter().filter(|name| alone.contains(**name)).collect();
    assert!(unwanted.is_empty(), "without default features, livekit-sdk still compiles {unwanted:?}");

    // The names are the ones cargo prints: an application with the defaults has all three.
    let whole = compiled("plain");
    assert!(HTTP_STACK.iter().all(|name| whole.contains(*name)), "{whole:?}");
}

#[test]
fn every_app_has_a_test() {
    let tests = include_str!("apps.rs");
    let apps: Vec<_> = fs::read_dir(APPS)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|folder| folder.join("Cargo.toml").exists())
        .map(|folder| folder.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert!(!apps.is_empty());
    for app in apps {
        assert!(tests.contains(&format!("steps(\"{app}\"")), "nothing in this file runs tests/apps/{app}");
    }
}

/// `LIVEKIT_PROTO_DIR`, in a crate that depends on the sdk: what upstream has added is simply there.
#[test]
#[ignore = "needs minutes: builds crates outside the workspace"]
fn an_app_uses_a_protocol_that_does_not_exist_yet() {
    let steps = [
        "archive_room: unimplemented",
        "archive_room: for the room's admin alone",
        "restore_room: allowed",
        "open_board: plan in r",
        "draw: DrawRequest",
        "drawn: 1.5",
        "webhook: KIND_UNHEARD_OF",
        "names: 2 and Some(Timestamp { seconds: 2, nanos: 0 })",
        "ledger: n",
        "names: TakenRequest",
        "imports: Some(StringValue(\"v\")) by Some(\"alice\")",
        "well-known: Some(",
    ];
    upstream::write(&target().join("future/app"), &future::sources());
    assert_steps("future", &[], &steps);
}

#[test]
#[ignore = "needs minutes: builds crates outside the workspace"]
fn a_plain_app_sees_that_the_server_is_away() {
    assert_steps("plain", &[], &["client: built", "call: unreachable"]);
}

#[test]
#[ignore = "needs minutes: builds crates outside the workspace"]
fn tokens_alone_work() {
    assert_steps("tokens-only", &[], &["token: minted", "token: verified", "token: refused"]);
}

#[test]
#[ignore = "needs minutes: builds crates outside the workspace"]
fn jsonwebtoken_11_with_rust_crypto_keeps_working() {
    assert_jwt_steps("jwt11-rust-crypto");
}

#[test]
#[ignore = "needs minutes: builds crates outside the workspace"]
fn jsonwebtoken_11_with_aws_lc_keeps_working() {
    assert_jwt_steps("jwt11-aws-lc");
}

#[test]
#[ignore = "needs minutes: builds crates outside the workspace"]
fn jsonwebtoken_10_keeps_working() {
    assert_jwt_steps("jwt10");
}

#[test]
#[ignore = "needs minutes: builds crates outside the workspace"]
fn ring_checks_certificates_and_shows_them() {
    assert_tls_steps("tls-ring");
}

#[test]
#[ignore = "needs minutes and, on Linux, the headers of OpenSSL: builds crates outside the workspace"]
fn the_platforms_tls_checks_certificates_and_shows_them() {
    assert_tls_steps("tls-native");
}

fn assert_tls_steps(app: &str) {
    let steps = [
        "unknown authority: refused",
        "known authority: accepted",
        "no certificate: refused",
        "certificate: accepted",
    ];
    assert_steps(app, &[], &steps);
}

/// Both orders, each in a process of its own: the library's choice of cryptography lasts for the process.
fn assert_jwt_steps(app: &str) {
    let own: &[&str] = &[
        "app: RS256 signed and verified",
        "app: HS256 signed and verified",
        "app: RS256 signed and verified",
        "app: the key's JWK was published",
    ];
    let ours: &[&str] = &["sdk: token minted and verified", "sdk: client built"];
    let shared: &[&str] = &["app: verified a token of the sdk", "sdk: verified a token of the app"];
    assert_steps(app, &["first=app"], &[own, ours, own, ours, shared].concat());
    assert_steps(app, &["first=sdk"], &[ours, own, ours, own, shared].concat());
}

/// Builds and runs an application, which has to succeed with these lines, each perhaps with more after it.
fn assert_steps(app: &str, args: &[&str], steps: &[&str]) {
    let output = run(app, args);
    let stdout = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<_> = stdout.lines().collect();
    let told = || format!("{app} {args:?}\n{stdout}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "failed with {}: {}", output.status, told());
    assert_eq!(lines.len(), steps.len(), "other steps than expected: {}", told());
    for (line, step) in lines.iter().zip(steps) {
        assert!(line.starts_with(step), "expected {step:?}, read {line:?}: {}", told());
    }
}

/// Runs an application, built without protoc: `PROTOC` is where prost-build and its like look first.
///
/// One target folder serves them all, and everything in it was built by this function. A build script that
/// asks for protoc therefore fails here, whether it would run now or ran earlier.
fn run(app: &str, args: &[&str]) -> Output {
    let target = target().join("apps");
    let mut cargo = cargo("run", app);
    if app == "future" {
        cargo.env("LIVEKIT_PROTO_DIR", self::target().join("future/app"));
    }
    cargo.args(["--quiet", "--"]).args(args).env("CARGO_TARGET_DIR", &target);
    cargo.env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only");
    cargo.env("PROTOC", target.join("there-is-no-protoc")).output().unwrap()
}

/// The crates that an application compiles for this machine, for itself or for its build scripts.
fn compiled(app: &str) -> BTreeSet<String> {
    let output = cargo("tree", app)
        .args(["--edges", "normal,build", "--prefix", "none", "--format", "{p}"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).unwrap();
    tree.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

fn cargo(command: &str, app: &str) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args([command, "--locked", "--manifest-path"]).arg(Path::new(APPS).join(app).join("Cargo.toml"));
    cargo
}

/// The workspace's target folder: the test program is in `<target>/<profile>/deps`.
fn target() -> PathBuf {
    env::current_exe().unwrap().ancestors().nth(3).unwrap().to_owned()
}
