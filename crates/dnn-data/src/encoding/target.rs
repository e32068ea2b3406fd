//! What is predicted: one of some classes, or a number. Learnt from the target's column, and applied both ways.

use std::collections::HashMap;

use dnn_core::Real;
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use crate::examples::columns;
use crate::stored::{Check, check_moments, checked};
use crate::table::{listed, quoted};
use crate::{Column, Error, Kind, Result, Table, targets};

/// As many whole numbers, or fewer, are taken for classes.
const FEW: usize = 20;

/// Whether classes or numbers are to be predicted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Classes, if the target has texts, or at most 20 different numbers, all whole, and half as many as rows or fewer;
    /// else a number.
    #[default]
    Auto,
    /// One of the classes that occur, texts or numbers.
    Classes,
    /// A number.
    Number,
}

impl Task {
    /// Whether [`Task::Auto`] takes so many different numbers in `rows` rows, all whole, for classes.
    pub(crate) fn takes_for_classes(different: usize, rows: usize) -> bool {
        different <= FEW && 2 * different <= rows
    }
}

/// What should be predicted of some examples, in the words of the data.
#[derive(Debug, Clone, PartialEq)]
pub enum Labels {
    /// Class numbers, from 0.
    Classes(Vec<usize>),
    /// Numbers, as they are in the data.
    Numbers(Vec<f64>),
}

impl Labels {
    /// How many there are.
    pub fn count(&self) -> usize {
        match self {
            Self::Classes(labels) => labels.len(),
            Self::Numbers(numbers) => numbers.len(),
        }
    }

    /// Those of the examples that `indices` names.
    pub(crate) fn select(&self, indices: &[usize]) -> Self {
        match self {
            Self::Classes(labels) => Self::Classes(indices.iter().map(|&index| labels[index]).collect()),
            Self::Numbers(numbers) => Self::Numbers(indices.iter().map(|&index| numbers[index]).collect()),
        }
    }
}

/// What the network's output means.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[non_exhaustive]
pub enum Target {
    /// One of at least two classes, by their names: texts in the order of their bytes, numbers in ascending order.
    ///
    /// Two classes are one output, the probability of the second; more are one output each.
    Classes {
        /// The names, by class number.
        names: Vec<String>,
        /// How the column is read.
        kind: Kind,
    },
    /// A number, of which the network gives `(number − mean) / deviation`.
    Number {
        /// Mean of the training data.
        mean: f64,
        /// Its deviation.
        deviation: f64,
    },
}

impl Target {
    /// The names of the classes; none for a number.
    pub fn classes(&self) -> Option<&[String]> {
        match self {
            Self::Classes { names, .. } => Some(names),
            Self::Number { .. } => None,
        }
    }

    /// Units of the network's output.
    pub fn outputs(&self) -> usize {
        match self.classes() {
            Some(names) if names.len() > 2 => names.len(),
            _ => 1,
        }
    }

