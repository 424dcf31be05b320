//! Protobuf JSON as others may write it: what is read although we would write it otherwise, what counts as
//! absent, and what is refused. `tests/wire.rs` compares what everybody writes the same.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

use std::fmt::Debug;

use livekit_sdk::proto::room_composite_egress_request::Options;
use livekit_sdk::proto::rpc_response::Value as Outcome;
use livekit_sdk::proto::simulation_run::JobMetrics;
use livekit_sdk::proto::{
    AgentSecret, EgressInfo, EncodingOptions, ImageOutput, ParticipantInfo, RoomCompositeEgressRequest,
    RpcResponse, SegmentsInfo, SendDataRequest, SipDtmf, SipMediaConfig, WebhookEvent, data_packet,
    egress_info, participant_info,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, from_str, from_value, json, to_value};

/// Reads JSON as a tree and as text, which takes other paths, to the same end.
#[track_caller]
fn read<T: DeserializeOwned + PartialEq + Debug>(value: &Value) -> Result<T, String> {
    let from_tree = from_value::<T>(value.clone()).map_err(|error| error.to_string());
    let from_text = from_str::<T>(&value.to_string()).map_err(|error| error.to_string());
    match (&from_tree, &from_text) {
        (Ok(one), Ok(other)) => assert_eq!(one, other, "{value}"),
        (Err(_), Err(_)) => {}
        _ => panic!("{value}: as a tree {from_tree:?}, as text {from_text:?}"),
    }
    from_tree
}

/// Reads a message with one field, and answers that field.
#[track_caller]
fn field<T: DeserializeOwned + PartialEq + Debug, F>(
    name: &str,
    value: &Value,
    get: impl FnOnce(T) -> F,
) -> Option<F> {
    read(&json!({ name: value })).ok().map(get)
}

fn written(value: &impl Serialize) -> Value {
    to_value(value).unwrap()
}

