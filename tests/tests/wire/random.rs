//! Random messages from descriptors. The same seed gives the same message on every machine.

use std::collections::HashMap;

use bytes::Bytes;
use prost_reflect::{
    DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, MapKey, MessageDescriptor, Value,
};

/// Which values may be made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Values {
    /// Everything that the wire can carry, but for NaN and negative zero, which equality cannot tell.
    Wire,
    /// What protobuf JSON can carry too: enum values with a name, finite numbers, times with a date.
    Json,
}

/// Text that goes wrong where somebody counts bytes, escapes by hand or expects ASCII.
const TEXTS: [&str; 8] =
    ["", "a", "room-1", "Ünïcödé", "日本語", "👩‍👩‍👧 \u{202e}", "\"\\/\u{8}\n\t\u{0}", "{{ .Size }} <redacted>"];

/// Messages this far down are left out, so that recursive messages end.
const MAX_DEPTH: usize = 4;

/// Dates that `google.protobuf.Timestamp` allows: the years 1 to 9999.
const TIMESTAMPS: (i64, i64) = (-62_135_596_800, 253_402_300_799);

/// The seconds that `google.protobuf.Duration` allows, in both directions.
const DURATION: i64 = 315_576_000_000;

pub(crate) struct Random {
    state: u64,
    values: Values,
    /// Every field is set, and this member of each oneof.
    full: Option<usize>,
}

impl Random {
    /// Sources of the same `name` and `case` are the same. The first case leaves every field out, every
    /// second one sets all of them, with another member of each oneof than the one before.
    pub(crate) fn new(name: &str, case: usize, values: Values) -> Self {
        let seed = name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let state = seed.wrapping_add(case as u64);
        Self { state, values, full: (case % 2 == 1).then_some(case / 2) }
    }

