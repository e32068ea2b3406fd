//! A choice by name with constants, for what a plug-in may bring: costs, metrics, optimizers.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use serde::de::{Error as _, IntoDeserializer, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer, forward_to_deserialize_any};

use crate::named::{Table, name_or_table};
pub(crate) use crate::optimizer::{positive_fault, share_fault};
use crate::{Error, Result};

/// A name, `"huber"`, or a table of a name and constants, `{ "name": "huber", "delta": 0.5 }`. What it stands for is said by
/// a [`crate::Catalogue`].
///
/// ```
/// use dnn_train::Choice;
///
/// let huber = Choice::from("huber").with("delta", 0.5);
/// assert_eq!(serde_json::from_str::<Choice>(r#"{ "name": "huber", "delta": 0.5 }"#)?, huber);
/// assert_eq!(huber.constants("cost", [("delta", 1.0)])?, [0.5]);
/// let unknown = huber.constants("cost", [("margin", 1.0)]).unwrap_err().to_string();
/// assert!(unknown.ends_with("cost huber has a constant delta, but takes margin: correct the name, or leave it out"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Choice {
    /// The name, `crate/name` for what a plug-in brings.
    pub name: String,
    /// The constants that are given, by name.
    pub constants: BTreeMap<String, f64>,
}

impl Choice {
    /// The same choice with this constant.
    #[must_use]
    pub fn with(mut self, name: &str, value: f64) -> Self {
        self.constants.insert(name.into(), value);
        self
    }

    /// The values of all constants that the choice of a `kind` (`"cost"`, `"metric"`, `"optimizer"`) takes, from their names
    /// and defaults.
    ///
    /// # Errors
    /// [`Error::Settings`] for each constant of another name.
    pub fn constants<const N: usize>(&self, kind: &str, known: [(&str, f64); N]) -> Result<[f64; N]> {
        let names = known.map(|(name, _)| name);
        let takes = if N == 0 { "no constant".into() } else { names.join(", ") };
        let unknown = self.constants.keys().filter(|&given| !names.contains(&given.as_str()));
        let faults: Vec<String> = unknown
            .map(|given| {
                format!(
                    "{kind} {} has a constant {given}, but takes {takes}: correct the name, or leave it out",
                    self.name
                )
            })
            .collect();
        if faults.is_empty() {
            Ok(known.map(|(name, usual)| self.constants.get(name).copied().unwrap_or(usual)))
        } else {
            Err(Error::Settings(faults))
        }
    }

    /// The choice as a table to read another type from.
    pub(crate) fn entries<'a>(&'a self) -> impl Iterator<Item = (&'a str, Entry<'a>)> {
        let name = std::iter::once(("name", Entry::Name(&self.name)));
        name.chain(self.constants.iter().map(|(name, &value)| (name.as_str(), Entry::Number(value))))
    }
}

impl From<&str> for Choice {
    fn from(name: &str) -> Self {
        Self { name: name.into(), constants: BTreeMap::new() }
    }
}

/// Refuses what has a fault.
pub(crate) fn accept(fault: Option<String>) -> Result<()> {
    fault.map_or(Ok(()), |fault| Err(Error::Settings(vec![fault])))
}

impl Serialize for Choice {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut table = serializer.serialize_map(Some(1 + self.constants.len()))?;
        table.serialize_entry("name", &self.name)?;
        self.constants.iter().try_for_each(|(name, value)| table.serialize_entry(name, value))?;
        table.end()
    }
}

impl<'de> Deserialize<'de> for Choice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        name_or_table(deserializer)
    }
}

impl<'de> Table<'de> for Choice {
    const WHAT: &'static str = "what is chosen";

    fn from_table<D: Deserializer<'de>>(table: D) -> std::result::Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Named {
            name: String,
            #[serde(flatten)]
            constants: BTreeMap<String, f64>,
        }
        let Named { name, constants } = Named::deserialize(table)?;
        if name.is_empty() { Err(D::Error::missing_field("name")) } else { Ok(Self { name, constants }) }
    }
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
