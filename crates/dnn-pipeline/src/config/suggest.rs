//! What was probably meant by a key or value that is none.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use dnn_data::DataSettings;

use super::{Config, Network, Run, SweepSettings, Training};

/// The tables of a configuration, and the keys of each.
pub(super) fn known_keys() -> [(&'static str, &'static [&'static str]); 5] {
    let names = fields::<Config>();
    [
        (names[0], fields::<DataSettings>()),
        (names[1], fields::<Network>()),
        (names[2], fields::<Training>()),
        (names[3], fields::<Run>()),
        (names[4], fields::<SweepSettings>()),
    ]
}

/// The reader's message, with the nearest known name instead of all of them where it names an unknown one.
pub(super) fn advice(message: &str) -> String {
    for (kind, word) in [("unknown field ", "key"), ("unknown variant ", "value")] {
        let Some(rest) = message.strip_prefix(kind) else { continue };
        let mut quoted = rest.split('`').skip(1).step_by(2);
        let Some(found) = quoted.next() else { continue };
        let known: Vec<&str> = quoted.collect();
        let hint = match usual_name(found)
            .filter(|name| known.contains(name))
            .or(dnn_data::table::nearest(&known, found))
        {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => "there are none here: leave it out".into(),
            None => format!("known are {}", known.join(", ")),
        };
        return format!("unknown {word} `{found}`: {hint}");
    }
    KINDS.iter().fold(message.replace('\n', " "), |words, (code, kind)| words.replace(code, kind))
}

/// What the reader calls kinds of values, and what people do.
const KINDS: [(&str, &str); 9] = [
    ("expected usize", "expected a whole number, 0 or more"),
    ("expected u64", "expected a whole number, 0 or more"),
    ("expected u16", "expected a whole number, 0 or more"),
    ("expected f64", "expected a number"),
    ("expected a sequence", "expected a list, as [1, 2]"),
    ("expected a string", "expected a text"),
    ("expected a boolean", "expected true or false"),
    ("expected struct", "expected a table for"),
    ("invalid type: sequence", "invalid type: a list"),
];

/// The name here of what many call otherwise.
pub(super) fn usual_name(found: &str) -> Option<&'static str> {
    let names = [
        ("lr", "learning_rate"),
        ("batch_size", "batch"),
        ("layers", "hidden"),
        ("hidden_layers", "hidden"),
        ("hidden_units", "hidden"),
        ("sgd", "gradient_descent"),
        ("random_state", "seed"),
        ("n_jobs", "threads"),
        ("max_epochs", "epochs"),
    ];
    names.iter().find(|(other, _)| *other == found).map(|(_, name)| *name)
}

/// The names of a struct's fields, as its own reader asks for them.
fn fields<'de, T: Deserialize<'de>>() -> &'static [&'static str] {
    let mut names: &'static [&'static str] = &[];
    drop(T::deserialize(Fields(&mut names)));
    names
}

/// Notes the fields that are asked for, and gives none.
struct Fields<'a>(&'a mut &'static [&'static str]);

#[derive(Debug)]
struct Noted;

impl fmt::Display for Noted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("noted")
    }
}

impl std::error::Error for Noted {}

impl serde::de::Error for Noted {
    fn custom<M: fmt::Display>(_: M) -> Self {
        Self
    }
}

impl<'de> Deserializer<'de> for Fields<'_> {
    type Error = Noted;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Noted> {
        *self.0 = fields;
        Err(Noted)
    }

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Noted> {
        Err(Noted)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct
        seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_knows_its_keys() {
        let known = known_keys();
        assert_eq!(known.map(|(table, _)| table), ["data", "network", "training", "run", "sweep"]);
        assert!(known.iter().all(|(_, keys)| keys.len() > 3));
        assert!(known[2].1.contains(&"learning_rate"));
    }
}
