//! What is in a token.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, SystemTime};

use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::grant::{Grant, JsonWriter, ObjectWriter, Rest, SerdeWriter, Text, or_default, read_list};
use super::grants::ClaimGrants;
use crate::json;
use crate::proto::{RoomConfiguration, participant_info};

/// What a token says: who made it for whom, until when it is valid, and what it grants.
///
/// As JSON it is the payload of the JWT. Reading loses nothing: claims that this version does not know,
/// and unknown keys inside grants, are kept in [`extra`](Self::extra) and written again. `null` reads as
/// absent, wherever it is; absent claims (empty texts, lists and maps included) are not written.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Claims {
    /// `iss`: the API key that signed the token.
    pub issuer: String,
    /// `sub`: the participant's identity. [`identity`](Self::identity) knows older spellings too.
    pub subject: String,
    /// `exp`: when the token ceases to be valid, in seconds since 1970. See [`expires_at`](Self::expires_at).
    pub exp: Option<u64>,
    /// `nbf`: when the token begins to be valid, in seconds since 1970.
    pub nbf: Option<u64>,
    /// `iat`: when the token was made, in seconds since 1970. Most LiveKit SDKs do not write it.
    pub iat: Option<u64>,
    /// `jti`: an id of the token. Old tokens have the identity here.
    pub jti: String,
    /// The participant's display name.
    pub name: String,
    /// What kind of participant this is, as it is written. See [`participant_kind`](Self::participant_kind).
    pub kind: String,
    /// Details of the kind, as they are written. See
    /// [`participant_kind_details`](Self::participant_kind_details).
    pub kind_details: Vec<String>,
    /// What the token grants.
    pub grants: ClaimGrants,
    /// How the participant's room shall be set up if joining creates it.
    pub room_config: Option<Box<RoomConfiguration>>,
    /// A preset for the room (LiveKit Cloud). What `room_config` sets wins over it.
    pub room_preset: String,
    /// In a webhook's token: SHA-256 of the body, as base64 with padding.
    pub sha256: String,
    /// The participant's metadata.
    pub metadata: String,
    /// The participant's attributes.
    pub attributes: BTreeMap<String, String>,
    /// What this version knows no field for.
    ///
    /// - Claims of other makers, such as `aud`, under their names.
    /// - For each grant, an object of the keys that are unknown in it: `extra["video"]["newKey"]`.
    /// - `roomConfig` as it was read, if [`room_config`](Self::room_config) cannot express all of it. It is
    ///   written in place of `room_config` for as long as that is not changed.
    ///
    /// All of it is written again. Only entries that contradict a field above are not.
    pub extra: Rest,
}

impl Claims {
    /// The participant's identity: `sub` or, where that is missing, `jti`, as LiveKit's server reads it.
    /// Empty in tokens that only call the API.
    pub fn identity(&self) -> &str {
        if self.subject.is_empty() { &self.jti } else { &self.subject }
    }

    /// When the token ceases to be valid, if it says so.
    pub fn expires_at(&self) -> Option<SystemTime> {
        SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(self.exp?))
    }

    /// What kind of participant this is. Unknown and missing kinds are `Standard`.
    pub fn participant_kind(&self) -> participant_info::Kind {
        participant_info::Kind::from_claim(&self.kind)
    }

    /// Details of the kind, without those that this version does not know.
    pub fn participant_kind_details(&self) -> Vec<participant_info::KindDetail> {
        self.kind_details.iter().filter_map(|text| participant_info::KindDetail::from_claim(text)).collect()
    }
}

/// Shows what is no secret and not personal: metadata, attributes and unknown claims by size and key.
impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claims")
            .field("issuer", &self.issuer)
            .field("subject", &self.subject)
            .field("exp", &self.exp)
            .field("nbf", &self.nbf)
            .field("iat", &self.iat)
            .field("jti", &self.jti)
            .field("name", &self.name)
            .field("kind", &self.kind)
            .field("kind_details", &self.kind_details)
            .field("grants", &self.grants)
            .field("room_config", &self.room_config)
            .field("room_preset", &self.room_preset)
            .field("sha256", &self.sha256)
            .field("metadata", &format_args!("<{} bytes>", self.metadata.len()))
            .field("attributes", &Keys(self.attributes.keys()))
            .field("extra", &Keys(self.extra.keys()))
            .finish()
    }
}

