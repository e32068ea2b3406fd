//! NPZ files: one array for each tensor, as `numpy.load` reads and `numpy.savez` writes them.
//!
//! ```
//! use dnn_core::{Network, Relu, Sigmoid};
//! use dnn_io::npz;
//!
//! let network = Network::builder(2).dense(3, Relu).dense(1, Sigmoid).build()?;
//! let parameters = network.starting_parameters::<f32>();
//!
//! let bytes = npz::to_bytes(&network, &parameters)?;                    // or `save(path, …)`
//! let dict = npz::from_bytes::<f32>(&bytes)?;                           // or `load(path)`
//! assert_eq!(dict.shape("0.weight"), Some(&[3, 2][..]));
//! assert_eq!(dict.parameters(&network)?, parameters);
//! # Ok::<(), dnn_io::Error>(())
//! ```
//!
//! Names and shapes are those of [`StateDict`]. The file does not describe its network.

mod array;
mod zip;

use std::collections::BTreeMap;
use std::path::Path;

use dnn_core::{Network, Real};

use crate::state_dict::{Found, StateDict};
use crate::{Disk, Error, Result, file, modules};

/// The bytes of a file of these `parameters`, under PyTorch's names, uncompressed.
///
/// # Errors
/// [`Error::Unsavable`] if `parameters` are more or fewer than `network` has, or more than 4 GiB.
pub fn to_bytes<T: Real>(network: &Network, parameters: &[T]) -> Result<Vec<u8>> {
    let tensors = modules::tensors(network, parameters)?;
    let entries: Vec<_> = tensors
        .iter()
        .map(|tensor| (format!("{}.npy", tensor.name), array::write(&tensor.shape, &tensor.values)))
        .collect();
    zip::write(&entries).ok_or_else(|| Error::Unsavable {
        what: "the size of the arrays",
        found: format!("that of {} parameters in {}", parameters.len(), T::NAME),
        expected: "4 GiB and 65535 arrays or fewer, the most an NPZ file holds (safetensors holds more)"
            .into(),
    })
}

/// Writes the file so that `path` holds either what it held before or the whole new file.
///
/// # Errors
/// As [`to_bytes`] and, of the file, as [`Checkpoint::save`](crate::Checkpoint::save).
pub fn save<T: Real>(path: impl AsRef<Path>, network: &Network, parameters: &[T]) -> Result<()> {
    file::replace(&Disk, path.as_ref(), &to_bytes(network, parameters)?)
}

/// The state dict of these bytes, stored or deflated. Numbers in another precision, halves too, become the nearest that
/// `T` has.
///
/// # Errors
/// [`Error::Foreign`] if they are no NPZ file.
pub fn from_bytes<T: Real>(bytes: &[u8]) -> Result<StateDict<T>> {
    read("the bytes", bytes)
}

/// Reads the file at `path`, as [`from_bytes`].
///
/// # Errors
/// As [`from_bytes`]; [`Error::File`].
pub fn load<T: Real>(path: impl AsRef<Path>) -> Result<StateDict<T>> {
    let path = path.as_ref();
    read(&path.display().to_string(), &file::read(&Disk, path)?)
}

/// The files inside an archive by their names, stored or deflated: in an NPZ file an NPY file for each array, of any type.
///
/// # Errors
/// [`Error::Foreign`] if the bytes are no such archive.
pub fn entries(bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>> {
    zip::read(bytes).map_err(|found| refuse("the bytes", found))
}

fn read<T: Real>(file: &str, bytes: &[u8]) -> Result<StateDict<T>> {
    let mut tensors = Vec::new();
    for (name, bytes) in zip::read(bytes).map_err(|found| refuse(file, found))? {
        let array = array::read(&bytes).map_err(|found| refuse(file, format!("{found} in {name}")))?;
        let name = name.strip_suffix(".npy").unwrap_or(&name).to_owned();
        tensors.push(Found { name, shape: array.shape, values: array.values, kind: array.kind });
    }
    Ok(StateDict::new(file, tensors, None))
}

fn refuse(file: &str, found: String) -> Error {
    Error::Foreign {
        file: file.into(),
        found,
        expected: "an NPZ file".into(),
        remedy: "save it again with `numpy.savez`".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dnn_core::{Relu, Sigmoid};

    fn network() -> (Network, Vec<f32>) {
        let network = Network::builder(2).dense(3, Relu).dense(1, Sigmoid).build().unwrap();
        let parameters = (0..network.parameter_count()).map(|place| place as f32 / 8.0).collect();
        (network, parameters)
    }

    #[test]
    fn a_written_file_comes_back_in_both_precisions() {
        let (network, parameters) = network();
        let bytes = to_bytes(&network, &parameters).unwrap();
        assert_eq!(bytes, to_bytes(&network, &parameters).unwrap());
        assert_eq!(from_bytes::<f32>(&bytes).unwrap().parameters(&network).unwrap(), parameters);
        let wide: Vec<f64> = parameters.iter().map(|&parameter| parameter.into()).collect();
        assert_eq!(from_bytes::<f64>(&bytes).unwrap().parameters(&network).unwrap(), wide);
        assert!(matches!(to_bytes(&network, &parameters[1..]), Err(Error::Unsavable { .. })));
    }

    #[test]
    fn no_damage_panics_and_every_changed_number_is_found() {
        let (network, parameters) = network();
        let bytes = to_bytes(&network, &parameters).unwrap();
        for at in 0..bytes.len() {
            assert!(from_bytes::<f32>(&bytes[..at]).is_err(), "the first {at} bytes");
            for bit in 0..8 {
                let mut flipped = bytes.clone();
                flipped[at] ^= 1 << bit;
                // A few bytes, such as dates, mean nothing; whatever still loads has the same numbers.
                let loaded = from_bytes::<f32>(&flipped).and_then(|dict| dict.parameters(&network));
                assert!(
                    loaded.is_err() || loaded.is_ok_and(|loaded| loaded == parameters),
                    "bit {bit} of {at}"
                );
            }
        }
        let message = from_bytes::<f32>(b"text").unwrap_err().to_string();
        assert!(
            message.starts_with("the bytes: found no directory of a zip archive, expected an NPZ file: ")
        );
    }
}
