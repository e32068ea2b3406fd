//! Records into columns of a table, a number of rows at a time.

use std::collections::HashMap;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use super::layout::{Format, Layout, Tally};
use super::records::{Record, Rows};
use super::{Column, Kind, MISSING, Options, Table, position};
use crate::field::{Field, missing, parse};
use crate::source::Source;

use crate::{Error, Result};

/// How much of a file tells its layout.
const HEAD: usize = 1 << 20;

/// A file open for reading, whose layout is known.
pub struct Reader {
    path: PathBuf,
    records: Box<dyn Rows>,
    record: Record,
    names: Vec<String>,
    columns: Vec<Expected>,
    header: bool,
    /// Whether the first record has been read, and is no header.
    pending: bool,
}

/// What is known of a column before it is read, and what was found when it was.
struct Expected {
    kind: Option<Kind>,
    /// Whether a text that is no number is refused at once.
    sure: bool,
    tally: Tally,
    /// Line and text of the first that is no number.
    first: Option<(u64, String)>,
}

impl Reader {
    /// Opens a file, plain or gzipped, and finds its layout where `options` do not say it.
    ///
    /// # Errors
    /// [`Error::Missing`] and [`Error::Read`]; [`Error::Empty`] for a file without a row; [`Error::Place`] for what is no
    /// text, and for two columns of one name; [`Error::Column`] if `options` name a column that is not there.
    pub fn open(path: impl AsRef<Path>, options: &Options) -> Result<Self> {
        let path = path.as_ref();
        Self::of(Source::open("a table", path)?, options)
    }

    /// The same for what `reader` gives, which messages call `name`.
    ///
    /// # Errors
    /// As [`Reader::open`].
    pub fn new(name: impl AsRef<Path>, reader: impl Read + 'static, options: &Options) -> Result<Self> {
        Self::of(Source::new(name.as_ref(), Box::new(reader))?, options)
    }

    fn of(mut source: Source, options: &Options) -> Result<Self> {
        let mut head = Vec::new();
        let whole = source.read(HEAD, &mut head)? < HEAD;
        let lines = if whole { None } else { memchr::memrchr(b'\n', &head) };
        let layout = Layout::find(&head[..lines.unwrap_or(head.len())], options);
        let path = source.path().to_path_buf();
        let reader = Cursor::new(head).chain(source.into_reader());
        let mut records = layout.format.rows(path.clone(), Box::new(reader));
        let mut record = Record::default();
        if !records.read(&mut record)? {
            return Err(Error::Empty {
                path,
                what: "row",
                remedy: "give a table with a row for each example",
            });
        }
        let names = match &layout.format {
            Format::Objects(keys) => keys.clone(),
            Format::Delimited(_) if layout.header => header(&path, &record)?,
            Format::Delimited(_) => numbered(record.len()),
        };
        let mut columns: Vec<_> = layout.kinds.into_iter().map(Expected::guessed).collect();
        for (column, kind) in &options.kinds {
            columns[position(&path, &names, column)?] = Expected::sure(Some(*kind));
        }
        let pending = !layout.header || matches!(layout.format, Format::Objects(_));
        let header = layout.header;
        Ok(Self { path, records, record, names, columns, header, pending })
    }

    /// The names of the file's columns: those of its header, or `"column 1"` and so on.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether the first row was taken for the names of the columns.
    pub fn has_header(&self) -> bool {
        self.header
    }

    /// The file's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Sets what the columns are called and hold. A column of no kind is not read.
    pub(crate) fn expect(&mut self, names: Vec<String>, kinds: impl IntoIterator<Item = Option<Kind>>) {
        self.names = names;
        self.columns = kinds.into_iter().map(Expected::sure).collect();
    }

