//! A recipe while its training data is read, whole or piece by piece.

use std::collections::BTreeMap;

use super::columns::{Features, Input, Unused};
use super::moments::Moments;
use super::target::TargetLearner;
use super::{Options, Recipe};
use crate::table::{Column, Kind, MISSING, Table};
use crate::{Error, Result};

/// A recipe while the training data is read, all at once or piece by piece.
pub(super) struct Learner<'a> {
    options: &'a Options,
    place: usize,
    ignored: Vec<usize>,
    columns: Vec<Learning>,
    target: TargetLearner,
}

impl<'a> Learner<'a> {
    /// Begins with the columns of `table`, but none of its rows.
    pub(super) fn new(table: &Table, target: &str, options: &'a Options) -> Result<Self> {
        Ok(Self {
            options,
            place: table.position(target)?,
            ignored: options.ignored.iter().map(|name| table.position(name)).collect::<Result<_>>()?,
            columns: table.columns.iter().map(|column| Learning::new(column.kind())).collect(),
            target: TargetLearner::new(),
        })
    }

    pub(super) fn add(&mut self, table: &Table) -> Result<()> {
        self.columns.iter_mut().zip(&table.columns).for_each(|(learning, column)| learning.add(column));
        self.target.add(table, self.place)
    }

    /// The recipe, for tables like `table`.
    pub(super) fn finish(self, table: &Table) -> Result<Recipe> {
        let target = self.target.finish(table, self.place, self.options)?;
        let mut inputs = Vec::new();
        for (place, (name, learning)) in table.names.iter().zip(self.columns).enumerate() {
            let unusable = |found: String, expected, remedy| Error::Unusable {
                path: table.path.clone(),
                column: name.clone(),
                found,
                expected,
                remedy,
            };
            let features = match place {
                _ if place == self.place => Features::Unused(Unused::Target),
                _ if self.ignored.contains(&place) => Features::Unused(Unused::Ignored),
                _ => learning.finish(self.options, unusable)?,
            };
            inputs.push(Input { name: name.clone(), features });
        }
        let header = table.header;
        let recipe = Recipe { inputs, place: self.place, target, unknown: self.options.unknown, header };
        match recipe.features() {
            0 => Err(Error::Count {
                name: "the table",
                unit: "columns that vary beside the target",
                found: 0,
                expected: "at least 1".into(),
                remedy: "give columns to predict from",
            }),
            _ => Ok(recipe),
        }
    }
}

/// A column of the training data, read so far.
#[derive(Debug)]
enum Learning {
    Number { moments: Moments, missing: u64 },
    Categories { counts: BTreeMap<String, u64>, missing: u64 },
}

impl Learning {
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
        options: &Options,
        unusable: impl Fn(String, &'static str, &'static str) -> Error,
    ) -> Result<Features> {
        match self {
            Self::Number { moments, .. } if moments.count() == 0 => Ok(Features::Unused(Unused::Empty)),
            Self::Number { moments, .. } if !moments.are_finite() => Err(unusable(
                "numbers too far apart".into(),
                "their deviation must be finite",
                "divide them by a constant first",
            )),
            Self::Number { moments, missing } => {
                let (mean, deviation) = (moments.mean(), moments.deviation());
                let indicator = options.indicators && missing > 0;
                match deviation > 0.0 {
                    true => Ok(Features::Number { mean, deviation, indicator }),
                    false if indicator => Ok(Features::Number { mean, deviation: 1.0, indicator }),
                    false => Ok(Features::Unused(Unused::Constant)),
                }
            }
            Self::Categories { counts, missing } => {
                let rows = missing + counts.values().sum::<u64>();
                let names: Vec<String> = counts.into_keys().collect();
                let (count, many) = (names.len(), names.len() > options.most_categories);
                match count {
                    0 => Ok(Features::Unused(Unused::Empty)),
                    1 if missing == 0 => Ok(Features::Unused(Unused::Constant)),
                    _ if many || count > 50 && 2 * count as u64 > rows => Err(unusable(
                        format!("{count} different texts in {rows} rows"),
                        "categories recur, and are not too many",
                        "ignore the column, or allow more categories",
                    )),
                    _ => Ok(Features::Categories { names, missing: missing > 0 }),
                }
            }
        }
    }
}
