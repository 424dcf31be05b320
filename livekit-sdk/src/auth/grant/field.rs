//! The five types of fields.

use serde::Serialize;
use serde::de::MapAccess;
use serde_json::Value;

use super::form::{Block, or_default, read_list};
use super::{Grant, GrantField, ObjectWriter, Rest};

impl GrantField for bool {
    fn merge(&mut self, other: Self) {
        *self |= other;
    }

    fn covers(&self, required: &Self) -> bool {
        *self || !*required
    }

    fn is_absent(&self) -> bool {
        !*self
    }

    fn read<'de, A: MapAccess<'de>>(&mut self, _: &str, map: &mut A, _: &mut Rest) -> Result<(), A::Error> {
        *self = or_default(map)?;
        Ok(())
    }

    #[inline(always)]
    fn write<W: ObjectWriter>(&self, key: &'static str, to: &mut W, _: &Rest) -> Result<(), W::Error> {
        write_if(*self, key, self, to)
    }
}

impl GrantField for Option<bool> {
    fn merge(&mut self, other: Self) {
        *self = other.or(*self);
    }

    fn covers(&self, required: &Self) -> bool {
        required.is_none() || self == required
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn read<'de, A: MapAccess<'de>>(&mut self, _: &str, map: &mut A, _: &mut Rest) -> Result<(), A::Error> {
        *self = map.next_value()?;
        Ok(())
    }

    #[inline(always)]
    fn write<W: ObjectWriter>(&self, key: &'static str, to: &mut W, _: &Rest) -> Result<(), W::Error> {
        write_if(self.is_some(), key, self, to)
    }
}

impl GrantField for String {
    fn merge(&mut self, other: Self) {
        if !other.is_empty() {
            *self = other;
        }
    }

    fn covers(&self, required: &Self) -> bool {
        required.is_empty() || self == required
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }

    fn read<'de, A: MapAccess<'de>>(&mut self, _: &str, map: &mut A, _: &mut Rest) -> Result<(), A::Error> {
        *self = or_default(map)?;
        Ok(())
    }

    #[inline(always)]
    fn write<W: ObjectWriter>(&self, key: &'static str, to: &mut W, _: &Rest) -> Result<(), W::Error> {
        write_if(!self.is_empty(), key, self, to)
    }
}

impl GrantField for Vec<String> {
    fn merge(&mut self, other: Self) {
        for item in other {
            if !self.contains(&item) {
                self.push(item);
            }
        }
    }

    fn covers(&self, required: &Self) -> bool {
        required.iter().all(|item| self.contains(item))
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }

    fn read<'de, A: MapAccess<'de>>(&mut self, _: &str, map: &mut A, _: &mut Rest) -> Result<(), A::Error> {
        *self = read_list(map)?;
        Ok(())
    }

    #[inline(always)]
    fn write<W: ObjectWriter>(&self, key: &'static str, to: &mut W, _: &Rest) -> Result<(), W::Error> {
        write_if(!self.is_empty(), key, self, to)
    }
}

impl<G: Grant> GrantField for Option<G> {
    fn merge(&mut self, other: Self) {
        match (self.as_mut(), other) {
            (Some(block), Some(other)) => block.merge(other),
            (None, other) => *self = other,
            (Some(_), None) => {}
        }
    }

    fn covers(&self, required: &Self) -> bool {
        match (self, required) {
            (_, None) => true,
            (Some(block), Some(required)) => block.covers(required),
            // A block that asks for nothing is covered by none.
            (None, Some(required)) => required.is_empty(),
        }
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn prune(&mut self) {
        if let Some(block) = self {
            block.prune();
        }
        if self.as_ref().is_some_and(Grant::is_empty) {
            *self = None;
        }
    }

    fn read<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut A,
        rest: &mut Rest,
    ) -> Result<(), A::Error> {
        let mut unknown = Rest::new();
        *self = map.next_value_seed(Block::new(&mut unknown))?;
        if !unknown.is_empty() {
            rest.insert(key.to_owned(), Value::Object(unknown));
        }
        Ok(())
    }

    fn write<W: ObjectWriter>(&self, key: &'static str, to: &mut W, rest: &Rest) -> Result<(), W::Error> {
        match (self, rest.get(key).and_then(Value::as_object)) {
            (None, None) => Ok(()),
            (Some(block), None) => to.block(key, block, &Rest::new()),
            (Some(block), Some(unknown)) => to.block(key, block, unknown),
            (None, Some(unknown)) => to.block(key, &G::default(), unknown),
        }
    }
}

#[inline(always)]
fn write_if<W: ObjectWriter, V: Serialize>(
    present: bool,
    key: &'static str,
    value: &V,
    to: &mut W,
) -> Result<(), W::Error> {
    if present { to.entry(key, value) } else { Ok(()) }
}

/// What the setter of a list makes of its argument.
pub fn list(items: impl IntoIterator<Item = impl Into<String>>) -> Vec<String> {
    items.into_iter().map(Into::into).collect()
}
