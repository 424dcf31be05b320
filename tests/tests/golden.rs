//! The generated API is under review: `tests/golden/` holds the service declarations, the grants, the list
//! of messages and that of their credentials, as they are generated with every feature. A change of the
//! schema or of the generator shows there as the change of the API that it is.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

use livekit_build_support::prune::Reachable;
use livekit_build_support::schema::{Schema, Source};
use livekit_build_support::secret::is_secret;
use livekit_build_support::{GeneratedFile, Halves, Inputs, generate};
use syn::{Fields, GenericArgument, Item, PathArguments, Type, Visibility};

const UPDATE: &str = "UPDATE_GOLDEN";

/// Lines of a difference that are shown before the rest is only counted.
const SHOWN: usize = 12;

#[test]
fn generated_code_is_as_reviewed() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden");
    let generated = reviewed(&generated());
    if env::var_os(UPDATE).is_some() {
        update(&folder, &generated);
    }
    let golden = read(&folder);
    let mut complaints = Vec::new();
    for (name, text) in &generated {
        match golden.get(name) {
            None => complaints.push(format!("{name} is generated, but not in the folder")),
            Some(golden) if golden != text => complaints.push(difference(name, golden, text)),
            Some(_) => {}
        }
    }
    let stale = golden.keys().filter(|name| !generated.contains_key(*name));
    complaints.extend(stale.map(|name| format!("{name} is in the folder, but no longer generated")));
    assert!(
        complaints.is_empty(),
        "the generated API is not the one in tests/golden/:\n\n{}\n\nIf the change is meant, write it \
         down with `{UPDATE}=1 cargo test -p livekit-tests --test golden` and review the diff.",
        complaints.join("\n\n"),
    );
}

/// A difference shows what is gone and what is new, and little else.
#[test]
fn differences_are_short() {
    let shown = difference("x.txt", "a\nb\nc\nd\n", "a\nB\nd\n");
    assert_eq!(shown, "x.txt:2:\n  -b\n  -c\n  +B");
    let long: String = (0..100).map(|line| format!("{line}\n")).collect();
    let shown = difference("x.txt", "", &long);
    assert_eq!(shown.lines().count(), SHOWN + 2, "{shown}");
    assert!(shown.ends_with("and 88 more lines"), "{shown}");
}

