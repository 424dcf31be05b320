//! A reader of JSON text for what travels much: webhooks and the claims of tokens.
//!
//! It knows what these are made of, plain strings and whole numbers in objects and lists, and hands
//! everything else to serde_json where it stands: escapes, other numbers, and values that nobody wants.
//! Nor does it say what is wrong: text that it does not like is read anew by serde_json, which does.

use std::fmt;

use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::Number;

#[cfg(feature = "webhooks")]
use super::message::{Message, read_message};

/// How deep values may be nested; as in serde_json.
const MAX_DEPTH: u8 = 127;

/// Reads a value from text. As `serde_json::from_str`, only sooner.
///
/// # Errors
/// Those of serde_json.
pub(crate) fn from_str<'de, T: Deserialize<'de>>(text: &'de str) -> serde_json::Result<T> {
    match Reader::read(text, |json| T::deserialize(json)) {
        Ok(value) => Ok(value),
        Err(Unread) => serde_json::from_str(text),
    }
}

/// Reads a message from text, where it is. As [`from_str`] otherwise.
#[cfg(feature = "webhooks")]
pub(crate) fn read_text<M: Message>(message: &mut M, text: &str) -> serde_json::Result<()> {
    if Reader::read(text, |json| read_message(message, json)).is_err() {
        *message = M::default();
        let mut json = serde_json::Deserializer::from_str(text);
        read_message(message, &mut json)?;
        json.end()?;
    }
    Ok(())
}

/// The text was not read. serde_json knows why, or reads it.
#[derive(Debug)]
pub(crate) struct Unread;

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the text was not read")
    }
}

impl std::error::Error for Unread {}

impl de::Error for Unread {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// JSON text, and how far it is read.
pub(crate) struct Reader<'de> {
    text: &'de str,
    at: usize,
    depth: u8,
}

impl<'de> Reader<'de> {
    /// Reads all of a text with `read`.
    pub(crate) fn read<T>(
        text: &'de str,
        read: impl FnOnce(&mut Self) -> Result<T, Unread>,
    ) -> Result<T, Unread> {
        let mut reader = Self { text, at: 0, depth: MAX_DEPTH };
        let value = read(&mut reader)?;
        match reader.peek() {
            None => Ok(value),
            Some(_) => Err(Unread),
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The first byte of what comes next, behind white space.
    #[inline]
    fn peek(&mut self) -> Option<u8> {
        loop {
            match self.byte() {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                other => return other,
            }
        }
    }

    #[inline]
    fn take(&mut self, byte: u8) -> Result<(), Unread> {
        if self.peek() != Some(byte) {
            return Err(Unread);
        }
        self.at += 1;
        Ok(())
    }

    fn word(&mut self, word: &str) -> Result<(), Unread> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if !rest.starts_with(word.as_bytes()) {
            return Err(Unread);
        }
        self.at += word.len();
        Ok(())
    }

    /// Reads one value of `T` with serde_json.
    #[cold]
    fn hand_over<T: Deserialize<'de>>(&mut self) -> Result<T, Unread> {
        let rest = self.text.get(self.at..).ok_or(Unread)?;
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<T>();
        let value = values.next().and_then(Result::ok).ok_or(Unread)?;
        self.at += values.byte_offset();
        Ok(value)
    }

    /// Reads a string, which begins with the quote that comes next.
    #[inline]
    fn string<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Unread> {
        let start = self.at + 1;
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        let end = start + plain_length(rest);
        match self.text.as_bytes().get(end) {
            Some(b'"') => {
                self.at = end + 1;
                visitor.visit_borrowed_str(self.text.get(start..end).ok_or(Unread)?)
            }
            Some(b'\\') => visitor.visit_string(self.hand_over()?),
            _ => Err(Unread),
        }
    }

    #[inline]
    fn number<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Unread> {
        /// So many digits fit into 64 bits.
        const SAFE: usize = 19;
        let (start, mut number) = (self.at, 0_u64);
        let mut end = start;
        while let Some(digit @ b'0'..=b'9') = self.text.as_bytes().get(end)
            && end - start < SAFE
        {
            number = number * 10 + u64::from(digit - b'0');
            end += 1;
        }
        let is_whole = matches!(self.text.as_bytes().get(end), Some(b',' | b'}' | b']'));
        let has_zeros = self.byte() == Some(b'0') && end > start + 1;
        if end == start || !is_whole || has_zeros {
            return self.hand_over::<Number>()?.deserialize_any(visitor).map_err(|_| Unread);
        }
        self.at = end;
        visitor.visit_u64(number)
    }

