//! Records into columns of a table, a number of rows at a time.

use std::collections::HashMap;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};

use super::columns::{Columns, Expected};
use super::layout::{Format, Layout, Options};
use super::records::{Record, Rows};
use super::values::{Kind, Table, position, quoted};
use crate::source::Source;
use crate::{Error, Result};

/// How much of a file tells its layout.
const HEAD: usize = 1 << 20;

/// Records that are handed from thread to thread together.
const BATCH: usize = 512;

/// A file open for reading, whose layout is known.
pub struct Reader {
    records: Box<dyn Rows>,
    record: Record,
    columns: Columns,
    /// Whether the first record has been read, and is no header.
    pending: bool,
    /// Rows passed so far, and which of them are read; none, but all.
    passed: usize,
    keep: Option<Keep>,
}

/// Whether the row of that number, from 0, is read.
pub(crate) type Keep = Arc<dyn Fn(usize) -> bool + Send + Sync>;

impl Reader {
    /// Opens a file, plain or gzipped, and finds its layout where `options` do not say it. What columns hold in the first
    /// megabyte is then taken for certain.
    ///
    /// # Errors
    /// [`Error::Missing`] and [`Error::Read`]; [`Error::Empty`] for a file without a row; [`Error::Place`] for what is no
    /// text, and for two columns of one name; [`Error::Column`] if `options` name a column that is not there.
    pub fn open(path: impl AsRef<Path>, options: &Options) -> Result<Self> {
        Self::guess(path.as_ref(), options).map(Self::settled)
    }

    /// The same, but whether a column that seems to hold numbers does is left to [`Reader::revised`].
    pub(super) fn guess(path: &Path, options: &Options) -> Result<Self> {
        Self::of(Source::open("a table", path)?, options)
    }

    /// The same for what `reader` gives, which messages call `name`.
    ///
    /// # Errors
    /// As [`Reader::open`].
    pub fn new(
        name: impl AsRef<Path>,
        reader: impl Read + Send + 'static,
        options: &Options,
    ) -> Result<Self> {
        Self::of(Source::new(name.as_ref(), Box::new(reader))?, options).map(Self::settled)
    }

    fn settled(mut self) -> Self {
        self.columns.expected.iter_mut().for_each(|column| column.sure = true);
        self
    }

    fn of(mut source: Source, options: &Options) -> Result<Self> {
        let mut head = Vec::new();
        let whole = source.read(HEAD, &mut head)? < HEAD;
        if head.starts_with(b"PAR1") {
            return Self::of_parquet(source, head, options);
        }
        refuse_other(source.path(), &head)?;
        let lines = if whole { None } else { memchr::memrchr(b'\n', &head) };
        let layout = Layout::find(&head[..lines.unwrap_or(head.len())], options);
        let path = source.path().to_path_buf();
        let reader = Cursor::new(head).chain(source.into_reader());
        let mut records = layout.format.rows(path.clone(), Box::new(reader));
        let first = first(&path, &mut *records)?;
        let names = match &layout.format {
            Format::Objects(keys) => keys.clone(),
            Format::Delimited(_) if layout.header => header(&path, &first)?,
            Format::Delimited(_) => numbered(first.len()),
        };
        let expected = layout.kinds.into_iter().map(Expected::guessed).collect();
        let pending = !layout.header || matches!(layout.format, Format::Objects(_));
        let columns = Columns { path, names, header: layout.header, expected };
        Self { records, record: first, columns, pending, passed: 0, keep: None }.told(options)
    }

    #[cfg(feature = "parquet")]
    fn of_parquet(mut source: Source, mut head: Vec<u8>, options: &Options) -> Result<Self> {
        source.read(usize::MAX, &mut head)?;
        let path = source.path().to_path_buf();
        let (mut records, columns) = super::parquet::Parquet::open(&path, head)?;
        let first = first(&path, &mut records)?;
        let (names, kinds): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
        let expected = kinds.into_iter().map(|kind| Expected::sure(Some(kind))).collect();
        let columns = Columns { path, names, header: true, expected };
        let records = Box::new(records);
        Self { records, record: first, columns, pending: true, passed: 0, keep: None }.told(options)
    }

    #[cfg(not(feature = "parquet"))]
    fn of_parquet(source: Source, _: Vec<u8>, _: &Options) -> Result<Self> {
        Err(Error::Format {
            path: source.path().into(),
            found: "the first bytes of a Parquet file".into(),
            expected: "text".into(),
            remedy: "convert it to CSV, or build with the feature parquet",
        })
    }

