//! `dnn init`: looks at data and writes a configuration to start from.

use std::fmt::Write;
use std::fs::OpenOptions;
use std::path::PathBuf;

use clap::Args;
use dnn_data::{Column, Data, DataFormat, LabelledSet, Preprocessor, Table, Target, table as tables};

use dnn_pipeline::{Config, Error as Pipeline, fill};

use crate::Result;
use crate::flags::TrainingFlags;
use crate::output::print;
use crate::table::{count, listed, table};

/// Look at data and write a dnn.toml to start from, each choice with what it does
///
/// Of a table without --target, the column called like a target (target, label, class, y, ...) is predicted, or else the last.
#[derive(Debug, Args)]
pub(crate) struct Init {
    #[command(flatten)]
    what: TrainingFlags,
    /// The file to write
    #[arg(long, value_name = "FILE", default_value = "dnn.toml")]
    out: PathBuf,
    /// Write over a file that is there
    #[arg(long)]
    force: bool,
}

/// Registry that targets go by.
const TARGETS: [&str; 10] =
    ["target", "label", "labels", "class", "y", "outcome", "output", "result", "species", "diagnosis"];
/// Columns that are told one by one, and classes and categories of each.
const COLUMNS: usize = 40;
const NAMES: usize = 8;

impl Init {
    /// Looks, writes, and says what was found.
    ///
    /// # Errors
    /// [`Error::Data`] for data that cannot be read or learnt from; [`Error::Configuration`] if there is such a file
    /// already, or it cannot be written.
    pub(super) fn run(self) -> Result<()> {
        let mut config = self.what.config()?;
        // As it was typed, so that the folder can move.
        config.data.train = self.what.data.clone().or(config.data.train);
        config.data.test = self.what.test.clone().or(config.data.test);
        // What is read here is read again with the target, and then divided.
        let table = match &config.data.train {
            Some(path) if DataFormat::of(path)? == DataFormat::Table => {
                Some(tables::read(path, &config.data.table_options()?)?)
            }
            _ => None,
        };
        if let Some(table) = &table {
            config.data.target.get_or_insert_with(|| usual_target(table));
        }
        let prepared = Data::load(&mut config.data, config.run.seed.unwrap_or(0))?;
        let (examples, target) = (prepared.count(), prepared.preprocessor.target());
        let features = prepared.preprocessor.features();
        let validated = prepared.validation.is_some();
        fill(&mut config, examples, features, validated, target);
        if !validated {
            // Whoever holds some out later wants it to stop early, as usual.
            config.training.early_stopping = None;
        }
        let found = found(table.as_ref(), &prepared, &config);
        let out = self.out.display();
        let remarks = format!(
            "{found}\nLines that begin with # are examples of what may be set besides; what is left out is as usual.\nTrain with: dnn train --config {out}"
        );
        self.write(&config.commented(&remarks)?)?;
        print(&format!("{found}\nwritten to {out}; train with: dnn train --config {out}\n"))
    }

    fn write(&self, text: &str) -> Result<()> {
        let mut options = OpenOptions::new();
        let options = if self.force { options.create(true).truncate(true) } else { options.create_new(true) };
        let written = options.write(true).open(&self.out);
        let written = written.and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes()));
        written.map_err(|error| {
            let remedy = match error.kind() {
                std::io::ErrorKind::AlreadyExists => "name another by --out, or write over it by --force",
                _ => "name a file in a folder that is there by --out",
            };
            Pipeline::Configuration(
                format!("{} could not be written: {error}: {remedy}", self.out.display()).into(),
            )
            .into()
        })
    }
}

/// What the data are, in words.
fn found(table: Option<&Table>, prepared: &Data, config: &Config) -> String {
    let path = config.data.train.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    let held_out = |set: &Option<LabelledSet>| set.as_ref().map_or(0, LabelledSet::count);
    let mut text = match table {
        Some(table) => rows(&path, table, config),
        None => {
            let given = [&config.data.validation_data, &config.data.test].map(Option::is_some);
            let sets = [held_out(&prepared.validation), held_out(&prepared.test)];
            let drawn: usize =
                sets.iter().zip(given).filter(|(_, given)| !given).map(|(count, _)| count).sum();
            format!("{path}: {}\n", examples(prepared.count() + drawn, &prepared.preprocessor))
        }
    };
    let predicted = match prepared.preprocessor.target() {
        Target::Number { .. } => "a number is predicted".into(),
        target => {
            let classes = target.classes().unwrap_or_default();
            format!("one of {} classes is predicted: {}", classes.len(), listed(classes, NAMES))
        }
    };
    let parts = [
        (prepared.count(), "to train on"),
        (held_out(&prepared.validation), "to see when training should end"),
        (held_out(&prepared.test), "to test on"),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(examples, _)| *examples > 0)
        .map(|(n, what)| format!("{} {what}", count(*n)))
        .collect();
    text += &format!(
        "{predicted}, from {} features; examples: {}\n",
        prepared.preprocessor.features(),
        parts.join(", ")
    );
    text
}

/// The column called like a target, or else the last.
fn usual_target(table: &Table) -> String {
    let names = table.names();
    let called = |name: &&str| names.iter().find(|known| known.eq_ignore_ascii_case(name));
    TARGETS.iter().find_map(called).or(names.last()).cloned().unwrap_or_default()
}

/// A table: its columns, and what they hold.
fn rows(path: &str, table_read: &Table, config: &Config) -> String {
    let (names, columns) = (table_read.names(), table_read.columns());
    let mut text = format!("{path}: {} rows of {} columns\n", count(table_read.rows()), names.len());
    let target = config.data.target.as_deref().and_then(|name| table_read.position(name).ok());
    let mut told = vec![["column", "holds"].map(String::from).to_vec()];
    for (place, (name, column)) in names.iter().zip(columns).enumerate().take(COLUMNS) {
        let mut holds = holds(column);
        if target == Some(place) {
            holds += "; it is predicted";
        }
        told.push(vec![name.clone(), holds]);
    }
    text += &table(&told);
    if names.len() > COLUMNS {
        writeln!(text, "  … and {} more columns", names.len() - COLUMNS).ok();
    }
    text
}

fn holds(column: &Column) -> String {
    let (missing, mut text) = match column {
        Column::Numbers(values) => {
            let known = values.iter().copied().filter(|value| !value.is_nan());
            let (low, high) = known.clone().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                (low.min(value), high.max(value))
            });
            let text = if low <= high { format!("numbers from {low} to {high}") } else { "nothing".into() };
            (values.len() - known.count(), text)
        }
        Column::Categories { names, codes } => {
            let missing = (0..codes.len()).filter(|&row| column.is_missing(row)).count();
            (missing, format!("one of {} texts: {}", names.len(), listed(names, NAMES)))
        }
    };
    if missing > 0 {
        write!(text, "; missing in {} rows", count(missing)).ok();
    }
    text
}

/// Examples of a fixed shape.
fn examples(count_read: usize, preprocessor: &Preprocessor) -> String {
    match preprocessor {
        Preprocessor::Array(values) => {
            let sides: Vec<String> = values.shape().iter().map(usize::to_string).collect();
            format!("{} examples of {}", count(count_read), sides.join(" × "))
        }
        _ => format!("{} examples", count(count_read)),
    }
}
