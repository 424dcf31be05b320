//! What was asked for.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use livekit_build_support::fetch::From;

use super::Failure;

pub(super) const HELP: &str = "\
Keeps the schema in proto/ in step with the LiveKit protocol.

Usage:
  livekit-proto sync  --from SOURCE               write upstream's facts, keep our docs and annotations
  livekit-proto diff  --from SOURCE [--format F]  tell what a sync would change in the API, and which version follows
  livekit-proto check                             tell what is annotated and documented, and what is wrong
  livekit-proto docs  [--check]                   write METHODS.md, or only tell whether it is up to date

Options:
  --from SOURCE  one of
                   DIR           upstream's .proto files, or a checkout or the published crate around them
                   crate         the newest published crate livekit-protocol, by way of cargo
                   crate:0.8.2   that version of it
                   git           the repository livekit/protocol, by way of git
                   git:v1.52.1   that tag or branch of it
  --format F     text (default) or markdown, for a pull request
  --proto DIR    the schema's folder, with sdk/options.proto in it; default: `proto` here or in a folder above
  -h, --help     this text
  -V, --version  the version of this program, which is that of the schema

Exit codes:
  0  all is well; for `diff` and `docs --check`: nothing would change
  1  the schema lacks something or is wrong; for `diff` and `docs --check`: something would change
  2  the command cannot be carried out

To build against another protocol without changing the schema:
  LIVEKIT_PROTO_DIR=/path/to/protocol/protobufs cargo build
";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Command {
    Sync,
    Diff,
    Check,
    Docs,
    Help,
    Version,
}

impl Command {
    /// Its name and the options that it takes; `None` where all it does is to print.
    fn takes(self) -> Option<(&'static str, &'static [&'static str])> {
        match self {
            Self::Sync => Some(("sync", &["--from", "--proto"])),
            Self::Diff => Some(("diff", &["--from", "--format", "--proto"])),
            Self::Check => Some(("check", &["--proto"])),
            Self::Docs => Some(("docs", &["--check", "--proto"])),
            Self::Help | Self::Version => None,
        }
    }
}

/// How a diff is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Format {
    #[default]
    Text,
    Markdown,
}

#[derive(Debug, Default)]
pub(super) struct Arguments {
    command: Option<Command>,
    from: Option<From>,
    proto: Option<PathBuf>,
    pub(super) format: Format,
    pub(super) check: bool,
}

impl Arguments {
    pub(super) fn read(words: impl IntoIterator<Item = OsString>) -> Result<Self, Failure> {
        let mut arguments = Self::default();
        let mut given = Vec::new();
        let words: Result<Vec<_>, _> = words.into_iter().map(text).collect();
        let mut words = words?.into_iter();
        while let Some(word) = words.next() {
            let (name, inline) = match word.split_once('=') {
                Some((name, value)) if name.starts_with("--") => (name.to_owned(), Some(value.to_owned())),
                _ => (word.clone(), None),
            };
            let mut value = || inline.clone().or_else(|| words.next()).ok_or(format!("{name} needs a value"));
            match name.as_str() {
                "--from" => arguments.from = Some(value()?.parse()?),
                "--proto" => arguments.proto = Some(PathBuf::from(value()?)),
                "--format" => arguments.format = format(&value()?)?,
                "--check" if inline.is_none() => arguments.check = true,
                "-h" | "--help" => arguments.command = Some(Command::Help),
                "-V" | "--version" => arguments.command = Some(Command::Version),
                _ if arguments.command.is_none() && !word.starts_with('-') => {
                    arguments.command = Some(command(&word)?);
                }
                _ => return Err(format!("unexpected {word:?}; see livekit-proto --help").into()),
            }
            given.push(name);
        }
        arguments.only_what_is_taken(&given)?;
        Ok(arguments)
    }