    /// Reads the next rows, `limit` of them or as many as there are; none at the end.
    ///
    /// # Errors
    /// [`Error::Read`]; [`Error::Place`] for a row of another length than the first, for text in a column of which it is
    /// certain that it holds numbers, and for what is no text.
    pub fn read(&mut self, limit: usize) -> Result<Table> {
        let mut columns: Vec<_> = self.columns.iter().map(|column| column.kind.map(Building::new)).collect();
        let mut lines = Vec::new();
        while lines.len() < limit
            && (std::mem::take(&mut self.pending) || self.records.read(&mut self.record)?)
        {
            self.push(&mut columns)?;
            lines.push(self.record.line);
        }
        let read = self.names.iter().zip(columns).filter_map(|(name, column)| Some((name.clone(), column?)));
        let (names, columns) = read.map(|(name, column)| (name, column.into_column())).unzip();
        Ok(Table { path: self.path.clone(), names, columns, lines, header: self.header })
    }

    /// Appends the record to the columns.
    fn push(&mut self, columns: &mut [Option<Building>]) -> Result<()> {
        if self.record.len() != columns.len() {
            return Err(Error::Place {
                path: self.path.clone(),
                place: format!("line {}", self.record.line),
                found: fields(self.record.len()),
                expected: format!("the first row has {}", fields(columns.len())),
                remedy: "complete the row, and quote a field that holds the delimiter",
            });
        }
        for (place, (column, field)) in columns.iter_mut().zip(self.record.fields()).enumerate() {
            let Some(column) = column else { continue };
            let expected = &mut self.columns[place];
            let value = column.push(field);
            expected.tally.count(value);
            if value == Field::Text && column.holds_numbers() && expected.first.is_none() {
                let text = String::from_utf8_lossy(field).into_owned();
                if expected.sure {
                    return Err(self.no_number(place, self.record.line, &text));
                }
                expected.first = Some((self.record.line, text));
            }
        }
        Ok(())
    }

    /// Once all rows have been read: the kinds of the columns, if one was mistaken and the file must be read again.
    ///
    /// # Errors
    /// [`Error::Place`] for a text in a column of numbers.
    pub(crate) fn revised(&self) -> Result<Option<Vec<Option<Kind>>>> {
        let kinds: Vec<_> = self.columns.iter().map(Expected::revised).collect();
        let changed = kinds.iter().zip(&self.columns).any(|(&kind, column)| kind != column.kind);
        if changed {
            return Ok(Some(kinds));
        }
        let mut columns = self.columns.iter().enumerate();
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
    fn guessed(kind: Kind) -> Self {
        Self { kind: Some(kind), sure: false, tally: Tally::default(), first: None }
    }

    fn sure(kind: Option<Kind>) -> Self {
        Self { kind, sure: true, tally: Tally::default(), first: None }
    }

    fn revised(&self) -> Option<Kind> {
        if self.sure { self.kind } else { Some(self.tally.kind()) }
    }
}

/// A column while it grows.
enum Building {
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

    fn holds_numbers(&self) -> bool {
        matches!(self, Self::Numbers(_))
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

/// The names of the columns from the header's record; a column without a name is called by its number.
fn header(path: &Path, record: &Record) -> Result<Vec<String>> {
    let named = record.texts().into_iter().zip(numbered(record.len()));
    let names: Vec<String> =
        named.map(|(name, number)| if name.is_empty() { number } else { name }).collect();
    let mut first = HashMap::new();
    for (place, name) in names.iter().enumerate() {
        if let Some(earlier) = first.insert(name, place) {
            return Err(Error::Place {
                path: path.into(),
                place: format!("line {}, column {}", record.line, place + 1),
                found: format!("the name {}", quoted(name)),
                expected: format!("column {} has it already", earlier + 1),
                remedy: "give each column a name of its own, or say that there is no header",
            });
        }
    }
    Ok(names)
}

/// Names for columns that have none.
fn numbered(count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("column {number}")).collect()
}

fn fields(count: usize) -> String {
    if count == 1 { "1 field".into() } else { format!("{count} fields") }
}

/// A text in quotes, cut where it is long.
pub(crate) fn quoted(text: &str) -> String {
    match text.char_indices().nth(40) {
        None => format!("{text:?}"),
        Some((end, _)) => format!("{:?}", format!("{}…", &text[..end])),
    }
}
