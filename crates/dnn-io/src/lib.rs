//! Checkpoints for dnn: a network and its parameters in one checked file; and the files of other programs.
//!
//! The container has a magic, a version, its exact length, a table of sections with a CRC32C each and a SHA-256 of the
//! whole; `FORMAT.md` beside this crate states every byte. Nothing in a file can run or load code: a file names layers and
//! activations, and only what the program's [`dnn_core::Registry`] holds is made. See [`Checkpoint`].
//!
//! [`mod@safetensors`] and [`npz`] go both ways, [`onnx`] out; [`StateDict`] states the map of names that they share.

#![forbid(unsafe_code)]

mod background;
mod checkpoint;
mod codec;
mod container;
mod error;
mod file;
mod files;
mod metadata;
mod modules;
pub mod npz;
mod numbers;
pub mod onnx;
mod outline;
pub mod protobuf;
pub mod safetensors;
mod series;
mod state_dict;

pub use background::Background;
pub use checkpoint::Checkpoint;
pub use container::Section;
pub use error::{Error, Result};
pub use files::{Disk, Files, NewFile};
pub use outline::Outline;
pub use series::{Newest, Series};
pub use state_dict::{StateDict, TensorName, tensor_names};

/// The program of the README, compiled and run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
