//! The one error of this crate: what was found, what was expected, what to do.

use std::path::PathBuf;

use thiserror::Error;

/// What went wrong in `dnn-io`.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The system refused a file operation.
    #[error("{} could not be {action}: {source}: {remedy}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What was tried: `"read"`, `"written"`.
        action: &'static str,
        /// What the system said.
        source: std::io::Error,
        /// What to do.
        remedy: &'static str,
    },

    /// The file does not begin as a checkpoint does.
    #[error("found a file that begins with {found}, expected a dnn checkpoint: check the path")]
    NotACheckpoint {
        /// Its first bytes.
        found: String,
    },

    /// The file was written by a newer program.
    #[error("found format version {found}, expected {known} or older: update dnn to read this file")]
    TooNew {
        /// The file's version.
        found: u32,
        /// The newest version this program knows.
        known: u32,
    },

    /// The metadata are in an encoding this program does not know.
    #[error("found metadata in codec {found}, expected codec 1 (bincode 2): update dnn to read this file")]
    Codec {
        /// The file's codec.
        found: u32,
    },

    /// The file is shorter or longer than it says.
    #[error(
        "found {found} bytes, expected {expected}: the file was cut short or added to; take another copy"
    )]
    Length {
        /// Bytes found.
        found: u64,
        /// Bytes the file says it has.
        expected: u64,
    },

    /// A checksum does not match.
    #[error("found other bits in {part} than were written: the file is damaged; take another copy")]
    Corrupt {
        /// Which part: `"the header"`, `"section \"parameters\""`, `"the whole file"`.
        part: String,
    },

    /// The file keeps its checksums, but says something that cannot be.
    #[error(
        "{part} {found}, expected {expected}: the program that wrote this file has a fault; write it again"
    )]
    Invalid {
        /// Which part.
        part: String,
        /// What it says.
        found: String,
        /// What it may say.
        expected: String,
    },

    /// The parameters are in the other precision.
    #[error("found parameters in {found}, expected {expected}: load it as Checkpoint::<{found}>")]
    Precision {
        /// Precision of the file.
        found: String,
        /// Precision asked for.
        expected: &'static str,
    },

    /// An activation computes something else than when the file was written.
    #[error(
        "layer {layer}'s activation \"{activation}\" gives {found:e} at {at}, expected {expected:e}: this is another version of the plug-in; use the one that wrote the file"
    )]
    OtherPlugin {
        /// Number of the layer, from 1.
        layer: usize,
        /// The activation's name.
        activation: String,
        /// Where it was probed, as `"g(0.5)"`.
        at: String,
        /// What it gives now.
        found: f64,
        /// What it gave.
        expected: f64,
    },

    /// A name or number of parameters that cannot be saved.
    #[error("{what} is {found}, expected {expected}: nothing was written")]
    Unsavable {
        /// What cannot be saved.
        what: &'static str,
        /// What was found.
        found: String,
        /// What was expected.
        expected: String,
    },

    /// A file of another program's is damaged, or its tensors do not fit.
    #[error("{file}: found {found}, expected {expected}: {remedy}")]
    Foreign {
        /// The file, or `"the bytes"`.
        file: String,
        /// What was found.
        found: String,
        /// What was expected.
        expected: String,
        /// What to do.
        remedy: String,
    },

    /// A layer or activation that ONNX has no standard operators for.
    #[error(
        "layer {layer} has the {what} \"{name}\", expected one that ONNX has operators for ({known}): nothing was written; use one of those, or save as safetensors"
    )]
    NoOperator {
        /// Number of the layer, from 1.
        layer: usize,
        /// `"activation"` or `"kind"`.
        what: &'static str,
        /// Its name.
        name: String,
        /// The names that can be exported.
        known: String,
    },

    /// The file names what the registry does not hold, or layers that do not fit.
    #[error(transparent)]
    Core(#[from] dnn_core::Error),
}

/// The result of this crate's operations.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub(crate) fn invalid(part: &str, found: impl Into<String>, expected: impl Into<String>) -> Self {
        Self::Invalid { part: part.into(), found: found.into(), expected: expected.into() }
    }
}