    /// SplitMix64.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap_or_default()
    }

    fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    pub(crate) fn message(&mut self, descriptor: &MessageDescriptor, depth: usize) -> DynamicMessage {
        let mut message = DynamicMessage::new(descriptor.clone());
        if let Some((seconds, nanos)) = self.time(descriptor.full_name()) {
            message.set_field_by_name("seconds", Value::I64(seconds));
            message.set_field_by_name("nanos", Value::I32(nanos));
            return message;
        }
        let is_too_deep = |field: &FieldDescriptor| depth >= MAX_DEPTH && is_message(field);
        for field in descriptor.fields().filter(|field| !is_too_deep(field)) {
            let in_oneof = field.containing_oneof().is_some_and(|oneof| !oneof.is_synthetic());
            if !in_oneof && self.is_wanted(depth) {
                let value = self.value(&field, depth);
                message.set_field(&field, value);
            }
        }
        for oneof in descriptor.oneofs().filter(|oneof| !oneof.is_synthetic()) {
            let members: Vec<_> = oneof.fields().filter(|field| !is_too_deep(field)).collect();
            if !members.is_empty() && self.is_wanted(depth) {
                let index = self.full.filter(|_| depth == 0).unwrap_or_else(|| self.below(members.len()));
                let member = &members[index % members.len()];
                let value = self.value(member, depth);
                message.set_field(member, value);
            }
        }
        message
    }

    /// Fewer fields further down keep the messages small.
    fn is_wanted(&mut self, depth: usize) -> bool {
        (self.full.is_some() && depth == 0) || self.below(depth + 2) == 0
    }

    pub(crate) fn value(&mut self, field: &FieldDescriptor, depth: usize) -> Value {
        let count = 1 + self.below(3);
        if let (true, Kind::Message(entry)) = (field.is_map(), field.kind()) {
            let (key, value) = (entry.map_entry_key_field().kind(), entry.map_entry_value_field().kind());
            let mut entries = HashMap::new();
            for _ in 0..count {
                entries.insert(self.key(&key), self.scalar(&value, depth));
            }
            return Value::Map(entries);
        }
        if field.is_list() {
            return Value::List((0..count).map(|_| self.scalar(&field.kind(), depth)).collect());
        }
        self.scalar(&field.kind(), depth)
    }

    fn scalar(&mut self, kind: &Kind, depth: usize) -> Value {
        match kind {
            Kind::Double => Value::F64(self.float(&[f64::MIN, f64::MAX, f64::MIN_POSITIVE])),
            Kind::Float => {
                #[expect(clippy::cast_possible_truncation, reason = "every value is an f32's own")]
                let value = self.float(&[f32::MIN.into(), f32::MAX.into(), f32::MIN_POSITIVE.into()]) as f32;
                Value::F32(value)
            }
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(self.int32()),
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(self.int64()),
            Kind::Uint32 | Kind::Fixed32 => Value::U32(self.int32().cast_unsigned()),
            Kind::Uint64 | Kind::Fixed64 => Value::U64(self.int64().cast_unsigned()),
            Kind::Bool => Value::Bool(self.below(2) == 0),
            Kind::String => Value::String(self.text()),
            Kind::Bytes => {
                let count = self.below(20);
                Value::Bytes((0..count).map(|_| self.next().to_le_bytes()[0]).collect::<Bytes>())
            }
            Kind::Message(message) => Value::Message(self.message(message, depth + 1)),
            Kind::Enum(item) => Value::EnumNumber(self.enum_number(item)),
        }
    }

    fn key(&mut self, kind: &Kind) -> MapKey {
        match self.scalar(kind, 0) {
            Value::Bool(key) => MapKey::Bool(key),
            Value::I32(key) => MapKey::I32(key),
            Value::I64(key) => MapKey::I64(key),
            Value::U32(key) => MapKey::U32(key),
            Value::U64(key) => MapKey::U64(key),
            Value::String(key) => MapKey::String(key),
            other => panic!("protobuf has no map keys like {other:?}"),
        }
    }

    fn int32(&mut self) -> i32 {
        let [a, b, c, d, ..] = self.next().to_le_bytes();
        let any = i32::from_le_bytes([a, b, c, d]);
        self.pick(&[0, 1, -1, i32::MIN, i32::MAX, 127, 128, any, any])
    }

    fn int64(&mut self) -> i64 {
        let any = self.next().cast_signed();
        self.pick(&[0, 1, -1, i64::MIN, i64::MAX, 1 << 53, (1 << 53) + 1, any, any])
    }

    fn float(&mut self, extremes: &[f64; 3]) -> f64 {
        // A quarter of an integer is the same number as f32 and as f64.
        let any = f64::from(i16::from_le_bytes([self.next().to_le_bytes()[0], 1])) / 4.0;
        let value = self.pick(&[0.0, 1.0, -1.5, any, extremes[0], extremes[1], extremes[2], f64::INFINITY]);
        if self.values == Values::Json && value.is_infinite() { any } else { value }
    }

    fn text(&mut self) -> String {
        let (first, second) = (self.pick(&TEXTS), self.pick(&TEXTS));
        let times = self.pick(&[1, 1, 1, 40]);
        first.to_owned() + &second.repeat(times)
    }

    fn enum_number(&mut self, item: &EnumDescriptor) -> i32 {
        let known: Vec<_> = item.values().map(|value| value.number()).collect();
        let known = self.pick(&known);
        match self.values {
            Values::Json => known,
            Values::Wire => self.pick(&[known, known, known, -1, 4711, i32::MAX]),
        }
    }

    /// Seconds and nanoseconds of the two well-known types whose JSON has limits.
    fn time(&mut self, full_name: &str) -> Option<(i64, i32)> {
        let nanos = self.pick(&[0, 1, 1_000, 1_000_000, 999_999_999]);
        match full_name {
            _ if self.values == Values::Wire => None,
            "google.protobuf.Timestamp" => {
                let (from, to) = TIMESTAMPS;
                Some((self.pick(&[from, -1, 0, 1_700_000_000, to]), nanos))
            }
            "google.protobuf.Duration" => {
                let seconds = self.pick(&[-DURATION + 1, -90, 0, 3600, DURATION - 1]);
                Some((seconds, if seconds < 0 { -nanos } else { nanos }))
            }
            _ => None,
        }
    }
}

fn is_message(field: &FieldDescriptor) -> bool {
    let value = |entry: &MessageDescriptor| entry.map_entry_value_field().kind();
    match field.kind() {
        Kind::Message(entry) if field.is_map() => matches!(value(&entry), Kind::Message(_)),
        kind => matches!(kind, Kind::Message(_)),
    }
}
