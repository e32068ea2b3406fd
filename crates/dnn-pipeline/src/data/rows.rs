//! Rows of a table: how they are read, what is learnt from them, and examples of them.

use std::path::Path;

use dnn_data::recipe::{Options, Target};
use dnn_data::{Column, Kind, Recipe, Table, table};

use super::{Part, Truth};
use crate::config::{Data, Missing};
use crate::{Error, Result};

/// Reads a table.
///
/// # Errors
/// [`Error::Data`] for what cannot be read.
pub(super) fn read(path: &Path, data: &Data) -> Result<Table> {
    Ok(table::read(path, &table_options(data)?)?)
}

/// What is known of a table's file.
///
/// # Errors
/// As [`delimiter`].
pub(super) fn table_options(data: &Data) -> Result<table::Options> {
    let kinds = data.categories.iter().flatten().map(|name| (name.clone(), Kind::Categories)).collect();
    let (header, target) = (data.header, data.target.clone());
    Ok(table::Options { delimiter: delimiter(data)?, header, target, kinds })
}

/// The delimiter that was asked for.
///
/// # Errors
/// [`Error::Configuration`] for more than one letter.
pub fn delimiter(data: &Data) -> Result<Option<u8>> {
    match data.delimiter.as_deref() {
        None => Ok(None),
        Some("tab" | "\\t" | "\t") => Ok(Some(b'\t')),
        Some(letter) if letter.len() == 1 => Ok(Some(letter.as_bytes()[0])),
        Some(other) => Err(Error::Configuration(
            format!(
                "data.delimiter is {other:?}, but must be one letter, or tab: correct it, or leave it out"
            )
            .into(),
        )),
    }
}

/// What is learnt from a table.
///
/// # Errors
/// As [`target`]; [`Error::Data`] for a column that cannot be used.
pub(super) fn recipe(table: &Table, data: &Data) -> Result<Recipe> {
    let target = target(data, || Ok(table.names().to_vec()))?;
    Ok(Recipe::learn(table, target, &recipe_options(data))?)
}

/// What is predicted, learnt from the target's column alone.
///
/// # Errors
/// As [`target`]; [`Error::Data`] for a column that cannot be predicted.
pub(super) fn learn_target(table: &Table, data: &Data) -> Result<Target> {
    let target = target(data, || Ok(table.names().to_vec()))?;
    Ok(Target::learn(table, target, &recipe_options(data))?)
}

/// The class number of each row.
///
/// # Errors
/// As [`learn_target`].
pub(super) fn labels(table: &Table, data: &Data) -> Result<Vec<usize>> {
    let place = table.position(target(data, || Ok(table.names().to_vec()))?)?;
    Ok(learn_target(table, data)?.table_labels(table, place)?)
}

/// What stands in a column, row by row.
///
/// # Errors
/// [`Error::Data`] if there is no such column.
pub(super) fn texts(table: &Table, column: &str) -> Result<Vec<String>> {
    let text = |codes: &u32, names: &[String]| names.get(*codes as usize).cloned().unwrap_or_default();
    Ok(match &table.columns()[table.position(column)?] {
        Column::Numbers(values) => values.iter().map(f64::to_string).collect(),
        Column::Categories { names, codes } => codes.iter().map(|code| text(code, names)).collect(),
    })
}

/// The column to predict; `names` are those it can be chosen from.
///
/// # Errors
/// [`Error::Usage`] if none was named.
pub(super) fn target(data: &Data, names: impl FnOnce() -> Result<Vec<String>>) -> Result<&str> {
    match &data.target {
        Some(target) => Ok(target),
        None => Err(Error::Usage(
            format!(
                "found no target, expected the column to predict: name it by --target, as one of {}",
                names()?.join(", ")
            )
            .into(),
        )),
    }
}

/// How a table becomes examples.
pub(super) fn recipe_options(data: &Data) -> Options {
    Options {
        task: data.task.unwrap_or_default(),
        ignored: data.ignore.iter().flatten().chain(&data.split_column).chain(&data.group).cloned().collect(),
        indicators: data.missing != Some(Missing::Mean),
        unknown: data.unknown.unwrap_or_default(),
        ..Options::default()
    }
}

/// The rows of a table as examples.
///
/// # Errors
/// [`Error::Data`] for a column that is missing, and an answer that was not there in training.
pub(super) fn part(recipe: &Recipe, table: Table) -> Result<Part> {
    let truth = match recipe.target().classes() {
        Some(_) => Truth::Classes(recipe.labels(&table)?),
        None => Truth::Numbers(recipe.numbers(&table)?.to_vec()),
    };
    Ok(Part {
        x: recipe.inputs(&table)?,
        y: truth.outputs(recipe.target())?,
        truth,
        names: table.lines().iter().map(|line| format!("line {line}")).collect(),
        table: Some(table),
    })
}
