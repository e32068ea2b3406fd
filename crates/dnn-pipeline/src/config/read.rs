//! A configuration from a file, and single keys over it. Faults name the file and line, or the `--set`, and what was
//! probably meant.

use std::path::Path;

use toml::{Table, Value};

use super::Config;
use super::suggest::{advice, known_keys, usual_name};
use crate::{Error, Result};

impl Config {
    /// The configuration in the file at `path`.
    ///
    /// # Errors
    /// [`Error::Configuration`] if it cannot be read, with the line of what is wrong in it.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let fault = |fault: String| Error::Configuration(format!("{}{fault}", path.display()).into());
        let text = std::fs::read_to_string(path).map_err(|error| {
            fault(format!(" cannot be read: {error}; give the path of a dnn.toml, or leave it out"))
        })?;
        toml::from_str(&text).map_err(|error| fault(words(&error, Some(&text))))
    }

    /// With one key set, as `training.epochs=20`, or `epochs=20` where no other table has such a key.
    ///
    /// # Errors
    /// [`Error::Configuration`] for an unknown key, with the nearest known one, and for a value that it cannot have.
    pub fn set(self, assignment: &str) -> Result<Self> {
        let fault = |fault: String| Error::Configuration(format!("{assignment}: {fault}").into());
        let (key, value) = assignment
            .split_once('=')
            .ok_or_else(|| fault("found no `=`, expected KEY=VALUE, as training.epochs=50: add it".into()))?;
        let mut table = self.to_table()?;
        let keys = full_key(key.trim()).map_err(fault)?;
        insert(&mut table, &keys, value_of(value.trim())).map_err(fault)?;
        table.try_into().map_err(|error| fault(words(&error, None)))
    }

    /// The same with `values` over it, each under a key as `--set` takes it. Units of `hidden` may stand without a list.
    ///
    /// # Errors
    /// [`Error::Configuration`] for whatever a key cannot be.
    pub fn with<'a>(
        &self,
        values: impl IntoIterator<Item = (&'a str, &'a serde_json::Value)>,
    ) -> Result<Self> {
        let mut table = self.to_table()?;
        for (key, value) in values {
            let fault = |fault: String| Error::Configuration(format!("{key} = {value}: {fault}").into());
            let keys = full_key(key).map_err(fault)?;
            let value = Value::try_from(value).map_err(|error| fault(error.to_string()))?;
            let value = match value {
                units @ Value::Integer(_) if keys == ["network", "hidden"] => Value::Array(vec![units]),
                value => value,
            };
            insert(&mut table, &keys, value).map_err(fault)?;
            table.clone().try_into::<Self>().map_err(|error| fault(words(&error, None)))?;
        }
        table.try_into().map_err(|error: toml::de::Error| Error::Configuration(words(&error, None).into()))
    }

    fn to_table(&self) -> Result<Table> {
        Table::try_from(self).map_err(|error| Error::Other(error.into()))
    }

    /// As a file keeps it: what is not set is left out.
    ///
    /// # Errors
    /// [`Error::Other`] for numbers that TOML cannot hold.
    pub fn to_toml(&self) -> Result<String> {
        toml::to_string(self).map_err(|error| Error::Other(error.into()))
    }
}

/// An error of the TOML reader, with its line in `text`.
fn words(error: &toml::de::Error, text: Option<&str>) -> String {
    let line = text.zip(error.span()).map(|(text, span)| 1 + text[..span.start].matches('\n').count());
    let at = line.map_or(String::new(), |line| format!(", line {line}: "));
    let message = error.message().trim();
    format!("{at}{}", advice(message))
}

/// The keys of `key`, from the outermost table; a last key that only one table has needs no table.
pub fn full_key(key: &str) -> Result<Vec<String>, String> {
    let keys: Vec<String> = key.split('.').map(|key| key.trim().to_owned()).collect();
    if keys.iter().any(String::is_empty) {
        return Err(format!("found the key {key:?}, expected names with dots between them: correct it"));
    }
    let tables = known_keys();
    if tables.iter().any(|(table, _)| *table == keys[0]) {
        return Ok(keys);
    }
    let holders: Vec<&str> = tables
        .iter()
        .filter(|(_, known)| known.contains(&keys[0].as_str()))
        .map(|(table, _)| *table)
        .collect();
    match holders[..] {
        [table] => Ok([table.to_owned()].into_iter().chain(keys).collect()),
        _ => {
            let mut all: Vec<String> = tables.iter().map(|(table, _)| (*table).to_owned()).collect();
            all.extend(
                tables.iter().flat_map(|(table, keys)| keys.iter().map(move |key| format!("{table}.{key}"))),
            );
            let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
            let lasts: Vec<String> = all.iter().map(|name| last(name)).collect();
            let near = dnn_data::table::nearest(&all, key).or_else(|| {
                let name = last(key);
                let near = usual_name(&name).or(dnn_data::table::nearest(&lasts, &name))?;
                all.iter().find(|name| last(name) == near).map(String::as_str)
            });
            let hint = near.map_or_else(
                || "known are the tables data, network, training, run and sweep".into(),
                |near| format!("did you mean `{near}`?"),
            );
            Err(format!("unknown key `{key}`: {hint}"))
        }
    }
}

