//! A diff as text for a terminal, and as Markdown for a pull request.

use std::fmt::Write as _;

use super::{Bump, Change, Diff, Event};
use crate::elements::Kind;

/// As text, without a title.
pub fn text(diff: &Diff, version: &str) -> String {
    let mut out = String::new();
    for (event, changes) in by_event(diff) {
        let _ = writeln!(out, "{}:", title(event));
        for change in changes {
            let what = if change.what.is_empty() { String::new() } else { format!("  {}", change.what) };
            let _ = writeln!(out, "  {:<8} {}{what}{}", noun(change.kind), change.name, breaks(change));
        }
        out.push('\n');
    }
    if diff.changes.is_empty() {
        out.push_str("Nothing has changed.\n\n");
    }
    if !diff.to_do.is_empty() {
        out.push_str("Needs a person:\n");
        for line in &diff.to_do {
            let _ = writeln!(out, "  {}", line.replace('\n', "\n  "));
        }
        out.push('\n');
    }
    out + &verdict(diff, version) + "\n"
}

/// As Markdown, without a title.
pub fn markdown(diff: &Diff, version: &str) -> String {
    let mut out = format!("**{}**\n", verdict(diff, version));
    for (event, changes) in by_event(diff) {
        let _ = writeln!(out, "\n### {}\n", title(event));
        out.push_str("| | Name | | Breaks |\n|---|---|---|---|\n");
        for change in changes {
            let Change { kind, name, what, .. } = change;
            let breaks = breaks(change).trim_start().trim_matches(['[', ']']).replace("breaks ", "");
            let _ = writeln!(out, "| {} | `{name}` | {} | {breaks} |", noun(*kind), what.replace('|', "\\|"));
        }
    }
    if !diff.to_do.is_empty() {
        out.push_str("\n### Needs a person\n\n");
        for line in &diff.to_do {
            let _ = writeln!(out, "- [ ] {}", line.replace('\n', "; "));
        }
    }
    out
}

fn by_event(diff: &Diff) -> impl Iterator<Item = (Event, Vec<&Change>)> {
    let events = [Event::Added, Event::Removed, Event::Changed, Event::Deprecated];
    let of = |event| diff.changes.iter().filter(|change| change.event == event).collect::<Vec<_>>();
    events.map(|event| (event, of(event))).into_iter().filter(|(_, changes)| !changes.is_empty())
}

fn title(event: Event) -> &'static str {
    match event {
        Event::Added => "Added",
        Event::Removed => "Removed",
        Event::Changed => "Changed",
        Event::Deprecated => "Deprecated",
    }
}

fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::File => "file",
        Kind::Service => "service",
        Kind::Method => "method",
        Kind::Message => "message",
        Kind::Field => "field",
        Kind::Oneof => "oneof",
        Kind::Enum => "enum",
        Kind::Value => "value",
        Kind::Option => "option",
    }
}

fn breaks(change: &Change) -> &'static str {
    match (change.impact.source, change.impact.wire) {
        (true, true) => "  [breaks Rust code, breaks the wire]",
        (true, false) => "  [breaks Rust code]",
        (false, true) => "  [breaks the wire]",
        (false, false) => "",
    }
}

/// Which version follows, and why.
fn verdict(diff: &Diff, version: &str) -> String {
    let bump = diff.bump();
    let next = bump.after(version);
    match bump {
        Bump::Nothing => format!("Version: stays {version}, nothing changes for users."),
        Bump::Addition => format!("Version: {version} to {next}, users get more and lose nothing."),
        Bump::Breaking => {
            let count = |is: fn(&Change) -> bool| diff.changes.iter().filter(|change| is(change)).count();
            let (source, wire) = (count(|it| it.impact.source), count(|it| it.impact.wire));
            format!(
                "Version: {version} to {next}, a breaking release: {source} changes break Rust code, {wire} \
                 break the wire."
            )
        }
    }
}
