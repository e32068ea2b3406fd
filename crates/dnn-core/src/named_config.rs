//! A name and constants as plain data: how settings and files say which activation, cost or optimizer is meant.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A name, `"huber"`, and the constants that are given, `{ "name": "huber", "delta": 0.5 }`. A [`crate::Registry`] knows
/// what it stands for.
///
/// Formats that people read take a name alone, or a table of a name and constants; `true` and `false` are 1 and 0. Binary
/// formats take the pair of both fields.
///
/// ```
/// use dnn_core::NamedConfig;
///
/// let huber = NamedConfig::from("huber").with("delta", 0.5);
/// assert_eq!(serde_json::from_str::<NamedConfig>(r#"{ "name": "huber", "delta": 0.5 }"#)?, huber);
/// assert_eq!(serde_json::to_string(&huber)?, r#"{"name":"huber","delta":0.5}"#);
/// assert_eq!(serde_json::from_str::<NamedConfig>(r#""huber""#)?, NamedConfig::from("huber"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NamedConfig {
    /// The name, `crate/name` for what a plug-in brings.
    pub name: String,
    /// The constants that are given, by name.
    pub constants: BTreeMap<String, f64>,
}

impl NamedConfig {
    /// The same with this constant.
    #[must_use]
    pub fn with(mut self, name: &str, value: f64) -> Self {
        self.constants.insert(name.into(), value);
        self
    }
}

impl From<&str> for NamedConfig {
    fn from(name: &str) -> Self {
        Self { name: name.into(), constants: BTreeMap::new() }
    }
}

impl Serialize for NamedConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !serializer.is_human_readable() {
            return (&self.name, &self.constants).serialize(serializer);
        }
        let mut table = serializer.serialize_map(Some(1 + self.constants.len()))?;
        table.serialize_entry("name", &self.name)?;
        for (name, &value) in &self.constants {
            // A count is written as people write it.
            match value as i64 {
                whole if (whole as f64).to_bits() == value.to_bits() => {
                    table.serialize_entry(name, &whole)?
                }
                _ => table.serialize_entry(name, &value)?,
            }
        }
        table.end()
    }
}

impl<'de> Deserialize<'de> for NamedConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return deserializer.deserialize_any(NameOrTable);
        }
        let (name, constants) = Deserialize::deserialize(deserializer)?;
        Ok(Self { name, constants })
    }
}

struct NameOrTable;

impl<'de> Visitor<'de> for NameOrTable {
    type Value = NamedConfig;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name, or a table with a name and constants")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<NamedConfig, E> {
        Ok(name.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<NamedConfig, A::Error> {
        let (mut name, mut constants) = (None, BTreeMap::new());
        while let Some(key) = table.next_key::<String>()? {
            if key == "name" {
                name = Some(table.next_value::<String>()?);
            } else if let Some(Number(value)) = table.next_value()? {
                constants.insert(key, value);
            }
        }
        match name {
            Some(name) if !name.is_empty() => Ok(NamedConfig { name, constants }),
            _ => Err(A::Error::missing_field("name")),
        }
    }
}

/// The value of a constant, which may be a switch.
#[derive(Deserialize)]
#[serde(from = "NumberOrSwitch")]
struct Number(f64);

#[derive(Deserialize)]
#[serde(untagged, expecting = "a constant must be a number, or true or false")]
enum NumberOrSwitch {
    Number(f64),
    Switch(bool),
}

impl From<NumberOrSwitch> for Number {
    fn from(found: NumberOrSwitch) -> Self {
        Self(match found {
            NumberOrSwitch::Number(value) => value,
            NumberOrSwitch::Switch(on) => f64::from(u8::from(on)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<NamedConfig, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_written_is_read_again() {
        let config =
            NamedConfig::from("my-crate/odd").with("share", 0.1).with("count", 10.0).with("zero", -0.0);
        let text = serde_json::to_string(&config).unwrap();
        assert_eq!(text, r#"{"name":"my-crate/odd","count":10,"share":0.1,"zero":-0.0}"#);
        assert_eq!(read(&text), Ok(config));
        let switches = NamedConfig::from("a").with("on", 1.0).with("off", 0.0);
        assert_eq!(read(r#"{"on": true, "off": false, "none": null, "name": "a"}"#), Ok(switches));
    }

    #[test]
    fn what_is_no_name_and_no_table_is_refused_in_words() {
        assert!(read("3").unwrap_err().contains("expected a name, or a table with a name and constants"));
        assert!(read(r#"{"delta": 1}"#).unwrap_err().contains("missing field `name`"));
        let text = read(r#"{"name": "huber", "delta": "1"}"#).unwrap_err();
        assert!(text.contains("a constant must be a number, or true or false"), "{text}");
    }
}