/// The keys of a map whose values are not to be shown.
struct Keys<I>(I);

impl<I: Iterator<Item: fmt::Debug> + Clone> fmt::Debug for Keys<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.clone()).finish()
    }
}

/// Claims to be written, with those that are decided at signing beside them.
pub(super) struct Stamped<'a> {
    pub(super) claims: &'a Claims,
    pub(super) issuer: &'a str,
    pub(super) exp: Option<u64>,
    pub(super) nbf: Option<u64>,
    pub(super) iat: Option<u64>,
}

impl Serialize for Claims {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Self { issuer, exp, nbf, iat, .. } = self;
        let mut object = SerdeWriter(to.serialize_map(None)?);
        Stamped { claims: self, issuer, exp: *exp, nbf: *nbf, iat: *iat }.write(&mut object)?;
        object.0.end()
    }
}

impl Stamped<'_> {
    /// Writes the payload of a token.
    pub(super) fn write_json(&self, json: &mut Vec<u8>) -> serde_json::Result<()> {
        JsonWriter::object(json, |object| self.write(object))
    }

    fn write<W: ObjectWriter>(&self, to: &mut W) -> Result<(), W::Error> {
        let claims = self.claims;
        write_text("iss", self.issuer, to)?;
        write_text("sub", &claims.subject, to)?;
        write_number("exp", self.exp, to)?;
        write_number("nbf", self.nbf, to)?;
        write_number("iat", self.iat, to)?;
        write_text("jti", &claims.jti, to)?;
        write_text("name", &claims.name, to)?;
        write_text("kind", &claims.kind, to)?;
        if !claims.kind_details.is_empty() {
            to.entry("kindDetails", &claims.kind_details)?;
        }
        claims.grants.write_fields(to, &claims.extra)?;
        write_room_config(claims, to)?;
        write_text("roomPreset", &claims.room_preset, to)?;
        write_text("sha256", &claims.sha256, to)?;
        write_text("metadata", &claims.metadata, to)?;
        if !claims.attributes.is_empty() {
            to.entry("attributes", &claims.attributes)?;
        }
        claims
            .extra
            .iter()
            .filter(|(key, _)| !has_field(key))
            .try_for_each(|(key, value)| to.unknown(key, value))
    }
}

#[inline(always)]
fn write_text<W: ObjectWriter>(key: &'static str, text: &str, to: &mut W) -> Result<(), W::Error> {
    if text.is_empty() { Ok(()) } else { to.entry(key, text) }
}

#[inline(always)]
fn write_number<W: ObjectWriter>(key: &'static str, value: Option<u64>, to: &mut W) -> Result<(), W::Error> {
    value.map_or(Ok(()), |value| to.entry(key, &value))
}

fn write_room_config<W: ObjectWriter>(claims: &Claims, to: &mut W) -> Result<(), W::Error> {
    let Some(config) = &claims.room_config else { return Ok(()) };
    match claims.extra.get(ROOM_CONFIG) {
        Some(received) if RoomConfiguration::deserialize(received).is_ok_and(|same| same == **config) => {
            to.entry(ROOM_CONFIG, received)
        }
        _ => to.entry(ROOM_CONFIG, config),
    }
}

const ROOM_CONFIG: &str = "roomConfig";

/// Whether a claim is written from a field of [`Claims`].
fn has_field(key: &str) -> bool {
    matches!(
        key,
        "iss"
            | "sub"
            | "exp"
            | "nbf"
            | "iat"
            | "jti"
            | "name"
            | "kind"
            | "kindDetails"
            | ROOM_CONFIG
            | "roomPreset"
            | "sha256"
            | "metadata"
            | "attributes"
    ) || ClaimGrants::KEYS.contains(&key)
}

impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut claims = Self::default();
        from.deserialize_map(Reader(&mut claims))?;
        Ok(claims)
    }
}

impl Claims {
    /// Fills claims from JSON. As `serde_json::from_str`, without moving them from layer to layer.
    pub(super) fn read_json(&mut self, text: &str) -> serde_json::Result<()> {
        if json::Reader::read(text, |json| json.deserialize_map(Reader(self))).is_ok() {
            return Ok(());
        }
        *self = Self::default();
        let mut json = serde_json::Deserializer::from_str(text);
        json.deserialize_map(Reader(self))?;
        json.end()
    }
}

