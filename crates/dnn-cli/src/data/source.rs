//! Data as it was read, before anything is learnt from it: rows of a table, or examples of a fixed shape.

use std::path::{Path, PathBuf};

use dnn_data::recipe::{Options, Task};
use dnn_data::sound::{self, Names};
use dnn_data::{Examples, Form, Intake, Kind, Raw, Recipe, Table, folder, npz, select, table};

use super::{Part, Truth, arrays};
use crate::config::{Data, Missing, Scaling};
use crate::{Error, Result};

/// What was read.
pub(crate) enum Source {
    /// Rows of a table.
    Rows(Table),
    /// Pictures, recordings, arrays.
    Values(Box<Values>),
}

/// Examples of a fixed shape, with their answers.
pub(crate) struct Values {
    path: PathBuf,
    examples: Examples<f32>,
    answers: Answers,
    raw: Raw,
    /// A group for each example, or none.
    groups: Vec<String>,
    /// The file of each example, or none.
    files: Vec<PathBuf>,
}

/// What should come out, before anything is learnt.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answers {
    /// Class numbers, and the names of the classes.
    Classes { labels: Vec<usize>, names: Vec<String> },
    /// Numbers.
    Numbers(Vec<f64>),
}

/// Data that was given to test on.
pub(crate) struct GivenTest {
    path: PathBuf,
    labels: Option<PathBuf>,
    /// Whether it is a part of a file of arrays.
    part: bool,
}

impl Source {
    /// Reads the training data, and finds out what there is to test on.
    ///
    /// # Errors
    /// [`Error::Usage`] if no data or no target is named; [`Error::Data`] for what cannot be read.
    pub(crate) fn open(data: &mut Data) -> Result<(Self, Option<GivenTest>)> {
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
        let given = given.map(|path| GivenTest { path, labels: data.test_labels.clone(), part: in_file });
        Ok((source, given))
    }

