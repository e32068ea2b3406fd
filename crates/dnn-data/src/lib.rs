//! Data sets for deep fully-connected networks: readers, splits, and what turns raw data into examples.
//!
//! Examples are columns: a matrix of `m` examples is `(features, m)`, stored column by column, so that one example is
//! contiguous and a mini-batch is a slice. Labels are class numbers from 0, beside the names of the classes.
//!
//! ```
//! use dnn_core::random::{Key, Purpose, Stream};
//! use dnn_data::{Scaler, Scaling};
//! use dnn_synthetic::faces;
//!
//! // 19 × 19 grey pictures of faces, and of other things; `folder::read` takes those of a folder.
//! let pictures = faces::generate::<f32>(200, 19, 7)?;
//! let (train, test) = pictures.split_stratified(0.25, 7)?;
//! assert_eq!((train.count(), test.count()), (150, 50));
//!
//! // Scaling is fitted on the training part alone, and kept beside the parameters of the network: it is plain data by serde.
//! let scaling = Scaler::fit(&[Scaling::Ranks, Scaling::Standardise], train.examples())?;
//! let x = scaling.transform(test.examples())?;
//! let y = test.binary::<f32>()?;
//! assert_eq!((x.dim(), y.dim()), ((361, 50), (1, 50)));
//!
//! // An example is a slice, whatever order the examples are taken in.
//! let mut order: Vec<usize> = (0..test.count()).collect();
//! Stream::new(Key::new(7, Purpose::Shuffle)).shuffle(&mut order);
//! let batch = dnn_data::select(x.view(), &order[..32])?;
//! assert_eq!(batch.t().as_slice().map(<[f32]>::len), Some(361 * 32));
//! # Ok::<(), dnn_data::Error>(())
//! ```
#![forbid(unsafe_code)]

mod array_source;
mod chunks;
mod data;
mod dataset;
mod encoding;
mod error;
mod examples;
mod field;
pub mod folder;
mod format;
pub mod idx;
mod mirror;
pub mod npy;
#[cfg(feature = "npz")]
pub mod npz;
mod preprocessor;
mod scaling;
mod settings;
#[cfg(feature = "sound")]
pub mod sound;
mod source;
mod stored;
mod subset;
pub mod table;
mod table_source;
mod targets;

pub use chunks::{Chunks, TableStream};
pub use data::Data;
pub use dataset::{Dataset, LabelledSet};
pub use encoding::{
    EncoderOptions, Encoding, Labels, RawValue, SchemaColumn, TableEncoder, Target, Task, Unknown, Unused,
};
pub use error::{Error, Result};
pub use examples::{Examples, select};
pub use format::DataFormat;
pub use mirror::mirrored;
pub use preprocessor::{ArrayEncoder, InputKind, Preprocessor};
pub use scaling::{Scaler, Scaling, ranks};
pub use settings::{DataSettings, Missing, ScalingSetting};
pub use subset::{Split, split_groups, split_stratified};
pub use table::{Column, Kind, Table};
pub use targets::{binary, one_hot};

/// The programs of the README, compiled and run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
