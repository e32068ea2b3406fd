//! What is predicted: one of some classes, or a number. Learnt from the target's column, and applied both ways.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use dnn_core::Real;
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use super::moments::Moments;
use crate::examples::columns;
use crate::stored::{Check, check_moments, checked};
use crate::subset::Subset;
use crate::table::{listed, quoted};
use crate::{Column, Error, Kind, Result, Table, targets};

/// As many whole numbers, or fewer, are taken for classes.
const FEW: usize = 20;
/// More classes are taken for a mistake.
const MOST_CLASSES: usize = 1000;

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
    pub fn inverse_transform<T: Real>(&self, outputs: ArrayView2<'_, T>) -> Labels {
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
    ///
    /// # Errors
    /// [`Error::Place`] for a row without a value, or of a class that is not known; [`Error::Unusable`] for texts where numbers are
    /// predicted.
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

const NUMBERS: &str = "numbers are to be predicted";
const CHOOSE: &str = "choose another target, or predict classes";

/// The column of the target, read so far: all that tells whether classes are predicted, and which.
#[derive(Debug)]
pub(crate) struct TargetFitter {
    path: PathBuf,
    column: String,
    kind: Kind,
    whole: bool,
    rows: usize,
    /// Different numbers, by their bits turned so that they are in order, and different texts; no more than needed to refuse
    /// them. Each has a code.
    numbers: BTreeMap<u64, u32>,
    texts: BTreeMap<String, u32>,
    /// The code of each row, as long as there are not too many.
    codes: Vec<u32>,
}

/// What is known of the target before the training rows are read.
#[derive(Debug)]
pub(crate) enum TargetFit {
    /// The classes.
    Classes { names: Vec<String>, kind: Kind },
    /// Its moments, which are taken of those rows.
    Number(Moments),
}

impl TargetFitter {
    /// Begins with column `place` of `table`, but none of its rows.
    pub(crate) fn new(table: &Table, place: usize) -> Self {
        Self {
            path: table.path.clone(),
            column: table.names[place].clone(),
            kind: table.columns[place].kind(),
            whole: true,
            rows: 0,
            numbers: BTreeMap::new(),
            texts: BTreeMap::new(),
            codes: Vec::new(),
        }
    }

    /// The name of the column.
    pub(crate) fn column(&self) -> &str {
        &self.column
    }

    /// Takes the rows of `table`.
    ///
    /// # Errors
    /// [`Error::Place`] for a row without a target.
    pub(crate) fn add(&mut self, table: &Table, place: usize) -> Result<()> {
        let column = &table.columns[place];
        if (0..table.rows()).any(|row| column.is_missing(row)) {
            return Err(missing(table, place));
        }
        self.rows += table.rows();
        match column {
            Column::Numbers(values) => {
                let mut last = (f64::NAN, None);
                for &value in values {
                    self.whole &= value.fract() == 0.0;
                    if value != last.0 {
                        last = (value, code(&mut self.numbers, ordered(value)));
                    }
                    self.codes.extend(last.1);
                }
            }
            Column::Categories { names, codes } => {
                // A text has its code once a row has it, for a table may name others.
                let mut known: Vec<Option<Option<u32>>> = vec![None; names.len()];
                for &found in codes {
                    let known = &mut known[found as usize];
                    let code =
                        *known.get_or_insert_with(|| code(&mut self.texts, names[found as usize].clone()));
                    self.codes.extend(code);
                }
            }
        }
        if self.numbers.len().max(self.texts.len()) > MOST_CLASSES {
            self.codes = Vec::new();
        }
        Ok(())
    }

    /// Whether classes or a number are predicted, by the rule of [`Task::Auto`] where it is left open.
    ///
    /// # Errors
    /// [`Error::Unusable`] for texts where numbers are asked for.
    pub(crate) fn task(&self, asked: Task) -> Result<Task> {
        let few = self.whole && Task::takes_for_classes(self.numbers.len(), self.rows);
        match (self.kind, asked) {
            (Kind::Categories, Task::Number) => Err(self.unusable("texts".into(), NUMBERS, CHOOSE)),
            (Kind::Categories, _) | (_, Task::Classes) => Ok(Task::Classes),
            (Kind::Numbers, Task::Auto) if few => Ok(Task::Classes),
            (Kind::Numbers, _) => Ok(Task::Number),
        }
    }

    /// How many rows there were.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// A code for the class of each row, if there are not too many.
    pub(crate) fn codes(&self) -> Option<&[u32]> {
        (self.codes.len() == self.rows).then_some(&self.codes)
    }

    /// What is predicted: of classes those of the training rows.
    ///
    /// # Errors
    /// [`Error::Unusable`] for fewer than two classes, or more than 1000.
    pub(crate) fn finish(&self, task: Task, subsets: Option<&[Subset]>) -> Result<TargetFit> {
        if self.task(task)? == Task::Number {
            return Ok(TargetFit::Number(Moments::default()));
        }
        let different = self.numbers.len().max(self.texts.len());
        let mut is_trained_on = vec![subsets.is_none() || different > MOST_CLASSES; different];
        for (&code, subset) in self.codes.iter().zip(subsets.into_iter().flatten()) {
            is_trained_on[code as usize] |= *subset == Subset::Train;
        }
        let numbers = self.numbers.iter().map(|(&bits, &code)| (unordered(bits).to_string(), code));
        let texts = self.texts.iter().map(|(text, &code)| (text.clone(), code));
        let names = numbers.chain(texts).filter(|(_, code)| is_trained_on[*code as usize]);
        let names: Vec<String> = names.map(|(name, _)| name).collect();
        match names.len() {
            0 | 1 => Err(self.unusable(
                format!("only the class {}", listed(&names)),
                "there must be two at least",
                "choose another target, or add rows of another class",
            )),
            2..=MOST_CLASSES => Ok(TargetFit::Classes { names, kind: self.kind }),
            more => Err(self.unusable(
                format!("{more} classes or more"),
                "1000 are the most",
                "choose another target, or predict numbers",
            )),
        }
    }

    fn unusable(&self, found: String, expected: &'static str, remedy: &'static str) -> Error {
        Error::Unusable { path: self.path.clone(), column: self.column.clone(), found, expected, remedy }
    }
}

/// The code of a value, new if there are not too many.
fn code<K: Ord>(known: &mut BTreeMap<K, u32>, value: K) -> Option<u32> {
    let next = known.len() as u32;
    match known.len() > MOST_CLASSES {
        true => known.get(&value).copied(),
        false => Some(*known.entry(value).or_insert(next)),
    }
}

impl TargetFit {
    /// Takes the training rows of `table`.
    pub(super) fn add(&mut self, table: &Table, place: usize) {
        if let (Self::Number(moments), Column::Numbers(values)) = (self, &table.columns[place]) {
            values.iter().for_each(|&value| moments.add(value));
        }
    }

    /// The target. `unusable` makes an error of what was found, what is expected and what to do.
    pub(super) fn finish(
        self,
        unusable: impl FnOnce(String, &'static str, &'static str) -> Error,
    ) -> Result<Target> {
        let moments = match self {
            Self::Classes { names, kind } => return Ok(Target::Classes { names, kind }),
            Self::Number(moments) => moments,
        };
        let (mean, deviation) = (moments.mean(), moments.deviation());
        match moments.are_finite() && deviation > 0.0 {
            true => Ok(Target::Number { mean, deviation }),
            false => Err(unusable(
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
