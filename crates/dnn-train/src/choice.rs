//! What choices of costs, metrics and optimizers have in common: their constants, and which values these may take.

use std::marker::PhantomData;

use dnn_core::NamedConfig;
use serde::de::{IntoDeserializer, Visitor};
use serde::{Deserializer, forward_to_deserialize_any};

pub(crate) use crate::optimizer::{positive_fault, share_fault};
use crate::{Error, Result};

/// The values of all constants that the choice of a `kind` (`"cost"`, `"metric"`, `"optimizer"`) takes, from their names
/// and defaults.
///
/// # Errors
/// [`Error::Settings`] for each constant of another name.
pub fn constants<const N: usize>(
    choice: &NamedConfig,
    kind: &str,
    known: [(&str, f64); N],
) -> Result<[f64; N]> {
    let names = known.map(|(name, _)| name);
    let takes = if N == 0 { "no constant".into() } else { names.join(", ") };
    let unknown = choice.constants.keys().filter(|&given| !names.contains(&given.as_str()));
    let name = &choice.name;
    let faults: Vec<String> = unknown
        .map(|given| {
            format!(
                "{kind} {name} has a constant {given}, but takes {takes}: correct the name, or leave it out"
            )
        })
        .collect();
    if faults.is_empty() {
        Ok(known.map(|(name, usual)| choice.constants.get(name).copied().unwrap_or(usual)))
    } else {
        Err(Error::Settings(faults))
    }
}

/// The choice as a table to read another type from.
pub(crate) fn entries(choice: &NamedConfig) -> impl Iterator<Item = (&str, Entry<'_>)> {
    let name = std::iter::once(("name", Entry::Name(&choice.name)));
    name.chain(choice.constants.iter().map(|(name, &value)| (name.as_str(), Entry::Number(value))))
}

/// Refuses what has a fault.
pub(crate) fn accept(fault: Option<String>) -> Result<()> {
    fault.map_or(Ok(()), |fault| Err(Error::Settings(vec![fault])))
}

/// A value in the table of a choice.
#[derive(Clone, Copy)]
pub(crate) enum Entry<'a> {
    Name(&'a str),
    Number(f64),
}

impl<'de, 'a, E: serde::de::Error> IntoDeserializer<'de, E> for Entry<'a> {
    type Deserializer = EntryDeserializer<'a, E>;

    fn into_deserializer(self) -> Self::Deserializer {
        EntryDeserializer { entry: self, error: PhantomData }
    }
}

pub(crate) struct EntryDeserializer<'a, E> {
    entry: Entry<'a>,
    error: PhantomData<E>,
}

impl<'de, E: serde::de::Error> Deserializer<'de> for EntryDeserializer<'_, E> {
    type Error = E;

    /// A whole number is one, so that it can be a count.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> std::result::Result<V::Value, E> {
        match self.entry {
            Entry::Name(name) => visitor.visit_str(name),
            Entry::Number(value) if value == (value as u64) as f64 => visitor.visit_u64(value as u64),
            Entry::Number(value) => visitor.visit_f64(value),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct
        seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
