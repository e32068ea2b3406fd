//! The one error of this crate: what was found, what was expected, and what to do.

use std::path::PathBuf;

use thiserror::Error;

/// Why a file cannot be used as a plug-in.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    /// It cannot be opened as a shared library.
    #[error("{}: found {found}, expected a shared library for this system: {remedy}", path.display())]
    Library {
        /// The file.
        path: PathBuf,
        /// What was found.
        found: String,
        /// What to do.
        remedy: &'static str,
    },

    /// It is a shared library, but no plug-in.
    #[error(
        "{}: found a shared library without the function dnn_plugin_describe, expected a plug-in of dnn: name the file that was built with dnn-plugin.h",
        path.display()
    )]
    NoPlugin {
        /// The file.
        path: PathBuf,
    },

    /// It says that it cannot be used.
    #[error(
        "{}: found a plug-in that describes nothing, expected its description: ask those who made it what it needs",
        path.display()
    )]
    Unwilling {
        /// The file.
        path: PathBuf,
    },

    /// It was built for another version of the interface.
    #[error(
        "{}: found a plug-in for version {found} of the interface, expected version {expected}: build it again with the dnn-plugin.h of this dnn",
        path.display()
    )]
    Interface {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// That of this crate.
        expected: u32,
    },

    /// Its description lacks something, or says what cannot be.
    #[error("{}: found {found}, expected {expected}: correct the plug-in's description", path.display())]
    Description {
        /// The file.
        path: PathBuf,
        /// What was found.
        found: String,
        /// What should be there.
        expected: &'static str,
    },
}

/// The result of loading.
pub type Result<T, E = Error> = std::result::Result<T, E>;
