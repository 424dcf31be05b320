//! The modules of `livekit-sdk` are layers: each uses only those above it.

use std::collections::BTreeMap;

use syn::{Item, UseTree};

use crate::sources::SourceFile;
use crate::tokens::{Kind, Token, code};

/// The modules from the lowest layer up, and why each is where it is.
const ORDER: &[(&str, &str)] = &[
    ("error", "everything fails with it"),
    ("json", "reads and writes what generated messages are made of; its tests use those messages"),
    ("redact", "the trait that generated messages implement"),
    ("proto", "plain messages: they know no token and no transport"),
    ("transfer", "reads an answer, without any call"),
    ("auth", "tokens work alone, without any of the client"),
    ("spec", "what a method demands is said in grants"),
    ("transport", "carries bytes: it knows no method and no credential"),
    ("retry", "decides by what an attempt came to: it sends nothing"),
    ("region", "asks for the hosts of a project through a transport"),
    ("trace", "tells of calls and errors"),
    ("call", "assembles a request from a client's credential and transport"),
    ("client", "hands out calls; knows `call`, and is known by it"),
    ("services", "generated clients, which make calls"),
    ("server", "the other end of a method: it needs no client"),
    ("webhook", "what a server receives, whether or not it ever calls LiveKit"),
    ("testing", "an in-memory server is made of all that is above"),
    ("__private", "names for expansions only; hand-written code never uses it"),
];

/// The one pair that looks in both directions: a client begins calls, and a call is sent by its client.
const MUTUAL: (&str, &str) = ("client", "call");

/// Modules that see less than all that is above them, as each is a feature on its own.
const NARROW: &[(&str, &[&str])] = &[
    ("webhook", &["error", "json", "auth", "proto"]),
    ("server", &["error", "auth", "proto", "spec", "transport"]),
];

const SOURCE: &str = "livekit-sdk/src/";

/// What is imported from where it may not be, and modules that the order does not know.
pub(crate) fn offences(files: &[SourceFile]) -> Vec<String> {
    let files: Vec<_> = files.iter().filter(|file| file.is_rust() && file.path.starts_with(SOURCE)).collect();
    let root =
        files.iter().find(|file| file.path == format!("{SOURCE}lib.rs")).expect("the crate has a root");
    let exports = exports(&root.text);
    let mut offences = Vec::new();
    let mut seen = vec![];
    for file in files.iter().filter(|file| file.path != root.path && !file.is_below("bin")) {
        let module = module(&file.path);
        seen.push(module.to_owned());
        if position(module).is_none() {
            offences.push(format!("{}: the order does not know the module `{module}`", file.path));
        }
        for (line, used) in uses(file, &exports) {
            offences.extend(complaint(module, &used).map(|what| format!("{}:{line}: {what}", file.path)));
        }
    }
    let gone = ORDER.iter().filter(|(module, _)| !seen.iter().any(|seen| seen == module));
    offences.extend(gone.map(|(module, _)| format!("the order lists `{module}`, which does not exist")));
    offences
}

fn position(module: &str) -> Option<usize> {
    ORDER.iter().position(|(name, _)| *name == module)
}

/// Why a module may not use another, if it may not.
fn complaint(module: &str, used: &str) -> Option<String> {
    if module == used || (used, module) == MUTUAL || (module, used) == MUTUAL {
        return None;
    }
    let Some(above) = position(used) else { return Some(format!("uses `{used}`, which is no module")) };
    let narrow = NARROW.iter().find(|(name, _)| *name == module);
    if let Some((_, seen)) = narrow.filter(|(_, seen)| !seen.contains(&used)) {
        return Some(format!("`{module}` uses `{used}`, but is to see only {}", seen.join(", ")));
    }
    let (_, reason) = ORDER[above];
    (above > position(module)?).then(|| format!("`{module}` uses `{used}`, which is below it ({reason})"))
}

/// The module of the crate that a file belongs to: `auth` for `auth/key.rs`.
fn module(path: &str) -> &str {
    let path = path.strip_prefix(SOURCE).unwrap_or(path);
    path.split(['/', '.']).next().unwrap_or(path)
}

/// Modules that a file uses, with the line of each, through `crate::`, the crate's own name, or `super::` where that is the root.
fn uses(file: &SourceFile, exports: &BTreeMap<String, String>) -> Vec<(usize, String)> {
    let tokens = code(&file.path, &file.text);
    let is_top = !file.path.trim_start_matches(SOURCE).contains('/');
    let mut nested = 0_usize;
    let mut uses = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let is_root = match token.ident() {
            Some("crate" | "livekit_sdk") => true,
            Some("super") => is_top && nested == 0,
            Some("mod") => {
                nested += usize::from(tokens.get(index + 2).is_some_and(|token| token.is('{')));
                false
            }
            _ => false,
        };
        if is_root {
            let line = token.line;
            uses.extend(first_names(&tokens[index + 1..]).into_iter().map(|name| (line, name)));
        }
    }
    let resolve = |name: String| exports.get(&name).cloned().unwrap_or(name);
    uses.into_iter().map(|(line, name)| (line, resolve(name))).collect()
}

/// The names right after a root: one for `::auth::key`, several for `::{auth::key, error}`.
fn first_names(tokens: &[Token]) -> Vec<String> {
    let [first, second, rest @ ..] = tokens else { return Vec::new() };
    if !(first.is(':') && second.is(':')) {
        return Vec::new();
    }
    if !rest.first().is_some_and(|token| token.is('{')) {
        return rest.first().and_then(Token::ident).map(str::to_owned).into_iter().collect();
    }
    let mut names = Vec::new();
    let mut depth = 0_usize;
    let mut at_start = true;
    for token in &rest[1..] {
        match &token.kind {
            Kind::End if depth == 0 => break,
            Kind::End => depth -= 1,
            Kind::Sign('{' | '(' | '[') => depth += 1,
            Kind::Sign(',') if depth == 0 => at_start = true,
            Kind::Ident(name) if std::mem::take(&mut at_start) => names.push(name.clone()),
            _ => {}
        }
    }
    names
}

/// What the root exports under another path: `Error` comes from `error`.
fn exports(root: &str) -> BTreeMap<String, String> {
    let parsed = syn::parse_file(root).expect("the root is Rust");
    let mut exports = BTreeMap::new();
    for item in parsed.items {
        let Item::Use(item) = item else { continue };
        if let UseTree::Path(path) = item.tree {
            leaves(&path.tree, &mut |name| {
                exports.insert(name, path.ident.to_string());
            });
        }
    }
    exports
}

fn leaves(tree: &UseTree, visit: &mut impl FnMut(String)) {
    match tree {
        UseTree::Path(path) => leaves(&path.tree, visit),
        UseTree::Name(name) => visit(name.ident.to_string()),
        UseTree::Rename(rename) => visit(rename.rename.to_string()),
        UseTree::Group(group) => group.items.iter().for_each(|tree| leaves(tree, visit)),
        UseTree::Glob(_) => {}
    }
}