    /// Takes what `options` say of columns for certain.
    fn told(mut self, options: &Options) -> Result<Self> {
        let Columns { path, names, expected, .. } = &mut self.columns;
        for (column, kind) in &options.kinds {
            expected[position(path, names, column)?] = Expected::sure(Some(*kind));
        }
        Ok(self)
    }

    /// The names of the file's columns: those of its header, or `"column 1"` and so on.
    pub fn names(&self) -> &[String] {
        &self.columns.names
    }

    /// Whether the first row was taken for the names of the columns.
    pub fn has_header(&self) -> bool {
        self.columns.header
    }

    /// The same, but only the rows that `keep` names are read; the others are passed over, whatever they hold.
    #[must_use]
    pub(crate) fn only(self, keep: Keep) -> Self {
        Self { keep: Some(keep), ..self }
    }

    /// The same, but only the columns of these names are read.
    pub(super) fn only_columns(mut self, names: &[String]) -> Self {
        let Columns { names: all, expected, .. } = &mut self.columns;
        let others = all.iter().zip(expected).filter(|(name, _)| !names.contains(name));
        others.for_each(|(_, expected)| *expected = Expected::sure(None));
        self
    }

    /// The file's path.
    pub(crate) fn path(&self) -> &Path {
        &self.columns.path
    }

    /// Sets what the columns are called and hold. A column of no kind is not read.
    pub(crate) fn expect(&mut self, names: Vec<String>, kinds: impl IntoIterator<Item = Option<Kind>>) {
        self.columns.names = names;
        self.columns.expected = kinds.into_iter().map(Expected::sure).collect();
    }

    /// Once all rows have been read: the kinds of the columns, if one was mistaken and the file must be read again.
    pub(crate) fn revised(&self) -> Result<Option<Vec<Option<Kind>>>> {
        self.columns.revised()
    }

    /// Reads the next rows, `limit` of them or as many as there are; none at the end.
    ///
    /// # Errors
    /// [`Error::Read`]; [`Error::Place`] for a row of another length than the first, for text in a column of which it is
    /// certain that it holds numbers, and for what is no text.
    pub fn read(&mut self, limit: usize) -> Result<Table> {
        let (mut building, mut lines) = (self.columns.building(), Vec::new());
        while lines.len() < limit
            && (std::mem::take(&mut self.pending) || self.records.read(&mut self.record)?)
        {
            if is_next(&mut self.passed, self.keep.as_ref()) {
                self.columns.push(&self.record, &mut building)?;
                lines.push(self.record.line);
            }
        }
        Ok(self.columns.table(building, lines))
    }

    /// Reads all rows that are left, cut into fields by a second thread while this one makes values of them.
    ///
    /// # Errors
    /// As [`Reader::read`].
    pub fn read_all(&mut self) -> Result<Table> {
        let (mut building, mut lines) = (self.columns.building(), Vec::new());
        let Self { records, record, columns, pending, passed, keep } = self;
        let mut take = |columns: &mut Columns, record: &Record| {
            if !is_next(passed, keep.as_ref()) {
                return Ok(());
            }
            lines.push(record.line);
            columns.push(record, &mut building)
        };
        if std::mem::take(pending) {
            take(columns, record)?;
        }
        let records = &mut **records;
        std::thread::scope(|scope| {
            // The room of few batches goes round; when this thread gives up, the other finds nobody to send to.
            let (send, received) = mpsc::sync_channel(2);
            let (give_back, given_back) = mpsc::channel();
            let cutting = move || {
                let mut more = true;
                while more {
                    let mut batch = given_back.try_recv().unwrap_or_default();
                    let read = cut(records, &mut batch);
                    more = matches!(read, Ok(BATCH));
                    more &= send.send((batch, read)).is_ok();
                }
            };
            let spawned = std::thread::Builder::new().spawn_scoped(scope, cutting);
            spawned.map_err(|source| Error::Read { path: columns.path.clone(), source })?;
            for (batch, read) in received {
                // What came before an error is looked at first.
                let count = read.as_ref().copied().unwrap_or_else(|_| batch.len().saturating_sub(1));
                batch[..count].iter().try_for_each(|record| take(columns, record))?;
                read?;
                let _: Result<(), _> = give_back.send(batch);
            }
            Ok(())
        })?;
        Ok(self.columns.table(building, lines))
    }
}