    /// Reads what stands between brackets, which `read` has to read to the closing one.
    #[inline]
    fn within<T>(
        &mut self,
        close: u8,
        read: impl FnOnce(&mut Within<'_, 'de>) -> Result<T, Unread>,
    ) -> Result<T, Unread> {
        self.at += 1;
        self.depth = self.depth.checked_sub(1).ok_or(Unread)?;
        let mut within = Within { reader: self, close, is_first: true, is_closed: false };
        let value = read(&mut within)?;
        if !within.is_closed {
            return Err(Unread);
        }
        self.depth += 1;
        Ok(value)
    }
}

/// How many bytes of a string need no second look: up to a quote, a backslash or a control character.
#[inline]
pub(super) fn plain_length(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut length = 0;
    for word in words {
        let special = special_bytes(u64::from_le_bytes(*word));
        if special != 0 {
            return length + (special.trailing_zeros() / 8) as usize;
        }
        length += word.len();
    }
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | ..b' ');
    length + rest.iter().position(is_special).unwrap_or(rest.len())
}

/// Sets the highest bit of the first byte that is special. What it sets behind that one is of no account.
#[inline]
fn special_bytes(word: u64) -> u64 {
    const EACH: u64 = u64::from_le_bytes([1; 8]);
    const HIGHEST: u64 = EACH << 7;
    // Subtracting borrows from the highest bit of bytes that are smaller.
    let is_control = word.wrapping_sub(EACH * 0x20);
    let is_quote = (word ^ (EACH * 0x22)).wrapping_sub(EACH);
    let is_backslash = (word ^ (EACH * 0x5c)).wrapping_sub(EACH);
    (is_control | is_quote | is_backslash) & !word & HIGHEST
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Unread;

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        match self.peek() {
            Some(b'"') => self.string(visitor),
            Some(b'-' | b'0'..=b'9') => self.number(visitor),
            Some(b'{') => self.within(b'}', |within| visitor.visit_map(within)),
            Some(b'[') => self.within(b']', |within| visitor.visit_seq(within)),
            Some(b't') => self.word("true").and_then(|()| visitor.visit_bool(true)),
            Some(b'f') => self.word("false").and_then(|()| visitor.visit_bool(false)),
            Some(b'n') => self.word("null").and_then(|()| visitor.visit_unit()),
            _ => Err(Unread),
        }
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        match self.peek() {
            Some(b'n') => self.word("null").and_then(|()| visitor.visit_none()),
            _ => visitor.visit_some(self),
        }
    }

    #[inline]
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        match self.peek() {
            Some(b'"') => self.string(visitor),
            _ => Err(Unread),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.deserialize_str(visitor)
    }

    #[inline]
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.deserialize_str(visitor)
    }

    #[inline]
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        match self.peek() {
            Some(b'{') => self.within(b'}', |within| visitor.visit_map(within)),
            _ => Err(Unread),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.hand_over::<IgnoredAny>()?;
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unread> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char bytes byte_buf unit unit_struct seq tuple tuple_struct
        struct enum
    }
}

/// The entries of an object, or the items of a list.
struct Within<'a, 'de> {
    reader: &'a mut Reader<'de>,
    close: u8,
    is_first: bool,
    is_closed: bool,
}

impl Within<'_, '_> {
    /// Goes to the next entry or item, if there is one.
    #[inline]
    fn has_next(&mut self) -> Result<bool, Unread> {
        if self.reader.peek() == Some(self.close) && !self.is_closed {
            self.reader.at += 1;
            self.is_closed = true;
            return Ok(false);
        }
        if !std::mem::take(&mut self.is_first) {
            self.reader.take(b',')?;
        }
        Ok(!self.is_closed)
    }
}

impl<'de> MapAccess<'de> for &mut Within<'_, 'de> {
    type Error = Unread;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Unread> {
        match self.has_next()? {
            true => seed.deserialize(&mut *self.reader).map(Some),
            false => Ok(None),
        }
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Unread> {
        self.reader.take(b':')?;
        seed.deserialize(&mut *self.reader)
    }
}

impl<'de> SeqAccess<'de> for &mut Within<'_, 'de> {
    type Error = Unread;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Unread> {
        match self.has_next()? {
            true => seed.deserialize(&mut *self.reader).map(Some),
            false => Ok(None),
        }
    }
}
