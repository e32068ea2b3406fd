//! Tables and single rows as the examples of a network, by a fitted encoder.

use dnn_core::Real;
use ndarray::Array2;

use super::encoder::{TableEncoder, Unknown};
use super::rows::{Cell, RawValue};
use super::schema::{Encoding, SchemaColumn};
use super::target::Labels;
use crate::examples::{columns, length};
use crate::table::{MISSING, place, quoted};
use crate::{Column, Error, Kind, Result, Table};

/// Examples that are filled together.
const BLOCK: usize = 256;

impl TableEncoder {
    /// The rows of `table` as examples, `(features, m)`, stored column by column.
    ///
    /// # Errors
    /// [`Error::Column`] if a column is not there, [`Error::Unusable`] if it holds something else than in training,
    /// [`Error::Place`] for an unknown category, if those are refused, and for a number that is far too large; [`Error::Setting`] for
    /// more numbers than fit.
    pub fn transform<T: Real>(&self, table: &Table) -> Result<Array2<T>> {
        let fillings = self
            .schema
            .used()
            .map(|(first, _, column)| Ok((first, Filling::new(column, self.unknown, table)?)));
        let fillings: Vec<_> = fillings.collect::<Result<_>>()?;
        let features = self.features();
        let mut values: Vec<T> = zeros(features, table.rows())?;
        // A block of examples stays in cache while the columns fill it.
        for (block, values) in values.chunks_mut((BLOCK * features).max(1)).enumerate() {
            for (first, filling) in &fillings {
                let examples = values.chunks_exact_mut(features);
                examples.zip(block * BLOCK..).for_each(|(x, row)| filling.fill(row, &mut x[*first..]));
            }
        }
        match values.iter().position(|value| !value.is_finite()) {
            None => Ok(columns(features, table.rows(), values)),
            Some(place) => Err(Error::Place {
                path: table.path.clone(),
                place: format!(
                    "line {}, column {:?}",
                    table.lines[place / features],
                    self.column_of(place % features)
                ),
                found: TOO_LARGE.into(),
                expected: MUCH_SMALLER.into(),
                remedy: "correct it, or leave it empty",
            }),
        }
    }

    /// What the target's column of `table` says of each row.
    ///
    /// # Errors
    /// [`Error::Column`] if there is no target, [`Error::Place`] for a row without one or of an unknown class,
    /// [`Error::Unusable`] for texts where numbers are predicted.
    pub fn labels(&self, table: &Table) -> Result<Labels> {
        self.target.column_labels(table, place(&table.path, &table.names, self.target_name())?)
    }

    /// What the network should give for the rows of `table`, `(outputs, m)`: [`TableEncoder::labels`] by
    /// [`Target::transform`](super::Target::transform).
    ///
    /// # Errors
    /// As [`TableEncoder::labels`].
    pub fn targets<T: Real>(&self, table: &Table) -> Result<Array2<T>> {
        self.target.transform(&self.labels(table)?)
    }

    /// Rows of raw values as examples, `(features, m)`: each row has the values of the training data's columns in their order, with
    /// the target or without. The bits are those of the same row in a file.
    ///
    /// # Errors
    /// [`Error::Row`] for another number of values, a text where a number is expected, a number that is far too large or not finite,
    /// and an unknown category, if those are refused.
    pub fn transform_rows<'v, T, R, V>(&self, rows: &[R]) -> Result<Array2<T>>
    where
        T: Real,
        R: AsRef<[V]>,
        V: Clone + Into<RawValue<'v>>,
    {
        let all = self.schema.columns.len();
        self.fill_rows(rows.len(), |row, column| {
            let values = rows[row].as_ref();
            // Without the target, what is behind it moves up.
            let moved = usize::from(values.len() + 1 == all && column > self.schema.target);
            match values.len() == all || values.len() + 1 == all {
                true => Ok(values[column - moved].clone().into()),
                false => Err(Error::Row {
                    place: format!("row {}", row + 1),
                    found: format!("{} values", values.len()),
                    expected: format!("{all} are expected (or {} without the target)", all - 1),
                    remedy: "give the columns of the training data, in its order",
                }),
            }
        })
    }

    /// The same where each value stands beside the name of its column; those of other columns may be anything.
    ///
    /// # Errors
    /// As [`TableEncoder::transform_rows`]; [`Error::Row`] for a column that is not there.
    pub fn transform_records<'v, T, R, N, V>(&self, records: &[R]) -> Result<Array2<T>>
    where
        T: Real,
        R: AsRef<[(N, V)]>,
        N: AsRef<str>,
        V: Clone + Into<RawValue<'v>>,
    {
        self.fill_rows(records.len(), |row, column| {
            let name = &self.schema.columns[column].name;
            let mut values = records[row].as_ref().iter();
            match values.find(|(found, _)| found.as_ref() == name) {
                Some((_, value)) => Ok(value.clone().into()),
                None => Err(Error::Row {
                    place: format!("row {}", row + 1),
                    found: format!("no column {name:?}"),
                    expected: "it is one of those that are predicted from".into(),
                    remedy: "give it, as missing if it has no value",
                }),
            }
        })
    }

