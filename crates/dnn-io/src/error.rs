//! The one error of this crate: what was found, what was expected, what to do.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use thiserror::Error;

/// What went wrong in `dnn-io`.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The system refused to read or list or remove something.
    #[error("{} could not be {action}: {source}: {}", path.display(), reading(action, source))]
    File {
        /// The file.
        path: PathBuf,
        /// What was tried: `"read"`, `"listed"`, `"removed"`.
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },

    /// A save that did not take place, for another reason than those below: the file of this name is as it was.
    #[error("{} was not saved: a file beside it could not be {action}: {source}; what was there is untouched: {}", path.display(), writing(source))]
    NotCommitted {
        /// The file.
        path: PathBuf,
        /// What was tried: `"created"`, `"written"`, `"synchronised"`, `"read back"`, `"renamed"`.
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },

    /// A save that did not take place for want of a permission: the file of this name is as it was.
    #[error("{} was not saved: a file beside it may not be {action}: {source}; what was there is untouched: allow it for the folder, or save elsewhere", path.display())]
    Denied {
        /// The file.
        path: PathBuf,
        /// What was tried, as in [`Error::NotCommitted`].
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },

    /// A save that did not take place for want of room: the file of this name is as it was.
    #[error("{} was not saved: found {} free, expected {needed} bytes ({source}); what was there is untouched: make room or save elsewhere", path.display(), bytes(*free))]
    StorageFull {
        /// The file.
        path: PathBuf,
        /// Bytes of the new file, which must fit beside the old one.
        needed: u64,
        /// Bytes left, if the system says.
        free: Option<u64>,
        /// What the system said.
        source: io::Error,
    },

    /// The new file is in place and whole, but a power cut may still bring back the old one.
    #[error("{} is saved, but its folder could not be synchronised: {source}; after a power cut the old file may be back: save again, and elsewhere if this goes on", path.display())]
    NotDurable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// A save in the background that came to no end of its own.
    #[error("a save in the background failed: {source}: save without a thread")]
    Thread {
        /// What happened.
        source: io::Error,
    },

    /// There are checkpoints in the folder, but none that is whole.
    #[error("{} has {found} checkpoints, expected one that is whole; the newest: {newest}: take another copy, or start afresh in an empty folder", folder.display())]
    NoneWhole {
        /// The folder.
        folder: PathBuf,
        /// Checkpoints found.
        found: usize,
        /// What is wrong with the newest.
        newest: Box<Error>,
    },

    /// What is wrong with the file of this name.
    #[error("{}: {error}", path.display())]
    Load {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: Box<Error>,
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

    pub(crate) fn unreadable(path: &Path, action: &'static str, source: io::Error) -> Self {
        Self::File { path: path.into(), action, source }
    }

    /// The error itself where [`Error::Load`] only adds the file's name.
    pub fn kind(&self) -> &Self {
        match self {
            Self::Load { error, .. } => error.kind(),
            other => other,
        }
    }

    /// Whether a file is damaged: not whole, or not readable. Another copy of it may be good.
    pub(crate) fn is_damage(&self) -> bool {
        match self.kind() {
            Self::NotACheckpoint { .. }
            | Self::Length { .. }
            | Self::Corrupt { .. }
            | Self::Invalid { .. } => true,
            Self::File { source, .. } => source.kind() != ErrorKind::PermissionDenied,
            _ => false,
        }
    }
}

fn bytes(free: Option<u64>) -> String {
    free.map_or_else(|| "too few bytes".into(), |free| format!("{free} bytes"))
}

/// What to do about a file that cannot be read, or not removed.
fn reading(action: &str, source: &io::Error) -> &'static str {
    match source.kind() {
        _ if action == "removed" => "allow it, or remove the file by hand",
        ErrorKind::NotFound => "check the path",
        ErrorKind::PermissionDenied => "allow reading it",
        ErrorKind::IsADirectory => "give the path of a file",
        _ => "take another copy",
    }
}

/// What to do about a file that cannot be written.
fn writing(source: &io::Error) -> &'static str {
    match source.kind() {
        ErrorKind::NotFound => "make the folder first",
        ErrorKind::IsADirectory | ErrorKind::NotADirectory => "give the path of a file",
        ErrorKind::InvalidFilename => "choose a shorter name",
        ErrorKind::FileTooLarge => "allow larger files (ulimit -f), or save elsewhere",
        ErrorKind::AlreadyExists => "remove the hidden .tmp files of saves that were killed",
        _ => "check the disk, and save elsewhere",
    }
}
