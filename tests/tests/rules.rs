//! What the code promises about itself, checked by reading it.

#[path = "rules/names.rs"]
mod names;
#[path = "rules/order.rs"]
mod order;
#[path = "rules/places.rs"]
mod places;
#[path = "rules/size.rs"]
mod size;
#[path = "rules/sources.rs"]
mod sources;
#[path = "rules/taken.rs"]
mod taken;
#[path = "rules/tokens.rs"]
mod tokens;

use std::collections::BTreeSet;

use livekit_build_support::model::NO_ACCESSORS;
use names::Names;
use sources::SourceFile;

/// Shows every offence at once.
fn none(offences: &[String], rule: &str) {
    assert!(offences.is_empty(), "{rule}: {} offences\n{}", offences.len(), offences.join("\n"));
}

#[test]
fn hand_written_code_does_not_name_the_api() {
    let names = Names::of_schema();
    let (idents, calls) = names.counts();
    assert!(idents > 200 && calls > 80, "only {idents} names and {calls} calls were found");
    let files: Vec<_> = sources::all().into_iter().filter(names::is_checked).collect();
    assert!(files.len() > 30, "only {} files were read", files.len());
    let offences: Vec<_> = files.iter().flat_map(|file| names.offences(&file.path, &file.text)).collect();
    none(&offences, "the API is generated, and hand-written code names none of it");
}

#[test]
fn modules_use_only_those_above_them() {
    none(&order::offences(&sources::all()), "modules use only those above them in `order.rs`");
}

#[test]
fn no_file_names_a_machine_or_a_registry() {
    let offences: Vec<_> = sources::all().iter().flat_map(places::offences).collect();
    none(&offences, "what only one machine has");
}

#[test]
fn code_is_short() {
    // Golden files are generated, and as long as the API is.
    let files = sources::all().into_iter().filter(|file| file.is_rust() && !file.is_below("golden"));
    let offences: Vec<_> = files.flat_map(|file| size::offences(&file.path, &file.text)).collect();
    none(&offences, "code is short");
}

/// Each rule sees what it forbids, and lets pass what only resembles it.
/// The generator and the macros keep lists of what `LiveKit` and `Call` have already.
#[test]
fn generated_methods_have_names_of_their_own() {
    let listed: BTreeSet<_> = NO_ACCESSORS.map(str::to_owned).into();
    for (ty, file, listed) in [
        ("LiveKit", "livekit-sdk/src/client.rs", listed),
        ("Call", "livekit-sdk/src/call.rs", taken::texts("livekit-macros/src/request.rs", "TAKEN")),
    ] {
        let methods = taken::methods(file, ty);
        assert!(methods.contains("new"), "the methods of {ty} were not found: {methods:?}");
        let unlisted: Vec<_> = methods.difference(&listed).map(|name| format!("{ty}::{name}")).collect();
        none(&unlisted, "names that generated methods must not have again are listed");
    }
}

#[test]
fn names_are_seen() {
    let names = Names::of_schema();
    let offences = |code: &str| names.offences("x.rs", code);
    for bad in [
        "fn f() { lk.room().create_room(room) }",
        "use crate::proto::CreateRoomRequest;",
        "use crate::services::sip::SipClient;",
        "fn f(request: create::Request) {}",
        "const A: &str = \"/twirp/livekit.SIP/CreateSIPTrunk\";",
        "const A: &str = \"see CreateRoom\";",
        "const A: &str = \"Egress\";",
        "expand! { #[rpc(name = \"Seek\")] }",
        "/// Docs.\n#[cfg(test)]\nuse a::{b};\nfn f() { connection.close() }",
    ] {
        assert_eq!(offences(bad).len(), 1, "{bad}: {:?}", offences(bad));
    }
    for good in [
        "//! Calls CreateRoom.\n/// See [`CreateRoomRequest`].\nfn f() {} // create_room(",
        "#[cfg(test)]\nmod tests { fn f() { lk.room().create_room(CreateRoomRequest::default()) } }",
        "fn f(request: http::Request) { self.close(); create_room(); let close = 1; }",
        "const A: &str = \"the SIP status; the egress; livekit.TokenSourceRequest\";",
    ] {
        assert_eq!(offences(good), [""; 0], "{good}");
    }
}

#[test]
fn the_order_is_seen() {
    let complain = |module: &str, code: &str| {
        let path = format!("livekit-sdk/src/{module}.rs");
        let offences = order::offences(&[
            SourceFile { path: "livekit-sdk/src/lib.rs".to_owned(), text: "pub use call::Call;".to_owned() },
            SourceFile { path, text: code.to_owned() },
        ]);
        offences.into_iter().filter(|offence| !offence.contains("which does not exist")).collect::<Vec<_>>()
    };
    for (module, bad) in [
        ("error", "use crate::auth::Claims;"),
        ("auth/token", "use crate::{error::Error, client::{A, B}, proto::C};"),
        ("auth/token", "fn f() -> crate::Call {}"),
        ("transport", "use super::call::Call;"),
        ("spec", "use livekit_sdk::server::Router;"),
        ("webhook", "use crate::transport::Transport;"),
        ("client", "fn f() { crate::__private::call() }"),
        ("novel", ""),
    ] {
        assert_eq!(complain(module, bad).len(), 1, "{module}: {bad}: {:?}", complain(module, bad));
    }
    for (module, good) in [
        ("call", "use crate::client::LiveKit;"),
        ("client", "use crate::call::Call; use crate::{auth::A, error::{B, server}};"),
        ("auth/token", "use super::client; mod tests { use super::testing; }"),
        ("auth", "//! See crate::client.\n#[cfg(test)] mod tests { use crate::testing::A; }"),
    ] {
        assert_eq!(complain(module, good), [""; 0], "{module}: {good}");
    }
}

#[test]
fn places_are_seen() {
    let offences = |text: String| places::offences(&SourceFile { path: "x.md".to_owned(), text }).len();
    let (folder, host) = (["/t", "mp/"].concat(), ["static.cra", "tes.io"].concat());
    assert_eq!(offences(format!("a\nwrite to {folder}a\nsee https://{host}/a")), 2);
    assert_eq!(offences(format!("tests{folder}a\nregistry+https://github.com/rust-lang/crates.io-index")), 0);
}

#[test]
fn length_is_seen() {
    let function = |lines: usize| format!("fn f() {{\n{}}}\n", "    g();\n".repeat(lines - 2));
    let quote = |lines: usize| format!("fn f() {{ quote! {{\n{}}} }}\n", "a\n".repeat(lines));
    let file = |lines: usize| "use a;\n".repeat(lines) + "#[cfg(test)]\nmod tests {\n\n\n}\n";
    for (at_limit, beyond) in [(function(60), function(61)), (quote(25), quote(26)), (file(450), file(451))] {
        assert_eq!(size::offences("x.rs", &at_limit), [""; 0]);
        assert_eq!(size::offences("x.rs", &beyond).len(), 1);
    }
}
