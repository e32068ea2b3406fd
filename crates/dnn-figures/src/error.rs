//! The one error of this crate: every variant says what was found, what was expected and what to do.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// What went wrong in `dnn-figures`.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// A figure could not be written.
    #[error("cannot write the figure {}: {source}; check that its folder exists and may be written to", path.display())]
    Write {
        /// The file asked for.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// A picture of another size than its values.
    #[error(
        "a picture of {width} × {height} with {channels} channel(s) has {found} values, but needs {expected}: pass every row, top row first, and the channels of a pixel side by side"
    )]
    Pixels {
        /// Pixels in a row.
        width: usize,
        /// Rows.
        height: usize,
        /// Values of a pixel.
        channels: usize,
        /// Values found.
        found: usize,
        /// Values expected.
        expected: String,
    },

    /// A range no axis can show.
    #[error("the range of an axis is {low} to {high}, but {expected}: correct it, or leave it to the data")]
    Range {
        /// Its start.
        low: f64,
        /// Its end.
        high: f64,
        /// What was expected, in words.
        expected: &'static str,
    },

    /// Counts that make no square.
    #[error(
        "a confusion matrix of {classes} classes has {found} counts, but needs {classes} for each class: pass one row a true class, one column a predicted one"
    )]
    Counts {
        /// Classes named.
        classes: usize,
        /// Counts found.
        found: usize,
    },

    /// A picture that no PNG can hold.
    #[error("cannot encode a picture of {width} × {height} pixels: {detail}; draw fewer of them")]
    Encode {
        /// Pixels in a row, enlarged.
        width: usize,
        /// Rows, enlarged.
        height: usize,
        /// What was in the way.
        detail: String,
    },
}

/// The result of this crate's operations.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Writes a finished figure.
pub(crate) fn write(path: &Path, svg: &str) -> Result<()> {
    std::fs::write(path, svg).map_err(|source| Error::Write { path: path.to_owned(), source })
}
