//! What becomes of our annotations, and of what the runtime needs, when upstream says something else.

use std::env;

use livekit_build_support::merge::merge;
use livekit_build_support::schema::{Schema, read_dir};
use livekit_build_support::{Inputs, check, generate};
use livekit_tests::upstream;

use super::ours;

#[test]
fn what_upstream_dropped_is_reported() {
    let ours = Schema::parse(&ours()).unwrap();
    let mut upstream = read_dir(&upstream::protobufs()).unwrap();
    let room = upstream.iter_mut().find(|(name, _)| name == "livekit_room.proto").unwrap();
    room.1 = room.1.replace("rpc PerformRpc(PerformRpcRequest) returns (PerformRpcResponse);", "");
    let lost = merge(&Schema::parse(&upstream).unwrap(), &ours).lost;
    let lost: Vec<_> = lost.iter().map(ToString::to_string).collect();
    let annotated = |field| {
        format!(
            "livekit.PerformRpcRequest.{field} is gone upstream, and with it our documentation, (sdk.key)"
        )
    };
    assert_eq!(
        lost,
        [
            "livekit.PerformRpcRequest is gone upstream, and with it our documentation and that of 2 elements in it",
            &annotated("destination_identity"),
            &annotated("method"),
            &annotated("room"),
            "livekit.PerformRpcResponse is gone upstream, and with it our documentation and that of 1 element in it",
            "livekit.RoomService.PerformRpc is gone upstream, and with it our documentation, (sdk.access), (sdk.wait)",
        ]
    );
}

/// An annotation that no longer fits is left out, and what was secret stays so: the rest is generated.
#[test]
fn what_upstream_reshapes_is_set_aside() {
    let wait = "(sdk.wait.milliseconds) of livekit.RoomService.PerformRpc no longer fits";
    let dial = "(sdk.dial.when) of livekit.SIP.CreateSIPParticipant no longer fits";
    let boxed = "(sdk.boxed) of livekit.WebhookEvent.job no longer fits";
    let denied = "(sdk.secret) of livekit.SIPInboundTrunkInfo.auth_username no longer fits";
    for (file, before, after, told) in [
        (
            "livekit_room.proto",
            "uint32 response_timeout_ms = 5;",
            "oneof of { uint32 response_timeout_ms = 5; }",
            wait,
        ),
        (
            "livekit_room.proto",
            "uint32 response_timeout_ms = 5;",
            "optional uint32 response_timeout_ms = 5;",
            "",
        ),
        (
            "livekit_sip.proto",
            "bool wait_until_answered = 19;",
            "repeated bool wait_until_answered = 19;",
            dial,
        ),
        (
            "livekit_sip.proto",
            "bool wait_until_answered = 19;",
            "optional bool wait_until_answered = 19;",
            "",
        ),
        ("livekit_webhook.proto", "Job job = 12;", "string job = 12;", boxed),
        (
            "livekit_sip.proto",
            "string auth_username = 7 [(logger.sensitivity) = SENSITIVITY_PII]",
            "string auth_username = 7 [(logger.sensitivity) = SENSITIVITY_SECRET]",
            denied,
        ),
        ("livekit_cloud_agent.proto", "bytes value = 2;", "AgentSecret value = 2;", ""),
    ] {
        let mut upstream = read_dir(&upstream::protobufs()).unwrap();
        let text = &mut upstream.iter_mut().find(|(name, _)| name == file).unwrap().1;
        assert!(text.contains(before), "{file} does not say: {before}");
        *text = text.replacen(before, after, 1);
        let upstream = Schema::parse(&upstream).unwrap();
        let merged = merge(&upstream, &Schema::parse(&ours()).unwrap()).without_unfit();
        let lost: Vec<_> = merged.lost.iter().map(ToString::to_string).collect();
        match told {
            "" => assert_eq!(lost, [""; 0], "{after}"),
            _ => assert!(lost.first().is_some_and(|first| first.starts_with(told)), "{after}: {lost:#?}"),
        }
        assert_eq!(check::check(&merged.schema), [], "{after}");
    }
}

/// What the runtime needs of a message is put where upstream has it, which need not be our file.
#[test]
fn what_is_completed_may_have_moved() {
    let folder = env::current_exe().unwrap().with_extension("moved");
    let mut upstream = read_dir(&upstream::protobufs()).unwrap();
    let models = &mut upstream.iter_mut().find(|(name, _)| name == "livekit_models.proto").unwrap().1;
    let start = models.find("message ParticipantPermission {").unwrap();
    let end = start + models[start..].find("\n}\n").unwrap() + 3;
    let moved = models[start..end].replace("  bool can_update_metadata = 10;\n", "");
    assert_ne!(moved, models[start..end]);
    models.replace_range(start..end, "");
    *models = models.replacen("package livekit;", "package livekit;\nimport public \"moved.proto\";", 1);
    let source = models.find("enum TrackSource {").unwrap();
    let end = source + models[source..].find("\n}\n").unwrap() + 3;
    let source = models.drain(source..end).collect::<String>();
    upstream
        .push(("moved.proto".to_owned(), format!("syntax = \"proto3\";\npackage livekit;\n{source}{moved}")));
    upstream::write(&folder, &upstream);
    let inputs = Inputs { sources: ours(), upstream: Some(folder), descriptors: true, ..Inputs::default() };
    let generated = generate(&inputs).unwrap_or_else(|error| panic!("{error}"));
    let messages = generated.files.iter().find(|file| file.name == "package.livekit.rs").unwrap();
    assert!(messages.text.contains("can_update_metadata"));
    prost_reflect::DescriptorPool::decode(&*generated.descriptors.unwrap()).unwrap();
}
