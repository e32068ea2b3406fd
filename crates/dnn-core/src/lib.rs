//! Shapes, activations, layers and the two passes of deep fully-connected networks.
//!
//! Examples are columns: `Z[l] = W[l] A[l-1] + b[l]`, `A[l] = g[l](Z[l])`.

pub mod activation;
mod buffer;
mod dense;
mod dropout;
mod error;
mod layer;
mod matrix;
mod named;
mod named_config;
mod network;
mod normalisation;
mod pass;
mod pool;
mod product;
pub mod random;
mod real;
mod registry;
mod workspace;

pub use activation::*;
pub use buffer::State;
pub use dense::Dense;
pub use dropout::Dropout;
pub use error::{Error, Result};
pub use layer::{AnyLayer, Batch, Block, Draws, Kind, Layer, LayerSpecification, Part, Shapes};
pub use matrix::{Matrix, MatrixMut, column_major};
pub use named::{Configured, Constant, ConstantValue, Named};
pub use named_config::NamedConfig;
pub use network::{Builder, Network, NetworkPart};
pub use normalisation::LayerNormalisation;
pub use pass::{BlockCost, BlockGradient, BlockUpdate};
pub use pool::{Compute, Pool, Serial};
pub use product::{Backend, Identity as BackendIdentity, Naive, Operands, Product, Products, Update};
pub use real::{Both, Real, widest};
pub use registry::{Family, Registry};
pub use workspace::Workspace;

/// The program of the README, compiled and run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
