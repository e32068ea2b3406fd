//! What the columns of a file are expected to hold, and fields into them.

use std::collections::HashMap;
use std::path::PathBuf;

use super::layout::Tally;
use super::records::Record;
use super::values::{Column, Kind, MISSING, Table, quoted};
use crate::field::{Field, missing, parse};
use crate::{Error, Result};

/// The columns of a file.
pub(super) struct Columns {
    pub(super) path: PathBuf,
    pub(super) names: Vec<String>,
    /// Whether the names stand in the file.
    pub(super) header: bool,
    pub(super) expected: Vec<Expected>,
}

/// What is known of a column before it is read, and what was found when it was.
pub(super) struct Expected {
    kind: Option<Kind>,
    /// Whether a text that is no number is refused at once.
    pub(super) sure: bool,
    tally: Tally,
    /// Line and text of the first that is no number.
    first: Option<(u64, String)>,
}

impl Columns {
    /// Room for values of each column that is read.
    pub(super) fn building(&self) -> Vec<Option<Building>> {
        self.expected.iter().map(|column| column.kind.map(Building::new)).collect()
    }

    /// The table of what was built, with the line of each row.
    pub(super) fn table(&self, columns: Vec<Option<Building>>, lines: Vec<u64>) -> Table {
        let read = self.names.iter().zip(columns).filter_map(|(name, column)| Some((name.clone(), column?)));
        let (names, columns) = read.map(|(name, column)| (name, column.into_column())).unzip();
        Table { path: self.path.clone(), names, columns, lines, header: self.header }
    }

    /// Appends a record to columns that are built.
    pub(super) fn push(&mut self, record: &Record, columns: &mut [Option<Building>]) -> Result<()> {
        if record.len() != columns.len() {
            return Err(Error::Place {
                path: self.path.clone(),
                place: format!("line {}", record.line),
                found: fields(record.len()),
                expected: format!("the first row has {}", fields(columns.len())),
                remedy: "complete the row, and quote a field that holds the delimiter",
            });
        }
        for (place, (column, field)) in columns.iter_mut().zip(record.fields()).enumerate() {
            let Some(column) = column else { continue };
            match column.push(field) {
                Field::Number(_) => self.expected[place].tally.numbers += 1,
                Field::Missing => (),
                Field::Text => {
                    let column = &mut self.expected[place];
                    column.tally.texts += 1;
                    if column.kind == Some(Kind::Numbers) && column.first.is_none() {
                        let text = String::from_utf8_lossy(field).into_owned();
                        if column.sure {
                            return Err(self.no_number(place, record.line, &text));
                        }
                        column.first = Some((record.line, text));
                    }
                }
            }
        }
        Ok(())
    }

    /// Once all rows have been read: the kinds of the columns, if one was mistaken and the file must be read again.
    pub(super) fn revised(&self) -> Result<Option<Vec<Option<Kind>>>> {
        let kinds: Vec<_> = self.expected.iter().map(Expected::revised).collect();
        let changed = kinds.iter().zip(&self.expected).any(|(&kind, column)| kind != column.kind);
        if changed {
            return Ok(Some(kinds));
        }
        let mut columns = self.expected.iter().enumerate();
        match columns.find_map(|(place, column)| column.first.as_ref().map(|first| (place, first))) {
            Some((place, (line, text))) => Err(self.no_number(place, *line, text)),
            None => Ok(None),
        }
    }

    fn no_number(&self, column: usize, line: u64, text: &str) -> Error {
        let name = &self.names[column];
        let named = if self.header { format!(" ({name})") } else { String::new() };
        Error::Place {
            path: self.path.clone(),
            place: format!("line {line}, column {}{named}", column + 1),
            found: quoted(text),
            expected: "a number is expected".into(),
            remedy: "correct it, leave it empty if it is missing, or declare the column one of categories",
        }
    }
}

impl Expected {
    pub(super) fn guessed(kind: Kind) -> Self {
        Self { kind: Some(kind), sure: false, tally: Tally::default(), first: None }
    }

    pub(super) fn sure(kind: Option<Kind>) -> Self {
        Self { kind, sure: true, tally: Tally::default(), first: None }
    }

    fn revised(&self) -> Option<Kind> {
        if self.sure { self.kind } else { Some(self.tally.kind()) }
    }
}

/// A column while it grows.
pub(super) enum Building {
    Numbers(Vec<f64>),
    Categories {
        places: HashMap<Vec<u8>, u32>,
        /// For each category its text, and what it would be in a column of numbers.
        names: Vec<(String, Field)>,
        codes: Vec<u32>,
    },
}

impl Building {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Numbers => Self::Numbers(Vec::new()),
            Kind::Categories => {
                Self::Categories { places: HashMap::new(), names: Vec::new(), codes: Vec::new() }
            }
        }
    }

    /// Appends a field, and tells what it would be in a column of numbers.
    fn push(&mut self, field: &[u8]) -> Field {
        match self {
            Self::Numbers(values) => {
                let value = parse(field);
                values.push(if let Field::Number(number) = value { number } else { f64::NAN });
                value
            }
            Self::Categories { codes, .. } if missing(field) => {
                codes.push(MISSING);
                Field::Missing
            }
            Self::Categories { places, names, codes } => {
                let code = places.get(field).copied().unwrap_or_else(|| {
                    let code = names.len() as u32;
                    names.push((String::from_utf8_lossy(field).into_owned(), parse(field)));
                    places.insert(field.to_vec(), code);
                    code
                });
                codes.push(code);
                names[code as usize].1
            }
        }
    }

    fn into_column(self) -> Column {
        match self {
            Self::Numbers(values) => Column::Numbers(values),
            Self::Categories { names, codes, .. } => {
                Column::Categories { names: names.into_iter().map(|(name, _)| name).collect(), codes }
            }
        }
    }
}

fn fields(count: usize) -> String {
    if count == 1 { "1 field".into() } else { format!("{count} fields") }
}
