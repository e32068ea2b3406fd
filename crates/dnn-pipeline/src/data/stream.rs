//! Tables larger than memory: learnt from and trained on chunk after chunk, drawn from a buffer that refills from the file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dnn_data::recipe::Task;
use dnn_data::table::{self, Reader};
use dnn_data::{Chunks, Form, Intake, Recipe, Table};

use super::roles::{Role, Roles};
use super::rows::{self, recipe_options, table_options, target};
use super::{Part, Prepared, Truth, given};
use crate::config::Data;
use crate::{Error, Result, defaults};

/// A larger file is streamed unless `data.stream` says otherwise.
const LARGE: u64 = 1 << 30;
/// Rows that are read together, and those that the order is drawn from.
const ROWS: usize = 1 << 16;
const BUFFER: usize = 4 * ROWS;
/// More rows are held out only if somebody says so, since they stay in memory.
const HELD_OUT: usize = ROWS;

/// A table that is read anew in each epoch.
pub struct Stream {
    file: File,
    /// Rows to train on.
    pub count: usize,
}

/// Whether the data is to be streamed, which only a table can be.
pub(super) fn is_wanted(data: &Data) -> Result<bool> {
    let Some(path) = data.train.as_deref().filter(|path| path.is_file()) else { return Ok(false) };
    let large = std::fs::metadata(path).is_ok_and(|file| file.len() > LARGE);
    Ok(data.stream.unwrap_or(large) && Form::of(path)? == Form::Table)
}

/// Holds some rows out, learns from the others, and takes the first chunk of them as a sample.
///
/// # Errors
/// As for a table in memory; [`Error::Configuration`] for groups.
pub(super) fn prepare(data: &mut Data, seed: u64) -> Result<Prepared> {
    let path = data.train.clone().unwrap_or_default();
    data.stream = Some(true);
    if let Some(group) = &data.group {
        return Err(Error::Configuration(
            format!("data.group is {group}, but whole groups are not held out of a stream: say by data.split_column what each row is for").into(),
        ));
    }
    let options = table_options(data)?;
    let column = target(data, || Ok(Reader::open(&path, &options)?.names().to_vec()))?.to_owned();
    let roles = divide(&path, &options, data, &column, seed)?;
    let count = roles.count(Role::Train);
    let file = File { delimiter: options.delimiter, path, roles: Arc::new(roles) };
    let keep = file.keep(Role::Train);
    let recipe = Recipe::learn_file(&file.path, &options, Some(&keep), &column, &recipe_options(data), ROWS)?;
    data.task = Some(if recipe.target().classes().is_some() { Task::Classes } else { Task::Number });
    let held_out = |role: Role| match file.roles.count(role) {
        0 => Ok(None),
        _ => rows::part(&recipe, file.table(&recipe, role)?).map(Some),
    };
    let [validation, test] = [Role::Validation, Role::Test].map(held_out);
    let stream = Stream { file, count };
    let train = stream.sample(&recipe, seed)?;
    let intake = Intake::Rows(recipe);
    let validation = given::validation(&intake, data)?.or(validation?);
    let test = match &data.test {
        Some(test) => Some(super::labelled(&intake, test, &mut data.clone())?),
        None => test?,
    };
    Ok(Prepared { intake, train, validation, test, stream: Some(stream) })
}

/// Holds out what `data` says, or what is usual for so many rows, which is filled in.
fn divide(path: &Path, options: &table::Options, data: &mut Data, target: &str, seed: u64) -> Result<Roles> {
    let open = || Reader::open(path, options);
    if let Some(column) = &data.split_column {
        (data.validation, data.test_share) = (Some(0.0), Some(0.0));
        return Roles::told(open()?, column);
    }
    let test = *data.test_share.get_or_insert(0.0);
    let test = if data.test.is_some() { 0.0 } else { test };
    let validation = data.validation;
    let usual = |rows: usize| defaults::validation(rows).min(HELD_OUT as f64 / rows as f64);
    let (roles, validation) = Roles::drawn(
        open()?,
        (target, data.task.unwrap_or_default()),
        test,
        |rows| validation.unwrap_or_else(|| usual(rows)),
        seed,
    )?;
    data.validation = Some(validation);
    Ok(roles)
}

impl Stream {
    /// Rows of a chunk: a whole number of batches, so that a chunk ends where a step does.
    pub fn rows(batch: usize) -> usize {
        (ROWS / batch).max(1) * batch
    }

    /// The chunks of an epoch.
    ///
    /// # Errors
    /// [`dnn_data::Error`] if the file cannot be read any more.
    pub fn chunks<'a>(
        &self,
        recipe: &'a Recipe,
        rows: usize,
        seed: u64,
        epoch: u64,
    ) -> dnn_data::Result<Chunks<'a, f32>> {
        Chunks::of(self.file.reader(recipe, Role::Train)?, recipe, rows, BUFFER, seed, epoch)
    }

    /// The examples of the first chunk, whose answers are told by what the network should give.
    fn sample(&self, recipe: &Recipe, seed: u64) -> Result<Part> {
        let (x, y) = self.chunks(recipe, ROWS, seed, 0)?.next().transpose()?.unwrap_or_default();
        let truth = match recipe.target().classes() {
            Some(_) => Truth::Classes(recipe.target().labels(y.view())),
            None => Truth::Numbers(recipe.target().numbers(y.view())),
        };
        let names = (1..=x.ncols()).map(|row| format!("example {row} of the first drawn")).collect();
        Ok(Part { x, y, truth, names, table: None })
    }
}

/// The file, and what each of its rows is for.
struct File {
    path: PathBuf,
    delimiter: Option<u8>,
    roles: Arc<Roles>,
}

impl File {
    fn keep(&self, role: Role) -> table::Keep {
        let roles = Arc::clone(&self.roles);
        Arc::new(move |row| roles.of(row) == Some(role))
    }

    fn reader(&self, recipe: &Recipe, role: Role) -> dnn_data::Result<Reader> {
        let reader = Reader::open(&self.path, &recipe.file_options(self.delimiter))?;
        Ok(recipe.prepared(reader)?.only(self.keep(role)))
    }

    fn table(&self, recipe: &Recipe, role: Role) -> dnn_data::Result<Table> {
        self.reader(recipe, role)?.read_all()
    }
}