#[test]
fn integers_of_32_bits() {
    let width = |value: &Value| field("width", value, |output: ImageOutput| output.width);
    for value in
        [json!(7), json!("7"), json!(7.0), json!("7.0"), json!("7e0"), json!("0.7e1"), json!("70e-1")]
    {
        assert_eq!(width(&value), Some(7), "{value}");
    }
    for value in [json!(-2147483648_i64), json!("-2147483648"), json!(-2147483648.0), json!("-2.147483648e9")]
    {
        assert_eq!(width(&value), Some(i32::MIN), "{value}");
    }
    assert_eq!(from_str::<ImageOutput>(r#"{"width":1e2}"#).unwrap().width, 100);
    for value in [
        json!(7.5),
        json!("7.5"),
        json!(2147483648_i64),
        json!("2147483648"),
        json!(2147483648.0),
        json!(1e300),
        json!(""),
        json!(" 7"),
        json!("7 "),
        json!("x"),
        json!("0x7"),
        json!("NaN"),
        json!("Infinity"),
        json!(true),
        json!([7]),
        json!({}),
    ] {
        assert_eq!(width(&value), None, "{value}");
    }
    let code = |value: &Value| field("code", value, |dtmf: SipDtmf| dtmf.code);
    for value in [json!(4294967295_i64), json!("4294967295"), json!(4294967295.0), json!("4294967295e0")] {
        assert_eq!(code(&value), Some(u32::MAX), "{value}");
    }
    for value in [json!(-1), json!("-1"), json!(-1.0), json!(4294967296_i64), json!("4294967296")] {
        assert_eq!(code(&value), None, "{value}");
    }
}

#[test]
fn integers_of_64_bits() {
    let size = |value: &Value| field("size", value, |info: SegmentsInfo| info.size);
    for value in [json!(i64::MAX), json!("9223372036854775807")] {
        assert_eq!(size(&value), Some(i64::MAX), "{value}");
    }
    for value in [json!(i64::MIN), json!("-9223372036854775808")] {
        assert_eq!(size(&value), Some(i64::MIN), "{value}");
    }
    for value in [json!(9007199254740992_i64), json!(9007199254740992.0), json!("9007199254740992.0")] {
        assert_eq!(size(&value), Some(1 << 53), "{value}");
    }
    // A float beyond 2^53 may be the neighbour of what was meant.
    for value in
        [json!(9007199254740994.0), json!(u64::MAX), json!("9223372036854775808"), json!(0.5), json!(false)]
    {
        assert_eq!(size(&value), None, "{value}");
    }
    assert_eq!(written(&SegmentsInfo { size: -5, ..Default::default() }), json!({"size": "-5"}));
}

#[test]
fn floats() {
    let interval = |value: &Value| {
        field("keyFrameInterval", value, |options: EncodingOptions| options.key_frame_interval)
    };
    for value in [json!(2.5), json!("2.5"), json!("25e-1")] {
        assert_eq!(interval(&value), Some(2.5), "{value}");
    }
    assert_eq!(interval(&json!(3)), Some(3.0));
    assert_eq!(interval(&json!(-3)), Some(-3.0));
    let nan: EncodingOptions = from_str(r#"{"keyFrameInterval":"NaN"}"#).unwrap();
    assert!(nan.key_frame_interval.is_nan());
    for (text, number) in [("NaN", f64::NAN), ("Infinity", f64::INFINITY), ("-Infinity", f64::NEG_INFINITY)] {
        let options = EncodingOptions { key_frame_interval: number, ..Default::default() };
        assert_eq!(written(&options), json!({ "keyFrameInterval": text }));
    }
    for (text, number) in [("Infinity", f64::INFINITY), ("-Infinity", f64::NEG_INFINITY)] {
        assert_eq!(interval(&json!(text)), Some(number));
    }
    for value in [json!(""), json!("x"), json!(true), json!([1.5])] {
        assert_eq!(interval(&value), None, "{value}");
    }
    let score = |value: &Value| field("taskCompletion", value, |metrics: JobMetrics| metrics.task_completion);
    assert_eq!(score(&json!("0.5")), Some(Some(0.5)));
    assert_eq!(score(&json!("-Infinity")), Some(Some(f32::NEG_INFINITY)));
    assert_eq!(score(&json!(null)), Some(None));
    // Too large for 32 bits.
    assert_eq!((score(&json!(1e300)), score(&json!("1e300"))), (None, None));
    // As short as a number of 32 bits can be.
    let text = serde_json::to_string(&JobMetrics { task_completion: Some(0.1), ..Default::default() });
    assert_eq!(text.unwrap(), r#"{"taskCompletion":0.1}"#);
}

#[test]
fn booleans_are_no_text_and_no_number() {
    let disable =
        |value: &Value| field("disableManifest", value, |output: ImageOutput| output.disable_manifest);
    assert_eq!((disable(&json!(true)), disable(&json!(false))), (Some(true), Some(false)));
    for value in [json!("true"), json!(1), json!(0), json!([])] {
        assert_eq!(disable(&value), None, "{value}");
    }
}

#[test]
fn text_is_text_only() {
    let digit = |value: &Value| field("digit", value, |dtmf: SipDtmf| dtmf.digit);
    assert_eq!(digit(&json!("\u{1f642}\"\n")), Some("\u{1f642}\"\n".to_owned()));
    for value in [json!(5), json!(true), json!([]), json!({})] {
        assert_eq!(digit(&value), None, "{value}");
    }
}

#[test]
fn bytes_in_either_alphabet_padded_or_not() {
    let value = |value: &Value| field("value", value, |secret: AgentSecret| secret.value);
    for text in ["-_8=", "-_8", "+/8=", "+/8"] {
        assert_eq!(value(&json!(text)), Some(vec![0xfb, 0xff]), "{text}");
    }
    assert_eq!(value(&json!("")), Some(vec![]));
    for wrong in
        [json!("+_8="), json!("-/8="), json!("+/8=="), json!("+"), json!("\u{1f642}"), json!(5), json!([1])]
    {
        assert_eq!(value(&wrong), None, "{wrong}");
    }
    let secret = AgentSecret { value: vec![0xfb, 0xff], ..Default::default() };
    assert_eq!(written(&secret), json!({"value": "+/8="}));
}

#[test]
fn enum_values_that_are_not_known() {
    let kind = |value: &Value| field("kind", value, |info: ParticipantInfo| info.kind);
    let known = participant_info::Kind::Sip as i32;
    for value in [json!("SIP"), json!(known)] {
        assert_eq!(kind(&value), Some(known), "{value}");
    }
    // Numbers are kept, and names are absent.
    assert_eq!((kind(&json!(4242)), kind(&json!(-1))), (Some(4242), Some(-1)));
    for name in ["TELEPATH", "", "sip", "3"] {
        assert_eq!(kind(&json!(name)), Some(0), "{name}");
    }
    for value in [json!(1.5), json!(true), json!({}), json!([]), json!(i64::MAX), json!(u64::MAX)] {
        assert_eq!(kind(&value), None, "{value}");
    }
    let details = |value: Value| field("kindDetails", &value, |info: ParticipantInfo| info.kind_details);
    let forwarded = participant_info::KindDetail::Forwarded as i32;
    assert_eq!(details(json!(["NEW", "FORWARDED", 77, "OLD"])), Some(vec![forwarded, 77]));
    assert_eq!(details(json!([null])), None);
    let info = ParticipantInfo { kind_details: vec![forwarded, 77], kind: 4242, ..Default::default() };
    assert_eq!(written(&info), json!({"kind": 4242, "kindDetails": ["FORWARDED", 77]}));

    // In a oneof, an unknown name sets nothing, so that another member may follow.
    let options = |value: Value| read::<RoomCompositeEgressRequest>(&value).map(|request| request.options);
    assert_eq!(options(json!({"preset": 4242})), Ok(Some(Options::Preset(4242))));
    assert_eq!(options(json!({"preset": "H264_720P_30"})), Ok(Some(Options::Preset(0))));
    assert_eq!(options(json!({"preset": "H266"})), Ok(None));
    let advanced = Options::Advanced(EncodingOptions::default());
    assert_eq!(options(json!({"preset": "H266", "advanced": {}})), Ok(Some(advanced)));
    assert_eq!(
        written(&RoomCompositeEgressRequest { options: Some(Options::Preset(0)), ..Default::default() }),
        json!({"preset": "H264_720P_30"})
    );

    // With presence, an unknown name is not the default, but nothing.
    let encryption = |value: Value| field("encryption", &value, |media: SipMediaConfig| media.encryption);
    assert_eq!(encryption(json!("SIP_MEDIA_ENCRYPT_DISABLE")), Some(Some(0)));
    assert_eq!(encryption(json!(4242)), Some(Some(4242)));
    assert_eq!(encryption(json!("SIP_MEDIA_ENCRYPT_QUANTUM")), Some(None));
    assert_eq!(
        written(&SipMediaConfig { encryption: Some(0), ..Default::default() })["encryption"],
        "SIP_MEDIA_ENCRYPT_DISABLE"
    );
}

#[test]
fn a_oneof_has_one_member() {
    let value = |text: &str| from_str::<RpcResponse>(text).map(|response| response.value);
    assert_eq!(value(r#"{"payload":""}"#).unwrap(), Some(Outcome::Payload(String::new())));
    assert_eq!(value(r#"{"error":{}}"#).unwrap(), Some(Outcome::Error(Default::default())));
    assert_eq!(
        value(r#"{"compressed_payload":"-_8"}"#).unwrap(),
        Some(Outcome::CompressedPayload([0xfb, 0xff].into()))
    );
    // `null` is no member.
    assert_eq!(
        value(r#"{"payload":null,"error":{},"compressedPayload":null}"#).unwrap(),
        Some(Outcome::Error(Default::default()))
    );
    for (text, named) in [
        (r#"{"payload":"a","error":{}}"#, "error"),
        (r#"{"error":{},"payload":null,"payload":"a"}"#, "payload"),
        (r#"{"payload":"a","payload":"a"}"#, "payload"),
        (r#"{"error":{},"compressed_payload":""}"#, "compressedPayload"),
    ] {
        let error = value(text).unwrap_err().to_string();
        assert!(error.starts_with(&format!("duplicate field `{named}`")), "{text}: {error}");
    }
    assert_eq!(
        written(&RpcResponse { value: Some(Outcome::Payload(String::new())), ..Default::default() }),
        json!({"payload": ""})
    );
}

#[test]
fn a_field_is_given_once() {
    for text in
        [r#"{"digit":"","digit":"5"}"#, r#"{"digit":"5","code":1,"digit":"5"}"#, r#"{"code":0,"code":0}"#]
    {
        let error = from_str::<SipDtmf>(text).unwrap_err().to_string();
        assert!(error.starts_with("duplicate field `"), "{text}: {error}");
    }
    let error = from_str::<ImageOutput>(r#"{"image_codec":0,"imageCodec":0}"#).unwrap_err().to_string();
    assert!(error.starts_with("duplicate field `imageCodec`"), "{error}");
    // Unknown fields are not looked at, and the last entry of a map counts.
    assert!(from_str::<SipDtmf>(r#"{"new":1,"new":2}"#).is_ok());
    let info: ParticipantInfo = from_str(r#"{"attributes":{"a":"1","a":"2"}}"#).unwrap();
    assert_eq!(info.attributes["a"], "2");
}

#[test]
fn null_is_no_item_and_no_entry() {
    for value in
        [json!({"tracks": [null]}), json!({"attributes": {"a": null}}), json!({"attributes": [null]})]
    {
        assert!(read::<ParticipantInfo>(&value).is_err(), "{value}");
    }
    assert!(read::<SendDataRequest>(&json!({"destinationIdentities": [null]})).is_err());
    assert!(read::<ParticipantInfo>(&json!(null)).is_err());
}

#[test]
fn messages_are_objects() {
    for value in [json!("x"), json!(1), json!([]), json!([{}]), json!(true)] {
        assert!(read::<WebhookEvent>(&value).is_err(), "{value}");
        assert!(read::<WebhookEvent>(&json!({ "room": value })).is_err(), "{value}");
        assert!(read::<WebhookEvent>(&json!({ "egressInfo": value })).is_err(), "{value}");
    }
    for value in [json!("x"), json!(1), json!({}), json!(true)] {
        assert!(read::<ParticipantInfo>(&json!({ "tracks": value })).is_err(), "{value}");
        assert!(
            value.is_object() || read::<ParticipantInfo>(&json!({ "attributes": value })).is_err(),
            "{value}"
        );
    }
}

#[test]
fn presence_is_kept() {
    let request = SendDataRequest { topic: Some(String::new()), ..Default::default() };
    assert_eq!(written(&request), json!({"topic": ""}));
    assert_eq!(read(&json!({"topic": ""})), Ok(request));
    assert_eq!(read(&json!({"topic": null})), Ok(SendDataRequest::default()));
    assert_eq!(
        written(&SendDataRequest { kind: data_packet::Kind::Reliable.into(), ..Default::default() }),
        json!({})
    );
    let event = WebhookEvent {
        room: Some(Default::default()),
        egress_info: Some(Default::default()),
        ..Default::default()
    };
    assert_eq!(written(&event), json!({"room": {}, "egressInfo": {}}));
    assert_eq!(read(&json!({"room": {}, "egress_info": {}})), Ok(event));
    let info =
        EgressInfo { request: Some(egress_info::Request::Web(Default::default())), ..Default::default() };
    assert_eq!(written(&info), json!({"web": {}}));
}

#[test]
fn errors_name_what_was_expected() {
    let error = |text: &str| from_str::<WebhookEvent>(text).unwrap_err().to_string();
    for (text, expected) in [
        (r#"{"room":5}"#, "struct livekit.Room"),
        (r#"{"id":5}"#, "a string"),
        (r#"{"createdAt":{}}"#, "a number, or a text that holds one"),
        (r#"{"createdAt":"x"}"#, "the text does not hold a number in range"),
        (r#"{"participant":{"kind":[]}}"#, "the name or the number of an enum value"),
        (r#"{"participant":{"tracks":1}}"#, "a sequence"),
        (r#"{"participant":{"attributes":1}}"#, "a map"),
        (r#"{"room":{"enabledCodecs":[1]}}"#, "struct livekit.Codec"),
    ] {
        let error = error(text);
        assert!(error.contains(expected) && error.contains("at line 1 column"), "{text}: {error}");
    }
    assert!(from_str::<WebhookEvent>(r#"{"room":{"sid":"#).unwrap_err().is_eof());
    assert!(from_str::<WebhookEvent>(r#"{"room":{"sid" 1}}"#).unwrap_err().is_syntax());
}

/// No message holds itself, and what is unknown is passed over without recursion.
#[test]
fn depth_is_no_danger() {
    let deep = |open: &str, close: &str| open.repeat(100_000) + "1" + &close.repeat(100_000);
    for value in [deep("[", "]"), deep(r#"{"new":"#, "}")] {
        let event: WebhookEvent =
            from_str(&format!(r#"{{"new":{value},"room":{{"new":{value}}}}}"#)).unwrap();
        assert!(event.room.is_some());
    }
}

#[test]
fn enums_alone() {
    assert_eq!(written(&participant_info::Kind::Sip), json!("SIP"));
    for value in [json!("SIP"), json!(3)] {
        assert_eq!(read(&value), Ok(participant_info::Kind::Sip), "{value}");
    }
    for value in [json!("TELEPATH"), json!(4242), json!(-1), json!(u64::MAX), json!(null), json!(1.5)] {
        assert!(read::<participant_info::Kind>(&value).is_err(), "{value}");
    }
}
