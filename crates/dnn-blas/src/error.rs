//! The one error of this crate: every variant says what was found, what was expected and what to do.

use thiserror::Error;

/// What went wrong in `dnn-blas`.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or name that was asked for is no library this crate can use.
    #[error(
        "{asked}: found {found}, expected a shared library with cblas_sgemm and cblas_dgemm for 32-bit integers: {remedy}"
    )]
    Library {
        /// What was asked for, as `"DNN_BLAS=/path"` or `"/path"`.
        asked: String,
        /// What was found.
        found: String,
        /// What to do.
        remedy: String,
    },

    /// A name that stands for no back end.
    #[error(
        "{asked}: found the name of no back end, expected one of pure, linked, openblas, mkl, blis, or the path of a shared library: correct the name, or write a path with `/` in it"
    )]
    Name {
        /// What was asked for.
        asked: String,
    },

    /// OpenBLAS was to be used as linked, but this program was built without it.
    #[error(
        "{asked}: found a program built without OpenBLAS, expected one with it linked: build with the feature `openblas-system` or `openblas-static`, or ask for `openblas`, which is found at run time"
    )]
    NotLinked {
        /// What was asked for.
        asked: String,
    },

    /// A pool of no threads, or of more than the system gives.
    #[error("a pool of {asked} threads: found {found}, expected 1 or more that can be started: {remedy}")]
    Threads {
        /// How many were asked for.
        asked: usize,
        /// What was found.
        found: String,
        /// What to do.
        remedy: &'static str,
    },

    /// A matrix that cannot be decomposed.
    #[error("the {what} of a {rows} × {columns} matrix: found {found}, expected {expected}: {remedy}")]
    Decomposition {
        /// Which decomposition.
        what: &'static str,
        /// Rows of the matrix.
        rows: usize,
        /// Its columns.
        columns: usize,
        /// What was found.
        found: String,
        /// What was expected.
        expected: &'static str,
        /// What to do.
        remedy: &'static str,
    },
}

/// The result of this crate's operations.
pub type Result<T, E = Error> = std::result::Result<T, E>;
