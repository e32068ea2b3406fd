//! NPZ files, as `numpy.savez` writes them: arrays by name, each as in an NPY file.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;

use dnn_core::Real;

use crate::source::Source;
use crate::{Dataset, Error, Examples, Result, npy};

/// Reads the array called `name`.
///
/// # Errors
/// As [`npy::read`]; [`Error::Format`] for a file that is no NPZ file, or has no such array.
pub fn read<T: Real>(path: impl AsRef<Path>, name: &str) -> Result<Examples<T>> {
    npy::read_source(array(path.as_ref(), name)?)
}

/// Reads class numbers from the array called `name`.
///
/// # Errors
/// As [`read`] and [`npy::read_labels`].
pub fn read_labels(path: impl AsRef<Path>, name: &str) -> Result<Vec<usize>> {
    read::<f64>(path, name)?.into_labels()
}

/// Reads the examples called `examples` and their class numbers called `labels`, as `"x"` and `"y"`; classes are named by
/// their numbers.
///
/// # Errors
/// As [`read`] and [`read_labels`]; [`Error::Count`] if one has more entries than the other.
pub fn read_dataset<T: Real>(path: impl AsRef<Path>, examples: &str, labels: &str) -> Result<Dataset<T>> {
    let path = path.as_ref();
    Dataset::numbered(read(path, examples)?, read_labels(path, labels)?)
}

/// The names of the arrays, sorted.
///
/// # Errors
/// As [`read`], but for the array.
pub fn names(path: impl AsRef<Path>) -> Result<Vec<String>> {
    let arrays = arrays(path.as_ref(), "an NPZ file")?;
    Ok(arrays.into_keys().map(|name| name.strip_suffix(".npy").map(String::from).unwrap_or(name)).collect())
}

/// The NPY file of that name inside, as a source of its own.
fn array(path: &Path, name: &str) -> Result<Source> {
    let expected = format!("an NPZ file with an array {name:?}");
    let mut arrays = arrays(path, &expected)?;
    let known: Vec<&str> = arrays.keys().map(|name| name.strip_suffix(".npy").unwrap_or(name)).collect();
    let found = format!("the arrays {known:?}");
    match arrays.remove(&format!("{name}.npy")) {
        Some(bytes) => Source::new(path, Box::new(Cursor::new(bytes))),
        None => {
            let remedy = "give the name of one of its arrays";
            Err(Error::Format { path: path.into(), found, expected, remedy })
        }
    }
}

/// The files inside.
fn arrays(path: &Path, expected: &str) -> Result<BTreeMap<String, Vec<u8>>> {
    let bytes = std::fs::read(path).map_err(|source| Error::reading("an NPZ file", path, source))?;
    dnn_io::npz::entries(&bytes).map_err(|error| Error::Format {
        path: path.into(),
        found: match error {
            dnn_io::Error::Foreign { found, .. } => found,
            other => other.to_string(),
        },
        expected: expected.into(),
        remedy: "save it again with `numpy.savez`",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::tests::file;

    /// Written by `numpy.savez_compressed("numpy.npz", x=numpy.arange(6.0).reshape(3, 2), y=numpy.array([1, 0, 1]))`.
    const NUMPY: &[u8] = include_bytes!("../tests/npz/numpy.npz");

    #[test]
    fn arrays_that_numpy_wrote_are_read_by_name() {
        let (_folder, path) = file(NUMPY);
        let dataset = read_dataset::<f32>(&path, "x", "y").unwrap();
        assert_eq!(dataset.examples(), ndarray::array![[0.0, 2.0, 4.0], [1.0, 3.0, 5.0]]);
        assert_eq!((dataset.labels(), dataset.classes().len()), (&[1, 0, 1][..], 2));
        let message = read::<f32>(&path, "z").unwrap_err().to_string();
        assert!(
            message.contains("has the arrays [\"x\", \"y\"], but an NPZ file with an array \"z\""),
            "{message}"
        );
    }

    #[test]
    fn no_damage_panics() {
        for end in 0..NUMPY.len() {
            let (_folder, path) = file(&NUMPY[..end]);
            assert!(read::<f32>(&path, "x").is_err(), "{end}");
        }
    }
}