fn sources() -> Vec<Source> {
    let files = livekit_sdk_proto::files().iter();
    files.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

/// The fields that are credentials, a line each. What is planted in `leaks.rs` is planted there.
fn secrets() -> String {
    let schema = Schema::parse(&sources()).unwrap_or_else(|error| panic!("{error}"));
    let reachable = Reachable::everything(&schema);
    let messages = reachable.messages(&schema).into_iter();
    let fields = messages.flat_map(|message| message.fields().collect::<Vec<_>>());
    let secrets = fields.filter(|field| is_secret(&schema, field));
    let mut names: Vec<_> = secrets.map(|field| field.full_name().to_owned() + "\n").collect();
    names.sort();
    names.concat()
}

fn generated() -> Vec<GeneratedFile> {
    let inputs = Inputs {
        sources: sources(),
        halves: Halves { server: true },
        json: true,
        webhooks: true,
        ..Inputs::default()
    };
    generate(&inputs).unwrap_or_else(|error| panic!("{error}")).files
}

/// What is reviewed of the generated files: declarations as they are, messages as a list.
fn reviewed(files: &[GeneratedFile]) -> BTreeMap<String, String> {
    let is_declaration = |name: &str| name.starts_with("service.") || name == "grants.rs";
    let is_index = |name: &str| name == "services.rs";
    let is_json = |name: &str| name == "json.rs";
    let mut reviewed = BTreeMap::new();
    let mut messages = BTreeMap::new();
    for file in files {
        if is_declaration(&file.name) {
            reviewed.insert(file.name.clone(), file.text.clone());
        } else if !is_index(&file.name) && !is_json(&file.name) {
            let package = file.name.trim_start_matches("package.").trim_end_matches(".rs").replace('.', "::");
            let parsed = syn::parse_file(&file.text).expect("generated code is Rust");
            list(&parsed.items, &package, &mut messages);
        }
    }
    let mut text =
        String::from("Every generated message, oneof and enum, with its fields as Rust has them.\n");
    for (name, members) in &messages {
        let _ = write!(text, "\n{name}\n{members}");
    }
    reviewed.insert("messages.txt".to_owned(), text);
    reviewed.insert("secrets.txt".to_owned(), secrets());
    reviewed
}

/// Adds the public structs and enums of a module: their path, and a line for each member.
fn list(items: &[Item], module: &str, to: &mut BTreeMap<String, String>) {
    let is_public = |visibility: &Visibility| matches!(visibility, Visibility::Public(_));
    for item in items {
        match item {
            Item::Mod(inner) => {
                let items = inner.content.as_ref().map(|(_, items)| items.as_slice());
                list(items.unwrap_or_default(), &format!("{module}::{}", inner.ident), to);
            }
            Item::Struct(item) if is_public(&item.vis) => {
                let mut members = String::new();
                for field in item.fields.iter().filter(|field| is_public(&field.vis)) {
                    let name = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
                    let _ = writeln!(members, "  {name}: {}", type_name(&field.ty));
                }
                to.insert(format!("{module}::{}", item.ident), members);
            }
            Item::Enum(item) if is_public(&item.vis) => {
                let mut members = String::new();
                for variant in &item.variants {
                    let value = match &variant.fields {
                        Fields::Unnamed(fields) => {
                            let types: Vec<_> =
                                fields.unnamed.iter().map(|field| type_name(&field.ty)).collect();
                            format!("({})", types.join(", "))
                        }
                        _ => {
                            variant.discriminant.as_ref().map(|(_, value)| number(value)).unwrap_or_default()
                        }
                    };
                    let _ = writeln!(members, "  {}{value}", variant.ident);
                }
                to.insert(format!("{module}::{}", item.ident), members);
            }
            _ => {}
        }
    }
}

/// The number of an enum value: ` = 3`.
fn number(value: &syn::Expr) -> String {
    match value {
        syn::Expr::Lit(literal) => match &literal.lit {
            syn::Lit::Int(number) => format!(" = {number}"),
            _ => panic!("prost gives enum values numbers"),
        },
        syn::Expr::Unary(unary) => number(&unary.expr).replace("= ", "= -"),
        _ => panic!("prost gives enum values numbers"),
    }
}

/// A type as a reader writes it: the standard library's types without their path.
fn type_name(ty: &Type) -> String {
    let Type::Path(path) = ty else { panic!("prost names the types of fields by paths") };
    let mut segments: Vec<_> = path.path.segments.iter().collect();
    let first = segments.first().map(|segment| segment.ident.to_string()).unwrap_or_default();
    let is_absolute = path.path.leading_colon.is_some();
    if is_absolute && matches!(first.as_str(), "core" | "std" | "prost") {
        segments.drain(..segments.len() - 1);
    }
    let segments = segments.iter().map(|segment| match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => {
            let arguments = arguments.args.iter().filter_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(type_name(ty)),
                _ => None,
            });
            format!("{}<{}>", segment.ident, arguments.collect::<Vec<_>>().join(", "))
        }
        _ => segment.ident.to_string(),
    });
    segments.collect::<Vec<_>>().join("::")
}

fn read(folder: &PathBuf) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let read = entries.map(|entry| {
        let path = entry.expect("a folder can be listed").path();
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        (name.unwrap_or_default(), text)
    });
    read.collect()
}

fn update(folder: &PathBuf, generated: &BTreeMap<String, String>) {
    fs::create_dir_all(folder).expect("the folder can be made");
    for name in read(folder).keys().filter(|name| !generated.contains_key(*name)) {
        fs::remove_file(folder.join(name)).expect("a stale file can be removed");
    }
    for (name, text) in generated {
        fs::write(folder.join(name), text).expect("a file can be written");
    }
}

/// The lines between the first and the last that differ.
fn difference(name: &str, golden: &str, generated: &str) -> String {
    let (golden, generated): (Vec<_>, Vec<_>) = (golden.lines().collect(), generated.lines().collect());
    let equal = |(one, other): &(&&str, &&str)| one == other;
    let start = golden.iter().zip(&generated).take_while(equal).count();
    let (golden, generated) = (&golden[start..], &generated[start..]);
    let end = golden.iter().rev().zip(generated.iter().rev()).take_while(equal).count();
    let gone = golden[..golden.len() - end].iter().map(|line| format!("\n  -{line}"));
    let new = generated[..generated.len() - end].iter().map(|line| format!("\n  +{line}"));
    let lines: Vec<_> = gone.chain(new).collect();
    let mut text = format!("{name}:{}:", start + 1);
    text.extend(lines.iter().take(SHOWN).cloned());
    if lines.len() > SHOWN {
        let _ = write!(text, "\n  and {} more lines", lines.len() - SHOWN);
    }
    text
}
