//! An encoder while its training data is read, whole or piece by piece.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::encoder::{EncoderOptions, TableEncoder};
use super::schema::{Encoding, Schema, SchemaColumn, Unused};
use super::target::{CHOOSE, NUMBERS, Target, Task, missing, ordered};
use crate::subset::Subset;
use crate::table::{Column, Kind, MISSING, Table, listed};
use crate::{Error, Result};

/// More classes are taken for a mistake.
const MOST_CLASSES: usize = 1000;

impl TableEncoder {
    /// Learns from `table`, whose column `target` (a name, or a number from 1) is to be predicted.
    ///
    /// # Errors
    /// [`Error::Column`] if a column is not there; [`Error::Unusable`] for a target with one value, and for a column with too
    /// many categories or without finite statistics; [`Error::Place`] for a row without a target; [`Error::Count`] if no
    /// column gives a feature.
    pub fn fit(table: &Table, target: &str, options: &EncoderOptions) -> Result<Self> {
        let place = table.position(target)?;
        let mut targets = TargetFitter::new(table, place);
        targets.add(table, place)?;
        let mut fitter = Fitter::new(table, place, targets.finish(options.task, None)?, options)?;
        fitter.add(table);
        fitter.finish()
    }
}

/// What is known of the columns of the training rows read so far.
pub(crate) struct Fitter<'a> {
    options: &'a EncoderOptions,
    path: PathBuf,
    names: Vec<String>,
    header: bool,
    place: usize,
    ignored: Vec<usize>,
    columns: Vec<ColumnFitter>,
    target: TargetFit,
}

impl<'a> Fitter<'a> {
    /// Begins with the columns of `table`, of which number `place` is the target, but none of its rows.
    pub(crate) fn new(
        table: &Table,
        place: usize,
        target: TargetFit,
        options: &'a EncoderOptions,
    ) -> Result<Self> {
        Ok(Self {
            options,
            path: table.path.clone(),
            names: table.names.clone(),
            header: table.header,
            place,
            ignored: options.ignored.iter().map(|name| table.position(name)).collect::<Result<_>>()?,
            columns: table.columns.iter().map(|column| ColumnFitter::new(column.kind())).collect(),
            target,
        })
    }

    /// Takes the rows of `table`, all of them to train on.
    pub(crate) fn add(&mut self, table: &Table) {
        self.columns.iter_mut().zip(&table.columns).for_each(|(fitter, column)| fitter.add(column));
        self.target.add(table, self.place);
    }

    /// What was learnt.
    pub(crate) fn finish(self) -> Result<TableEncoder> {
        let Self { options, path, names, header, place: target_place, ignored, columns, target } = self;
        let unusable = |column: &str, found: String, expected, remedy| Error::Unusable {
            path: path.clone(),
            column: column.into(),
            found,
            expected,
            remedy,
        };
        let target = target
            .finish(|found, expected, remedy| unusable(&names[target_place], found, expected, remedy))?;
        let encoding = |(place, (name, column)): (usize, (&String, ColumnFitter))| match place {
            _ if place == target_place => Ok(Encoding::Unused(Unused::Target)),
            _ if ignored.contains(&place) => Ok(Encoding::Unused(Unused::Ignored)),
            _ => column.finish(options, |found, expected, remedy| unusable(name, found, expected, remedy)),
        };
        let encodings = names.iter().zip(columns).enumerate().map(encoding);
        let encodings: Vec<Encoding> = encodings.collect::<Result<_>>()?;
        let columns = names.into_iter().zip(encodings);
        let columns = columns.map(|(name, encoding)| SchemaColumn { name, encoding }).collect();
        let schema = Schema { columns, target: target_place, header };
        match schema.features() {
            0 => Err(Error::Count {
                name: "the table",
                unit: "columns that vary beside the target",
                found: 0,
                expected: "at least 1".into(),
                remedy: "give columns to predict from",
            }),
            _ => Ok(TableEncoder { schema, target, unknown: options.unknown }),
        }
    }
}

/// A column of the training data, read so far.
#[derive(Debug)]
enum ColumnFitter {
    Number { moments: Moments, missing: u64 },
    Categories { counts: BTreeMap<String, u64>, missing: u64 },
}