/// Fills claims where they are: they are large, and serde would move them several times.
struct Reader<'a>(&'a mut Claims);

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the claims of a token")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Text(key)) = map.next_key()? {
            self.0.read(&key, &mut map)?;
        }
        Ok(())
    }
}

impl Claims {
    fn read<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "iss" => self.issuer = or_default(map)?,
            "sub" => self.subject = or_default(map)?,
            "exp" => self.exp = read_seconds(map)?,
            "nbf" => self.nbf = read_seconds(map)?,
            "iat" => self.iat = read_seconds(map)?,
            "jti" => self.jti = or_default(map)?,
            "name" => self.name = or_default(map)?,
            "kind" => self.kind = or_default(map)?,
            "kindDetails" => self.kind_details = read_list(map)?,
            ROOM_CONFIG => self.read_room_config(map)?,
            "roomPreset" => self.room_preset = or_default(map)?,
            "sha256" => self.sha256 = or_default(map)?,
            "metadata" => self.metadata = or_default(map)?,
            "attributes" => {
                let read: BTreeMap<String, Option<String>> = or_default(map)?;
                self.attributes = read.into_iter().filter_map(|(name, text)| Some((name, text?))).collect();
            }
            _ if self.grants.read_field(key, map, &mut self.extra)? => {}
            _ => {
                self.extra.insert(key.to_owned(), map.next_value()?);
            }
        }
        Ok(())
    }

    fn read_room_config<'de, A: MapAccess<'de>>(&mut self, map: &mut A) -> Result<(), A::Error> {
        let received: Value = map.next_value()?;
        if received.is_null() {
            return Ok(());
        }
        let config = RoomConfiguration::deserialize(&received).map_err(A::Error::custom)?;
        if serde_json::to_value(&config).map_err(A::Error::custom)? != received {
            self.extra.insert(ROOM_CONFIG.to_owned(), received);
        }
        self.room_config = Some(Box::new(config));
        Ok(())
    }
}

/// A number of seconds. JWT allows fractions, which are cut off; a time before 1970 reads as 1970,
/// one beyond `u64` as its maximum: both are as far past or future as a token can ask about.
pub(super) struct Seconds(pub(super) u64);

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct SecondsVisitor;

        impl<'de> Visitor<'de> for SecondsVisitor {
            type Value = Seconds;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of seconds")
            }

            fn visit_u64<E>(self, seconds: u64) -> Result<Seconds, E> {
                Ok(Seconds(seconds))
            }

            fn visit_i64<E>(self, seconds: i64) -> Result<Seconds, E> {
                Ok(Seconds(u64::try_from(seconds).unwrap_or(0)))
            }

            fn visit_f64<E>(self, seconds: f64) -> Result<Seconds, E> {
                // `as` cuts off the fraction and saturates at both ends.
                Ok(Seconds(seconds as u64))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Seconds, A::Error> {
                let seconds = json::digits(map, &self)?.parse();
                self.visit_f64(seconds.map_err(|_| A::Error::custom("not a number of seconds"))?)
            }
        }

        from.deserialize_any(SecondsVisitor)
    }
}

