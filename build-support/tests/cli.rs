//! `livekit-proto` as scripts see it: what it answers, and with which exit code.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use livekit_build_support::schema::read_dir;

const PROTO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../proto");

/// Exit code and output.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String) {
    finish(livekit_proto(folder).args(arguments))
}

fn livekit_proto(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_livekit-proto"));
    command.current_dir(folder);
    command
}

fn finish(command: &mut Command) -> (i32, String) {
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8_lossy(&text).into_owned())
}

/// A folder with a copy of the schema in `proto/`, and one as upstream would have it in `upstream/`.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    for (name, text) in read_dir(Path::new(PROTO)).unwrap() {
        for below in ["proto", "upstream/protobufs"] {
            let path = folder.join(below).join(&name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, &text).unwrap();
        }
    }
    fs::copy(Path::new(PROTO).join("UPSTREAM.toml"), folder.join("proto/UPSTREAM.toml")).unwrap();
    folder
}

fn edit(path: &Path, before: &str, after: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(before), "{} does not say {before}", path.display());
    fs::write(path, text.replacen(before, after, 1)).unwrap();
}

#[test]
fn exit_codes_tell_scripts_what_is_the_matter() {
    let folder = folder("codes");
    let (code, text) = run(&folder, &["docs"]);
    assert_eq!((code, text.contains("METHODS.md")), (0, true), "{text}");
    let below = folder.join("proto/sdk");
    assert_eq!(run(&below, &["check"]).0, 0, "from a folder below");
    assert_eq!(run(&folder, &["diff", "--from", "upstream"]).0, 0);

    edit(&folder.join("upstream/protobufs/livekit_room.proto"), "rpc PerformRpc(", "rpc PlayRpc(");
    edit(
        &folder.join("upstream/protobufs/livekit_room.proto"),
        "message DeleteRoomResponse {",
        "message DeleteRoomResponse {\n  string key_token = 9;\n  string shy = 10 [debug_redact = true];",
    );
    let (code, text) = run(&folder, &["diff", "--from", "upstream", "--format=markdown"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("| method | `livekit.RoomService.PlayRpc` |"), "{text}");

    let (code, text) = run(&folder, &["sync", "--from", "upstream"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("lost     livekit.RoomService.PerformRpc is gone upstream"), "{text}");
    assert!(text.contains("it may be livekit.RoomService.PlayRpc now"), "{text}");
    let (code, text) = run(&folder, &["check"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("missing  livekit.RoomService.PlayRpc: no access annotation"), "{text}");
    assert!(text.contains("missing  livekit.DeleteRoomResponse.key_token: unknown sensitivity"), "{text}");
    let written = fs::read_to_string(folder.join("proto/livekit_room.proto")).unwrap();
    assert!(written.contains("string shy = 10 [debug_redact = true];"), "{written}");

    let (code, text) = run(&folder, &["sync", "--from", "nowhere"]);
    assert_eq!(code, 2);
    assert!(text.contains("mend: name the folder `protobufs`"), "{text}");
    assert_eq!(run(&folder, &["snyc"]).0, 2);
    let outside = env::temp_dir();
    assert_eq!(run(&outside, &["check"]).0, 2, "there is no schema around");
    assert!(run(&outside, &["--help"]).1.contains("Exit codes:"));
}

/// Every file below a folder, with its text.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            files.extend(tree(&path));
        } else {
            files.insert(path.clone(), fs::read(path).unwrap());
        }
    }
    files
}

/// What is said of a command that must not be carried out: nothing in the folder changes.
fn refusal(folder: &Path, arguments: &[&str]) -> String {
    let before = tree(folder);
    let (code, text) = run(folder, arguments);
    assert_eq!(code, 2, "{arguments:?}: {text}");
    assert!(tree(folder) == before, "{arguments:?} has changed files");
    text
}

#[test]
fn a_folder_without_our_options_is_no_schema() {
    let folder = folder("root");
    for command in [["sync", "--from", "upstream"], ["diff", "--from", "upstream"]] {
        let text = refusal(&folder, &[&command[..], &["--proto", "."]].concat());
        assert!(text.contains("--proto .: there is no sdk/options.proto in it; name the folder"), "{text}");
    }
    assert!(refusal(&folder, &["docs", "--proto", "."]).contains("no sdk/options.proto"));
    assert_eq!(run(&folder, &["check", "--proto", "proto"]).0, 0);
}

