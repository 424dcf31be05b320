//! A protocol that does not exist yet: what is made of it. `apps.rs` builds an application against it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

#[path = "future/mod.rs"]
mod protocol;

use std::path::{Path, PathBuf};
use std::{env, fs};

use livekit_build_support::{Generated, Halves, Inputs, generate};
use livekit_tests::upstream;

/// Methods in `cloud_ledger.proto`, `livekit_imports.proto` and `livekit_names.proto`.
const STRANGE_METHODS: usize = 17;

/// A folder of this test's own.
fn folder(name: &str) -> PathBuf {
    env::current_exe().unwrap().ancestors().nth(3).unwrap().join("future").join(name)
}

fn generated(folder_name: &str) -> Generated {
    let dir = folder(folder_name);
    upstream::write(&dir, &protocol::sources());
    let ours = livekit_sdk_proto::files().iter();
    let inputs = Inputs {
        sources: ours.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect(),
        upstream: Some(dir),
        features: Some(["client", "room"].map(str::to_owned).to_vec()),
        halves: Halves { server: true },
        json: true,
        webhooks: true,
        descriptors: true,
    };
    generate(&inputs).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn everything_new_is_there() {
    let generated = generated("generated");
    assert_eq!(generated.lost, []);
    let told: Vec<_> = generated.unannotated.iter().map(ToString::to_string).collect();
    let (known, strange): (Vec<_>, Vec<_>) =
        told.iter().partition(|line| line.contains("RoomService") || line.contains("Whiteboard"));
    assert_eq!(strange.len(), STRANGE_METHODS, "{strange:#?}");
    let need_grants = "has no access annotation: calls need `with_grants`, for its service has no default";
    assert_eq!(
        known,
        [
            "livekit.RoomService/ArchiveRoom has no access annotation: the default of its service is used",
            "livekit.RoomService/RestoreRoom has no access annotation: the default of its service is used",
            &format!("livekit.Whiteboard/OpenBoard {need_grants}"),
            &format!("livekit.Whiteboard/Draw {need_grants}"),
            &format!("livekit.Whiteboard/CountBoards {need_grants}"),
            &format!("livekit.Whiteboard/Erase {need_grants}"),
        ]
    );
    let file = |name: &str| &generated.files.iter().find(|file| file.name == name).unwrap().text;
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/future/service.whiteboard.rs");
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&golden, file("service.whiteboard.rs")).unwrap();
    }
    assert_eq!(file("service.whiteboard.rs"), &fs::read_to_string(golden).unwrap());
    let room = file("service.room.rs");
    let archive = "    /// Closes a room for good, says \\<upstream\\>.\n    ///\n    \
        /// Route: `POST /twirp/livekit.RoomService/ArchiveRoom`. Needs `video.roomAdmin`, for the room in `room`.\n    \
        #[rpc(name = \"ArchiveRoom\", access(video(room_admin)), room = \"room\")]\n    \
        fn archive_room(request: crate::proto::ArchiveRoomRequest) -> crate::proto::ArchivedRoom;\n";
    assert!(room.contains(archive), "{room}");
    assert!(room.contains("    #[deprecated]\n    #[rpc(name = \"ListRooms\""), "{room}");
    assert!(!file("services.rs").contains("mod egress"), "the feature is not on");
}