fn read_seconds<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<u64>, A::Error> {
    Ok(map.next_value::<Option<Seconds>>()?.map(|Seconds(seconds)| seconds))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

    use serde_json::{from_value, json, to_value};

    use super::*;
    use crate::auth::{SipGrant, VideoGrant};
    use crate::proto::RoomAgentDispatch;

    fn everything() -> Value {
        json!({
            "iss": "key", "sub": "alice", "exp": 2_000_000_000_u64, "nbf": 1_000_000_000, "iat": 999_999_999,
            "jti": "id", "name": "Älice", "kind": "agent", "kindDetails": ["cloud_agent", "forwarded"],
            "video": { "roomJoin": true, "room": "r", "canPublish": false, "canPublishSources": ["camera"] },
            "sip": { "call": true }, "agent": { "dispatchAdmin": true }, "inference": { "perform": true },
            "observability": { "write": true }, "agentEndpoint": { "call": true, "agentName": "a" },
            "agentThread": { "threadIds": ["t"], "read": true },
            "roomConfig": { "emptyTimeout": 5, "agents": [{ "agentName": "a" }] },
            "roomPreset": "p", "sha256": "h", "metadata": "{\"a\":1}", "attributes": { "x": "1", "y": "" }
        })
    }

    fn read(claims: Value) -> Claims {
        from_value(claims).unwrap()
    }

    #[test]
    fn every_claim_has_a_field_and_is_written_again() {
        let claims = read(everything());
        assert!(claims.extra.is_empty(), "{:?}", claims.extra);
        assert_eq!(to_value(&claims).unwrap(), everything());
        assert_eq!(claims.attributes["x"], "1");
        assert_eq!(claims.kind_details, ["cloud_agent", "forwarded"]);
        assert_eq!(claims.room_config.unwrap().agents[0].agent_name, "a");
        assert_eq!(claims.grants.sip, Some(SipGrant::default().call(true)));
        let no_field = everything().as_object().unwrap().keys().find(|key| !has_field(key)).cloned();
        assert_eq!(no_field, None);
    }

    #[test]
    fn text_with_escapes_reads_like_any_other() {
        let claims: Claims =
            serde_json::from_str(r#"{"\u0069ss":"k\u00e9y","vide\u006f":{"r\u006fom":"\"r\""}}"#).unwrap();
        assert_eq!(claims.issuer, "kéy");
        assert_eq!(claims.grants.video, Some(VideoGrant::default().room("\"r\"")));
    }

    #[test]
    fn null_reads_as_absent_everywhere() {
        let nulls: Rest =
            everything().as_object().unwrap().keys().map(|key| (key.clone(), Value::Null)).collect();
        assert_eq!(read(Value::Object(nulls)), Claims::default());
        let inside = json!({ "attributes": { "a": null, "b": "1" }, "kindDetails": [null], "video": { "room": null } });
        let claims = read(inside);
        assert_eq!(claims.attributes.into_iter().collect::<Vec<_>>(), [("b".to_owned(), "1".to_owned())]);
        assert!(claims.kind_details.is_empty());
        assert_eq!(claims.grants.video, Some(VideoGrant::default()));
    }

    #[test]
    fn what_is_unknown_survives() {
        let claims = json!({
            "aud": ["a", "b"], "identity": "old", "https://example.com/roles": { "x": [1, null, 2.5] },
            "video": { "room": "r", "newThing": [true] }, "sip": { "later": "x" }, "none": null
        });
        let read = read(claims.clone());
        assert_eq!(read.extra["video"]["newThing"], json!([true]));
        assert_eq!(read.extra["sip"]["later"], "x");
        assert_eq!(to_value(&read).unwrap(), claims);
        // The block may go; what was unknown in it stays.
        let mut pruned = read.clone();
        pruned.grants.prune();
        assert_eq!(pruned.grants.sip, None);
        assert_eq!(to_value(&pruned).unwrap(), claims);
    }

    #[test]
    fn audiences_are_no_hindrance() {
        for audience in [json!("one"), json!(["one", "two"]), json!(null)] {
            assert_eq!(read(json!({ "aud": audience })).extra["aud"], audience);
        }
    }

    #[test]
    fn extra_contradicts_no_field() {
        let mut claims = Claims { issuer: "key".to_owned(), ..Claims::default() };
        claims.extra.insert("iss".to_owned(), json!("other"));
        claims.extra.insert("sub".to_owned(), json!("mallory"));
        claims.extra.insert("video".to_owned(), json!({ "roomAdmin": true, "new": 1 }));
        let mut twice = serde_json::to_string(&claims).unwrap();
        assert_eq!(twice, r#"{"iss":"key","video":{"new":1}}"#);
        claims.grants.video = Some(VideoGrant::default().room("r"));
        twice = serde_json::to_string(&claims).unwrap();
        assert_eq!(twice, r#"{"iss":"key","video":{"room":"r","new":1}}"#);
    }

    #[test]
    fn times_are_numbers_of_any_kind() {
        let seconds = |number: Value| read(json!({ "exp": number, "nbf": number })).exp;
        assert_eq!(seconds(json!(12)), Some(12));
        assert_eq!(seconds(json!(12.9)), Some(12));
        assert_eq!(seconds(json!(1.7e9)), Some(1_700_000_000));
        assert_eq!(seconds(json!(-5)), Some(0));
        assert_eq!(seconds(json!(-0.5)), Some(0));
        assert_eq!(seconds(json!(u64::MAX)), Some(u64::MAX));
        assert_eq!(seconds(json!(1e300)), Some(u64::MAX));
        assert_eq!(seconds(json!(null)), None);
        // As serde_json's feature `arbitrary_precision` has it.
        assert_eq!(seconds(json!({ "$serde_json::private::Number": "12.5" })), Some(12));
        assert!(from_value::<Claims>(json!({ "exp": { "n": "12" } })).is_err());
        assert!(from_value::<Claims>(json!({ "exp": "12" })).is_err());
        let at = read(json!({ "exp": 12 })).expires_at();
        assert_eq!(at, Some(SystemTime::UNIX_EPOCH + Duration::from_secs(12)));
        assert_eq!(read(json!({ "exp": u64::MAX })).expires_at(), None);
    }

    #[test]
    fn wrong_types_are_errors() {
        for wrong in [
            json!({ "iss": 1 }),
            json!({ "attributes": [] }),
            json!({ "attributes": { "a": 1 } }),
            json!({ "kindDetails": "x" }),
            json!({ "video": "x" }),
            json!({ "roomConfig": 5 }),
            json!([]),
            json!("x"),
        ] {
            assert!(from_value::<Claims>(wrong.clone()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn identity_is_sub_or_else_jti() {
        assert_eq!(read(json!({ "sub": "a", "jti": "b", "identity": "c" })).identity(), "a");
        assert_eq!(read(json!({ "sub": "", "jti": "b" })).identity(), "b");
        assert_eq!(read(json!({})).identity(), "");
    }

    #[test]
    fn kinds_are_read_in_any_case_and_kept_as_they_are() {
        use participant_info::{Kind, KindDetail};
        let claims = read(json!({ "kind": "Agent", "kindDetails": ["FORWARDED", "future", "cloud_agent"] }));
        assert_eq!(claims.participant_kind(), Kind::Agent);
        assert_eq!(claims.participant_kind_details(), [KindDetail::Forwarded, KindDetail::CloudAgent]);
        let future = json!({ "kind": "hologram", "kindDetails": ["future"] });
        assert_eq!(read(future.clone()).participant_kind(), Kind::Standard);
        assert_eq!(to_value(read(future.clone())).unwrap(), future);
        assert_eq!(read(json!({})).participant_kind(), Kind::Standard);
    }

    #[test]
    fn a_room_configuration_loses_nothing_until_it_is_changed() {
        let newer = json!({ "roomConfig": { "name": "r", "holograms": 3, "emptyTimeout": 0, "agents": [{ "x": 1 }] } });
        let mut claims = read(newer.clone());
        assert_eq!(claims.room_config.as_ref().unwrap().name, "r");
        assert_eq!(to_value(&claims).unwrap(), newer);
        let config = claims.room_config.as_mut().unwrap();
        config.agents = vec![RoomAgentDispatch { agent_name: "a".to_owned(), ..Default::default() }];
        let changed = json!({ "roomConfig": { "name": "r", "agents": [{ "agentName": "a" }] } });
        assert_eq!(to_value(&claims).unwrap(), changed);
        claims.room_config = None;
        assert_eq!(to_value(&claims).unwrap(), json!({}));
    }

    #[test]
    fn debug_shows_neither_secrets_nor_personal_data() {
        let planted = json!({
            "metadata": "planted", "attributes": { "team": "planted" }, "aud": "planted",
            "video": { "new": "planted" },
            "roomConfig": { "new": "planted", "egress": { "room": { "fileOutputs": [{ "s3": { "secret": "planted" } }] } } }
        });
        let claims = read(planted);
        assert_eq!(claims.metadata, "planted");
        for shown in [format!("{claims:?}"), format!("{claims:#?}")] {
            assert!(!shown.contains("planted"), "{shown}");
            assert!(shown.contains("team") && shown.contains("7 bytes"), "{shown}");
        }
    }
}
