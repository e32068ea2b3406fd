//! Tables in text: CSV, TSV and their relatives with a header or without, or JSON lines, plain or gzipped.
//!
//! A file that begins with `{` has an object a line, whose keys are the columns; a row without a key has no value there. In
//! any other, what the file does not say is found by rules, each of which [`Options`] can overrule:
//!
//! - The delimiter is the one of `,` `;` tab `|` that cuts each of the first 20 rows into equally many fields, and into
//!   most.
//! - The first row is a header if it has text alone and there is a column of numbers below it; or, where all is text, if none
//!   of its fields occurs again below itself. If the target is given by a name, the first row is a header in any case.
//! - A column holds numbers if at least 19 of 20 of its filled fields are numbers; a field that is not is then an error that
//!   tells its line. Else it holds categories.
//! - A field is missing if it is empty or, in any case, `NA`, `N/A`, `NaN`, `null`, `None` or `?`.
//!
//! With the feature `parquet`, Parquet files are read too; their columns have names and types.
//!
//! Text is UTF-8. A field may be quoted by `"`, with `""` for one inside. Spaces around fields do not count, blank lines are
//! skipped, lines end in `\n` or `\r\n`, and a byte order mark is passed over.

mod columns;
mod json;
mod layout;
mod lines;
#[cfg(feature = "parquet")]
mod parquet;
mod reader;
mod records;
mod values;

use std::path::Path;

pub(crate) use columns::quoted;
pub use reader::{Keep, Reader};
pub use values::{Column, Kind, Table, nearest};
pub(crate) use values::{MISSING, listed, place, position};

use crate::{Error, Result};

/// What is known of a file; the rest is found by the module's rules.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Options {
    /// The delimiter.
    pub delimiter: Option<u8>,
    /// Whether the first row holds the names of the columns.
    pub header: Option<bool>,
    /// The name of the target, which asks for a header, or its number.
    pub target: Option<String>,
    /// What columns hold, by name or by number from 1.
    pub kinds: Vec<(String, Kind)>,
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
    let path = path.as_ref();
    let mut table = None;
    each(path, options, None, usize::MAX, &mut |chunk, _| {
        table = Some(chunk);
        Ok(())
    })?;
    table.ok_or_else(|| no_row(path))
}

/// Gives a table to `each`, `rows` rows at a time and only those to `keep`, with `true` before the first. If a column then
/// proves to hold something else than its start promised, all begins again, so that what came before must be forgotten.
///
/// # Errors
/// As [`read`], and whatever `each` returns.
pub(crate) fn each(
    path: &Path,
    options: &Options,
    keep: Option<&Keep>,
    rows: usize,
    each: &mut dyn FnMut(Table, bool) -> Result<()>,
) -> Result<()> {
    let mut kinds: Option<Vec<Option<Kind>>> = None;
    loop {
        let mut reader = Reader::guess(path, options)?;
        if let Some(keep) = keep {
            reader = reader.only(keep.clone());
        }
        if let Some(kinds) = kinds {
            reader.expect(reader.names().to_vec(), kinds);
        }
        let (mut first, mut fault) = (true, None);
        loop {
            let chunk = if rows == usize::MAX { reader.read_all()? } else { reader.read(rows)? };
            if chunk.rows() == 0 {
                break;
            }
            let first = std::mem::take(&mut first);
            if fault.is_none() {
                // It may come from a kind that was mistaken, which is only known at the end.
                fault = each(chunk, first).err();
            }
        }
        kinds = reader.revised()?;
        if kinds.is_none() {
            return if first { Err(no_row(path)) } else { fault.map_or(Ok(()), Err) };
        }
    }
}

fn no_row(path: &Path) -> Error {
    Error::Empty {
        path: path.into(),
        what: "row below its header",
        remedy: "give a table with a row for each example",
    }
}