#[test]
fn what_a_command_does_not_take_is_refused() {
    let folder = folder("options");
    edit(&folder.join("upstream/protobufs/livekit_room.proto"), "rpc PerformRpc(", "rpc PlayRpc(");
    for (arguments, told) in [
        (&["sync", "--from", "upstream", "--check"][..], "sync takes no --check"),
        (&["check", "--from", "upstream"], "check takes no --from"),
        (&["docs", "--format", "markdown"], "docs takes no --format"),
    ] {
        let text = refusal(&folder, arguments);
        assert!(text.contains(told), "{text}");
    }
}

#[cfg(unix)]
#[test]
fn arguments_that_are_no_text_are_refused() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let (code, text) = finish(livekit_proto(&env::temp_dir()).arg("check").arg(OsStr::from_bytes(b"a\xff")));
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("\"a\\xFF\" is not UTF-8"), "{text}");
}

/// A service of LiveKit's that there is not yet.
const NEW: &str = "syntax = \"proto3\";\npackage livekit;\nservice Boards { rpc Open(Board) returns (Board); }\n\
                   message Board { string id = 1; }\n";

#[test]
fn a_sync_removes_only_what_was_part_of_the_schema() {
    let folder = folder("others");
    let (ours, other) =
        (folder.join("proto/livekit_boards.proto"), folder.join("proto/vendor/api/other.proto"));
    fs::write(&ours, NEW).unwrap();
    fs::create_dir_all(other.parent().unwrap()).unwrap();
    fs::write(&other, "syntax = \"proto3\";\n").unwrap();
    let (code, text) = run(&folder, &["sync", "--from", "upstream"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("removed  livekit_boards.proto"), "{text}");
    assert_eq!((ours.exists(), other.exists(), text.contains("other.proto")), (false, true, false), "{text}");
}

#[test]
fn another_projects_protocol_is_refused() {
    let folder = folder("foreign");
    let foreign = folder.join("upstream/foreign");
    fs::create_dir_all(&foreign).unwrap();
    fs::write(foreign.join("a.proto"), NEW.replace("package livekit", "package boards")).unwrap();
    for command in ["sync", "diff"] {
        let text = refusal(&folder, &[command, "--from", "upstream/foreign"]);
        assert!(text.contains("upstream/foreign: this is not LiveKit's protocol: no file in it"), "{text}");
        assert!(text.contains("mend: name the folder `protobufs`"), "{text}");
    }
}

#[test]
fn a_sync_replaces_all_files_or_none() {
    let folder = folder("whole");
    let upstream = folder.join("upstream/protobufs");
    let room = folder.join("proto/livekit_room.proto");
    edit(&upstream.join("livekit_room.proto"), "rpc PerformRpc(", "rpc PlayRpc(");
    fs::write(upstream.join("livekit_zoo.proto"), NEW).unwrap();
    fs::create_dir(folder.join("proto/livekit_zoo.proto")).unwrap();
    let text = refusal(&folder, &["sync", "--from", "upstream"]);
    assert!(text.contains("livekit_zoo.proto: a folder is in the way of the file"), "{text}");

    fs::remove_dir(folder.join("proto/livekit_zoo.proto")).unwrap();
    // The old text, which would have another one now if the file had been written over.
    let old = folder.join("old");
    fs::hard_link(&room, &old).unwrap();
    let left = folder.join("proto/livekit_room.proto.livekit-proto-new");
    fs::write(&left, "of a sync that was killed").unwrap();
    let (code, text) = run(&folder, &["sync", "--from", "upstream"]);
    assert_eq!(code, 0, "{text}");
    let mut written = text.lines().filter_map(|line| line.strip_prefix("written  "));
    assert_eq!(written.next_back(), Some("UPSTREAM.toml"), "it says that the others are there");
    assert!(fs::read_to_string(&old).unwrap().contains("rpc PerformRpc("));
    assert!(fs::read_to_string(&room).unwrap().contains("rpc PlayRpc("));
    assert!(tree(&folder.join("proto")).keys().all(|path| !path.to_string_lossy().ends_with("-new")));
}

#[test]
fn what_would_not_read_back_is_not_written() {
    let folder = folder("unreadable");
    // Inside a message with this name, `livekit` is no longer the package.
    let shadowed = "message Board { message livekit {} string id = 1 [(.livekit.hint) = true]; }\n\
                    extend google.protobuf.FieldOptions { bool hint = 60001; }\n";
    let (head, _) = NEW.split_once("message").unwrap();
    let head = head.replace("service", "import \"google/protobuf/descriptor.proto\";\nservice");
    fs::write(folder.join("upstream/protobufs/livekit_zoo.proto"), head + shadowed).unwrap();
    let text = refusal(&folder, &["sync", "--from", "upstream"]);
    assert!(text.contains("livekit-proto: livekit_zoo.proto:"), "{text}");
    assert!(
        text.contains("mend: nothing was written: this is a defect in how livekit-proto prints"),
        "{text}"
    );
}

#[test]
fn an_annotation_that_has_no_place_any_longer_is_not_dropped() {
    let folder = folder("misplaced");
    let room = folder.join("upstream/protobufs/livekit_room.proto");
    edit(&room, "string room = 1 [(sdk.key) = 1];", "oneof room { string room_name = 1; }");
    let text = refusal(&folder, &["sync", "--from", "upstream"]);
    assert!(text.contains("'livekit.sdk.key' extends 'google.protobuf.FieldOptions'"), "{text}");
    assert!(text.contains("mend: nothing was written: upstream has made something else of this"), "{text}");
}

#[test]
fn comments_that_are_not_kept_are_told() {
    let folder = folder("comments");
    let (code, text) = run(&folder, &["sync", "--from", "upstream"]);
    assert_eq!((code, text.contains("lost")), (0, false), "{text}");
    let room = folder.join("proto/livekit_room.proto");
    edit(&room, "\npackage livekit;", "\n// Ask Ann.\npackage livekit;");
    edit(&room, "rpc CreateRoom(", "// Apart.\n\n  rpc CreateRoom(");
    let edited = fs::read_to_string(&room).unwrap();
    let (code, text) = run(&folder, &["sync", "--from", "upstream"]);
    assert_eq!(code, 0, "{text}");
    for comment in ["Ask Ann.", "Apart."] {
        let line = edited.lines().position(|line| line.trim() == format!("// {comment}")).unwrap() + 1;
        let told =
            format!("lost     livekit_room.proto:{line}: the comment {comment:?}, which documents nothing\n");
        assert!(text.contains(&told), "{told}\n{text}");
    }
}

#[test]
fn drift_is_seen() {
    let folder = folder("drift");
    edit(&folder.join("proto/livekit_room.proto"), "uint32 empty_timeout", "uint64 empty_timeout");
    let (code, text) = run(&folder, &["check"]);
    assert_eq!(code, 1);
    assert!(text.contains("drifted  the facts are"), "{text}");
    assert_eq!(run(&folder, &["docs", "--check"]).0, 1, "there is no METHODS.md yet");
}

/// `git` clones the tag that is named, or else what the repository has last.
#[test]
fn a_sync_takes_a_tag_of_the_repository() {
    let folder = folder("git");
    let upstream = folder.join("upstream");
    let room = upstream.join("protobufs/livekit_room.proto");
    let git = |arguments: &[&str]| {
        let author = ["-c", "user.name=a", "-c", "user.email=a@a", "-c", "commit.gpgsign=false"];
        let mut git = Command::new("git");
        let (code, text) = finish(git.args(author).args(arguments).current_dir(&upstream));
        assert_eq!(code, 0, "{text}");
    };
    git(&["init", "--quiet"]);
    edit(&room, "rpc PerformRpc(", "rpc TaggedRpc(");
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message", "tagged"]);
    git(&["tag", "v9.9.9"]);
    edit(&room, "rpc TaggedRpc(", "rpc LatestRpc(");
    git(&["commit", "--quiet", "--all", "--message", "latest"]);

    // Git goes here for what it would get from there.
    let here = format!("url.file://{}.insteadOf", upstream.display());
    let diff = |from: &str| {
        let mut diff = livekit_proto(&folder);
        diff.args(["diff", "--from", from]).env("GIT_CONFIG_COUNT", "1").env("GIT_CONFIG_KEY_0", &here);
        finish(diff.env("GIT_CONFIG_VALUE_0", "https://github.com/livekit/protocol"))
    };
    for (from, method) in [("git:v9.9.9", "TaggedRpc"), ("git", "LatestRpc")] {
        let (code, text) = diff(from);
        assert_eq!(code, 1, "{text}");
        assert!(text.contains(&format!("method   livekit.RoomService.{method}")), "{text}");
    }
    let (code, text) = diff("git:v0.0.0");
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("mend: check the tag, and that git reaches the repository"), "{text}");
}
