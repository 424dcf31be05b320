//! Protobuf JSON of the generated messages, through serde.
//!
//! The generated code lists facts: `message!` the fields of a message with their names, `enumeration!` the
//! enums. All that is done with them is here, so that a field costs one line of generated code.
//!
//! Messages are read where they are, field by field, and are not moved from layer to layer. Tolerated is
//! what protobuf JSON demands, and what a server that is newer than this version may send: fields and enum
//! values that are not known read as if they were absent.

mod bytes;
mod enumeration;
mod field;
mod map;
mod mask;
mod message;
mod number;
mod text;
mod value;

pub(crate) use enumeration::{Enumeration, deserialize as deserialize_enum, enumeration};
pub(crate) use field::{read, read_member, write, write_member};
pub(crate) use message::{
    FieldName, Message, deserialize, message, read_field, read_message, serialize, write_field,
};
pub(crate) use number::digits;
#[cfg(feature = "webhooks")]
pub(crate) use text::read_text;
pub(crate) use text::{Reader, from_str};
pub(crate) use value::{Enum, Plain, Value};

#[cfg(test)]
#[cfg(feature = "webhooks")]
mod tests {
    use std::collections::HashMap;

    use serde::Deserialize;
    use serde::de::value::MapDeserializer;
    use serde_json::json;

    use super::message::read_message;
    use super::text::{Reader, plain_length, read_text};
    use super::value::{Enum, Plain, Value};
    use crate::proto::{ParticipantInfo, ParticipantPermission, Room, TrackSource, participant_info};

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
        let read = |value: serde_json::Value| {
            read::<ParticipantInfo>(json!({ "joinedAtMs": value, "version": 7.0 }))
        };
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

    /// Whatever another crate makes of serde_json by its feature `arbitrary_precision`.
    #[test]
    fn numbers_are_read_from_objects_that_hold_their_digits() {
        fn read<K, V: Value<K>>(key: &str, digits: &str) -> Result<V, serde::de::value::Error> {
            let mut value = V::default();
            value.read(MapDeserializer::new([(key, digits)].into_iter()))?;
            Ok(value)
        }
        const KEY: &str = "$serde_json::private::Number";
        assert_eq!(read::<Plain, f64>(KEY, "1.5e3"), Ok(1500.0));
        assert_eq!(read::<Plain, i64>(KEY, "-7.0"), Ok(-7));
        assert_eq!(read::<Enum<TrackSource>, i32>(KEY, "1"), Ok(TrackSource::Camera.into()));
        for refused in
            [read::<Plain, u32>(KEY, "1.5"), read::<Plain, u32>(KEY, "-1"), read::<Plain, u32>("n", "1")]
        {
            assert!(refused.is_err(), "{refused:?}");
        }
        assert!(read::<Enum<TrackSource>, i32>(KEY, "1.5").is_err());
    }

    /// Has what no message of the schema has: keys and values of all kinds in maps.
    #[derive(Clone, PartialEq, Debug, Default)]
    struct Maps {
        numbers: HashMap<i32, u64>,
        flags: HashMap<bool, String>,
        sources: HashMap<String, i32>,
        rooms: HashMap<String, Room>,
    }

    crate::json::message! { Maps = "test.Maps";
        0 "numbers" "numbers" numbers;
        1 "flags" "flags" flags;
        2 "trackSources" "track_sources" sources as TrackSource;
        3 "rooms" "rooms" rooms;
    }

    #[test]
    fn maps_of_all_kinds() {
        let text = json!({
            "numbers": {"-7": "18446744073709551615"}, "flags": {"true": "yes"},
            "trackSources": {"a": "CAMERA", "b": 99}, "rooms": {"r": {"sid": "RM_1"}},
        });
        let maps: Maps = read(text.clone()).expect("read");
        assert_eq!((maps.numbers[&-7], maps.flags[&true].as_str()), (u64::MAX, "yes"));
        assert_eq!((maps.sources["a"], maps.sources["b"]), (TrackSource::Camera.into(), 99));
        assert_eq!(maps.rooms["r"].sid, "RM_1");
        assert_eq!(serde_json::to_value(&maps).expect("written"), text);

        // An entry whose value is not known is no entry.
        let maps: Maps = read(json!({"track_sources": {"a": "THERMAL"}, "rooms": null})).expect("read");
        assert_eq!(maps, Maps::default());
        for bad in [
            json!({"numbers": {"x": 1}}),
            json!({"numbers": {"1": null}}),
            json!({"flags": {"yes": ""}}),
            json!({"rooms": {"r": null}}),
            json!({"rooms": []}),
        ] {
            assert!(read::<Maps>(bad.clone()).is_err(), "{bad}");
        }
    }