    /// Examples of `count` rows, of which `value` gives the value in a column.
    fn fill_rows<'v, T: Real>(
        &self,
        count: usize,
        value: impl Fn(usize, usize) -> Result<RawValue<'v>>,
    ) -> Result<Array2<T>> {
        let features = self.features();
        let mut values: Vec<T> = zeros(features, count)?;
        let places: Vec<_> = self.schema.used().collect();
        for (row, x) in values.chunks_exact_mut(features.max(1)).enumerate() {
            for &(first, place, column) in &places {
                self.fill_one(column, (row, &value(row, place)?), &mut x[first..])?;
            }
        }
        Ok(columns(features, count, values))
    }

    /// Writes the features of one raw value.
    fn fill_one<T: Real>(
        &self,
        column: &SchemaColumn,
        (row, value): (usize, &RawValue<'_>),
        x: &mut [T],
    ) -> Result<()> {
        let refused = |found: String, expected: &str, remedy| Error::Row {
            place: format!("row {}, column {:?}", row + 1, column.name),
            found,
            expected: expected.into(),
            remedy,
        };
        match &column.encoding {
            &Encoding::Number { mean, deviation, indicator } => {
                let number = match value.number() {
                    Cell::Value(number) => number,
                    Cell::Missing => f64::NAN,
                    Cell::Other(found) => {
                        return Err(refused(found, "a number is expected", "correct it, or give none"));
                    }
                };
                fill_number(number, (mean, deviation, indicator), x);
                match x[0].is_finite() {
                    true => Ok(()),
                    false => Err(refused(TOO_LARGE.into(), MUCH_SMALLER, "correct it, or give none")),
                }
            }
            Encoding::Categories { names, missing } => {
                let known = match value.text() {
                    Cell::Missing => missing.then_some(names.len()),
                    Cell::Value(text) => match category(names, &text) {
                        None if self.unknown == Unknown::Refuse => {
                            return Err(refused(quoted(&text), NOT_SEEN, "correct it, or give none"));
                        }
                        known => known,
                    },
                    Cell::Other(found) => {
                        return Err(refused(found, "a category is expected", "correct it, or give none"));
                    }
                };
                if let Some(place) = known {
                    x[place] = T::one();
                }
                Ok(())
            }
            Encoding::Unused(_) => Ok(()),
        }
    }

    /// The name of the column that gives a feature.
    fn column_of(&self, feature: usize) -> &str {
        let before = self.schema.used().take_while(|(first, ..)| *first <= feature);
        before.last().map_or("", |(.., column)| &column.name)
    }
}

const TOO_LARGE: &str = "a number that is infinite when it is scaled as in training";
const MUCH_SMALLER: &str = "numbers of the training data were much smaller";
const NOT_SEEN: &str = "that category was not seen in training";

/// Room for so many examples.
fn zeros<T: Real>(features: usize, count: usize) -> Result<Vec<T>> {
    let room = length(&[features, count]).ok_or_else(|| Error::Setting {
        name: "the number of rows",
        found: count.to_string(),
        expected: "must leave the examples small enough to address",
    })?;
    Ok(vec![T::zero(); room])
}

/// The place of a category among `names`, which are in the order of their bytes.
fn category(names: &[String], text: &str) -> Option<usize> {
    names.binary_search_by(|name| name.as_str().cmp(text)).ok()
}

/// Writes the features of a number, NaN where it is missing.
fn fill_number<T: Real>(number: f64, (mean, deviation, indicator): (f64, f64, bool), x: &mut [T]) {
    if !number.is_nan() {
        x[0] = T::of((number - mean) / deviation);
    } else if indicator {
        x[1] = T::one();
    }
}

/// A column of a table with what its values become.
enum Filling<'a> {
    Number {
        values: &'a [f64],
        scale: (f64, f64, bool),
    },
    /// `places`: for each category of the table its feature; the last is for missing values.
    Categories {
        codes: &'a [u32],
        places: Vec<Option<usize>>,
    },
}

impl<'a> Filling<'a> {
    fn new(column: &SchemaColumn, unknown: Unknown, table: &'a Table) -> Result<Self> {
        let place = place(&table.path, &table.names, &column.name)?;
        match (&column.encoding, &table.columns[place]) {
            (&Encoding::Number { mean, deviation, indicator }, Column::Numbers(values)) => {
                Ok(Self::Number { values, scale: (mean, deviation, indicator) })
            }
            (Encoding::Categories { names, missing }, Column::Categories { names: found, codes }) => {
                let mut places: Vec<_> = found.iter().map(|name| category(names, name)).collect();
                if unknown == Unknown::Refuse {
                    check_known(table, place, codes, &places)?;
                }
                places.push(missing.then_some(names.len()));
                Ok(Self::Categories { codes, places })
            }
            (_, column_read) => Err(Error::Unusable {
                path: table.path.clone(),
                column: column.name.clone(),
                found: match column_read.kind() {
                    Kind::Numbers => "numbers".into(),
                    Kind::Categories => "texts".into(),
                },
                expected: "it had the other kind in training",
                remedy: "read the table by the encoder, or correct the column",
            }),
        }
    }

    /// Writes the features of one row; those that are 0 are left as they are.
    fn fill<T: Real>(&self, row: usize, features: &mut [T]) {
        match self {
            Self::Number { values, scale } => fill_number(values[row], *scale, features),
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
        expected: NOT_SEEN.into(),
        remedy: "correct it, or let unknown categories count as none",
    })
}
