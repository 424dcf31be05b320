//! LiveKit's SDKs for other languages drive `livekit-test-server`: `interop/drive.mjs`, `interop/drive.py`.
//!
//! Their packages are installed from the lock files below `target/interop`, where the scripts run, too.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{env, fs};

use serde_json::Value;

const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/interop");

/// What each script checks at least; one that ends early would otherwise pass.
const CHECKS: usize = 80;

#[test]
#[ignore = "needs node"]
fn the_javascript_sdk_drives_the_server() {
    let folder = prepare("javascript");
    install(&folder, "package-lock.json", |folder| {
        run(Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(folder));
    });
    assert_driven(Command::new("node").arg("drive.mjs").current_dir(&folder));
}

#[test]
#[ignore = "needs python"]
fn the_python_sdk_drives_the_server() {
    let folder = prepare("python");
    let scripts = folder.join(".venv").join(if cfg!(windows) { "Scripts" } else { "bin" });
    install(&folder, "requirements.txt", |folder| {
        let system = if cfg!(windows) { "python" } else { "python3" };
        run(Command::new(system).args(["-m", "venv", "--clear", ".venv"]).current_dir(folder));
        // A full lock, so nothing else may come along; `check` proves it complete.
        for arguments in ["install --no-deps --requirement requirements.txt", "check"] {
            let mut pip = Command::new(scripts.join("python"));
            pip.args(["-m", "pip", "--disable-pip-version-check", "--quiet"]).current_dir(folder);
            run(pip.args(arguments.split(' ')));
        }
    });
    assert_driven(Command::new(scripts.join("python")).arg("drive.py").current_dir(&folder));
}

/// Copies the scripts to a folder below the target folder.
fn prepare(language: &str) -> PathBuf {
    let folder = target().join("interop").join(language);
    let copy = |from: &Path, to: &Path| {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_file() {
                fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
            }
        }
    };
    copy(Path::new(SCRIPTS), &folder);
    copy(&Path::new(SCRIPTS).join("driver"), &folder.join("driver"));
    folder
}

/// Installs what a lock file names, unless just that is installed.
fn install(folder: &Path, lock: &str, install: impl FnOnce(&Path)) {
    let (lock, installed) = (fs::read(folder.join(lock)).unwrap(), folder.join("installed"));
    if fs::read(&installed).is_ok_and(|installed| installed == lock) {
        return;
    }
    install(folder);
    fs::write(installed, lock).unwrap();
}

/// Runs a script against a new server. Its checks have to pass, and to be as many as there are.
fn assert_driven(script: &mut Command) {
    let webhooks = free_port();
    let server = Server::start(webhooks);
    let output = run(script.arg(&server.url).arg(webhooks.to_string()));
    let total = output.lines().last().and_then(|line| line.strip_suffix(" passed, 0 failed"));
    let passed: usize = total.and_then(|count| count.parse().ok()).unwrap_or_default();
    assert!(passed >= CHECKS, "only {passed} checks passed:\n{output}");
}

/// A port that was free a moment ago: the server is told it before the script listens there.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Runs a command that has to succeed; answers what it printed.
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{stdout}\n{stderr}", output.status);
    stdout.into_owned()
}

/// A running `livekit-test-server`, until dropped.
struct Server {
    process: Child,
    url: String,
}

impl Server {
    fn start(webhooks: u16) -> Self {
        let mut command = Command::new(build());
        command.args(["--port", "0", "--keys", "devkey: secret", "--webhook-url"]);
        command.arg(format!("http://127.0.0.1:{webhooks}/")).stdout(Stdio::piped());
        let mut server = Self { process: command.spawn().unwrap(), url: String::new() };
        let mut line = String::new();
        BufReader::new(server.process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        line.trim_end()
            .strip_prefix("ready: ")
            .unwrap_or_else(|| panic!("printed {line:?}"))
            .clone_into(&mut server.url);
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It is gone already if it failed, which the script tells.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Builds the binary; answers where it is.
fn build() -> PathBuf {
    let binary = ["--package", "livekit-sdk", "--features", "testing", "--bin", "livekit-test-server"];
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--locked", "--message-format", "json-render-diagnostics"]).args(binary);
    cargo.current_dir(env!("CARGO_MANIFEST_DIR")).env("CARGO_TARGET_DIR", target());
    let messages = run(&mut cargo);
    let mut built = messages.lines().filter_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        Some(PathBuf::from(message["executable"].as_str()?))
    });
    built.next_back().unwrap_or_else(|| panic!("{cargo:?} told of no executable:\n{messages}"))
}

/// The workspace's target folder: the test program is in `<target>/<profile>/deps`.
fn target() -> PathBuf {
    env::current_exe().unwrap().ancestors().nth(3).unwrap().to_owned()
}
