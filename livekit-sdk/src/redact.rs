//! Credentials inside messages: found by name, hidden from debug output.
//!
//! `Debug` of a message shows `<redacted>` in place of what the schema calls a secret: passwords, tokens,
//! stream keys, the URLs that hold them. [`secrets`](Redact::secrets) tells which of them are set, and
//! [`reveal`](Redact::reveal) prints them, for whoever has to see one:
//!
//! ```
//! use livekit_sdk::proto::TokenSourceResponse;
//! use livekit_sdk::redact::Redact as _;
//!
//! let answer = TokenSourceResponse {
//!     server_url: "wss://lk.example".into(),
//!     participant_token: "ey.Jh.bG".into(),
//! };
//! assert_eq!(
//!     format!("{answer:?}"),
//!     r#"TokenSourceResponse { server_url: "wss://lk.example", participant_token: <redacted> }"#,
//! );
//! assert_eq!(answer.secrets(), ["participant_token"]);
//! assert_eq!(
//!     format!("{:?}", answer.reveal()),
//!     r#"TokenSourceResponse { server_url: "wss://lk.example", participant_token: "ey.Jh.bG" }"#,
//! );
//! ```
//!
//! Messages are plain structs of `String`s, which are not wiped from memory when they are dropped; what this
//! crate keeps of API secrets and tokens itself is.

use std::collections::HashMap;
use std::fmt;

/// A message that can hold credentials.
///
/// Which fields are credentials is written in the schema; `#[derive(Redact)]` reads it from there.
pub trait Redact {
    /// Reports every secret field to `secrets`.
    fn visit(&self, secrets: &mut Secrets<'_>);

    /// The paths of the secret fields that are set, such as `egress.room.file_outputs[0].s3.secret`.
    fn secrets(&self) -> Vec<String> {
        let mut found = Vec::new();
        self.visit(&mut Secrets { path: String::new(), found: &mut found });
        found
    }

    /// The message for the one place where its credentials have to be seen: `Debug` of what is returned
    /// prints all of them.
    fn reveal(&self) -> Reveal<'_, Self>
    where
        Self: fmt::Debug,
    {
        Reveal(self)
    }
}

/// A message whose `Debug` hides nothing. Made by [`Redact::reveal`].
///
/// It prints the message with the format flag `-`, which nothing else gives a meaning to and which formatting
/// hands down to the messages inside. Where a `Debug` in between does not hand it down, what is below stays
/// hidden.
#[derive(Clone, Copy)]
pub struct Reveal<'a, T: ?Sized>(&'a T);

impl<T: fmt::Debug + ?Sized> fmt::Debug for Reveal<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match f.alternate() {
            true => write!(f, "{:-#?}", self.0),
            false => write!(f, "{:-?}", self.0),
        }
    }
}

/// Collects the paths of secrets while messages are walked.
#[derive(Debug)]
pub struct Secrets<'a> {
    path: String,
    found: &'a mut Vec<String>,
}

impl Secrets<'_> {
    /// Reports a credential in the field `name`.
    pub fn secret(&mut self, name: &str, value: &(impl Secret + ?Sized)) {
        if value.is_set() {
            self.found.push(self.join(name));
        }
    }

    /// Walks the field `name`, which may hold credentials further down; an empty name is no level.
    pub fn nested(&mut self, name: &str, value: &(impl Redact + ?Sized)) {
        let path = self.join(name);
        value.visit(&mut Secrets { path, found: self.found });
    }

    fn join(&self, name: &str) -> String {
        match (self.path.is_empty(), name.is_empty()) {
            (true, _) => name.to_owned(),
            (_, true) => self.path.clone(),
            _ => format!("{}.{name}", self.path),
        }
    }

    /// Walks an element of a list or map.
    fn element(&mut self, index: impl fmt::Display, value: &(impl Redact + ?Sized)) {
        let path = format!("{}[{index}]", self.path);
        value.visit(&mut Secrets { path, found: self.found });
    }
}

impl<T: Redact> Redact for Option<T> {
    fn visit(&self, secrets: &mut Secrets<'_>) {
        if let Some(value) = self {
            value.visit(secrets);
        }
    }
}

impl<T: Redact> Redact for Box<T> {
    fn visit(&self, secrets: &mut Secrets<'_>) {
        (**self).visit(secrets);
    }
}

impl<T: Redact> Redact for Vec<T> {
    fn visit(&self, secrets: &mut Secrets<'_>) {
        for (index, value) in self.iter().enumerate() {
            secrets.element(index, value);
        }
    }
}

impl<K: fmt::Display, V: Redact> Redact for HashMap<K, V> {
    fn visit(&self, secrets: &mut Secrets<'_>) {
        for (key, value) in self {
            secrets.element(key, value);
        }
    }
}

/// A value that can be a credential.
pub trait Secret {
    /// Whether there is anything to hide.
    fn is_set(&self) -> bool;
}

impl Secret for String {
    fn is_set(&self) -> bool {
        !self.is_empty()
    }
}

impl<T> Secret for Vec<T> {
    fn is_set(&self) -> bool {
        !self.is_empty()
    }
}

impl<T> Secret for Option<T> {
    fn is_set(&self) -> bool {
        self.is_some()
    }
}

impl<K, V> Secret for HashMap<K, V> {
    fn is_set(&self) -> bool {
        !self.is_empty()
    }
}

/// A message that is the member of a oneof, as a credential: it is there as soon as it is the member.
pub fn member<T: fmt::Debug>(message: &T) -> impl Secret + fmt::Debug + use<'_, T> {
    Member(message)
}

struct Member<'a, T>(&'a T);

impl<T> Secret for Member<'_, T> {
    fn is_set(&self) -> bool {
        true
    }
}

impl<T: fmt::Debug> fmt::Debug for Member<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Numbers that are their default are not on the wire either.
macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl Secret for $number {
            fn is_set(&self) -> bool {
                *self != Self::default()
            }
        }
    )*};
}

numbers!(bool, f32, f64, i32, i64, u32, u64);

/// Stands for a credential in debug output: `<redacted>`, or `""` where there is none. [`Reveal`] shows it.
pub fn hidden<T: Secret + fmt::Debug + ?Sized>(value: &T) -> impl fmt::Debug + use<'_, T> {
    Hidden(value)
}

struct Hidden<'a, T: ?Sized>(&'a T);

impl<T: Secret + fmt::Debug + ?Sized> fmt::Debug for Hidden<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.is_set(), f.sign_minus()) {
            (false, _) => f.write_str("\"\""),
            (true, false) => f.write_str("<redacted>"),
            (true, true) => self.0.fmt(f),
        }
    }
}

/// Shows an enum field by the name of its value, or by its number if it is not known.
pub fn enumeration<E: TryFrom<i32> + fmt::Debug>(value: i32) -> impl fmt::Debug + use<E> {
    Enumeration::<E>(E::try_from(value).map_err(|_| value))
}

struct Enumeration<E>(Result<E, i32>);

impl<E: fmt::Debug> fmt::Debug for Enumeration<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Ok(value) => value.fmt(f),
            Err(number) => number.fmt(f),
        }
    }
}
