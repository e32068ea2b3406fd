//! A configuration as a person starts from it: every key with what it does, those that are set and those that might be.

use toml::{Table, Value};

use super::Config;
use crate::{Error, Result};

/// Every key that `init` writes: its table, itself, an example, and what it does.
const NOTES: [(&str, &str, &str, &str); 57] = [
    (
        "data",
        "train",
        "\"data.csv\"",
        "a table, an array file, or a folder of pictures or recordings; a path from where dnn runs",
    ),
    ("data", "test", "\"test.csv\"", "data to test on, never trained on"),
    ("data", "target", "\"label\"", "the column to predict, by name or by number from 1"),
    ("data", "task", "\"classes\"", "\"classes\", or \"number\" to predict a number"),
    ("data", "delimiter", "\";\"", "what stands between the fields of a row"),
    ("data", "header", "true", "whether the first row has the names of the columns"),
    ("data", "ignore", "[\"id\"]", "columns to predict nothing from"),
    ("data", "categories", "[\"postcode\"]", "columns of numbers that are names of something"),
    (
        "data",
        "missing",
        "\"indicate\"",
        "a missing number counts as the mean; \"indicate\" also tells that it was missing, \"mean\" does not",
    ),
    (
        "data",
        "unknown",
        "\"zeros\"",
        "a category that training never saw: \"zeros\" counts it as none, \"refuse\" is an error",
    ),
    ("data", "validation", "0.2", "the share of examples held out to see when training should end"),
    ("data", "validation_data", "\"validation.csv\"", "data of their own for that, instead of a share"),
    ("data", "test_share", "0.2", "the share held out to test on, where there are no test data"),
    ("data", "stratified", "true", "whether every class gives the same share of those held out"),
    (
        "data",
        "split_column",
        "\"part\"",
        "a column that says train, validation (or val, dev) or test of each row, and nothing else",
    ),
    ("data", "stream", "true", "whether a table is read anew in each epoch instead of held in memory"),
    ("data", "labels", "\"train-labels.gz\"", "the labels beside a file of arrays"),
    ("data", "test_labels", "\"test-labels.gz\"", "the labels beside a file of arrays to test on"),
    ("data", "validation_labels", "\"more-labels.gz\"", "the labels beside a file of arrays to validate on"),
    ("data", "examples", "\"x\"", "the array of examples in an NPZ file"),
    (
        "data",
        "scaling",
        "\"standardise\"",
        "of pictures, recordings and arrays: \"standardise\", \"range\", \"bytes\", \"ranks\" or \"none\"",
    ),
    ("data", "colour", "\"grey\"", "how pictures are read: \"grey\" or \"rgb\""),
    ("data", "names", "\"{digit}_{speaker}_{take}\"", "what the names of recordings tell"),
    ("data", "class", "\"digit\"", "the part of their names that is the class"),
    (
        "data",
        "group",
        "\"speaker\"",
        "a column of a table, or that part of the names, whose groups are held out whole",
    ),
    (
        "data",
        "sound",
        "{ rate = 8000, frame = 256, hop = 128, bands = 40, frames = 24, length = \"spread\" }",
        "how recordings become features: samples a second, samples in a frame and between two, mel bands, frames",
    ),
    ("network", "hidden", "[64, 64]", "units of each hidden layer"),
    (
        "network",
        "activation",
        "\"relu\"",
        "of the hidden layers: relu, leaky_relu, elu, selu, gelu, silu, softplus, tanh or sigmoid",
    ),
    (
        "network",
        "dropout",
        "0.2",
        "the share of a hidden layer's outputs that is left out at random in each step",
    ),
    ("network", "input_dropout", "0.1", "the same of the features"),
    (
        "network",
        "layer_normalisation",
        "false",
        "whether each hidden layer's outputs are brought to mean 0 and deviation 1",
    ),
    (
        "network",
        "initialisation",
        "\"he\"",
        "how weights start: he, xavier, …; what suits the activation if left out",
    ),
    ("training", "epochs", "50", "how often every example is seen, at most"),
    ("training", "steps", "5000", "how many steps are taken, instead of epochs, which must then be left out"),
    ("training", "batch", "64", "examples in a step"),
    ("training", "shuffle", "true", "whether each epoch has an order of its own"),
    (
        "training",
        "validate_every",
        "100",
        "steps between two looks at the validation examples; an epoch if left out",
    ),
    (
        "training",
        "optimizer",
        "\"adam\"",
        "gradient_descent, momentum, nesterov, adagrad, rmsprop, adam, adamw or lbfgs; by name alone, or with constants",
    ),
    ("training", "learning_rate", "0.001", "how far a step goes: the first thing to try others of"),
    (
        "training",
        "schedule",
        "\"cosine\"",
        "one_cycle: from rate/start up for the share rise, down to rate/end; or constant, cosine, exponential, … by name alone",
    ),
    ("training", "warm_up_epochs", "1.0", "epochs in which the learning rate first rises"),
    ("training", "penalty", "{ l2 = 1e-4 }", "what large weights cost: l1, l2 or both"),
    ("training", "clipping", "{ global_norm = 1.0 }", "the longest gradient that is followed as it is"),
    ("training", "cost", "\"huber\"", "what is made small; what belongs to the task if left out"),
    ("training", "class_weights", "\"balanced\"", "gives rare classes more weight"),
    (
        "training",
        "early_stopping",
        "{ patience = 10 }",
        "looks at the validation examples without gain before training ends; 0: never",
    ),
    (
        "training",
        "metrics",
        "[\"accuracy\"]",
        "what is measured of the validation examples beside their cost",
    ),
    ("run", "seed", "0", "what all random choices depend on: the same seed gives the same model"),
    ("run", "threads", "2", "threads that share the work; they change no result"),
    ("run", "backend", "\"pure\"", "what multiplies matrices: dnn doctor lists what there is"),
    (
        "run",
        "checkpoint_seconds",
        "60.0",
        "seconds between two checkpoints, from which a stopped training goes on",
    ),
    ("run", "keep_checkpoints", "3", "checkpoints that are kept besides the best"),
    ("sweep", "strategy", "\"random\"", "what dnn sweep tries next: random, grid, coarse_to_fine or asha"),
    ("sweep", "trials", "60", "trials to begin"),
    ("sweep", "parallel", "2", "trials at a time, each with its share of the cores"),
    (
        "sweep",
        "measure",
        "\"accuracy\"",
        "what trials are compared by: a metric, as accuracy, roc_auc, log_loss, rmse, mae or r2",
    ),
    (
        "sweep",
        "space",
        "{ learning_rate = \"log:1e-4..1e-1\", hidden = [[64], [64, 64]] }",
        "the values to try, by key",
    ),
];

