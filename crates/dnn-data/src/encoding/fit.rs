//! An encoder while its training data is read, whole or piece by piece.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::encoder::{EncoderOptions, TableEncoder};
use super::moments::Moments;
use super::schema::{Encoding, Schema, SchemaColumn, Unused};
use super::target::{TargetFit, TargetFitter};
use crate::table::{Column, Kind, MISSING, Table};
use crate::{Error, Result};

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
    ///
    /// # Errors
    /// [`Error::Column`] if a column to be ignored is not there.
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
    ///
    /// # Errors
    /// As [`TableEncoder::fit`].
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
