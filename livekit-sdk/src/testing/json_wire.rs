//! Protobuf JSON as LiveKit's server speaks it. It reads both forms of a field's name and ignores what it
//! does not know; it writes the names of the schema, and every field that has a value by default.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Request, Response, StatusCode};
use prost::Message as _;
use prost_reflect::{
    DeserializeOptions, DynamicMessage, Kind, MessageDescriptor, MethodDescriptor, SerializeOptions,
};
use serde_json::{Map, Value};

use super::{reflect, serve};
use crate::error::{Refusal, TwirpCode};
use crate::server::{self, Format, Router};

/// A body that is a message of no type.
const UNREADABLE: &[u8] = &[0xff];

/// Answers a call: the router speaks protobuf, the caller either.
pub(super) async fn handle(router: &Router, request: Request<Bytes>) -> Response<Bytes> {
    let (service, name) = serve::route(request.uri().path());
    let method = is_json(request.headers()).then(|| reflect::method(service, name)).flatten();
    match method {
        Some(method) => translate(router, request, &method).await,
        None => router.handle(request).await,
    }
}

/// Whether a request is JSON, and its answer is to be.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.and_then(Format::from_content_type) == Some(Format::Json)
}

/// Reads a message.
pub(super) fn read(
    descriptor: MessageDescriptor,
    json: &[u8],
    options: &DeserializeOptions,
) -> serde_json::Result<DynamicMessage> {
    let mut json = serde_json::Deserializer::from_slice(json);
    let message = DynamicMessage::deserialize_with_options(descriptor, &mut json, options)?;
    json.end()?;
    Ok(message)
}

async fn translate(router: &Router, request: Request<Bytes>, method: &MethodDescriptor) -> Response<Bytes> {
    let (mut head, body) = request.into_parts();
    let lenient = DeserializeOptions::new().deny_unknown_fields(false);
    let message = read(method.input(), &body, &lenient);
    // What cannot be read goes to the router all the same, which looks at route and token first.
    let body = match &message {
        Ok(message) => message.encode_to_vec().into(),
        Err(_) => Bytes::from_static(UNREADABLE),
    };
    head.headers.insert(CONTENT_TYPE, Format::Protobuf.content_type());
    let answer = router.handle(Request::from_parts(head, body)).await;
    match (answer.status(), message) {
        (StatusCode::OK, _) => write(method.output(), answer),
        (StatusCode::BAD_REQUEST, Err(cause)) => {
            let text = format!("the request cannot be decoded: {cause}");
            server::error(&Refusal::new(TwirpCode::Malformed, text))
        }
        _ => answer,
    }
}

/// Writes an answer that is protobuf.
fn write(descriptor: MessageDescriptor, mut answer: Response<Bytes>) -> Response<Bytes> {
    let failed = |cause: String| {
        let text = format!("the response cannot be encoded: {cause}");
        server::error(&Refusal::new(TwirpCode::Internal, text))
    };
    let message = match DynamicMessage::decode(descriptor, answer.body().clone()) {
        Ok(message) => message,
        Err(cause) => return failed(cause.to_string()),
    };
    match print(&message) {
        Ok(json) => {
            *answer.body_mut() = json.to_string().into();
            answer.headers_mut().insert(CONTENT_TYPE, Format::Json.content_type());
            answer
        }
        Err(cause) => failed(cause.to_string()),
    }
}

/// A message with the names of the schema and all its fields, save for unset members of a oneof.
fn print(message: &DynamicMessage) -> serde_json::Result<Value> {
    let options = SerializeOptions::new().use_proto_field_name(true).skip_default_fields(false);
    let mut text = serde_json::Serializer::new(Vec::new());
    message.serialize_with_options(&mut text, &options)?;
    // Through text, where an f32 is as short as it can be.
    let mut json = serde_json::from_slice(&text.into_inner())?;
    add_null(&prost_reflect::ReflectMessage::descriptor(message), &mut json);
    Ok(json)
}

