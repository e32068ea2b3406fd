//! A table read from its first row to its last, whole or some rows at a time; and once more if a column proves to hold something
//! else than its start promised.

use std::path::{Path, PathBuf};

use super::layout::Options;
use super::reader::{Keep, Reader};
use super::values::{Kind, Table};
use crate::{Error, Result};

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
    table.ok_or_else(|| no_row(path))
}

/// The rows of a file.
pub(crate) struct Scan {
    path: PathBuf,
    options: Options,
    rows: usize,
    /// The columns that are read, by name; none, but all.
    columns: Option<Vec<String>>,
    keep: Option<Keep>,
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

    /// The same, so many rows at a time.
    pub(crate) fn rows(self, rows: usize) -> Self {
        Self { rows, ..self }
    }

    /// The same, but only these columns.
    pub(crate) fn columns(self, columns: Vec<String>) -> Self {
        let reader = self.reader.map(|reader| reader.only_columns(&columns));
        Self { columns: Some(columns), reader, ..self }
    }

    /// The same, but only the rows that `keep` names.
    pub(crate) fn keep(self, keep: Keep) -> Self {
        Self { keep: Some(keep), ..self }
    }

    /// The names of the file's columns.
    ///
    /// # Errors
    /// As [`Reader::open`].
    pub(crate) fn names(&mut self) -> Result<Vec<String>> {
        Ok(self.open()?.names().to_vec())
    }

    /// The next rows, with `true` for the first: all that came before must then be forgotten, for a column proved to hold something
    /// else, and the file is read again.
    ///
    /// # Errors
    /// As [`read`], and at the end what was [noted](Self::note).
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
                return Err(no_row(&self.path));
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

fn no_row(path: &Path) -> Error {
    Error::Empty {
        path: path.into(),
        what: "row below its header",
        remedy: "give a table with a row for each example",
    }
}
