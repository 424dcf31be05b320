//! `livekit-proto`: keeps `proto/` in step with upstream, and tells what it lacks.

mod args;

use std::env;
use std::path::Path;
use std::process::ExitCode;

use livekit_build_support::diff::{self, Diff};
use livekit_build_support::elements::Elements;
use livekit_build_support::fetch::Fetched;
use livekit_build_support::merge::{Merged, merge};
use livekit_build_support::schema::Schema;
use livekit_build_support::sync::{self, Done, Folder};
use livekit_build_support::upstream::{self, Upstream};
use livekit_build_support::{check, methods, report};

use args::{Arguments, Command, Format};

/// All crates of the workspace have one version.
const VERSION: &str = env!("CARGO_PKG_VERSION");

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match Arguments::read(env::args_os().skip(1)).and_then(|arguments| run(&arguments)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("livekit-proto: {error}");
            ExitCode::from(2)
        }
    }
}

/// Carries out the command; answers whether all is well.
fn run(arguments: &Arguments) -> Result<bool, Failure> {
    match arguments.command() {
        Command::Sync => run_sync(arguments),
        Command::Diff => run_diff(arguments),
        Command::Check => run_check(&arguments.proto()?),
        Command::Docs => run_docs(&arguments.proto()?, arguments.check),
        Command::Help => {
            print!("{}", args::HELP);
            Ok(true)
        }
        Command::Version => {
            println!("livekit-proto {VERSION}");
            Ok(true)
        }
    }
}

/// Upstream, and what becomes of our schema with it.
struct Step {
    fetched: Fetched,
    upstream: Schema,
    ours: Folder,
    merged: Merged,
}

impl Step {
    fn take(arguments: &Arguments) -> Result<Self, Failure> {
        let ours = Folder::read(&arguments.proto()?)?;
        let fetched = arguments.from()?.fetch()?;
        let upstream = upstream::load(fetched.dir(), ours.sources())?;
        let merged = merge(&upstream, ours.schema());
        Ok(Self { fetched, upstream, ours, merged })
    }

    fn record(&self) -> Upstream {
        Upstream::of(self.fetched.dir(), &self.upstream)
    }
}

fn run_sync(arguments: &Arguments) -> Result<bool, Failure> {
    let step = Step::take(arguments)?;
    let record = step.record();
    // Told before it is gone.
    for (place, comment) in step.ours.unattached() {
        println!("lost     {}:{}: the comment {comment:?}, which documents nothing", place.file, place.line);
    }
    for lost in &step.merged.lost {
        println!("lost     {lost}");
    }
    for (done, name) in step.ours.write(&step.merged.schema, &record)? {
        let word = if done == Done::Removed { "removed" } else { "written" };
        println!("{word}  {name}");
    }
    println!("in step with protocol {} (facts {})", record.protocol_version, record.facts);
    Ok(true)
}

fn run_diff(arguments: &Arguments) -> Result<bool, Failure> {
    let step = Step::take(arguments)?;
    let before = Upstream::read(&arguments.proto()?.join(upstream::FILE))?;
    let diff = Diff::between(step.ours.schema(), &step.merged.schema, &step.merged.lost);
    let title = format!("LiveKit protocol {} to {}", before.name(), step.record().name());
    match arguments.format {
        Format::Text => print!("{title}\n\n{}", diff::text(&diff, VERSION)),
        Format::Markdown => print!("## {title}\n\n{}", diff::markdown(&diff, VERSION)),
    }
    Ok(diff.is_empty())
}

fn run_check(dir: &Path) -> Result<bool, Failure> {
    let schema = Schema::load(dir)?;
    let errors = check::check(&schema);
    let coverage = report::coverage(&schema);
    print!("{}", report::table(&coverage));
    let mut missing: Vec<_> = coverage.into_iter().flat_map(|service| service.missing).collect();
    let undocumented = report::undocumented_types(&schema, &Elements::of(&schema));
    missing.extend(undocumented.iter().map(|name| format!("{name}: no documentation")));
    missing.extend(report::unjudged(&schema).iter().map(|name| format!("{name}: unknown sensitivity")));
    for line in &missing {
        println!("missing  {line}");
    }
    for error in &errors {
        println!("wrong    {error}");
    }
    let record = Upstream::read(&dir.join(upstream::FILE))?;
    let facts = upstream::facts(&schema);
    let is_in_step = record.facts == facts;
    if !is_in_step {
        let recorded = &record.facts;
        println!(
            "drifted  the facts are {facts}, {} records {recorded}: run livekit-proto sync",
            upstream::FILE
        );
    }
    Ok(missing.is_empty() && errors.is_empty() && is_in_step)
}

fn run_docs(dir: &Path, only_check: bool) -> Result<bool, Failure> {
    let text = methods::text(&Schema::load(dir)?);
    let path = dir.join(methods::FILE);
    if only_check {
        let is_current = std::fs::read_to_string(&path).is_ok_and(|old| old == text);
        if !is_current {
            println!("stale    {}: run livekit-proto docs", path.display());
        }
        return Ok(is_current);
    }
    if sync::write_if_changed(&path, &text)? {
        println!("written  {}", path.display());
    }
    Ok(true)
}
