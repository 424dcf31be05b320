//! `#[derive(Request)]`: setters on calls, and messages from their keys.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use livekit_sdk::server::Router;
use livekit_sdk::{Call, Request};

use crate::support::livekit;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
#[repr(i32)]
enum Color {
    Unset = 0,
    Red = 1,
    Green = 2,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Leaf {
    #[prost(string, tag = "1")]
    name: String,
}

impl From<&str> for Leaf {
    fn from(name: &str) -> Self {
        Self { name: name.to_owned() }
    }
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum Place {
    #[prost(string, tag = "30")]
    Room(String),
    #[prost(message, tag = "31")]
    Leaf(Leaf),
}

impl From<Leaf> for Place {
    fn from(leaf: Leaf) -> Self {
        Self::Leaf(leaf)
    }
}

/// A field of every shape.
#[derive(Clone, PartialEq, prost::Message, Request)]
#[request(extension = "ShapesCall")]
struct Shapes {
    #[prost(string, tag = "1")]
    text: String,
    #[prost(bytes = "vec", tag = "2")]
    raw: Vec<u8>,
    #[prost(bytes = "bytes", tag = "3")]
    shared: Bytes,
    #[prost(enumeration = "Color", tag = "4")]
    color: i32,
    #[prost(int64, tag = "5")]
    number: i64,
    #[prost(bool, tag = "6")]
    flag: bool,
    #[prost(double, tag = "7")]
    ratio: f64,
    #[prost(message, optional, tag = "8")]
    message: Option<Leaf>,
    #[prost(message, optional, boxed, tag = "9")]
    parent: Option<Box<Shapes>>,

    #[prost(string, optional, tag = "10")]
    optional_text: Option<String>,
    #[prost(bytes = "vec", optional, tag = "11")]
    optional_raw: Option<Vec<u8>>,
    #[prost(enumeration = "Color", optional, tag = "12")]
    optional_color: Option<i32>,
    #[prost(uint32, optional, tag = "13")]
    optional_number: Option<u32>,

    #[prost(string, repeated, tag = "14")]
    texts: Vec<String>,
    #[prost(bytes = "vec", repeated, tag = "15")]
    raws: Vec<Vec<u8>>,
    #[prost(enumeration = "Color", repeated, tag = "16")]
    colors: Vec<i32>,
    #[prost(uint32, repeated, tag = "17")]
    numbers: Vec<u32>,
    #[prost(message, repeated, tag = "18")]
    messages: Vec<Leaf>,

    #[prost(map = "string, string", tag = "19")]
    names: HashMap<String, String>,
    #[prost(map = "int32, message", tag = "20")]
    leaves: HashMap<i32, Leaf>,
    #[prost(map = "string, enumeration(Color)", tag = "21")]
    palette: HashMap<String, i32>,
    #[prost(btree_map = "string, string", tag = "22")]
    sorted: BTreeMap<String, String>,