/// The column that comments begin at, and where lines end; a comment that does not fit stands above its line.
const COMMENT: usize = 34;
const LINE: usize = 125;

impl Config {
    /// `dnn.toml` with what is set in `self`, all else as comments, under `heading`.
    ///
    /// # Errors
    /// [`Error::Other`] for numbers that TOML cannot hold.
    pub fn commented(&self, heading: &str) -> Result<String> {
        let set = Table::try_from(self).map_err(|error| Error::Other(error.into()))?;
        let mut text: String =
            heading.lines().map(|line| format!("# {line}").trim_end().to_owned() + "\n").collect();
        let mut table = "";
        for (of, key, example, words) in NOTES {
            if of != table {
                text += &format!("\n[{of}]\n");
                table = of;
            }
            let value = set.get(of).and_then(|table| table.get(key));
            let line = match value {
                Some(value) => format!("{key} = {}", inline(value)),
                None => format!("# {key} = {example}"),
            };
            let beside = line.chars().count() < COMMENT && COMMENT + words.chars().count() < LINE;
            text += &match beside {
                true => format!("{line:COMMENT$} # {words}\n"),
                false => format!("# {words}:\n{line}\n"),
            };
        }
        Ok(text)
    }
}

/// A value on one line: tables in braces, and a choice without constants by its name.
fn inline(value: &Value) -> String {
    match value {
        Value::Table(table) if table.len() == 1 && table.contains_key("name") => inline(&table["name"]),
        Value::Table(table) => {
            let entries: Vec<String> =
                table.iter().map(|(key, value)| format!("{key} = {}", inline(value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        Value::Array(values) => format!("[{}]", values.iter().map(inline).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::suggest::known_keys;
    use super::*;

    #[test]
    fn every_key_has_a_note_whose_example_can_be_read() {
        let noted = |table: &str, key: &str| NOTES.iter().any(|note| (note.0, note.1) == (table, key));
        for (table, keys) in known_keys().into_iter() {
            assert!(keys.iter().all(|key| noted(table, key)), "{table}: {keys:?}");
        }
        for (table, key, example, _) in NOTES {
            let known = known_keys().into_iter().find(|(name, _)| *name == table).unwrap().1;
            assert!(known.contains(&key), "{table}.{key}");
            let set = Config::default().set(&format!("{table}.{key}={example}"));
            assert!(set.is_ok(), "{}", set.unwrap_err());
        }
    }

    #[test]
    fn what_is_set_is_written_and_all_else_is_a_comment() {
        let sets = ["hidden=[3,4]", "optimizer=adam", "penalty.l2=0.5"];
        let config = sets.iter().try_fold(Config::default(), |config, set| config.set(set)).unwrap();
        let text = config.commented("Two hidden layers.\n\nFor a start.").unwrap();
        assert!(text.starts_with("# Two hidden layers.\n#\n# For a start.\n\n[data]\n# train = "), "{text}");
        assert_eq!(toml::from_str::<Config>(&text).unwrap(), config, "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 130));
    }
}