impl ColumnFitter {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Numbers => Self::Number { moments: Moments::default(), missing: 0 },
            Kind::Categories => Self::Categories { counts: BTreeMap::new(), missing: 0 },
        }
    }

    /// Takes more rows of the column, which is of the same kind.
    fn add(&mut self, column: &Column) {
        match (self, column) {
            (Self::Number { moments, missing }, Column::Numbers(values)) => {
                for &value in values {
                    if value.is_nan() { *missing += 1 } else { moments.add(value) }
                }
            }
            (Self::Categories { counts, missing }, Column::Categories { names, codes }) => {
                let mut found = vec![0; names.len()];
                for &code in codes {
                    if code == MISSING { *missing += 1 } else { found[code as usize] += 1 }
                }
                for (name, count) in names.iter().zip(found).filter(|&(_, count)| count > 0) {
                    *counts.entry(name.clone()).or_default() += count;
                }
            }
            _ => (),
        }
    }

    /// The features it gives. `unusable` makes an error of what was found, what is expected and what to do.
    fn finish(
        self,
        options: &EncoderOptions,
        unusable: impl Fn(String, &'static str, &'static str) -> Error,
    ) -> Result<Encoding> {
        match self {
            Self::Number { moments, .. } if moments.count() == 0 => Ok(Encoding::Unused(Unused::Empty)),
            Self::Number { moments, .. } if !moments.are_finite() => Err(unusable(
                "numbers too far apart".into(),
                "their deviation must be finite",
                "divide them by a constant first",
            )),
            Self::Number { moments, missing } => {
                let (mean, deviation) = (moments.mean(), moments.deviation());
                let indicator = options.indicators && missing > 0;
                match deviation > 0.0 {
                    true => Ok(Encoding::Number { mean, deviation, indicator }),
                    false if indicator => Ok(Encoding::Number { mean, deviation: 1.0, indicator }),
                    false => Ok(Encoding::Unused(Unused::Constant)),
                }
            }
            Self::Categories { counts, missing } => {
                let rows = missing + counts.values().sum::<u64>();
                let names: Vec<String> = counts.into_keys().collect();
                let (count, many) = (names.len(), names.len() > options.most_categories);
                match count {
                    0 => Ok(Encoding::Unused(Unused::Empty)),
                    1 if missing == 0 => Ok(Encoding::Unused(Unused::Constant)),
                    _ if many || count > 50 && 2 * count as u64 > rows => Err(unusable(
                        format!("{count} different texts in {rows} rows"),
                        "categories recur, and are not too many",
                        "ignore the column, or allow more categories",
                    )),
                    _ => Ok(Encoding::Categories { names, missing: missing > 0 }),
                }
            }
        }
    }
}

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
    fn add(&mut self, table: &Table, place: usize) {
        if let (Self::Number(moments), Column::Numbers(values)) = (self, &table.columns[place]) {
            values.iter().for_each(|&value| moments.add(value));
        }
    }

    /// The target. `unusable` makes an error of what was found, what is expected and what to do.
    fn finish(self, unusable: impl FnOnce(String, &'static str, &'static str) -> Error) -> Result<Target> {
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

fn unordered(bits: u64) -> f64 {
    f64::from_bits(if bits >> 63 == 1 { bits & !(1 << 63) } else { !bits })
}

/// Mean and deviation of numbers that come one by one (B. P. Welford, Technometrics 4, 1962), so that it does not matter in
/// how many pieces a file is read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Moments {
    count: u64,
    mean: f64,
    /// Sum of squared distances from the mean.
    squares: f64,
}

impl Moments {
    pub(crate) fn add(&mut self, number: f64) {
        self.count += 1;
        let distance = number - self.mean;
        self.mean += distance / self.count as f64;
        self.squares += distance * (number - self.mean);
    }

    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    pub(crate) fn mean(&self) -> f64 {
        self.mean
    }

    /// The deviation over all numbers; 0 exactly if all are equal.
    pub(crate) fn deviation(&self) -> f64 {
        (self.squares / self.count.max(1) as f64).sqrt()
    }

    /// Whether both can be told.
    pub(crate) fn are_finite(&self) -> bool {
        self.mean.is_finite() && self.squares.is_finite()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_those_of_the_two_pass_formulas() {
        let numbers: Vec<f64> = (0..1000).map(|i| 1e6 + f64::from(i * 37 % 101) * 0.3).collect();
        let mut moments = Moments::default();
        numbers.iter().for_each(|&number| moments.add(number));
        let mean = numbers.iter().sum::<f64>() / 1000.0;
        let variance = numbers.iter().map(|number| (number - mean).powi(2)).sum::<f64>() / 1000.0;
        // Errors of the sums: 1000 · ε relative to 1e6 for the mean.
        assert!((moments.mean() - mean).abs() < 1e6 * 1000.0 * f64::EPSILON);
        assert!((moments.deviation() / variance.sqrt() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn equal_numbers_have_no_deviation_however_they_round() {
        let mut moments = Moments::default();
        (0..999).for_each(|_| moments.add(0.1));
        assert_eq!((moments.count(), moments.mean(), moments.deviation()), (999, 0.1, 0.0));
    }
}
