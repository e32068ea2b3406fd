//! Examples of a fixed shape: pictures, recordings, arrays.

use std::path::PathBuf;

use dnn_data::{Examples, Intake, Raw, select};

use super::{Part, Truth};
use crate::config::{Data, Scaling};
use crate::{Error, Result};

/// Examples of a fixed shape, with their answers.
pub struct Values {
    pub(super) path: PathBuf,
    pub(super) examples: Examples<f32>,
    pub(super) answers: Answers,
    pub(super) raw: Raw,
    /// A group for each example, or none.
    pub(super) groups: Vec<String>,
    /// The file of each example, or none.
    pub(super) files: Vec<PathBuf>,
}

/// What should come out, before anything is learnt.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answers {
    /// Class numbers, and the names of the classes.
    Classes { labels: Vec<usize>, names: Vec<String> },
    /// Numbers.
    Numbers(Vec<f64>),
}

impl Answers {
    /// How many there are.
    pub(super) fn count(&self) -> usize {
        match self {
            Self::Classes { labels, .. } => labels.len(),
            Self::Numbers(numbers) => numbers.len(),
        }
    }
}

impl Values {
    /// Whether the values are those of pixels.
    fn is_bytes(&self) -> bool {
        let mut values = self.examples.values.iter();
        self.raw == Raw::Arrays
            && self.examples.shape.len() > 1
            && values.all(|value| (0.0..=255.0).contains(value) && value.fract() == 0.0)
    }

    /// The examples that `rows` names, or all.
    ///
    /// # Errors
    /// [`Error::Data`] for a class or shape that `intake` does not know.
    pub(super) fn part(&self, intake: &Intake, rows: Option<&[usize]>) -> Result<Part> {
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

    /// Learns from the examples that `rows` names.
    ///
    /// # Errors
    /// [`Error::Data`] for what nothing can be learnt from.
    pub(super) fn learn(&self, rows: &[usize], data: &mut Data) -> Result<Intake> {
        let usual = match self.raw {
            // So that the light does not matter, as in the example `faces`.
            Raw::Pictures(_) => Scaling::Ranks,
            _ if self.is_bytes() => Scaling::Bytes,
            _ => Scaling::Standardise,
        };
        let chain = chain(*data.scaling.get_or_insert(usual));
        let examples = select(self.examples.values.view(), rows)?;
        let examples = Examples { values: examples, shape: self.examples.shape.clone() };
        Ok(match &self.answers {
            Answers::Numbers(numbers) => {
                let numbers: Vec<f64> = rows.iter().map(|&row| numbers[row]).collect();
                Intake::learn_numbers(&examples, &numbers, self.raw, &chain)?
            }
            Answers::Classes { labels, names } => {
                let labels = rows.iter().map(|&row| labels[row]).collect();
                let dataset = dnn_data::Dataset::new(examples, labels, names.clone())?;
                Intake::learn(&dataset, self.raw, &chain)?
            }
        })
    }
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