/// Reads a whole table.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("flowers.csv");
/// std::fs::write(&path, "width,colour\n1.5,red\n,blue\n2.5,red\n")?;
/// let table = dnn_data::table::read(&path, &Default::default())?;
/// assert_eq!((table.rows(), table.names()), (3, &["width", "colour"].map(String::from)[..]));
/// assert_eq!(table.position("colour")?, table.position("2")?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`Reader::open`] and [`Reader::read`]; [`Error::Empty`] if there is nothing below the header; [`Error::Place`] for
/// text in a column of numbers.
pub fn read(path: impl AsRef<Path>, options: &Options) -> Result<Table> {
    let (path, mut table) = (path.as_ref(), None);
    let mut scan = Scan::new(path, options);
    while let Some((whole, _)) = scan.next()? {
        table = Some(whole);
    }
    table.ok_or_else(|| no_row(path, "row below its header"))
}

/// A table read from its first row to its last, whole or some rows at a time; and once more if a column proves to hold something
/// else than its start promised.
pub(crate) struct Scan {
    path: PathBuf,
    options: Options,
    /// How many are read together.
    pub(crate) rows: usize,
    /// The columns that are read, by name; none, but all.
    columns: Option<Vec<String>>,
    pub(crate) keep: Option<Keep>,
    reader: Option<Reader>,
    /// What the columns hold, once they were mistaken.
    kinds: Option<Vec<Option<Kind>>>,
    /// Whether no row has been read since the file was opened.
    first: bool,
    fault: Option<Error>,
}

impl Scan {
    /// All rows of the file at `path` at once.
    pub(crate) fn new(path: &Path, options: &Options) -> Self {
        Self {
            path: path.into(),
            options: options.clone(),
            rows: usize::MAX,
            columns: None,
            keep: None,
            reader: None,
            kinds: None,
            first: true,
            fault: None,
        }
    }

    /// Reads only these columns.
    pub(crate) fn only_columns(&mut self, columns: Vec<String>) {
        self.reader = self.reader.take().map(|reader| reader.only_columns(&columns));
        self.columns = Some(columns);
    }

    /// The names of the file's columns.
    pub(crate) fn names(&mut self) -> Result<Vec<String>> {
        Ok(self.open()?.names().to_vec())
    }

    /// The next rows, with `true` for the first: all that came before must then be forgotten, for a column proved to hold something
    /// else, and the file is read again.
    pub(crate) fn next(&mut self) -> Result<Option<(Table, bool)>> {
        loop {
            let rows = self.rows;
            let reader = self.open()?;
            let table = if rows == usize::MAX { reader.read_all()? } else { reader.read(rows)? };
            if table.rows() > 0 {
                return Ok(Some((table, std::mem::take(&mut self.first))));
            }
            if let Some(kinds) = reader.revised()? {
                self.kinds = Some(kinds);
                (self.reader, self.first, self.fault) = (None, true, None);
                continue;
            }
            if self.first {
                return Err(no_row(&self.path, "row below its header"));
            }
            return self.fault.take().map_or(Ok(None), Err);
        }
    }

    /// Keeps a fault found in the rows for the end: it may come from a kind that was mistaken, which is only known there.
    pub(crate) fn note(&mut self, found: Result<()>) {
        self.fault = self.fault.take().or(found.err());
    }

    fn open(&mut self) -> Result<&mut Reader> {
        let mut reader = match self.reader.take() {
            Some(reader) => reader,
            None => self.reopened()?,
        };
        if let Some(kinds) = self.kinds.take() {
            reader.expect(reader.names().to_vec(), kinds);
        }
        Ok(self.reader.insert(reader))
    }

    fn reopened(&self) -> Result<Reader> {
        let mut reader = Reader::guess(&self.path, &self.options)?;
        if let Some(columns) = &self.columns {
            reader = reader.only_columns(columns);
        }
        Ok(match &self.keep {
            Some(keep) => reader.only(keep.clone()),
            None => reader,
        })
    }
}

/// Refuses files that are plainly no tables, by how they begin.
fn refuse_other(path: &Path, head: &[u8]) -> Result<()> {
    let trimmed = head.trim_ascii_start();
    let list = trimmed.strip_prefix(b"[").is_some_and(|rest| rest.trim_ascii_start().starts_with(b"{"));
    let (found, remedy) = match head {
        _ if list => ("a list of JSON objects", "write each object on a line of its own, without the list"),
        head if head.starts_with(b"\x93NUMPY") => {
            ("a NumPy array", "give a table, with the columns that are expected")
        }
        head if head.starts_with(b"PK\x03\x04") => {
            ("a ZIP archive, as NPZ and XLSX are", "save the table as CSV")
        }
        head if head.starts_with(b"\x89PNG") || head.starts_with(b"RIFF") => {
            ("a picture or a recording", "give a table")
        }
        _ => return Ok(()),
    };
    Err(Error::Format { path: path.into(), found: found.into(), expected: "a table".into(), remedy })
}

