//! The one error of this crate: every variant says what was found, what was expected and what to do.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// What went wrong in `dnn-data`.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder that is not there.
    #[error(
        "looked for {what} at {path:?}, but nothing is there: give the right path, or run `datasets/fetch {name}`"
    )]
    Missing {
        /// What was looked for, as `"an IDX file"`.
        what: &'static str,
        /// Where.
        path: PathBuf,
        /// The data set it seems to belong to, or `NAME`.
        name: String,
    },

    /// The system, or the decompressor, could not read on.
    #[error("{path:?} could not be read to its end ({source}): check its permissions, or fetch it again")]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the reader said.
        source: io::Error,
    },

    /// A file that is not what it was taken for.
    #[error("{path:?} has {found}, but {expected} is expected: {remedy}")]
    Format {
        /// The file.
        path: PathBuf,
        /// What it has.
        found: String,
        /// What was expected, in words.
        expected: String,
        /// What to do.
        remedy: &'static str,
    },

    /// A file that ends before its data does.
    #[error(
        "{path:?} ends after {found} bytes of data, but its header announces {expected}: fetch it again, it is cut short"
    )]
    Truncated {
        /// The file.
        path: PathBuf,
        /// Bytes of data found.
        found: usize,
        /// Bytes of data announced.
        expected: usize,
    },

    /// A file that goes on after its data.
    #[error(
        "{path:?} goes on after the {expected} bytes of data that its header announces: fetch it again, or correct its header"
    )]
    Trailing {
        /// The file.
        path: PathBuf,
        /// Bytes of data announced.
        expected: usize,
    },

    /// More numbers than this machine can address.
    #[error(
        "{path:?} announces the shape {shape:?}, but that is more than this machine can address: fetch it again, its header is wrong"
    )]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The shape found.
        shape: Vec<usize>,
    },

    /// A folder without what should be in it.
    #[error("{path:?} has no {what}, but needs at least one: {remedy}")]
    Empty {
        /// The folder.
        path: PathBuf,
        /// What was looked for, as `"sub-folder"`.
        what: &'static str,
        /// What to do.
        remedy: &'static str,
    },

    /// Two pictures of different sizes in one data set.
    #[error(
        "{path:?} is {} × {} pixels, but {first:?} is {} × {}: bring all pictures to one size",
        found.0, found.1, expected.0, expected.1
    )]
    PictureSize {
        /// The odd picture.
        path: PathBuf,
        /// Its width and height.
        found: (usize, usize),
        /// The first picture.
        first: PathBuf,
        /// Its width and height.
        expected: (usize, usize),
    },

    /// Two numbers that should fit each other and do not.
    #[error("{name} has {found} {unit}, but {expected} {unit} are expected: {remedy}")]
    Count {
        /// What has the wrong number, as `"the list of labels"`.
        name: &'static str,
        /// What is counted, as `"entries"`.
        unit: &'static str,
        /// The number found.
        found: usize,
        /// The number expected, in words.
        expected: String,
        /// What to do.
        remedy: &'static str,
    },

    /// A label that is no class number.
    #[error(
        "label {position} is {found}, but class numbers are whole and below {classes}: correct the label, or name more classes"
    )]
    Label {
        /// Place of the label, from 0.
        position: usize,
        /// The label found.
        found: String,
        /// How many classes there are.
        classes: usize,
    },

    /// A setting outside its range.
    #[error("{name} is {found}, but {expected}: give one within")]
    Setting {
        /// The setting.
        name: &'static str,
        /// Its value.
        found: String,
        /// What it must be, in words.
        expected: &'static str,
    },

    /// A number that is infinite or none at all.
    #[error(
        "feature {feature} of example {example} is {found}, but only finite numbers can be scaled: fill or leave out such examples"
    )]
    NotFinite {
        /// The feature, from 0.
        feature: usize,
        /// The example, from 0.
        example: usize,
        /// The value found.
        found: f64,
    },

    /// A feature that spans more than a number can hold.
    #[error(
        "feature {feature} has a {statistic} of {found}, but it must be finite: divide the feature by a constant first"
    )]
    Overflow {
        /// The feature, from 0.
        feature: usize,
        /// `"mean"`, `"standard deviation"` or `"range"`.
        statistic: &'static str,
        /// The value found.
        found: f64,
    },

    /// A place in a text file that does not hold what it should.
    #[error("{path:?}, {place}, has {found}, but {expected}: {remedy}")]
    Place {
        /// The file.
        path: PathBuf,
        /// Where in it, as `"line 3, column 2 (age)"`.
        place: String,
        /// What stands there.
        found: String,
        /// What should, in words.
        expected: String,
        /// What to do.
        remedy: &'static str,
    },

    /// A raw row that cannot be taken.
    #[error("{place}, has {found}, but {expected}: {remedy}")]
    Row {
        /// Which, from 1, and maybe where in it, as `"row 3, column \"age\""`.
        place: String,
        /// What it has.
        found: String,
        /// What it should, in words.
        expected: String,
        /// What to do.
        remedy: &'static str,
    },

    /// Settings that say nothing of what is needed: which data is read.
    #[error("found no data to train on: give a file or folder as data.train")]
    NoTrainingData,

    /// Settings that do not name the column to predict.
    #[error("found no target, expected the column to predict: name it as data.target, as one of {}", columns.join(", "))]
    NoTarget {
        /// The columns there are.
        columns: Vec<String>,
    },

    /// Examples without labels beside them.
    #[error(
        "found no labels beside {}, expected a file called like train-labels beside train-images: name it as data.labels", path.display()
    )]
    NoLabels {
        /// The file of examples.
        path: PathBuf,
    },

    /// A key of the settings that cannot be followed, or not beside another.
    #[error("data.{key} is {found}{problem}")]
    Key {
        /// The key.
        key: &'static str,
        /// Its value.
        found: String,
        /// What is wrong with that, and what to do, with the mark that goes before.
        problem: String,
    },

    /// Training data that can be read only once.
    #[error("{path:?} is a pipe or a device, but training data is read more than once: save it as a file")]
    Pipe {
        /// The data.
        path: PathBuf,
    },

    /// A column that is asked for by a name or number that no column has.
    #[error("{path:?} has no column {found:?}, but {known}: {remedy}")]
    Column {
        /// The file.
        path: PathBuf,
        /// What was asked for.
        found: String,
        /// The columns there are, in words.
        known: String,
        /// What to do.
        remedy: String,
    },

    /// A column that cannot be learnt from.
    #[error("column {column:?} of {path:?} has {found}, but {expected}: {remedy}")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
        /// What it has.
        found: String,
        /// What it should have, in words.
        expected: &'static str,
        /// What to do.
        remedy: &'static str,
    },
}

impl Error {
    /// What `source` means for `what` at `path`: missing, or unreadable.
    pub(crate) fn reading(what: &'static str, path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::NotFound => Self::Missing { what, path: path.into(), name: dataset_name(path) },
            _ => Self::Read { path: path.into(), source },
        }
    }
}

/// The part of `path` below the last `datasets` folder, for the fetch script; `NAME` where there is none.
fn dataset_name(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    let below = parts.iter().rposition(|part| part == "datasets").and_then(|place| parts.get(place + 1));
    below.map_or_else(|| "NAME".into(), |name| name.to_string())
}

/// The result of this crate's operations.
pub type Result<T, E = Error> = std::result::Result<T, E>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_data_set_says_what_to_fetch() {
        let missing = |path: &str| {
            Error::reading("an IDX file", Path::new(path), io::ErrorKind::NotFound.into()).to_string()
        };
        assert_eq!(
            missing("a/datasets/mnist/train.gz"),
            "looked for an IDX file at \"a/datasets/mnist/train.gz\", but nothing is there: \
             give the right path, or run `datasets/fetch mnist`"
        );
        assert!(missing("/elsewhere/train.gz").ends_with("`datasets/fetch NAME`"));
    }
}
