//! Our messages against code that is not ours: random values of every generated message travel between
//! our types, those of the published crate `livekit-protocol`, and prost-reflect, as protobuf and JSON.

// A deprecated message travels like any other.
#![allow(deprecated)]

use std::collections::BTreeSet;

use livekit_build_support::prune::Reachable;
use livekit_build_support::schema::{Schema, all_messages};
use prost::Message as _;
use prost_reflect::{DynamicMessage, MessageDescriptor, ReflectMessage as _, SerializeOptions};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

#[path = "wire/random.rs"]
mod random;

use random::{Random, Values};

/// Random values per message: enough for each member of the largest oneof to come up.
const CASES: usize = 48;

/// A message of the schema as a type here and in `livekit-protocol`.
struct Pair {
    name: &'static str,
    ours: Codec,
    theirs: Codec,
}

/// What a type does, between bytes, so that one table holds all types.
struct Codec {
    /// Decodes and encodes.
    recode: fn(&[u8]) -> Result<Vec<u8>, String>,
    /// Whether two encodings are equal values.
    same: fn(&[u8], &[u8]) -> bool,
    to_json: fn(&[u8]) -> Result<Value, String>,
    from_json: fn(&Value) -> Result<Vec<u8>, String>,
    from_text: fn(&str) -> Result<Vec<u8>, String>,
}

trait Type: prost::Message + Default + PartialEq + Serialize + DeserializeOwned {}

impl<T: prost::Message + Default + PartialEq + Serialize + DeserializeOwned> Type for T {}

const fn codec<T: Type>() -> Codec {
    Codec {
        recode: |bytes| Ok(decode::<T>(bytes)?.encode_to_vec()),
        same: |one, other| decode::<T>(one).is_ok_and(|one| decode(other).is_ok_and(|other| one == other)),
        to_json: |bytes| serde_json::to_value(decode::<T>(bytes)?).map_err(|error| error.to_string()),
        from_json: |json| {
            let message = T::deserialize(json).map_err(|error| error.to_string())?;
            Ok(message.encode_to_vec())
        },
        from_text: |text| {
            let message: T = serde_json::from_str(text).map_err(|error| error.to_string())?;
            Ok(message.encode_to_vec())
        },
    }
}

fn decode<T: Type>(bytes: &[u8]) -> Result<T, String> {
    T::decode(bytes).map_err(|error| error.to_string())
}

const fn pair<Ours: Type, Theirs: Type>(name: &'static str) -> Pair {
    Pair { name, ours: codec::<Ours>(), theirs: codec::<Theirs>() }
}

/// Every generated message, listed by the build script.
static PAIRS: &[Pair] = include!(concat!(env!("OUT_DIR"), "/pairs.rs"));

#[test]
fn every_message_is_compared() {
    let schema = schema();
    let reachable = Reachable::everything(&schema);
    let expected = schema.files().flat_map(|file| all_messages(file.messages()));
    let expected: BTreeSet<_> = expected
        .map(|message| message.full_name().to_owned())
        .filter(|name| reachable.contains(name))
        .collect();
    let compared: BTreeSet<_> = PAIRS.iter().map(|pair| pair.name.to_owned()).collect();
    let difference: Vec<_> = expected.symmetric_difference(&compared).collect();
    assert!(difference.is_empty(), "in the schema or in pairs.rs, but not in both: {difference:?}");
    assert!(compared.len() > 200, "only {} messages", compared.len());

    let services = schema.files().flat_map(|file| file.services().collect::<Vec<_>>());
    let methods: Vec<_> = services.flat_map(|service| service.methods().collect::<Vec<_>>()).collect();
    let ends = methods.iter().flat_map(|method| [method.input(), method.output()]);
    let missing: BTreeSet<_> = ends
        .filter(|message| message.package_name() != "google.protobuf")
        .map(|message| message.full_name().to_owned())
        .filter(|name| !compared.contains(name))
        .collect();
    assert!(missing.is_empty(), "requests or responses that are not compared: {missing:?}");
}

#[test]
fn protobuf_travels_between_ours_and_theirs() {
    let values = for_each_value(Values::Wire, |pair, value| {
        let ours = (pair.ours.recode)(&value.encode_to_vec())?;
        let theirs = (pair.theirs.recode)(&ours)?;
        let back = (pair.ours.recode)(&theirs)?;
        ensure((pair.ours.same)(&ours, &back), || "our value came back from theirs as another".to_owned())?;
        for (whose, bytes) in [("ours", &ours), ("theirs", &theirs), ("ours from theirs", &back)] {
            let read = DynamicMessage::decode(value.descriptor(), bytes.as_slice());
            let read = read.map_err(|error| format!("{whose} cannot be read: {error}"))?;
            ensure(read == *value, || format!("the bytes of {whose} are\n  {read}"))?;
        }
        Ok(())
    });
    println!("{} messages, {values} values compared as protobuf", PAIRS.len());
}