/// Passes a row: whether it is to be read.
fn is_next(passed: &mut usize, keep: Option<&Keep>) -> bool {
    *passed += 1;
    keep.is_none_or(|keep| keep(*passed - 1))
}

/// The first row, of which there must be one.
fn first(path: &Path, records: &mut dyn Rows) -> Result<Record> {
    let mut record = Record::default();
    match records.read(&mut record)? {
        true => Ok(record),
        false => Err(no_row(path, "row")),
    }
}

fn no_row(path: &Path, what: &'static str) -> Error {
    Error::Empty { path: path.into(), what, remedy: "give a table with a row for each example" }
}

/// Reads records into `batch`, [`BATCH`] of them or as many as there are, whose number it gives. After an error it was the last
/// one that failed.
fn cut(records: &mut dyn Rows, batch: &mut Vec<Record>) -> Result<usize> {
    for place in 0..BATCH {
        if place == batch.len() {
            batch.push(Record::default());
        }
        match records.read(&mut batch[place]) {
            Ok(true) => (),
            Ok(false) => return Ok(place),
            Err(error) => {
                batch.truncate(place + 1);
                return Err(error);
            }
        }
    }
    Ok(BATCH)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn open(text: &str) -> Reader {
        Reader::new("t.csv", Cursor::new(text.to_owned()), &Options::default()).unwrap()
    }

    /// More than a few batches of records.
    fn long() -> String {
        (0..3000).map(|i| format!("{i},{}\n", ["a", "b", ""][i % 3])).collect()
    }

    #[test]
    fn one_thread_and_two_read_the_same() {
        let (whole, mut reader) = (open(&long()).read_all().unwrap(), open(&long()));
        assert_eq!((whole.rows(), whole.lines()[2999]), (3000, 3000));
        assert_eq!(reader.read(usize::MAX).unwrap().columns().len(), 2);
        // NaN differs from itself, and no number is missing here.
        assert_eq!(open(&long()).read(usize::MAX).unwrap(), whole);
        assert_eq!(open("1,2\n").read_all().unwrap().rows(), 1);
    }

    #[test]
    fn files_of_another_kind_are_told_by_how_they_begin() {
        for (head, words) in [
            ("[\n {\"x\": 1}]", "a list of JSON objects"),
            ("PK\u{3}\u{4}...", "a ZIP archive"),
            ("RIFF....", "a picture or a recording"),
        ] {
            let refused =
                Reader::new("t.csv", Cursor::new(head.to_owned()), &Options::default()).err().unwrap();
            assert!(refused.to_string().contains(words), "{refused}");
        }
    }

    #[test]
    fn only_rows_that_are_named_are_read() {
        let keep: Keep = Arc::new(|row| row % 7 == 2);
        let whole = open(&long()).read_all().unwrap();
        let expected = whole.select(&(2..3000).step_by(7).collect::<Vec<_>>()).unwrap();
        let mut reader = open(&long()).only(keep.clone());
        assert_eq!(reader.read(400).unwrap().lines(), &expected.lines()[..400]);
        assert_eq!(reader.read(400).unwrap().rows(), 29);
        assert_eq!(open(&long()).only(keep).read_all().unwrap().lines(), expected.lines());
        // What is passed over may hold anything.
        let mut odd = open("1,2\n3,4\nx\n5,6\n").only(Arc::new(|row| row != 2));
        assert_eq!(odd.read_all().unwrap().rows(), 3);
        assert_eq!(open(&long()).only(Arc::new(|_| false)).read(1).unwrap().rows(), 0);

        let column = open("1,2\nx,4\n").only_columns(&["column 2".into()]).read_all().unwrap();
        assert_eq!((column.names(), column.rows()), (&["column 2".to_owned()][..], 2));
    }

    #[test]
    fn the_first_error_is_told_wherever_it_is_found() {
        let odd = |line: usize, with: &str| {
            let mut lines: Vec<String> = long().lines().map(String::from).collect();
            lines[line - 1] = with.into();
            open(&(lines.join("\n") + "\n\"never closed")).read_all().unwrap_err().to_string()
        };
        assert!(odd(2000, "x,a").starts_with("\"t.csv\", line 2000, column 1, has \"x\", but a number"));
        assert!(odd(600, "1").starts_with("\"t.csv\", line 600, has 1 field, but"));
        assert!(odd(2000, "1,a").starts_with("\"t.csv\", line 3001, column 1, has a quote that opens"));
        let nothing = Reader::new("t.csv", Cursor::new(""), &Options::default());
        assert!(matches!(nothing.err(), Some(Error::Empty { .. })));
    }
}