    /// JSON of every kind, and some that looks like it.
    const TEXTS: [&str; 8] = [
        r#"{"sid":"PA_1","identity":"a\"b\\ \u00e9 ü🙂","state":"ACTIVE","joinedAt":"17","version":7,"isPublisher":true}"#,
        r#" { "tracks" : [ { "sid" : "TR_1", "muted" : false, "width" : 1e3 } , {} ] , "attributes" : {"a":"1"} } "#,
        r#"{"new":{"a":[1,-2,3.5,{"b":null}],"c":"\n"},"kind":"TELEPATH","kindDetails":["NEW",77,"FORWARDED"]}"#,
        r#"{"metadata":"a text of more than sixteen bytes, with \"quotes\" far from its start","name":null}"#,
        r#"[0,-0,1,-1,18446744073709551615,18446744073709551616,9223372036854775808,-9223372036854775809,1.5,1E-2]"#,
        r#"{"a":[[],{},[[]],""],"b":{"c":{}},"d":[true,false,null],"e":"\ud83d\ude42"}"#,
        "[\t\r\n\u{7f}]",
        "\"a\u{0}b\"",
    ];

    /// Each text as it is, cut off at each place, and with each byte replaced or left out.
    fn mutations(text: &str) -> impl Iterator<Item = String> {
        let whole = std::iter::once(text.to_owned());
        let places =
            || (0..text.len()).filter(|at| text.is_char_boundary(*at) && text.is_char_boundary(at + 1));
        let cut = places().map(|at| text[..at].to_owned());
        let replacements = [
            "", "\"", "\\", ",", ":", "{", "}", "[", "]", "0", "-", ".", "e", "n", " ", "\n", "\u{1}", "ü",
            "9999",
        ];
        let changed = places()
            .flat_map(move |at| replacements.map(|new| format!("{}{new}{}", &text[..at], &text[at + 1..])));
        whole.chain(cut).chain(changed)
    }

    #[test]
    fn the_reader_reads_as_serde_json_does() {
        let (mut read, mut refused) = (0, 0);
        for text in TEXTS.iter().flat_map(|text| mutations(text)) {
            match Reader::read(&text, |json| serde_json::Value::deserialize(json)) {
                Ok(value) => {
                    assert_eq!(
                        value,
                        serde_json::from_str::<serde_json::Value>(&text).expect(&text),
                        "{text}"
                    );
                    read += 1;
                }
                Err(_) => refused += 1,
            }
            let mut message = ParticipantInfo::default();
            let was_read =
                read_text(&mut message, &text).map(|()| message).map_err(|error| error.to_string());
            assert_eq!(was_read, serde_json::from_str(&text).map_err(|error| error.to_string()), "{text}");
        }
        assert!(read > 500 && refused > 5000, "{read} texts were read, and {refused} refused");
    }

    /// Otherwise everything would be read twice.
    #[test]
    fn the_reader_leaves_nothing_ordinary_to_serde_json() {
        for text in &TEXTS[..6] {
            assert!(Reader::read(text, |json| serde_json::Value::deserialize(json)).is_ok(), "{text}");
        }
        for text in &TEXTS[..4] {
            let mut message = ParticipantInfo::default();
            assert!(Reader::read(text, |json| read_message(&mut message, json)).is_ok(), "{text}");
        }
    }

    #[test]
    fn the_reader_goes_as_deep_as_serde_json() {
        for depth in [1, 126, 127, 128, 129, 100_000] {
            let text = "[".repeat(depth) + &"]".repeat(depth);
            let ours = Reader::read(&text, |json| serde_json::Value::deserialize(json));
            assert_eq!(ours.is_ok(), serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{depth}");
        }
    }

    #[test]
    fn strings_end_where_they_end() {
        for length in 0..40 {
            for special in ['"', '\\', '\u{1f}', '\n'] {
                for plain in ["a", "\u{7f}", " ", "!", "#", "[", "]"] {
                    let text = format!("{}{special}{}", plain.repeat(length), "\"".repeat(20));
                    assert_eq!(plain_length(text.as_bytes()), length, "{text:?}");
                    assert_eq!(
                        plain_length(plain.repeat(length).as_bytes()),
                        length,
                        "{plain:?} {length} times"
                    );
                }
            }
            let text = "ü€🙂".repeat(length) + "\"";
            assert_eq!(plain_length(text.as_bytes()), text.len() - 1);
        }
    }
}