#[test]
fn json_travels_between_ours_and_theirs() {
    let values = for_each_value(Values::Json, |pair, value| {
        let bytes = value.encode_to_vec();
        let (ours, theirs) = ((pair.ours.to_json)(&bytes)?, (pair.theirs.to_json)(&bytes)?);
        ensure(ours == theirs, || format!("as JSON, ours is\n  {ours}\nand theirs\n  {theirs}"))?;
        let read =
            (pair.ours.from_json)(&theirs).map_err(|error| format!("ours cannot read {theirs}: {error}"))?;
        ensure((pair.ours.same)(&bytes, &read), || format!("ours reads another value from {theirs}"))?;
        let read =
            (pair.theirs.from_json)(&ours).map_err(|error| format!("theirs cannot read {ours}: {error}"))?;
        ensure((pair.theirs.same)(&bytes, &read), || format!("theirs reads another value from {ours}"))
    });
    println!("{} messages, {values} values compared as JSON", PAIRS.len());
}

/// LiveKit's server writes the names of the schema, and may be newer than this schema.
#[test]
fn names_of_the_schema_are_read_and_unknown_ones_ignored() {
    let options = SerializeOptions::new().use_proto_field_name(true);
    for_each_value(Values::Json, |pair, value| {
        let mut text = serde_json::Serializer::new(Vec::new());
        value.serialize_with_options(&mut text, &options).map_err(|error| error.to_string())?;
        let text = String::from_utf8(text.into_inner()).map_err(|error| error.to_string())?;
        let newer = text.replacen('{', r#"{"fromTheFuture":{"a":[null,1.5,"x"]},"#, 1).replace(",}", "}");
        for text in [text, newer] {
            let read =
                (pair.ours.from_text)(&text).map_err(|error| format!("cannot read {text}: {error}"))?;
            ensure((pair.ours.same)(&value.encode_to_vec(), &read), || {
                format!("reads another value from {text}")
            })?;
        }
        Ok(())
    });
}

#[test]
fn null_is_absent_and_every_field_is_given_once() {
    let schema = schema();
    let (mut fields, mut failures) = (0, Vec::new());
    for pair in PAIRS {
        let fields_of = descriptor(&schema, pair.name);
        for field in fields_of.fields() {
            let (name, json) = (field.name(), field.json_name());
            fields += 1;
            match (pair.ours.from_text)(&format!(r#"{{"{json}":null}}"#)) {
                Ok(read) if read.is_empty() => {}
                other => failures.push(format!("{}.{name}: null reads as {other:?}", pair.name)),
            }
            let mut one = DynamicMessage::new(fields_of.clone());
            let value = Random::new(pair.name, fields, Values::Json).value(&field, 0);
            one.set_field(&field, value);
            let one = serde_json::to_string(&one).expect("prost-reflect writes what it holds");
            let Some(entry) =
                one.strip_prefix('{').and_then(|one| one.strip_suffix('}')).filter(|one| !one.is_empty())
            else {
                continue;
            };
            let twice = format!("{{{entry},{}}}", entry.replacen(json, name, 1));
            match (pair.ours.from_text)(&twice) {
                Err(error) if error.starts_with(&format!("duplicate field `{json}`")) => {}
                other => {
                    failures.push(format!("{}.{name}: given twice reads as {other:?}: {twice}", pair.name))
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} of {fields} fields\n{}", failures.len(), failures.join("\n"));
}

/// Runs a comparison on the random values of every message, and reports the first failure of each.
///
/// The values leave nothing out: each field of each message must have been set in some of them.
fn for_each_value(
    values: Values,
    mut compare: impl FnMut(&Pair, &DynamicMessage) -> Result<(), String>,
) -> usize {
    let schema = schema();
    let mut failures = Vec::new();
    for pair in PAIRS {
        let descriptor = descriptor(&schema, pair.name);
        let mut unset: BTreeSet<_> = descriptor.fields().map(|field| field.name().to_owned()).collect();
        let failure = (0..CASES).find_map(|case| {
            let value = Random::new(pair.name, case, values).message(&descriptor, 0);
            // A field set to its default is the same as one not set: let the wire decide.
            let value = DynamicMessage::decode(descriptor.clone(), value.encode_to_vec().as_slice());
            let value = value.expect("prost-reflect reads what it has written");
            for (field, _) in value.fields() {
                unset.remove(field.name());
            }
            let complaint = compare(pair, &value).err()?;
            Some(format!("{}, case {case}: {complaint}\nof\n  {value}", pair.name))
        });
        assert!(failure.is_some() || unset.is_empty(), "{}: never set: {unset:?}; raise CASES", pair.name);
        failures.extend(failure);
    }
    assert!(failures.is_empty(), "{} messages differ\n{}", failures.len(), failures.join("\n\n"));
    PAIRS.len() * CASES
}

fn ensure(condition: bool, complaint: impl FnOnce() -> String) -> Result<(), String> {
    if condition { Ok(()) } else { Err(complaint()) }
}

fn schema() -> Schema {
    let files = livekit_sdk_proto::files().iter();
    let sources: Vec<_> = files.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Schema::parse(&sources).unwrap_or_else(|error| panic!("{error}"))
}

fn descriptor(schema: &Schema, full_name: &str) -> MessageDescriptor {
    schema.pool().get_message_by_name(full_name).unwrap_or_else(|| panic!("{full_name} is not in the schema"))
}
