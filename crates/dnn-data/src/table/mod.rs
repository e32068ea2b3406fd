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

pub use layout::Options;
pub(crate) use reader::{Keep, Scan};
pub use reader::{Reader, read};
pub use values::{Column, Kind, Table, nearest};
pub(crate) use values::{MISSING, listed, place, position, quoted};
