//! The columns of a table as features of examples: numbers standardised, categories one-hot.

use std::collections::HashMap;

use dnn_core::Real;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::Unknown;
use crate::examples::{columns, length};
use crate::table::{MISSING, place, quoted};
use crate::{Column, Error, Kind, Result, Table};

/// A column of the training data, and what becomes of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Input {
    pub(super) name: String,
    pub(super) features: Features,
}

/// The features that a column gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Features {
    /// `(x − mean) / deviation`, 0 where x is missing.
    Number {
        /// Mean of the training data.
        mean: f64,
        /// Its deviation.
        deviation: f64,
        /// Whether a second feature is 1 where x is missing, and else 0.
        indicator: bool,
    },
    /// For each name a feature that is 1 where it stands, else 0.
    Categories {
        /// The names.
        names: Vec<String>,
        /// Whether one more is 1 for rows without any.
        missing: bool,
    },
    /// None.
    Unused(Unused),
}

/// Why a column gives no feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Unused {
    /// It is the target.
    Target,
    /// It was to be ignored.
    Ignored,
    /// All its values are missing.
    Empty,
    /// It has the same value in every row.
    Constant,
}

impl Features {
    /// How many there are.
    pub fn count(&self) -> usize {
        match self {
            Self::Number { indicator, .. } => 1 + usize::from(*indicator),
            Self::Categories { names, missing } => names.len() + usize::from(*missing),
            Self::Unused(_) => 0,
        }
    }

    /// How the column must be read, if it must.
    pub(super) fn kind(&self) -> Option<Kind> {
        match self {
            Self::Number { .. } => Some(Kind::Numbers),
            Self::Categories { .. } => Some(Kind::Categories),
            Self::Unused(_) => None,
        }
    }
}

impl Input {
    /// Names of the features: `"age"`, `"age is missing"`, `"colour = red"`.
    pub(super) fn feature_names(&self) -> Vec<String> {
        let name = &self.name;
        let absent = |present: bool| present.then(|| format!("{name} is missing"));
        match &self.features {
            Features::Number { indicator, .. } => {
                [name.clone()].into_iter().chain(absent(*indicator)).collect()
            }
            Features::Categories { names, missing } => {
                names.iter().map(|category| format!("{name} = {category}")).chain(absent(*missing)).collect()
            }
            Features::Unused(_) => Vec::new(),
        }
    }
}

/// The features of `table`, by what was learnt: `(features, rows)`, stored column by column.
///
/// # Errors
/// [`Error::Column`] if a column is not there, [`Error::Unusable`] if it holds something else than in training,
/// [`Error::Place`] for a category not seen then, if those are refused, and for a number that is far too large,
/// [`Error::Setting`] for more numbers than fit.
pub(super) fn fill<T: Real>(inputs: &[Input], unknown: Unknown, table: &Table) -> Result<Array2<T>> {
    let features: usize = inputs.iter().map(|input| input.features.count()).sum();
    let (mut fillings, mut offset) = (Vec::new(), 0);
    for input in inputs.iter().filter(|input| input.features.count() > 0) {
        fillings.push((offset, Filling::new(input, unknown, table)?));
        offset += input.features.count();
    }
    let room = length(&[features, table.rows()]).ok_or_else(|| Error::Setting {
        name: "the number of rows",
        found: table.rows().to_string(),
        expected: "must leave the examples small enough to address",
    })?;
    let mut values = vec![T::zero(); room];
    // A block of examples stays in cache while the columns fill it.
    for (block, values) in values.chunks_mut((BLOCK * features).max(1)).enumerate() {
        for (offset, filling) in &fillings {
            let examples = values.chunks_exact_mut(features);
            examples.zip(block * BLOCK..).for_each(|(x, row)| filling.fill(row, &mut x[*offset..]));
        }
    }
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(columns(features, table.rows(), values)),
        Some(place) => Err(too_large(inputs, table, place / features, place % features)),
    }
}

/// The error of a number that is infinite once it is scaled.
fn too_large(inputs: &[Input], table: &Table, row: usize, feature: usize) -> Error {
    let names = inputs.iter().flat_map(|input| std::iter::repeat_n(&input.name, input.features.count()));
    let column = names.into_iter().nth(feature).map_or("", String::as_str);
    Error::Place {
        path: table.path.clone(),
        place: format!("line {}, column {column:?}", table.lines[row]),
        found: "a number that is infinite when it is scaled as in training".into(),
        expected: "numbers of the training data were much smaller".into(),
        remedy: "correct it, or leave it empty",
    }
}

/// Examples that are filled together.
const BLOCK: usize = 256;

/// A column of a table with what its values become.
enum Filling<'a> {
    Number {
        values: &'a [f64],
        mean: f64,
        deviation: f64,
        indicator: bool,
    },
    /// `places`: for each category of the table its feature; the last is for missing values.
    Categories {
        codes: &'a [u32],
        places: Vec<Option<usize>>,
    },
}

impl<'a> Filling<'a> {
    fn new(input: &Input, unknown: Unknown, table: &'a Table) -> Result<Self> {
        let place = place(&table.path, &table.names, &input.name)?;
        match (&input.features, &table.columns[place]) {
            (&Features::Number { mean, deviation, indicator }, Column::Numbers(values)) => {
                Ok(Self::Number { values, mean, deviation, indicator })
            }
            (Features::Categories { names, missing }, Column::Categories { names: found, codes }) => {
                let known: HashMap<&String, usize> = names.iter().zip(0..).collect();
                let mut places: Vec<_> = found.iter().map(|name| known.get(name).copied()).collect();
                if unknown == Unknown::Refuse {
                    check_known(table, place, codes, &places)?;
                }
                places.push(missing.then_some(names.len()));
                Ok(Self::Categories { codes, places })
            }
            (_, column) => Err(Error::Unusable {
                path: table.path.clone(),
                column: input.name.clone(),
                found: match column.kind() {
                    Kind::Numbers => "numbers".into(),
                    Kind::Categories => "texts".into(),
                },
                expected: "it had the other kind in training",
                remedy: "read the table with the recipe, or correct the column",
            }),
        }
    }

    /// Writes the features of one row; those that are 0 are left as they are.
    fn fill<T: Real>(&self, row: usize, features: &mut [T]) {
        match self {
            Self::Number { values, mean, deviation, indicator } => match values[row] {
                value if value.is_nan() => {
                    if *indicator {
                        features[1] = T::one();
                    }
                }
                value => features[0] = T::of((value - mean) / deviation),
            },
            Self::Categories { codes, places } => {
                let code = (codes[row] as usize).min(places.len() - 1);
                if let Some(place) = places[code] {
                    features[place] = T::one();
                }
            }
        }
    }
}

/// Refuses the first category that has no feature.
fn check_known(table: &Table, place: usize, codes: &[u32], places: &[Option<usize>]) -> Result<()> {
    let unknown = |&code: &u32| code != MISSING && places[code as usize].is_none();
    let Some(row) = codes.iter().position(unknown) else { return Ok(()) };
    let Column::Categories { names, .. } = &table.columns[place] else { return Ok(()) };
    Err(Error::Place {
        path: table.path.clone(),
        place: format!("line {}, column {:?}", table.lines[row], table.names[place]),
        found: quoted(&names[codes[row] as usize]),
        expected: "that category was not seen in training".into(),
        remedy: "correct it, or let unknown categories count as none",
    })
}
