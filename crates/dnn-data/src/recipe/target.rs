//! What is predicted: one of some classes, or a number. Learnt from the target's column, and applied both ways.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use dnn_core::Real;
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use super::moments::Moments;
use super::{Options, Task};
use crate::examples::columns;
use crate::stored::{Check, check_moments, checked};
use crate::table::{listed, quoted};
use crate::{Column, Error, Kind, Result, Table, targets};

/// As many whole numbers, or fewer, are taken for classes.
const FEW: usize = 20;
/// More classes are taken for a mistake.
const MOST_CLASSES: usize = 1000;

impl Task {
    /// Whether [`Task::Auto`] takes so many different numbers in `rows` rows, all whole, for classes.
    pub fn takes_for_classes(different: usize, rows: usize) -> bool {
        different <= FEW && 2 * different <= rows
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
    /// Learns from one column of `table` (a name, or a number from 1) what is predicted, as
    /// [`Recipe::learn`](super::Recipe::learn) does among all columns.
    ///
    /// # Errors
    /// As there, for what concerns the target.
    pub fn learn(table: &Table, column: &str, options: &Options) -> Result<Self> {
        let (place, mut learner) = (table.position(column)?, TargetLearner::new());
        learner.add(table, place)?;
        learner.finish(table, place, options)
    }

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

    /// The class numbers of the rows of `table`, told by its column number `place`, from 0.
    ///
    /// # Errors
    /// [`Error::Place`] for a row without a class, or of one that is not known.
    ///
    /// # Panics
    /// If there is no such column.
    pub fn table_labels(&self, table: &Table, place: usize) -> Result<Vec<usize>> {
        let names = self.classes().unwrap_or_default();
        let unknown = |row: usize, found: String| Error::Place {
            path: table.path.clone(),
            place: format!("line {}, column {:?}", table.lines[row], table.names[place]),
            found,
            expected: format!("the classes learnt are {}", listed(names)),
            remedy: "correct it, or train again with rows of that class",
        };
        let find = |row: usize, text: String| {
            position(names, &text).ok_or_else(|| unknown(row, format!("the class {}", quoted(&text))))
        };
        match &table.columns[place] {
            column if (0..table.rows()).any(|row| column.is_missing(row)) => Err(missing(table, place)),
            Column::Numbers(values) => {
                let mut known = HashMap::new();
                let label = |(row, &value): (usize, &f64)| match known.entry(ordered(value)) {
                    Entry::Occupied(label) => Ok(*label.get()),
                    Entry::Vacant(unknown) => Ok(*unknown.insert(find(row, (value + 0.0).to_string())?)),
                };
                values.iter().enumerate().map(label).collect()
            }
            Column::Categories { names: texts, codes } => {
                let known: Vec<Option<usize>> = texts.iter().map(|text| position(names, text)).collect();
                let label = |(row, &code): (usize, &u32)| match known[code as usize] {
                    Some(label) => Ok(label),
                    None => find(row, texts[code as usize].clone()),
                };
                codes.iter().enumerate().map(label).collect()
            }
        }
    }

    /// What the network should give for column `place` of `table`: `(outputs, m)`.
    pub(super) fn targets<T: Real>(&self, table: &Table, place: usize) -> Result<Array2<T>> {
        let &Self::Number { mean, deviation } = self else {
            let labels = self.table_labels(table, place)?;
            return if self.outputs() == 1 {
                targets::binary(&labels)
            } else {
                targets::one_hot(&labels, self.outputs())
            };
        };
        let values = self.table_numbers(table, place)?;
        let scaled = values.iter().map(|value| T::of((value - mean) / deviation));
        Ok(columns(1, table.rows(), scaled.collect()))
    }

    /// The numbers of column `place` of `table`, as they stand there.
    pub(super) fn table_numbers<'a>(&self, table: &'a Table, place: usize) -> Result<&'a [f64]> {
        match &table.columns[place] {
            Column::Numbers(values) if values.iter().any(|value| value.is_nan()) => {
                Err(missing(table, place))
            }
            Column::Numbers(values) => Ok(values),
            Column::Categories { .. } => Err(unusable(table, place, "texts".into(), NUMBERS, CHOOSE)),
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

const NUMBERS: &str = "numbers are to be predicted";
const CHOOSE: &str = "choose another target, or predict classes";

/// The column of the target, read so far.
#[derive(Debug, Default)]
pub(super) struct TargetLearner {
    moments: Moments,
    whole: bool,
    /// Different numbers, by their bits turned so that they stand in order; no more than needed to refuse them.
    numbers: BTreeSet<u64>,
    /// Different texts, and how often each occurs.
    texts: BTreeMap<String, u64>,
}

impl TargetLearner {
    pub(super) fn new() -> Self {
        Self { whole: true, ..Self::default() }
    }

    /// Takes column `place` of `table`.
    pub(super) fn add(&mut self, table: &Table, place: usize) -> Result<()> {
        let column = &table.columns[place];
        if (0..table.rows()).any(|row| column.is_missing(row)) {
            return Err(missing(table, place));
        }
        match column {
            Column::Numbers(values) => values.iter().for_each(|&value| self.add_number(value)),
            Column::Categories { names, codes } => {
                let mut counts = vec![0; names.len()];
                codes.iter().for_each(|&code| counts[code as usize] += 1);
                for (name, count) in names.iter().zip(counts).filter(|&(_, count)| count > 0) {
                    *self.texts.entry(name.clone()).or_default() += count;
                }
            }
        }
        Ok(())
    }

    fn add_number(&mut self, value: f64) {
        self.moments.add(value);
        self.whole &= value.fract() == 0.0;
        if self.numbers.len() <= MOST_CLASSES {
            self.numbers.insert(ordered(value));
        }
    }

    /// The target, by the rule of [`Task::Auto`] where `options` leave it open. `table` is one of those it was learnt from.
    pub(super) fn finish(self, table: &Table, place: usize, options: &Options) -> Result<Target> {
        let kind = table.columns[place].kind();
        let count = self.moments.count() as usize;
        let few = self.whole && Task::takes_for_classes(self.numbers.len(), count);
        let names: Vec<String> = match (kind, options.task) {
            (Kind::Categories, Task::Number) => {
                return Err(unusable(table, place, "texts".into(), NUMBERS, CHOOSE));
            }
            (Kind::Categories, _) => self.texts.into_keys().collect(),
            (Kind::Numbers, Task::Classes) => self.names(),
            (Kind::Numbers, Task::Auto) if few => self.names(),
            (Kind::Numbers, _) => return self.number(table, place),
        };
        match names.len() {
            0 | 1 => Err(unusable(
                table,
                place,
                format!("only the class {}", listed(&names)),
                "there must be two at least",
                "choose another target, or add rows of another class",
            )),
            2..=MOST_CLASSES => Ok(Target::Classes { names, kind }),
            more => Err(unusable(
                table,
                place,
                format!("{more} classes or more"),
                "1000 are the most",
                "choose another target, or predict numbers",
            )),
        }
    }

    fn names(&self) -> Vec<String> {
        self.numbers.iter().map(|&bits| unordered(bits).to_string()).collect()
    }

    fn number(&self, table: &Table, place: usize) -> Result<Target> {
        let (mean, deviation) = (self.moments.mean(), self.moments.deviation());
        match self.moments.are_finite() && deviation > 0.0 {
            true => Ok(Target::Number { mean, deviation }),
            false => Err(unusable(
                table,
                place,
                if deviation > 0.0 {
                    "numbers too far apart".into()
                } else {
                    format!("only the number {mean}")
                },
                "numbers to be predicted vary, within what f64 can square",
                "choose another target",
            )),
        }
    }
}

/// The bits of a number as a whole number that grows with it; −0 counts as 0.
fn ordered(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

fn unordered(bits: u64) -> f64 {
    f64::from_bits(if bits >> 63 == 1 { bits & !(1 << 63) } else { !bits })
}

/// The first row without a target.
fn missing(table: &Table, place: usize) -> Error {
    let row = (0..table.rows()).find(|&row| table.columns[place].is_missing(row)).unwrap_or(0);
    Error::Place {
        path: table.path.clone(),
        place: format!("line {}, column {:?}", table.lines[row], table.names[place]),
        found: "no value".into(),
        expected: "it is the target, which each row needs".into(),
        remedy: "fill it, or remove the row",
    }
}

fn unusable(
    table: &Table,
    place: usize,
    found: String,
    expected: &'static str,
    remedy: &'static str,
) -> Error {
    Error::Unusable { path: table.path.clone(), column: table.names[place].clone(), found, expected, remedy }
}
