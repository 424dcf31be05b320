//! `livekit-proto`: keeps `proto/` in step with upstream, and tells what it lacks.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use livekit_build_support::merge::merge;
use livekit_build_support::print::print;
use livekit_build_support::prune::{Reachable, is_kept};
use livekit_build_support::schema::Schema;
use livekit_build_support::upstream::Upstream;
use livekit_build_support::{check, report};

const HELP: &str = "\
Keeps the schema in proto/ in step with the LiveKit protocol.

Usage:
  livekit-proto sync --from DIR [--proto DIR]   write upstream's facts, keep our docs and annotations
  livekit-proto check [--proto DIR]             tell what is annotated and documented, and what is wrong

Options:
  --from DIR    the folder `protobufs/` of an upstream checkout, or of the published crate livekit-protocol
  --proto DIR   the schema's folder; default: `proto` here or in a folder above

Exit codes: 0 all is well, 1 the schema lacks something or is wrong, 2 the command cannot be carried out.
";

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("livekit-proto: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &[String]) -> Result<bool, Failure> {
    let mut options = Options::default();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        match word.as_str() {
            "--from" => options.from = Some(PathBuf::from(value()?)),
            "--proto" => options.proto = Some(PathBuf::from(value()?)),
            "-h" | "--help" => options.command = "help".to_owned(),
            command if options.command.is_empty() && !command.starts_with('-') => {
                command.clone_into(&mut options.command)
            }
            other => return Err(format!("unexpected {other:?}; see livekit-proto --help").into()),
        }
    }
    match options.command.as_str() {
        "sync" => sync(&options),
        "check" => run_check(&options),
        "help" | "" => {
            print!("{HELP}");
            Ok(true)
        }
        other => Err(format!("there is no command {other:?}; see livekit-proto --help").into()),
    }
}

#[derive(Default)]
struct Options {
    command: String,
    from: Option<PathBuf>,
    proto: Option<PathBuf>,
}

impl Options {
    /// The schema's folder: as given, or the nearest `proto` that holds our options.
    fn proto(&self) -> Result<PathBuf, Failure> {
        if let Some(dir) = &self.proto {
            return Ok(dir.clone());
        }
        let here = env::current_dir()?;
        let found =
            here.ancestors().map(|dir| dir.join("proto")).find(|dir| dir.join("sdk/options.proto").is_file());
        Ok(found.ok_or("there is no proto/sdk/options.proto here or above; name the folder with --proto")?)
    }
}

fn sync(options: &Options) -> Result<bool, Failure> {
    let from = options.from.as_deref().ok_or("sync needs --from DIR")?;
    let dir = options.proto()?;
    let upstream = Schema::load(from)?;
    let (merged, orphans) = merge(&upstream, &Schema::load(&dir)?, false);
    let reachable = Reachable::everything(&merged);
    let mut written = Vec::new();
    for file in merged.files().filter(|file| is_kept(file, &reachable)) {
        let path = dir.join(file.name());
        write_if_changed(&path, &print(&merged, &file, &reachable))?;
        written.push(path);
    }
    let record = Upstream::of(from, &upstream);
    write_if_changed(&dir.join("UPSTREAM.toml"), &record.text())?;
    for (name, _) in livekit_build_support::schema::read_dir(&dir)? {
        let path = dir.join(&name);
        if !name.starts_with("sdk/") && !written.contains(&path) {
            println!("removed  {name}");
            fs::remove_file(path)?;
        }
    }
    for orphan in &orphans {
        println!("lost     {orphan}: upstream no longer has it; its docs and annotations are dropped");
    }
    println!("in step with protocol {} (facts {})", record.protocol_version, record.facts);
    Ok(true)
}

/// Leaves untouched files alone: their time stamps decide what is rebuilt.
fn write_if_changed(path: &Path, text: &str) -> Result<(), Failure> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    println!("written  {}", path.display());
    fs::create_dir_all(path.parent().unwrap_or(path))?;
    Ok(fs::write(path, text)?)
}

fn run_check(options: &Options) -> Result<bool, Failure> {
    let dir = options.proto()?;
    let schema = Schema::load(&dir)?;
    let errors = check::check(&schema);
    let coverage = report::coverage(&schema);
    print!("{}", report::table(&coverage));
    let mut missing: Vec<_> = coverage.into_iter().flat_map(|service| service.missing).collect();
    missing
        .extend(report::undocumented_types(&schema).iter().map(|name| format!("{name}: no documentation")));
    for line in &missing {
        println!("missing  {line}");
    }
    for error in &errors {
        println!("wrong    {error}");
    }
    let record = Upstream::read(&dir.join("UPSTREAM.toml"))?;
    let facts = livekit_build_support::upstream::facts(&schema);
    let is_in_step = record.facts == facts;
    if !is_in_step {
        println!(
            "drifted  the facts are {facts}, UPSTREAM.toml records {}: run livekit-proto sync",
            record.facts
        );
    }
    Ok(missing.is_empty() && errors.is_empty() && is_in_step)
}