    fn read(path: &Path, form: Form, data: &mut Data, test: bool) -> Result<Self> {
        let mut files = Vec::new();
        let mut groups = Vec::new();
        let (examples, answers, raw) = match form {
            Form::Npz => {
                let (x, y) = arrays::names(path, data.examples.as_deref(), data.target.as_deref(), test)?;
                let numbers = arrays::single(path, npz::read(path, &y)?)?;
                (npz::read(path, &x)?, arrays::answers(numbers, data.task, false), Raw::Arrays)
            }
            Form::Npy | Form::Idx => {
                let labels = if test { &data.test_labels } else { &data.labels };
                let labels = arrays::labels_beside(path, labels.as_deref())?;
                let answers = arrays::answers(arrays::numbers(&labels)?, data.task, form == Form::Idx);
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
            _ => return read_table(path, data).map(Self::Rows),
        };
        let path = path.to_path_buf();
        Ok(Self::Values(Box::new(Values { path, examples, answers, raw, groups, files })))
    }

    /// How many examples there are.
    pub(crate) fn count(&self) -> usize {
        match self {
            Self::Rows(table) => table.rows(),
            Self::Values(values) => values.examples.values.ncols(),
        }
    }

    /// Whether classes or numbers are to be predicted: as `data` says, or else by the rules of the readers.
    ///
    /// # Errors
    /// [`Error::Data`] for a column that cannot be predicted.
    pub(crate) fn task(&self, data: &Data) -> Result<Task> {
        let classes = match self {
            Self::Rows(table) => recipe(table, data)?.target().classes().is_some(),
            Self::Values(values) => matches!(values.answers, Answers::Classes { .. }),
        };
        Ok(if classes { Task::Classes } else { Task::Number })
    }

    /// The class number of each example, to hold out some of each.
    ///
    /// # Errors
    /// As for [`task`](Self::task).
    pub(crate) fn labels(&self, data: &Data) -> Result<Option<Vec<usize>>> {
        match self {
            Self::Rows(_) if data.task != Some(Task::Classes) => Ok(None),
            Self::Rows(table) => Ok(Some(recipe(table, data)?.labels(table)?)),
            Self::Values(values) => Ok(match &values.answers {
                Answers::Classes { labels, .. } => Some(labels.clone()),
                Answers::Numbers(_) => None,
            }),
        }
    }

    /// The group of each example, where those were asked for.
    pub(crate) fn groups(&self) -> Option<&[String]> {
        match self {
            Self::Values(values) if !values.groups.is_empty() => Some(&values.groups),
            _ => None,
        }
    }

    /// Learns from the examples that `rows` names.
    ///
    /// # Errors
    /// [`Error::Data`] for what nothing can be learnt from.
    pub(crate) fn learn(&self, rows: &[usize], data: &mut Data) -> Result<Intake> {
        let values = match self {
            Self::Rows(table) => return Ok(Intake::Rows(recipe(&table.select(rows)?, data)?)),
            Self::Values(values) => values,
        };
        let usual = if values.is_bytes() { Scaling::Bytes } else { Scaling::Standardise };
        let chain = chain(*data.scaling.get_or_insert(usual));
        let examples = select(values.examples.values.view(), rows)?;
        let examples = Examples { values: examples, shape: values.examples.shape.clone() };
        Ok(match &values.answers {
            Answers::Numbers(numbers) => {
                let numbers: Vec<f64> = rows.iter().map(|&row| numbers[row]).collect();
                Intake::learn_numbers(&examples, &numbers, values.raw, &chain)?
            }
            Answers::Classes { labels, names } => {
                let labels = rows.iter().map(|&row| labels[row]).collect();
                let dataset = dnn_data::Dataset::new(examples, labels, names.clone())?;
                Intake::learn(&dataset, values.raw, &chain)?
            }
        })
    }

    /// The examples that `rows` names, or all.
    ///
    /// # Errors
    /// [`Error::Data`] for a class or column that `intake` does not know.
    pub(crate) fn part(&self, intake: &Intake, rows: Option<&[usize]>) -> Result<Part> {
        match (self, intake) {
            (Self::Rows(table), Intake::Rows(recipe)) => {
                let table = rows.map_or_else(|| Ok(table.clone()), |rows| table.select(rows))?;
                table_part(recipe, table)
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

impl GivenTest {
    /// The examples, made by what was learnt from the training data.
    ///
    /// # Errors
    /// As [`labelled`].
    pub(crate) fn read(&self, intake: &Intake, data: &Data) -> Result<Part> {
        let mut data = Data { test_labels: self.labels.clone(), ..data.clone() };
        labelled_part(intake, &self.path, &mut data, self.part)
    }
}

/// Examples with what should come out, from data of the kind that `intake` was learnt from.
///
/// # Errors
/// [`Error::Data`] for what cannot be read, or does not fit to the training data.
pub(crate) fn labelled(intake: &Intake, path: &Path, data: &mut Data) -> Result<Part> {
    let Form::Parts { train, test } = Form::of(path)? else {
        return labelled_part(intake, path, data, false);
    };
    labelled_part(intake, &test.unwrap_or(train), data, false)
}

fn labelled_part(intake: &Intake, path: &Path, data: &mut Data, test: bool) -> Result<Part> {
    if let Intake::Rows(recipe) = intake {
        return table_part(recipe, recipe.read_table(path, delimiter(data)?)?);
    }
    let mut form = Form::of(path)?;
    let mut path = path.to_path_buf();
    if let Form::Parts { train, test } = form {
        path = test.unwrap_or(train);
        form = Form::of(&path)?;
    }
    Source::read(&path, form, data, test)?.part(intake, None)
}

fn table_part(recipe: &Recipe, table: Table) -> Result<Part> {
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

impl Values {
    /// Whether the values are those of pixels.
    fn is_bytes(&self) -> bool {
        let pictures = matches!(self.raw, Raw::Pictures(_)) || self.examples.shape.len() > 1;
        pictures && !matches!(self.raw, Raw::Sounds(_)) && {
            let mut values = self.examples.values.iter();
            values.all(|value| (0.0..=255.0).contains(value) && value.fract() == 0.0)
        }
    }

    fn part(&self, intake: &Intake, rows: Option<&[usize]>) -> Result<Part> {
        let all: Vec<usize> = (0..self.examples.values.ncols()).collect();
        let rows = rows.unwrap_or(&all);
        let shape = self.examples.shape.clone();
        let examples = Examples { values: select(self.examples.values.view(), rows)?, shape };
        let truth = match &self.answers {
            Answers::Numbers(numbers) => Truth::Numbers(rows.iter().map(|&row| numbers[row]).collect()),
            Answers::Classes { labels, names } => {
                let known = intake.target().classes().unwrap_or_default();
                let places: Vec<_> =
                    names.iter().map(|name| known.iter().position(|known| known == name)).collect();
                let label = |&row: &usize| {
                    places[labels[row]].ok_or_else(|| self.unknown(&names[labels[row]], known))
                };
                Truth::Classes(rows.iter().map(label).collect::<Result<_>>()?)
            }
        };
        let name = |&row: &usize| match self.files.get(row) {
            Some(file) => file.display().to_string(),
            None => format!("example {}", row + 1),
        };
        Ok(Part {
            x: intake.prepared(&self.path, examples)?,
            y: truth.outputs(intake.target())?,
            truth,
            names: rows.iter().map(name).collect(),
            table: None,
        })
    }

    fn unknown(&self, name: &str, known: &[String]) -> Error {
        let path = &self.path;
        Error::Data(
            format!(
                "{path:?} has a class {name:?}, expected one of {known:?}: rename it, or train again with it"
            )
            .into(),
        )
    }
}

fn read_table(path: &Path, data: &Data) -> Result<Table> {
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
pub(crate) fn delimiter(data: &Data) -> Result<Option<u8>> {
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
fn recipe(table: &Table, data: &Data) -> Result<Recipe> {
    let target = target(data, || Ok(table.names().to_vec()))?;
    Ok(Recipe::learn(table, target, &recipe_options(data))?)
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
        ignored: data.ignore.iter().flatten().chain(&data.split_column).cloned().collect(),
        indicators: data.missing != Some(Missing::Mean),
        unknown: data.unknown.unwrap_or_default(),
        ..Options::default()
    }
}

fn sound_options(data: &Data) -> Result<sound::Options> {
    let names = data.names.as_deref().map(Names::parse).transpose()?;
    Ok(sound::Options { names, class: data.class.clone(), group: data.group.clone() })
}

fn chain(scaling: Scaling) -> Vec<dnn_data::Scaling> {
    match scaling {
        Scaling::None => Vec::new(),
        Scaling::Standardise => vec![dnn_data::Scaling::Standardise],
        Scaling::Range => vec![dnn_data::Scaling::Range],
        Scaling::Bytes => vec![dnn_data::Scaling::Factor(1.0 / 255.0)],
        Scaling::Ranks => vec![dnn_data::Scaling::Ranks],
    }
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
