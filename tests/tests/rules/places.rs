//! Nothing in the repository knows the machine it was written on, nor where packages were fetched from.

use crate::sources::SourceFile;

/// Folders that exist on one machine only. In halves, so that this file does not hold them.
const MACHINE: [[&str; 2]; 3] = [["/wo", "rk/"], ["/ro", "ot/"], ["/t", "mp/"]];

/// Hosts of package registries; lock files name packages without them.
const HOSTS: [[&str; 2]; 4] = [
    ["index.cra", "tes.io"],
    ["static.cra", "tes.io"],
    ["registry.np", "mjs.org"],
    ["files.pythonho", "sted.org"],
];

/// The lines of a file that name such a place.
pub(crate) fn offences(file: &SourceFile) -> Vec<String> {
    let mut offences = Vec::new();
    for (number, line) in (1..).zip(file.text.lines()) {
        for place in MACHINE.iter().map(|halves| halves.concat()).filter(|place| has_path(line, place)) {
            offences.push(format!("{}:{number}: names the folder `{place}`", file.path));
        }
        for host in HOSTS.iter().map(|halves| halves.concat()).filter(|host| line.contains(host)) {
            offences.push(format!("{}:{number}: names the host `{host}`", file.path));
        }
    }
    offences
}

/// Whether an absolute path starts there: `tests/tmp/` is not one.
fn has_path(line: &str, place: &str) -> bool {
    let starts = line.match_indices(place).map(|(start, _)| start);
    let before = |start: usize| line[..start].chars().next_back();
    starts.map(before).any(|c| c.is_none_or(|c| !(c.is_alphanumeric() || "_-.~)}".contains(c))))
}
