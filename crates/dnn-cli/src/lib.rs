//! The `dnn` command as a library: [`Program`] is all of it, and takes plug-ins before it runs.
//!
//! A program with an activation of its own, whose networks `dnn train` then names and `dnn predict` reads:
//! ```no_run
//! use dnn_cli::Program;
//! use dnn_core::{Elementwise, IntoActivation, Named, Real, Saved};
//! use std::process::ExitCode;
//!
//! #[derive(Clone, Default)]
//! struct Square;
//!
//! impl Named for Square {
//!     const NAME: &'static str = "my-crate/square";
//! }

//! impl Elementwise for Square {
//!     const SAVED: Saved = Saved::Input;
//!     fn f<T: Real>(&self, z: T) -> T { z * z }
//!     fn df<T: Real>(&self, z: T) -> T { z + z }
//! }
//!
//! fn main() -> ExitCode {
//!     Program::new().registry(|registry| registry.add(Square::into_activation)).run()
//! }
//! ```
//!
//! It alone knows flags, prints, and ends with an exit code; what it does is in `dnn-pipeline`.
#![forbid(unsafe_code)]

mod bench;
mod command;
mod describe;
mod doctor;
mod error;
mod flags;
mod inspection;
mod output;
mod program;
mod run;
mod stop;
mod table;
mod view;
mod watch;

pub use dnn_pipeline::Cause;
pub use error::{Error, Result};
pub use program::Program;