/// Adds `null` for each message that is not set.
fn add_null(descriptor: &MessageDescriptor, json: &mut Value) {
    // Google's types have forms of their own.
    let Value::Object(object) = json else { return };
    if descriptor.package_name() == "google.protobuf" {
        return;
    }
    for field in descriptor.fields() {
        let Kind::Message(message) = field.kind() else { continue };
        let Some(value) = object.get_mut(field.name()) else {
            if field.containing_oneof().is_none() {
                object.insert(field.name().to_owned(), Value::Null);
            }
            continue;
        };
        match (value, message.is_map_entry().then(|| message.map_entry_value_field().kind())) {
            (Value::Object(entries), Some(Kind::Message(message))) => add_to_each(&message, entries),
            (_, Some(_)) => {}
            (Value::Array(items), None) => items.iter_mut().for_each(|item| add_null(&message, item)),
            (value, None) => add_null(&message, value),
        }
    }
}

fn add_to_each(descriptor: &MessageDescriptor, entries: &mut Map<String, Value>) {
    entries.values_mut().for_each(|value| add_null(descriptor, value));
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use serde_json::json;

    use super::*;
    use crate::proto;

    /// How a request or an answer of a method is printed.
    fn printed(service: &str, method: &str, of: fn(&MethodDescriptor) -> MessageDescriptor) -> Value {
        let method = reflect::method(service, method).expect("a method");
        print(&DynamicMessage::new(of(&method))).expect("a printed message")
    }

    fn print_as(descriptor: MessageDescriptor, message: &impl Message) -> Value {
        let bytes = message.encode_to_vec();
        print(&DynamicMessage::decode(descriptor, &*bytes).expect("the same message")).expect("JSON")
    }

    #[test]
    fn an_empty_message_names_what_has_a_value_by_default() {
        // Not the optional `topic`.
        assert_eq!(
            printed("livekit.RoomService", "SendData", MethodDescriptor::input),
            json!({
                "room": "", "data": "", "kind": "RELIABLE", "destination_sids": [],
                "destination_identities": [], "nonce": "",
            })
        );
        // Not the members of the oneofs `request` and `result`.
        let egress = printed("livekit.Egress", "StopEgress", MethodDescriptor::output);
        let object = egress.as_object().expect("an object");
        assert!(
            !object.contains_key("web") && !object.contains_key("file") && !object.contains_key("request")
        );
        assert_eq!((&egress["status"], &egress["started_at"]), (&json!("EGRESS_STARTING"), &json!("0")));
    }

    #[test]
    fn messages_that_are_not_set_are_null_at_every_depth() {
        let send = reflect::method("livekit.RoomService", "SendData").expect("a method").input();
        let data = proto::SendDataRequest {
            data: b"\xfb\xff"[..].into(),
            topic: Some("".into()),
            ..Default::default()
        };
        let printed = print_as(send, &data);
        assert_eq!((&printed["data"], &printed["topic"]), (&json!("+/8="), &json!("")));

        let list = reflect::method("livekit.RoomService", "ListParticipants").expect("a method").output();
        let codec = proto::SimulcastCodecInfo { layers: vec![Default::default()], ..Default::default() };
        let track = proto::TrackInfo { codecs: vec![codec], ..Default::default() };
        let info = proto::ParticipantInfo { tracks: vec![track], ..Default::default() };
        let printed = print_as(list, &proto::ListParticipantsResponse { participants: vec![info] });
        let info = &printed["participants"][0];
        assert_eq!((&info["permission"], &info["attributes"]), (&Value::Null, &json!({})));
        assert_eq!(info["tracks"][0].get("version"), Some(&Value::Null));
        assert_eq!(info["tracks"][0]["codecs"][0]["layers"][0]["quality"], "LOW");
    }

    #[test]
    fn optional_messages_and_times() {
        let dial = reflect::method("livekit.SIP", "CreateSIPParticipant").expect("a method").input();
        let media = Some(proto::SipMediaConfig::default());
        let ringing_timeout = Some(std::time::Duration::from_millis(1500).into());
        let request = proto::CreateSipParticipantRequest { media, ringing_timeout, ..Default::default() };
        let printed = print_as(dial, &request);
        assert_eq!(printed["media"], json!({ "only_listed_codecs": false, "codecs": [] }));
        assert_eq!(
            (&printed["ringing_timeout"], &printed["max_call_duration"]),
            (&json!("1.500s"), &Value::Null)
        );
    }

    #[test]
    fn enum_values_without_a_name() {
        let send = reflect::method("livekit.RoomService", "SendData").expect("a method").input();
        let printed = print_as(send, &proto::SendDataRequest { kind: 77, ..Default::default() });
        assert_eq!(printed["kind"], 77);
    }
}