    /// How the column must be read.
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Classes { kind, .. } => *kind,
            Self::Number { .. } => Kind::Numbers,
        }
    }

    /// The numbers that outputs `(1, m)` mean, in the units of the training data.
    pub fn numbers<T: Real>(&self, outputs: ArrayView2<'_, T>) -> Vec<f64> {
        let (mean, deviation) = match *self {
            Self::Number { mean, deviation } => (mean, deviation),
            Self::Classes { .. } => (0.0, 1.0),
        };
        outputs.iter().map(|output| mean + deviation * output.wide()).collect()
    }

    /// The class number of each column of outputs: with one output the second class from 0.5 on, else the largest, the
    /// first of equals. All 0 if no classes are predicted.
    pub fn labels<T: Real>(&self, outputs: ArrayView2<'_, T>) -> Vec<usize> {
        let largest = |column: ndarray::ArrayView1<'_, T>| {
            let better = |best: usize, place: usize| if column[place] > column[best] { place } else { best };
            (1..column.len()).fold(0, better)
        };
        let half = T::of(0.5);
        let one = outputs.nrows() == 1 && self.classes().is_some();
        let label = |column: ndarray::ArrayView1<'_, T>| match one {
            true => usize::from(column[0] >= half),
            false => largest(column),
        };
        outputs.columns().into_iter().map(label).collect()
    }

    /// What outputs `(outputs, m)` of the network mean: [`Target::labels`] or [`Target::numbers`].
    pub(crate) fn inverse_transform<T: Real>(&self, outputs: ArrayView2<'_, T>) -> Labels {
        match self {
            Self::Classes { .. } => Labels::Classes(self.labels(outputs)),
            Self::Number { .. } => Labels::Numbers(self.numbers(outputs)),
        }
    }

    /// What the network should give: `(outputs, m)`, a row of zeros and ones for two classes, one-hot columns for more, or scaled
    /// numbers.
    ///
    /// # Errors
    /// [`Error::Label`] for a class that is not known; [`Error::Count`] for numbers where there are classes, and classes where
    /// there are numbers.
    pub fn transform<T: Real>(&self, labels: &Labels) -> Result<Array2<T>> {
        match (self, labels) {
            (Self::Classes { .. }, Labels::Classes(labels)) if self.outputs() == 1 => targets::binary(labels),
            (Self::Classes { .. }, Labels::Classes(labels)) => targets::one_hot(labels, self.outputs()),
            (Self::Number { mean, deviation }, Labels::Numbers(numbers)) => {
                let scaled = numbers.iter().map(|number| T::of((number - mean) / deviation));
                Ok(columns(1, numbers.len(), scaled.collect()))
            }
            (_, labels) => Err(Error::Count {
                name: "what is to be predicted",
                unit: if self.classes().is_some() { "classes" } else { "numbers" },
                found: 0,
                expected: labels.count().to_string(),
                remedy: "give labels of the kind that the training data had",
            }),
        }
    }

    /// What column `place` of `table`, from 0, says.
    pub(super) fn column_labels(&self, table: &Table, place: usize) -> Result<Labels> {
        match (self, &table.columns[place]) {
            (_, column) if (0..table.rows()).any(|row| column.is_missing(row)) => Err(missing(table, place)),
            (Self::Number { .. }, Column::Numbers(values)) => Ok(Labels::Numbers(values.clone())),
            (Self::Number { .. }, Column::Categories { .. }) => Err(Error::Unusable {
                path: table.path.clone(),
                column: table.names[place].clone(),
                found: "texts".into(),
                expected: NUMBERS,
                remedy: CHOOSE,
            }),
            (Self::Classes { names, .. }, column) => {
                classes(names, table, place, column).map(Labels::Classes)
            }
        }
    }
}

/// The class numbers of a column's rows.
fn classes(names: &[String], table: &Table, place: usize, column: &Column) -> Result<Vec<usize>> {
    let find = |row: usize, text: &str| {
        position(names, text).ok_or_else(|| Error::Place {
            path: table.path.clone(),
            place: format!("line {}, column {:?}", table.lines[row], table.names[place]),
            found: format!("the class {}", quoted(text)),
            expected: format!("the classes learnt are {}", listed(names)),
            remedy: "correct it, or train again with rows of that class",
        })
    };
    match column {
        Column::Numbers(values) => {
            let mut known = HashMap::new();
            let label = |(row, &value): (usize, &f64)| match known.get(&ordered(value)) {
                Some(label) => Ok(*label),
                None => {
                    let label = find(row, &(value + 0.0).to_string())?;
                    known.insert(ordered(value), label);
                    Ok(label)
                }
            };
            values.iter().enumerate().map(label).collect()
        }
        Column::Categories { names: texts, codes } => {
            let known: Vec<Option<usize>> = texts.iter().map(|text| position(names, text)).collect();
            let label = |(row, &code): (usize, &u32)| match known[code as usize] {
                Some(label) => Ok(label),
                None => find(row, &texts[code as usize]),
            };
            codes.iter().enumerate().map(label).collect()
        }
    }
}

checked!(Target);

impl Check for Target {
    fn check(&self) -> Result<(), String> {
        match self {
            Self::Classes { names, .. } if names.len() < 2 => {
                Err(format!("{} classes, but there are two at least", names.len()))
            }
            Self::Classes { .. } => Ok(()),
            Self::Number { mean, deviation } => check_moments(mean, deviation),
        }
    }
}

/// The class called `text`. Some files end each row with a full stop (UCI's Adult, in its test part), so one does not count.
fn position(names: &[String], text: &str) -> Option<usize> {
    let find = |text: &str| names.iter().position(|name| name == text);
    find(text).or_else(|| text.strip_suffix('.').and_then(find))
}

pub(super) const NUMBERS: &str = "numbers are to be predicted";
pub(super) const CHOOSE: &str = "choose another target, or predict classes";

/// The bits of a number as a whole number that grows with it; −0 counts as 0.
pub(super) fn ordered(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

/// The first row without a target.
pub(super) fn missing(table: &Table, place: usize) -> Error {
    let row = (0..table.rows()).find(|&row| table.columns[place].is_missing(row)).unwrap_or(0);
    Error::Place {
        path: table.path.clone(),
        place: format!("line {}, column {:?}", table.lines[row], table.names[place]),
        found: "no value".into(),
        expected: "it is the target, which each row needs".into(),
        remedy: "fill it, or remove the row",
    }
}
