//! NPZ files, as `numpy.savez` writes them: arrays by name, each as in an NPY file.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;

use dnn_core::Real;

use crate::source::Source;
use crate::{Error, Examples, Result, npy};

/// Reads the array called `name`.
///
/// # Errors
/// As [`npy::read`]; [`Error::Format`] for a file that is no NPZ file, or has no such array.
pub fn read<T: Real>(path: impl AsRef<Path>, name: &str) -> Result<Examples<T>> {
    npy::read_source(array(path.as_ref(), name)?)
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
        let labels = read::<f64>(&path, "y").unwrap().into_labels().unwrap();
        let dataset = crate::Dataset::numbered(read::<f32>(&path, "x").unwrap(), labels).unwrap();
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
