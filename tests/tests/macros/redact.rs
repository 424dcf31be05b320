//! `#[derive(Redact)]`: credentials are found wherever they are, and never printed.

use std::collections::HashMap;

use livekit_sdk::Redact;
use livekit_sdk::redact::Redact as _;

/// What must never be printed.
const SECRET: &str = "hunter2";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
#[repr(i32)]
enum Level {
    Low = 0,
    High = 1,
}

/// A credential of every shape.
#[derive(Clone, PartialEq, prost::Message, Redact)]
#[prost(skip_debug)]
struct Vault {
    #[prost(string, tag = "1")]
    owner: String,
    #[prost(string, tag = "2")]
    #[redact(secret)]
    password: String,
    #[prost(bytes = "vec", tag = "3")]
    #[redact(secret)]
    key: Vec<u8>,
    #[prost(string, repeated, tag = "4")]
    #[redact(secret)]
    urls: Vec<String>,
    #[prost(map = "string, string", tag = "5")]
    #[redact(secret)]
    headers: HashMap<String, String>,
    #[prost(string, optional, tag = "6")]
    #[redact(secret)]
    r#type: Option<String>,
    #[prost(message, optional, tag = "7")]
    #[redact(secret)]
    whole: Option<Plain>,
    #[prost(enumeration = "Level", tag = "8")]
    level: i32,
    #[prost(enumeration = "Level", optional, tag = "9")]
    optional_level: Option<i32>,
    #[prost(enumeration = "Level", repeated, tag = "10")]
    levels: Vec<i32>,
    #[prost(oneof = "Login", tags = "20, 21, 22, 23, 24")]
    login: Option<Login>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Plain {
    #[prost(string, tag = "1")]
    note: String,
}

#[derive(Clone, PartialEq, prost::Oneof, Redact)]
#[prost(skip_debug)]
enum Login {
    #[prost(string, tag = "20")]
    #[redact(secret)]
    BearerToken(String),
    #[prost(message, tag = "21")]
    #[redact(nested)]
    Vault(Box<Vault>),
    #[prost(string, tag = "22")]
    User(String),
    #[prost(enumeration = "Level", tag = "23")]
    Level(i32),
    #[prost(message, tag = "24")]
    #[redact(secret)]
    Note(Box<Plain>),
}

/// Holds no credential of its own, only messages that do; prost's `Debug` is good enough.
#[derive(Clone, PartialEq, prost::Message, Redact)]
struct House {
    #[prost(message, optional, tag = "1")]
    #[redact(nested)]
    vault: Option<Vault>,
    #[prost(message, repeated, tag = "2")]
    #[redact(nested)]
    vaults: Vec<Vault>,
    #[prost(map = "string, message", tag = "3")]
    #[redact(nested)]
    by_name: HashMap<String, Vault>,
    #[prost(message, optional, boxed, tag = "4")]
    #[redact(nested)]
    annex: Option<Box<House>>,
    #[prost(message, optional, tag = "5")]
    plain: Option<Plain>,
    #[prost(oneof = "Door", tags = "6, 7")]
    door: Option<Door>,
}

#[derive(Clone, PartialEq, prost::Oneof, Redact)]
enum Door {
    #[prost(message, tag = "6")]
    #[redact(nested)]
    BackDoor(Box<Vault>),
    #[prost(message, tag = "7")]
    FrontDoor(Plain),
}

fn full() -> Vault {
    Vault {
        owner: "alice".to_owned(),
        password: SECRET.to_owned(),
        key: SECRET.as_bytes().to_vec(),
        urls: vec![SECRET.to_owned()],
        headers: HashMap::from([("authorization".to_owned(), SECRET.to_owned())]),
        r#type: Some(SECRET.to_owned()),
        whole: Some(Plain { note: SECRET.to_owned() }),
        level: 1,
        optional_level: Some(1),
        levels: vec![1, 0, 9],
        login: Some(Login::BearerToken(SECRET.to_owned())),
    }
}

#[test]
fn debug_hides_what_is_secret_and_shows_the_rest() {
    assert_eq!(
        format!("{:?}", full()),
        "Vault { owner: \"alice\", password: <redacted>, key: <redacted>, urls: <redacted>, \
         headers: <redacted>, type: <redacted>, whole: <redacted>, level: High, optional_level: Some(High), \
         levels: [High, Low, 9], login: Some(BearerToken(<redacted>)) }"
    );
}

#[test]
fn who_asks_sees_everything() {
    let house =
        House { vaults: vec![full()], door: Some(Door::BackDoor(Box::new(full()))), ..House::default() };
    let (text, pretty) = (format!("{:?}", house.reveal()), format!("{:#?}", house.reveal()));
    for text in [&text, &pretty] {
        assert!(!text.contains("redacted"), "{text}");
        // The bytes are printed as numbers.
        assert_eq!(text.matches(SECRET).count(), 2 * 6, "{text}");
    }
    assert!(text.contains("key: [104, 117, ") && text.contains("levels: [High, Low, 9]"), "{text}");
    assert!(pretty.contains("\n            password: \"hunter2\",\n"), "{pretty}");
    assert_eq!(format!("{:?}", Login::BearerToken(SECRET.to_owned()).reveal()), "BearerToken(\"hunter2\")");
}

#[test]
fn debug_tells_what_is_not_set() {
    let text = format!("{:?}", Vault { level: 7, ..Vault::default() });
    assert!(text.starts_with("Vault { owner: \"\", password: \"\", key: \"\", urls: \"\""), "{text}");
    assert!(text.ends_with("level: 7, optional_level: None, levels: [], login: None }"), "{text}");
}

#[test]
fn debug_of_a_oneof_hides_the_secret_member_only() {
    assert_eq!(format!("{:?}", Login::User("bob".to_owned())), "User(\"bob\")");
    assert_eq!(format!("{:?}", Login::Level(1)), "Level(High)");
    assert_eq!(format!("{:?}", Login::BearerToken(SECRET.to_owned())), "BearerToken(<redacted>)");
    let note = Login::Note(Box::new(Plain { note: SECRET.to_owned() }));
    assert_eq!(format!("{note:?}"), "Note(<redacted>)");
    assert_eq!(format!("{:?}", note.reveal()), "Note(Plain { note: \"hunter2\" })");
    assert_eq!(note.secrets(), ["note"]);
}

#[test]
fn debug_of_whatever_holds_a_vault_hides_its_secrets() {
    let house = House {
        vault: Some(full()),
        vaults: vec![full()],
        by_name: HashMap::from([("main".to_owned(), full())]),
        annex: Some(Box::new(House { vault: Some(full()), ..House::default() })),
        plain: Some(Plain { note: "open".to_owned() }),
        door: Some(Door::BackDoor(Box::new(Vault { login: Some(Login::Vault(Box::new(full()))), ..full() }))),
    };
    for text in [format!("{house:?}"), format!("{house:#?}")] {
        assert!(!text.contains(SECRET), "{text}");
        // As `Vec<u8>` would be printed.
        assert!(!text.contains("104, 117") && !text.contains("104,\n"), "{text}");
        assert!(text.contains("alice") && text.contains("open"), "{text}");
    }
}

#[test]
fn secrets_are_named_by_their_paths() {
    let expected = ["password", "key", "urls", "headers", "type", "whole", "bearer_token"];
    assert_eq!(full().secrets(), expected);
    assert_eq!(Vault { owner: "alice".to_owned(), levels: vec![1], ..Vault::default() }.secrets(), [""; 0]);
    // Set, though to nothing: presence counts where the field has it.
    assert_eq!(Vault { r#type: Some(String::new()), ..Vault::default() }.secrets(), ["type"]);
}

#[test]
fn paths_lead_through_messages_lists_maps_boxes_and_oneofs() {
    let one = || Vault { password: SECRET.to_owned(), ..Vault::default() };
    let house = House {
        vault: Some(one()),
        vaults: vec![Vault::default(), one()],
        by_name: HashMap::from([("main".to_owned(), one())]),
        annex: Some(Box::new(House { vaults: vec![one()], ..House::default() })),
        plain: Some(Plain { note: "open".to_owned() }),
        // The oneof is no level of its own: its member is named like a field.
        door: Some(Door::BackDoor(Box::new(Vault {
            login: Some(Login::Vault(Box::new(one()))),
            ..Vault::default()
        }))),
    };
    let expected = [
        "vault.password",
        "vaults[1].password",
        "by_name[main].password",
        "annex.vaults[0].password",
        "back_door.vault.password",
    ];
    assert_eq!(house.secrets(), expected);
    assert_eq!(
        House { door: Some(Door::FrontDoor(Plain::default())), ..House::default() }.secrets(),
        [""; 0]
    );
    assert_eq!(Login::User("bob".to_owned()).secrets(), [""; 0]);
}

#[derive(Clone, PartialEq, prost::Message, Redact)]
#[prost(skip_debug)]
struct Pin {
    #[prost(uint32, tag = "1")]
    #[redact(secret)]
    digits: u32,
    #[prost(uint32, optional, tag = "2")]
    #[redact(secret)]
    tries: Option<u32>,
    #[prost(enumeration = "Level", tag = "3")]
    #[redact(secret)]
    level: i32,
}

#[test]
fn numbers_can_be_secret() {
    let pin = Pin { digits: 1234, tries: Some(0), level: 1 };
    assert_eq!(format!("{pin:?}"), "Pin { digits: <redacted>, tries: <redacted>, level: <redacted> }");
    assert_eq!(pin.secrets(), ["digits", "tries", "level"]);
    assert_eq!(Pin::default().secrets(), [""; 0]);
}

/// Also for what is no message of prost's.
#[derive(Redact)]
struct Settings {
    url: String,
    #[redact(secret)]
    token: String,
}

#[test]
fn a_plain_struct_can_hide_its_secrets_too() {
    let settings = Settings { url: "http://localhost".to_owned(), token: SECRET.to_owned() };
    assert_eq!(format!("{settings:?}"), "Settings { url: \"http://localhost\", token: <redacted> }");
    assert_eq!((settings.url.as_str(), settings.secrets()), ("http://localhost", vec!["token".to_owned()]));
}