    #[prost(oneof = "Place", tags = "30, 31")]
    place: Option<Place>,
    #[prost(string, tag = "32")]
    r#type: String,
}

/// A call that is looked at and never sent.
fn call() -> Call<Shapes, Shapes> {
    livekit(Router::default()).call("board.Board", "Shape", Shapes::default())
}

#[test]
fn singular_fields_have_setters() {
    let request =
        call().text("a").raw([1, 2]).shared(vec![3]).color(Color::Red).number(-4).flag(true).ratio(0.5);
    let request = request.r#type(String::from("t")).message("leaf");
    let expected = Shapes {
        text: "a".to_owned(),
        raw: vec![1, 2],
        shared: Bytes::from_static(&[3]),
        color: 1,
        number: -4,
        flag: true,
        ratio: 0.5,
        r#type: "t".to_owned(),
        message: Some(Leaf { name: "leaf".to_owned() }),
        ..Shapes::default()
    };
    assert_eq!(request.request(), &expected);
}

#[test]
fn fields_with_presence_are_set_even_to_their_default() {
    let request = call().optional_text("").optional_raw([]).optional_color(Color::Unset).optional_number(0);
    let expected = Shapes {
        optional_text: Some(String::new()),
        optional_raw: Some(Vec::new()),
        optional_color: Some(0),
        optional_number: Some(0),
        ..Shapes::default()
    };
    assert_eq!(request.request(), &expected);
}

#[test]
fn a_recursive_message_is_boxed_by_its_setter() {
    let parent = Shapes { text: "parent".to_owned(), ..Shapes::default() };
    let request = call().parent(parent.clone());
    assert_eq!(request.request().parent.as_deref(), Some(&parent));
}

#[test]
fn lists_are_set_from_anything_that_can_be_walked() {
    let request = call()
        .texts(["a", "b"])
        .raws([[1], [2]])
        .colors([Color::Green, Color::Red])
        .numbers(1u16..=2)
        .messages(vec!["x", "y"]);
    let expected = Shapes {
        texts: vec!["a".to_owned(), "b".to_owned()],
        raws: vec![vec![1], vec![2]],
        colors: vec![2, 1],
        numbers: vec![1, 2],
        messages: vec![Leaf::from("x"), Leaf::from("y")],
        ..Shapes::default()
    };
    assert_eq!(request.request(), &expected);
    // A setter replaces: it does not add to what was there.
    assert_eq!(request.texts(["c"]).request().texts, ["c"]);
}

#[test]
fn maps_are_set_from_pairs() {
    let request = call()
        .names([("a", "b")])
        .leaves([(1, "x")])
        .palette([("sky", Color::Green)])
        .sorted(BTreeMap::from([("k".to_owned(), "v".to_owned())]));
    let expected = Shapes {
        names: HashMap::from([("a".to_owned(), "b".to_owned())]),
        leaves: HashMap::from([(1, Leaf::from("x"))]),
        palette: HashMap::from([("sky".to_owned(), 2)]),
        sorted: BTreeMap::from([("k".to_owned(), "v".to_owned())]),
        ..Shapes::default()
    };
    assert_eq!(request.request(), &expected);
}

#[test]
fn a_oneof_is_set_from_itself_and_from_what_converts_into_it() {
    assert_eq!(call().place(Place::Room("r".to_owned())).request().place, Some(Place::Room("r".to_owned())));
    assert_eq!(call().place(Leaf::from("x")).request().place, Some(Place::Leaf(Leaf::from("x"))));
}

#[derive(Clone, PartialEq, prost::Message, Request)]
#[request(extension = "NoKeyCall")]
struct NoKey {
    #[prost(string, tag = "1")]
    filter: String,
}

#[derive(Clone, PartialEq, prost::Message, Request)]
#[request(extension = "TextKeyCall")]
struct TextKey {
    #[prost(bool, tag = "2")]
    other: bool,
    #[prost(string, tag = "1")]
    #[request(key = 1)]
    room: String,
}

#[derive(Clone, PartialEq, prost::Message, Request)]
#[request(extension = "BytesKeyCall")]
struct BytesKey {
    #[prost(bytes = "vec", tag = "1")]
    #[request(key = 1)]
    data: Vec<u8>,
}

#[derive(Clone, PartialEq, prost::Message, Request)]
#[request(extension = "SharedKeyCall")]
struct SharedKey {
    #[prost(bytes = "bytes", tag = "1")]
    #[request(key = 1)]
    data: Bytes,
}

#[derive(Clone, PartialEq, prost::Message, Request)]
#[request(extension = "MessageKeyCall")]
struct MessageKey {
    #[prost(message, optional, tag = "1")]
    #[request(key = 1)]
    leaf: Option<Leaf>,
}

#[derive(Clone, PartialEq, prost::Message, Request)]
#[request(extension = "EnumKeyCall")]
struct EnumKey {
    #[prost(enumeration = "Color", tag = "1")]
    #[request(key = 1)]
    color: i32,
}

#[derive(Clone, PartialEq, prost::Message, Request)]
#[request(extension = "NumberKeyCall")]
struct NumberKey {
    #[prost(uint64, tag = "1")]
    #[request(key = 1)]
    number: u64,
}

/// The order of the keys is that of their numbers, not of the fields.
#[derive(Clone, PartialEq, prost::Message, Request)]
#[request(extension = "PairCall")]
struct Pair {
    #[prost(string, tag = "1")]
    #[request(key = 2)]
    identity: String,
    #[prost(string, tag = "2")]
    #[request(key = 1)]
    room: String,
}

#[derive(Clone, PartialEq, prost::Message, Request)]
#[request(extension = "TripleCall")]
struct Triple {
    #[prost(message, optional, tag = "1")]
    #[request(key = 1)]
    leaf: Option<Leaf>,
    #[prost(enumeration = "Color", tag = "2")]
    #[request(key = 2)]
    color: i32,
    #[prost(bytes = "vec", tag = "3")]
    #[request(key = 3)]
    data: Vec<u8>,
    #[prost(bool, tag = "4")]
    other: bool,
}

#[test]
fn a_message_without_keys_comes_from_nothing() {
    assert_eq!(NoKey::from(()), NoKey::default());
}

#[test]
fn one_key_is_the_message() {
    let expected = TextKey { room: "r".to_owned(), other: false };
    assert_eq!(TextKey::from("r"), expected);
    assert_eq!(TextKey::from("r".to_owned()), expected);
    assert_eq!(TextKey::from(&"r".to_owned()), expected);
    assert_eq!(BytesKey::from(vec![1]), BytesKey { data: vec![1] });
    assert_eq!(BytesKey::from(&[1][..]), BytesKey { data: vec![1] });
    assert_eq!(SharedKey::from(Bytes::from_static(&[1])), SharedKey { data: Bytes::from_static(&[1]) });
    assert_eq!(SharedKey::from(vec![1]), SharedKey { data: Bytes::from_static(&[1]) });
    assert_eq!(MessageKey::from(Leaf::from("x")), MessageKey { leaf: Some(Leaf::from("x")) });
    assert_eq!(EnumKey::from(Color::Green), EnumKey { color: 2 });
    assert_eq!(NumberKey::from(7), NumberKey { number: 7 });
}

#[test]
fn several_keys_are_a_tuple_in_the_order_of_their_numbers() {
    let expected = Pair { room: "r".to_owned(), identity: "i".to_owned() };
    assert_eq!(Pair::from(("r", "i")), expected);
    assert_eq!(Pair::from(("r".to_owned(), "i")), expected);
    let expected = Triple { leaf: Some(Leaf::from("x")), color: 1, data: vec![1, 2], other: false };
    assert_eq!(Triple::from(("x", Color::Red, [1, 2])), expected);
    assert_eq!(Triple::from((Leaf::from("x"), Color::Red, vec![1, 2])), expected);
}

/// The setters of a message can be used wherever the trait can be named: it is as visible as the message.
mod elsewhere {
    use livekit_sdk::Request;

    #[derive(Clone, PartialEq, prost::Message, Request)]
    #[request(extension = "GetCardCall")]
    pub(super) struct GetCardRequest {
        /// What is documented here is documented on the setter.
        #[prost(string, tag = "1")]
        #[request(key = 1)]
        pub(super) id: String,
        #[prost(bool, tag = "2")]
        pub(super) with_history: bool,
    }
}

#[test]
fn setters_live_in_a_trait_of_the_messages_own_crate() {
    use elsewhere::{GetCardCall as _, GetCardRequest};

    let lk = livekit(Router::default());
    let call: Call<GetCardRequest, Leaf> = lk.call("board.Board", "GetCard", "c1".into());
    assert_eq!(
        call.with_history(true).request(),
        &GetCardRequest { id: "c1".to_owned(), with_history: true }
    );
}
