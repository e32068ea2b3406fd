//! Data as it was read, before anything is learnt from it: rows of a table, or examples of a fixed shape.

use std::path::{Path, PathBuf};

use dnn_data::recipe::Task;
use dnn_data::{Form, Intake, Raw, Table, folder, npz, sound};

use super::given::Given;
use super::values::{Answers, Values};
use super::{Part, arrays, rows};
use crate::config::Data;
use crate::{Error, Result};

/// What was read.
pub enum Source {
    /// Rows of a table.
    Rows(Table),
    /// Pictures, recordings, arrays.
    Values(Box<Values>),
}

impl Source {
    /// Reads the training data, and finds out what there is to test on.
    ///
    /// # Errors
    /// [`Error::Usage`] if no data or no target is named; [`Error::Data`] for what cannot be read.
    pub fn open(data: &mut Data) -> Result<(Self, Option<Given>)> {
        let path = data.train.clone().ok_or_else(|| {
            Error::Usage(
                "found no data to train on: give a file or folder, as dnn train data.csv --target label"
                    .into(),
            )
        })?;
        let mut form = Form::of(&path)?;
        let mut file = path.clone();
        let mut test = data.test.clone();
        if let Form::Parts { train, test: beside } = form {
            test = test.or(beside);
            form = Form::of(&train)?;
            file = train;
        } else if form == Form::Idx {
            test = test.or_else(|| test_beside(&path));
        }
        let in_file = test.is_none() && form == Form::Npz && arrays::has_test(&file);
        data.test.clone_from(&test);
        let source = Self::read(&file, form, data, false)?;
        let given = test.or(in_file.then_some(file));
        let given = given.map(|path| Given { path, labels: data.test_labels.clone(), part: in_file });
        Ok((source, given))
    }

    /// Reads data of this form; `test` asks for the test part of a file that has one.
    ///
    /// # Errors
    /// [`Error::Data`] for what cannot be read.
    pub fn read(path: &Path, form: Form, data: &mut Data, test: bool) -> Result<Self> {
        let mut files = Vec::new();
        let mut groups = Vec::new();
        let (examples, answers, raw) = match form {
            Form::Npz => {
                let (x, y) = arrays::names(path, data.examples.as_deref(), data.target.as_deref(), test)?;
                let numbers = arrays::single(path, npz::read(path, &y)?)?;
                (npz::read(path, &x)?, arrays::answers(numbers, data.task, false)?, Raw::Arrays)
            }
            Form::Npy | Form::Idx => {
                let labels = arrays::labels_beside(path, data.labels.as_deref())?;
                let answers = arrays::answers(arrays::numbers(&labels)?, data.task, form == Form::Idx)?;
                (arrays::examples(path)?, answers, Raw::Arrays)
            }
            Form::Pictures => {
                let colour = data.colour.map_or_else(|| folder::colour(path), Ok)?;
                data.colour = Some(colour);
                let (examples, labels, names) = folder::read(path, colour)?.into_parts();
                files = folder::files(path)?;
                (examples, Answers::Classes { labels, names }, Raw::Pictures(colour))
            }
            Form::Sounds => {
                let sounds = sound::read_folder(path, &sound_options(data)?)?;
                let mel = *data.sound.get_or_insert_with(|| sounds.mel());
                let (examples, labels, names) = sounds.dataset(mel)?.into_parts();
                (files, groups) = (sounds.paths, sounds.groups);
                (examples, Answers::Classes { labels, names }, Raw::Sounds(mel))
            }
            _ => return rows::read(path, data).map(Self::Rows),
        };
        let path = path.to_path_buf();
        let (found, expected) = (answers.count(), examples.values.ncols());
        if found != expected {
            return Err(Error::Data(
                format!(
                    "{path:?} has {expected} examples, but the answers beside them are {found}: give one for each"
                )
                .into(),
            ));
        }
        Ok(Self::Values(Box::new(Values { path, examples, answers, raw, groups, files })))
    }

    /// How many examples there are.
    pub fn count(&self) -> usize {
        match self {
            Self::Rows(table) => table.rows(),
            Self::Values(values) => values.examples.values.ncols(),
        }
    }

    /// Whether classes or numbers are to be predicted: as `data` says, or else by the rules of the readers.
    ///
    /// # Errors
    /// [`Error::Data`] for a column that cannot be predicted.
    pub fn task(&self, data: &Data) -> Result<Task> {
        let classes = match self {
            Self::Rows(table) => rows::learn_target(table, data)?.classes().is_some(),
            Self::Values(values) => matches!(values.answers, Answers::Classes { .. }),
        };
        Ok(if classes { Task::Classes } else { Task::Number })
    }

    /// The class number of each example, to hold out some of each.
    ///
    /// # Errors
    /// As for [`task`](Self::task).
    pub fn labels(&self, data: &Data) -> Result<Option<Vec<usize>>> {
        match self {
            Self::Rows(_) if data.task != Some(Task::Classes) => Ok(None),
            Self::Rows(table) => Ok(Some(rows::labels(table, data)?)),
            Self::Values(values) => Ok(match &values.answers {
                Answers::Classes { labels, .. } => Some(labels.clone()),
                Answers::Numbers(_) => None,
            }),
        }
    }

    /// The group of each example, where those were asked for.
    ///
    /// # Errors
    /// [`Error::Data`] for a column that is not there; [`Error::Configuration`] for examples that have no groups.
    pub fn groups(&self, data: &Data) -> Result<Option<Vec<String>>> {
        match (self, &data.group) {
            (_, None) => Ok(None),
            (Self::Rows(table), Some(column)) => Ok(Some(rows::texts(table, column)?)),
            (Self::Values(values), Some(_)) if !values.groups.is_empty() => Ok(Some(values.groups.clone())),
            (_, Some(group)) => Err(Error::Configuration(
                format!("data.group is {group}, but only rows of a table have groups by a column, and recordings by a part of their names: for these set data.names too, else leave it out").into(),
            )),
        }
    }

    /// Learns from the examples of these numbers.
    ///
    /// # Errors
    /// [`Error::Data`] for what nothing can be learnt from.
    pub fn learn(&self, numbers: &[usize], data: &mut Data) -> Result<Intake> {
        match self {
            Self::Rows(table) => Ok(Intake::Rows(rows::recipe(&table.select(numbers)?, data)?)),
            Self::Values(values) => values.learn(numbers, data),
        }
    }

    /// The examples that `rows` names, or all.
    ///
    /// # Errors
    /// [`Error::Data`] for a class or column that `intake` does not know.
    pub fn part(&self, intake: &Intake, rows: Option<&[usize]>) -> Result<Part> {
        match (self, intake) {
            (Self::Rows(table), Intake::Rows(recipe)) => {
                let table = rows.map_or_else(|| Ok(table.clone()), |rows| table.select(rows))?;
                rows::part(recipe, table)
            }
            (Self::Values(values), _) => values.part(intake, rows),
            (Self::Rows(table), _) => Err(Error::Data(
                format!(
                    "{:?} is a table, expected data of the kind that the model was trained on",
                    table.path()
                )
                .into(),
            )),
        }
    }
}

fn sound_options(data: &Data) -> Result<sound::Options> {
    let names = data.names.as_deref().map(sound::Names::parse).transpose()?;
    Ok(sound::Options { names, class: data.class.clone(), group: data.group.clone() })
}

/// The file of test pictures beside one to train on, as MNIST has it.
fn test_beside(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    let rest = name.strip_prefix("train")?;
    ["t10k", "test"]
        .iter()
        .map(|part| path.with_file_name(format!("{part}{rest}")))
        .find(|path| path.is_file())
}
