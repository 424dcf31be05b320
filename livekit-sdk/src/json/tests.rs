use serde_json::json;

use crate::proto::{ParticipantInfo, ParticipantPermission, TrackSource, participant_info};

fn read<T: serde::de::DeserializeOwned>(value: serde_json::Value) -> Result<T, serde_json::Error> {
    serde_json::from_value(value)
}

#[test]
fn names_that_are_not_known_read_as_absent() {
    let info: ParticipantInfo =
        read(json!({"identity": "alice", "kind": "TELEPATH", "kindDetails": ["NEW", "FORWARDED"]}))
            .expect("read");
    assert_eq!((info.identity.as_str(), info.kind), ("alice", 0));
    assert_eq!(info.kind_details, [participant_info::KindDetail::Forwarded as i32]);
}

#[test]
fn numbers_that_are_not_known_are_kept_and_written_again() {
    let text = json!({"kind": 4242, "kindDetails": [77]});
    let info: ParticipantInfo = read(text.clone()).expect("read");
    assert_eq!((info.kind, info.kind_details.as_slice()), (4242, [77].as_slice()));
    assert_eq!(serde_json::to_value(&info).expect("written"), text);
}

#[test]
fn known_values_are_written_by_name() {
    let sources = vec![TrackSource::Camera as i32, 99];
    let permission =
        ParticipantPermission { can_publish_sources: sources, ..ParticipantPermission::default() };
    let text = serde_json::to_value(&permission).expect("written");
    assert_eq!(text, json!({"canPublishSources": ["CAMERA", 99]}));
    assert_eq!(read::<ParticipantPermission>(text).expect("read"), permission);
}

#[test]
fn what_is_neither_name_nor_number_is_an_error() {
    for value in [json!(1.5), json!(true), json!({}), json!(i64::MAX), json!(u64::MAX)] {
        assert!(read::<ParticipantInfo>(json!({ "kind": value })).is_err(), "{value}");
    }
}

#[test]
fn numbers_are_numbers_or_text() {
    let read =
        |value: serde_json::Value| read::<ParticipantInfo>(json!({ "joinedAtMs": value, "version": 7.0 }));
    for value in [json!(1_700_000_000_123_i64), json!("1700000000123"), json!(1.700000000123e12)] {
        let info = read(value.clone()).expect("read");
        assert_eq!((info.joined_at_ms, info.version), (1_700_000_000_123, 7), "{value}");
    }
    for value in [
        json!("1.5"),
        json!(1.5),
        json!(""),
        json!("x"),
        json!(true),
        json!([]),
        json!(1e300),
        json!(u64::MAX),
    ] {
        assert!(read(value.clone()).is_err(), "{value}");
    }
}
