//! JSON lines: an object a line, whose keys are the columns.
//!
//! Numbers, texts, `true`, `false` and `null` are values; a text is read like a field of a delimited file. A key that a row
//! lacks is a missing value there. The columns are the keys of the first rows, in the order in which they occur.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::io::Read;
use std::path::PathBuf;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::lines::Lines;
use super::records::{Record, Rows};
use super::values::quoted;
use crate::Result;

/// The rows of a file, from its first.
pub(super) struct Objects {
    lines: Lines,
    keys: Vec<String>,
    places: HashMap<String, usize>,
}

impl Objects {
    /// The rows of a file whose columns are `keys`.
    pub(super) fn new(path: PathBuf, reader: Box<dyn Read + Send>, keys: Vec<String>) -> Self {
        let places = keys.iter().cloned().zip(0..).collect();
        Self { lines: Lines::new(path, reader), keys, places }
    }

    /// Takes keys that a row has and none before it for columns, too.
    pub(super) fn keys(path: PathBuf, reader: Box<dyn Read + Send>, rows: usize) -> Vec<String> {
        let mut objects = Self::new(path, reader, Vec::new());
        let mut read = 0;
        while read < rows && objects.lines.read().is_ok_and(|more| more) {
            let Ok(Object(pairs)) = serde_json::from_slice(&objects.lines.text) else { break };
            for (key, _) in pairs {
                if !objects.places.contains_key(key.as_ref()) {
                    objects.places.insert(key.clone().into_owned(), objects.keys.len());
                    objects.keys.push(key.into_owned());
                }
            }
            read += 1;
        }
        objects.keys
    }
}

impl Rows for Objects {
    fn read(&mut self, record: &mut Record) -> Result<bool> {
        record.clear();
        if !self.lines.read()? {
            return Ok(false);
        }
        record.line = self.lines.number;
        let parsed: Result<Object<'_>, _> = serde_json::from_slice(&self.lines.text);
        let Object(pairs) = parsed.map_err(|error| {
            let found = format!("no JSON object ({error})");
            self.lines.wrong(None, &found, "each line is one", "correct the line")
        })?;
        let mut values = vec![Cow::Borrowed(""); self.keys.len()];
        for (key, raw) in &pairs {
            let Some(&place) = self.places.get(key.as_ref()) else {
                let found = format!("the key {}", quoted(key));
                let expected = "the first rows have none of that name";
                return Err(self.lines.wrong(
                    None,
                    &found,
                    expected,
                    "give the first row all keys, as null where missing",
                ));
            };
            values[place] = value(raw.get()).ok_or_else(|| {
                let found = format!("a list or an object as {}", quoted(key));
                self.lines.wrong(
                    None,
                    &found,
                    "a value is a number, a text, true, false or null",
                    "give each of its values a key of its own",
                )
            })?;
        }
        values.iter().for_each(|value| record.push(value.as_bytes()));
        Ok(true)
    }
}

/// A value as a field; none for a list or an object.
fn value(raw: &str) -> Option<Cow<'_, str>> {
    match raw.as_bytes().first()? {
        b'[' | b'{' => None,
        b'"' => serde_json::from_str(raw).ok().map(Cow::Owned),
        b'n' => Some("".into()),
        _ => Some(raw.into()),
    }
}

/// Keys and values in their order.
struct Object<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Object<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut pairs = Vec::new();
                while let Some((Key(key), value)) = map.next_entry()? {
                    pairs.push((key, value));
                }
                Ok(Object(pairs))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

/// A key, borrowed where it has no escape.
#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use crate::source::tests::file;
    use crate::table::{self, Column, Kind, Table};

    fn read(text: &str) -> crate::Result<Table> {
        let (_folder, path) = file(text.as_bytes());
        table::read(path, &table::Options::default())
    }

    #[test]
    fn keys_are_columns_in_whatever_order_a_row_has_them() {
        let table = read(
            "{\"x\": 1.5, \"colour\": \"r\\u00e9d\", \"on\": true}\n\n{\"colour\": null, \"x\": -2e3}\r\n{\"on\": false, \"x\": \"7\"}\n",
        )
        .unwrap();
        assert_eq!(
            (table.names(), table.lines()),
            (&["x", "colour", "on"].map(String::from)[..], &[1, 3, 4][..])
        );
        assert_eq!(table.columns()[0], Column::Numbers(vec![1.5, -2000.0, 7.0]));
        let missing: Vec<bool> = (0..3).map(|row| table.columns()[1].is_missing(row)).collect();
        assert_eq!((missing, table.columns()[2].kind()), (vec![false, true, true], Kind::Categories));
        let Column::Categories { names, .. } = &table.columns()[1] else { panic!("texts") };
        assert_eq!(names, &["réd"]);
    }

    #[test]
    fn lines_that_are_no_objects_of_values_are_refused() {
        let message = |text: &str| read(text).unwrap_err().to_string();
        assert!(
            message("{\"x\": 1}\n{\"x\": }\n").contains("line 2, has no JSON object (expected value at line")
        );
        assert!(message("{\"x\": 1}\n[1]\n").contains("line 2, has no JSON object (invalid type"));
        assert!(
            message("{\"x\": 1}\n{\"x\": [1]}\n").contains("line 2, has a list or an object as \"x\", but")
        );
        let late = format!("{}{{\"y\": 1}}\n", "{\"x\": 1}\n".repeat(2000));
        assert!(message(&late).contains("line 2001, has the key \"y\", but the first rows have none"));
    }
}
