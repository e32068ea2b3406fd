//! Tables larger than memory: learnt from and trained on chunk after chunk, drawn from a buffer that refills from the file.

use std::path::{Path, PathBuf};

use dnn_data::recipe::Target;
use dnn_data::table::Reader;
use dnn_data::{Chunks, Form, Intake, Recipe};
use ndarray::Array2;

use super::rows::{recipe_options, table_options, target};
use super::{Part, Prepared, Truth};
use crate::config::Data;
use crate::{Error, Result};

/// A larger file is streamed unless `data.stream` says otherwise.
const LARGE: u64 = 1 << 30;
/// Rows that are read together, and those that the order is drawn from.
const ROWS: usize = 1 << 16;
const BUFFER: usize = 4 * ROWS;

/// A table that is read anew in each epoch.
pub(crate) struct Stream {
    path: PathBuf,
    /// Rows of the table.
    pub(crate) count: usize,
}

/// Whether the data is to be streamed, which only a table can be.
pub(super) fn is_wanted(data: &Data) -> Result<bool> {
    let Some(path) = data.train.as_deref().filter(|path| path.is_file()) else { return Ok(false) };
    let large = std::fs::metadata(path).is_ok_and(|file| file.len() > LARGE);
    Ok(data.stream.unwrap_or(large) && Form::of(path)? == Form::Table)
}

/// Learns from the file, and takes the first chunk of it as a sample.
///
/// # Errors
/// [`Error::Configuration`] if rows are to be held out, which need their own file here; else as for a table.
pub(super) fn prepare(data: &mut Data, seed: u64) -> Result<Prepared> {
    let path = data.train.clone().unwrap_or_default();
    let held_out = [data.validation, data.test_share].into_iter().flatten().any(|share| share > 0.0);
    if held_out || data.split_column.is_some() {
        return Err(Error::Configuration(
            "data.stream is set beside data to hold out, but a stream is not divided: give test data by --test, or set data.stream=false".into(),
        ));
    }
    (data.stream, data.validation, data.test_share) = (Some(true), Some(0.0), Some(0.0));
    let options = recipe_options(data);
    let target = target(data, || Ok(Reader::open(&path, &table_options(data)?)?.names().to_vec()))?;
    let recipe = Recipe::learn_file(&path, &table_options(data)?, target, &options, ROWS)?;
    let stream = Stream { count: count(&path, &recipe)?, path };
    let (x, y) = stream.chunks(&recipe, ROWS, seed, 0)?.next().transpose()?.unwrap_or_default();
    let train = part(recipe.target(), x, y);
    let intake = Intake::Rows(recipe);
    let test = match &data.test {
        Some(test) => Some(super::labelled(&intake, test, &mut data.clone())?),
        None => None,
    };
    Ok(Prepared { intake, train, validation: None, test, stream: Some(stream) })
}

impl Stream {
    /// Rows of a chunk: a whole number of batches, so that a chunk ends where a step does.
    pub(crate) fn rows(batch: usize) -> usize {
        (ROWS / batch).max(1) * batch
    }

    /// The chunks of an epoch.
    ///
    /// # Errors
    /// [`Error::Data`] if the file cannot be read any more.
    pub(crate) fn chunks<'a>(
        &self,
        recipe: &'a Recipe,
        rows: usize,
        seed: u64,
        epoch: u64,
    ) -> Result<Chunks<'a, f32>> {
        Ok(Chunks::open(&self.path, recipe, rows, BUFFER, seed, epoch)?)
    }
}

/// Rows of the file.
fn count(path: &Path, recipe: &Recipe) -> Result<usize> {
    let mut reader = recipe.prepared(Reader::open(path, &recipe.file_options(None))?)?;
    let mut count = 0;
    loop {
        match reader.read(ROWS)?.rows() {
            0 => return Ok(count),
            rows => count += rows,
        }
    }
}

/// Examples whose answers are told by what the network should give.
fn part(predicted: &Target, x: Array2<f32>, y: Array2<f32>) -> Part {
    let truth = match predicted.classes() {
        Some(_) => Truth::Classes(predicted.labels(y.view())),
        None => Truth::Numbers(predicted.numbers(y.view())),
    };
    let names = (1..=x.ncols()).map(|row| format!("example {row} of the first drawn")).collect();
    Part { x, y, truth, names, table: None }
}