    /// An option that does nothing would be taken for one that does: `sync --check` for a dry run.
    fn only_what_is_taken(&self, given: &[String]) -> Result<(), Failure> {
        let Some((name, taken)) = self.command().takes() else { return Ok(()) };
        let mut options = given.iter().filter(|word| word.starts_with('-'));
        match options.find(|option| !taken.contains(&option.as_str())) {
            Some(option) => Err(format!("{name} takes no {option}; see livekit-proto --help").into()),
            None => Ok(()),
        }
    }

    pub(super) fn command(&self) -> Command {
        self.command.unwrap_or(Command::Help)
    }

    pub(super) fn from(&self) -> Result<&From, Failure> {
        Ok(self.from.as_ref().ok_or("this needs --from SOURCE; see livekit-proto --help")?)
    }

    /// The schema's folder: as given, or the nearest `proto`. It has to hold our options: a sync removes files
    /// from it.
    pub(super) fn proto(&self) -> Result<PathBuf, Failure> {
        let holds_options = |dir: &Path| dir.join("sdk/options.proto").is_file();
        if let Some(dir) = &self.proto {
            if !holds_options(dir) {
                let dir = dir.display();
                return Err(format!(
                    "--proto {dir}: there is no sdk/options.proto in it; name the folder that \
                                    holds the schema, with our options in sdk/"
                )
                .into());
            }
            return Ok(dir.clone());
        }
        let here = env::current_dir()?;
        let found = here.ancestors().map(|dir| dir.join("proto")).find(|dir| holds_options(dir));
        Ok(found.ok_or("there is no proto/sdk/options.proto here or above; name the folder with --proto")?)
    }
}

fn text(word: OsString) -> Result<String, Failure> {
    word.into_string().map_err(|word| format!("{word:?} is not UTF-8, which every argument has to be").into())
}

fn command(word: &str) -> Result<Command, Failure> {
    match word {
        "sync" => Ok(Command::Sync),
        "diff" => Ok(Command::Diff),
        "check" => Ok(Command::Check),
        "docs" => Ok(Command::Docs),
        "help" => Ok(Command::Help),
        other => Err(format!("there is no command {other:?}; see livekit-proto --help").into()),
    }
}

fn format(word: &str) -> Result<Format, Failure> {
    match word {
        "text" => Ok(Format::Text),
        "markdown" => Ok(Format::Markdown),
        other => Err(format!("there is no format {other:?}: text or markdown").into()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

    use super::*;

    fn read(line: &str) -> Result<Arguments, Failure> {
        Arguments::read(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn commands_are_read() {
        let diff = read("diff --from=crate:0.8.2 --format markdown").unwrap();
        assert_eq!((diff.command(), diff.format), (Command::Diff, Format::Markdown));
        assert_eq!(diff.from().unwrap(), &From::Crate(Some("0.8.2".to_owned())));
        assert_eq!(read("").unwrap().command(), Command::Help);
        assert!(read("sync").unwrap().from().is_err());
        assert!(read("docs --check --proto x").unwrap().check);
        assert_eq!(read("sync --check --help").unwrap().command(), Command::Help);
    }

    #[test]
    fn mistakes_are_told() {
        for (line, told) in [
            ("snyc", "there is no command \"snyc\""),
            ("sync --from", "--from needs a value"),
            ("sync more", "unexpected \"more\""),
            ("diff --format html", "there is no format \"html\""),
            ("diff --from crate:", "does not name a version"),
            ("sync --from x --check", "sync takes no --check"),
            ("--check sync --from x", "sync takes no --check"),
            ("sync --from x --format=text", "sync takes no --format"),
            ("check --from x", "check takes no --from"),
            ("check --check", "check takes no --check"),
            ("docs --format markdown", "docs takes no --format"),
            ("docs --from=x", "docs takes no --from"),
            ("diff --from x --check", "diff takes no --check"),
            ("docs --check=no", "unexpected \"--check=no\""),
        ] {
            let error = read(line).unwrap_err().to_string();
            assert!(error.contains(told), "{line}: {error}");
        }
    }
}
