//! safetensors files, as PyTorch's `safetensors.torch.load_file` and `save_file` read and write them.
//!
//! A file of ours also describes its network, so that it comes back whole:
//!
//! ```
//! use dnn_core::{Network, Registry, Relu, Sigmoid};
//! use dnn_io::safetensors;
//!
//! let network = Network::builder(2).dense(3, Relu).dense(1, Sigmoid).build()?;
//! let parameters = network.starting_parameters::<f32>();
//!
//! let bytes = safetensors::to_bytes(&network, &parameters)?;            // or `save(path, …)`
//! let dict = safetensors::from_bytes::<f32>(&bytes)?;                   // or `load(path)`
//! assert_eq!(dict.names().collect::<Vec<_>>(), ["0.bias", "0.weight", "2.bias", "2.weight"]);
//!
//! let again = dict.described_network(&Registry::builtin())?;
//! assert_eq!(again.to_string(), "2-3-1, relu inside, sigmoid last");
//! assert_eq!(dict.parameters(&again)?, parameters);
//! # Ok::<(), dnn_io::Error>(())
//! ```
//!
//! The format is that of <https://github.com/huggingface/safetensors>; its own crate reads and writes it. The metadata
//! have one entry, because that crate writes several in an order that changes from run to run.

use std::borrow::Cow;
use std::path::Path;

use ::safetensors::{Dtype, SafeTensors, View, tensor::TensorView};
use dnn_core::{Network, Real};

use crate::modules::{self, Tensor};
use crate::numbers::{self, Float};
use crate::state_dict::{Found, StateDict};
use crate::{Disk, Error, Result, file};

/// The bytes of a file of these `parameters`, under PyTorch's names: see [`StateDict`].
///
/// # Errors
/// [`Error::Unsavable`] if `parameters` are more or fewer than `network` has.
pub fn to_bytes<T: Real>(network: &Network, parameters: &[T]) -> Result<Vec<u8>> {
    let tensors = modules::tensors(network, parameters)?;
    let named = tensors.iter().map(|tensor| (tensor.name.as_str(), tensor));
    let metadata = [(modules::DESCRIPTION.to_owned(), modules::describe(network))];
    ::safetensors::serialize(named, Some(metadata.into_iter().collect())).map_err(|error| Error::Unsavable {
        what: "the state dict",
        found: error.to_string(),
        expected: "what safetensors takes".into(),
    })
}

/// Writes the file so that `path` holds either what it held before or the whole new file.
///
/// # Errors
/// As [`to_bytes`] and, of the file, as [`Checkpoint::save`](crate::Checkpoint::save).
pub fn save<T: Real>(path: impl AsRef<Path>, network: &Network, parameters: &[T]) -> Result<()> {
    file::replace(&Disk, path.as_ref(), &to_bytes(network, parameters)?)
}

/// The state dict of these bytes. Numbers in another precision, halves too, become the nearest that `T` has.
///
/// # Errors
/// [`Error::Foreign`] if they are no safetensors file.
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

fn read<T: Real>(file: &str, bytes: &[u8]) -> Result<StateDict<T>> {
    let refuse = |found: String| Error::Foreign {
        file: file.into(),
        found,
        expected: "a safetensors file".into(),
        remedy:
            "save it again with `safetensors.torch.save_file`; a .pt or .pth file is a pickle, which can run \
                 code and is not read"
                .into(),
    };
    let parsed = SafeTensors::deserialize(bytes).and_then(|tensors| {
        let (_, metadata) = SafeTensors::read_metadata(bytes)?;
        Ok((tensors, metadata))
    });
    let (tensors, metadata) = parsed.map_err(|error| refuse(format!("a file that is none ({error})")))?;
    let description = metadata.metadata().as_ref().and_then(|metadata| metadata.get(modules::DESCRIPTION));
    let found = tensors.tensors().into_iter().map(|(name, tensor)| found(name, &tensor)).collect();
    Ok(StateDict::new(file, found, description.cloned()))
}

fn found<T: Real>(name: String, tensor: &TensorView<'_>) -> Found<T> {
    let float = match tensor.dtype() {
        Dtype::F16 => Some(Float::F16),
        Dtype::BF16 => Some(Float::BF16),
        Dtype::F32 => Some(Float::F32),
        Dtype::F64 => Some(Float::F64),
        _ => None,
    };
    let values = float.and_then(|float| float.read(tensor.data()));
    Found { name, shape: tensor.shape().into(), values, kind: tensor.dtype().to_string() }
}

impl<T: Real> View for &Tensor<T> {
    fn dtype(&self) -> Dtype {
        if Float::of::<T>() == Float::F32 { Dtype::F32 } else { Dtype::F64 }
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        numbers::write(&self.values).into()
    }

    fn data_len(&self) -> usize {
        self.values.len() * T::BYTES
    }
}