/// A value as TOML reads it, or else as the text it is: `adam` needs no quotes.
fn value_of(text: &str) -> Value {
    let line = format!("value = {text}");
    let read = toml::from_str::<Table>(&line).ok().filter(|table| table.len() == 1);
    read.and_then(|mut table| table.remove("value")).unwrap_or_else(|| Value::String(text.into()))
}

/// Puts `value` where `keys` lead. A choice that was a name becomes a table of it when it gets a constant.
fn insert(table: &mut Table, keys: &[String], value: Value) -> Result<(), String> {
    let (last, inner) = keys.split_last().ok_or("found no key")?;
    let mut place = table;
    for key in inner {
        let found = place.entry(key.clone()).or_insert_with(|| Value::Table(Table::new()));
        if let Value::String(name) = found {
            *found = Value::Table([("name".to_owned(), Value::String(name.clone()))].into_iter().collect());
        }
        place = match found {
            Value::Table(table) => table,
            other => {
                let kind = other.type_str();
                return Err(format!(
                    "`{key}` is a {kind}, but must be a table to hold `{last}`: set it whole"
                ));
            }
        };
    }
    place.insert(last.clone(), value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(sets: &[&str]) -> Result<Config, String> {
        let set = sets.iter().try_fold(Config::default(), |config, set| config.set(set));
        set.map_err(|error| error.to_string())
    }

    fn file(text: &str) -> Result<Config, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("dnn.toml");
        std::fs::write(&path, text).unwrap();
        let read = Config::load(&path).map_err(|error| error.to_string());
        read.map_err(|words| words.replace(&format!("{}/", folder.path().display()), ""))
    }

    #[test]
    fn keys_are_set_one_over_the_other() {
        let config =
            set(&["training.epochs=5", "optimizer=adam", "optimizer.beta1=0.8", "data.target=3", "seed=7"]);
        let config = config.unwrap();
        assert_eq!((config.training.epochs, config.run.seed), (Some(5), Some(7)));
        assert_eq!(config.data.target.as_deref(), Some("3"));
        assert_eq!(config.training.optimizer, Some(dnn_train::NamedConfig::from("adam").with("beta1", 0.8)));
    }

    #[test]
    fn an_unknown_key_is_answered_by_the_nearest_with_its_line() {
        let message = file("[run]\nseed = 7\n\n[training]\nlearning_rte = 0.1\n").unwrap_err();
        assert_eq!(message, "dnn.toml, line 5: unknown key `learning_rte`: did you mean `learning_rate`?");
        let message = set(&["training.learning_rte=0.1"]).unwrap_err();
        assert_eq!(
            message,
            "training.learning_rte=0.1: unknown key `learning_rte`: did you mean `learning_rate`?"
        );
        let message = set(&["learning_rte=0.1"]).unwrap_err();
        assert_eq!(
            message,
            "learning_rte=0.1: unknown key `learning_rte`: did you mean `training.learning_rate`?"
        );
        assert!(
            file("[trainig]\n")
                .unwrap_err()
                .ends_with("line 1: unknown key `trainig`: did you mean `training`?")
        );
        assert!(set(&["epochs"]).unwrap_err().contains("expected KEY=VALUE"));
    }

    #[test]
    fn values_of_the_wrong_kind_say_what_is_expected() {
        let message = file("[training]\nepochs = \"many\"\n").unwrap_err();
        assert!(
            message.starts_with("dnn.toml, line 2: invalid type: string \"many\", expected"),
            "{message}"
        );
        let message = set(&["training.penalty.l3=1"]).unwrap_err();
        assert!(message.contains("l3"), "{message}");
        let message = set(&["training.schedule=3"]).unwrap_err();
        assert!(message.contains("expected a name, or a table with a name and constants"), "{message}");
    }

    #[test]
    fn values_of_a_trial_go_over_a_configuration() {
        let config = set(&["optimizer=adam", "epochs=3"]).unwrap();
        let values = [
            ("hidden", serde_json::json!(64)),
            ("training.optimizer", serde_json::json!({"name": "momentum", "momentum": 0.5})),
            ("penalty.l2", serde_json::json!(0.25)),
        ];
        let tried = config.with(values.iter().map(|(key, value)| (*key, value))).unwrap();
        assert_eq!((tried.network.hidden, tried.training.epochs), (Some(vec![64]), Some(3)));
        assert_eq!(tried.training.penalty.unwrap().l2, 0.25);
        let wrong = serde_json::json!("many");
        let message = config.with([("batch", &wrong)]).unwrap_err().to_string();
        assert!(message.starts_with("batch = \"many\": invalid type"), "{message}");
    }

    #[test]
    fn what_is_written_reads_back() {
        let config =
            set(&["hidden=[3, 4]", "schedule=one_cycle", "initialisation=he", "clipping.norm=1.0"]).unwrap();
        let text = config.to_toml().unwrap();
        assert_eq!(file(&text).unwrap(), config, "{text}");
    }
}
