//! Settings that are a choice: written as a name, or as a table of a name and constants.
//!
//! `"adam"` and `{ name = "adam", beta1 = 0.8 }` both say which; a constant left out takes its default.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserializer;
use serde::de::value::{MapAccessDeserializer, MapDeserializer};
use serde::de::{Error, MapAccess, Visitor};

/// A choice that can be read from a table.
pub(crate) trait Table<'de>: Sized {
    /// What the table asks for, as a message says it.
    const WHAT: &'static str;

    /// Reads the table.
    fn from_table<D: Deserializer<'de>>(table: D) -> Result<Self, D::Error>;
}

/// Reads a name, or a table.
pub(crate) fn name_or_table<'de, T: Table<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_any(NameOrTable(PhantomData))
}

struct NameOrTable<T>(PhantomData<T>);

impl<'de, T: Table<'de>> Visitor<'de> for NameOrTable<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the name of {}, or a table with its name and constants", T::WHAT)
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<T, E> {
        T::from_table(MapDeserializer::new(std::iter::once(("name", name))))
    }

    fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<T, A::Error> {
        T::from_table(MapAccessDeserializer::new(table))
    }
}
