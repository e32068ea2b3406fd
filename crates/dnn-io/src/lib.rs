//! Checkpoints for dnn: a network and its parameters in one checked file.
//!
//! The container has a magic, a version, its exact length, a table of sections with a CRC32C each and a SHA-256 of the
//! whole; `FORMAT.md` beside this crate states every byte. Nothing in a file can run or load code: a file names layers and
//! activations, and only what the program's [`dnn_core::Registry`] holds is made. See [`Checkpoint`].

#![forbid(unsafe_code)]

mod checkpoint;
mod container;
mod error;
mod file;

pub use checkpoint::Checkpoint;
pub use error::{Error, Result};

/// The program of the README, compiled and run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
