//! `#[derive(FromVariants)]`: a oneof from its members, where the type tells which one is meant.

use livekit_sdk::FromVariants;

#[derive(Clone, PartialEq, prost::Message)]
struct File {
    #[prost(string, tag = "1")]
    path: String,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Stream {}

#[derive(Clone, PartialEq, prost::Message)]
struct Tree {
    #[prost(oneof = "Output", tags = "1, 2, 3, 4, 5, 6, 7, 8, 9, 10")]
    output: Option<Output>,
}

#[derive(Clone, PartialEq, prost::Oneof, FromVariants)]
enum Output {
    #[prost(message, tag = "1")]
    File(File),
    #[prost(message, tag = "2")]
    Stream(Stream),
    #[prost(message, tag = "3")]
    Backup(Stream),
    #[prost(string, tag = "4")]
    Name(String),
    #[prost(message, tag = "5")]
    Tree(Box<Tree>),
    #[prost(message, tag = "6")]
    Elsewhere(::livekit_sdk::proto::Room),
    #[prost(uint32, tag = "7")]
    Number(u32),
    #[prost(enumeration = "Preset", tag = "8")]
    Preset(i32),
    #[prost(enumeration = "Level", tag = "9")]
    Low(i32),
    #[prost(enumeration = "Level", tag = "10")]
    High(i32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
#[repr(i32)]
enum Preset {
    Small = 0,
    Large = 3,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
#[repr(i32)]
enum Level {
    Ground = 0,
}

// These compile only because the derive has made no such conversions: two members hold a `Stream`, two a
// `Level`, and a scalar says nothing of what it stands for.
impl From<Level> for Output {
    fn from(level: Level) -> Self {
        Self::Low(level.into())
    }
}

impl From<Stream> for Output {
    fn from(stream: Stream) -> Self {
        Self::Backup(stream)
    }
}

impl From<String> for Output {
    fn from(name: String) -> Self {
        Self::Name(name)
    }
}

impl From<u32> for Output {
    fn from(number: u32) -> Self {
        Self::Number(number)
    }
}

#[test]
fn a_message_that_only_one_member_holds_becomes_that_member() {
    let file = File { path: "a".to_owned() };
    assert_eq!(Output::from(file.clone()), Output::File(file));
    assert_eq!(Output::from(Stream {}), Output::Backup(Stream {}));
}

#[test]
fn a_member_in_a_box_converts_without_it() {
    assert_eq!(Output::from(Tree::default()), Output::Tree(Box::default()));
}

#[test]
fn an_enum_that_only_one_member_holds_becomes_that_member() {
    assert_eq!(Output::from(Preset::Large), Output::Preset(3));
    assert_eq!(Output::from(Level::Ground), Output::Low(0));
}

#[test]
fn a_message_of_another_crate_converts_too() {
    let room = livekit_sdk::proto::Room { name: "r".to_owned(), ..Default::default() };
    assert_eq!(Output::from(room.clone()), Output::Elsewhere(room));
}
