//! From data to a trained network that takes raw rows: what the `dnn` command does, for programs.
//!
//! It knows no flag and no terminal, and prints nothing: what there is to tell goes to observers and to the run's folder.
#![forbid(unsafe_code)]
// Until the surface is settled.
#![allow(missing_docs, private_interfaces)]

pub mod about;
pub mod config;
pub mod defaults;
pub mod error;
pub mod evaluation;
pub mod gradient;
pub mod inspection;
mod job;
pub mod machine;
pub mod model;
pub mod network;
mod predict;
pub mod session;
pub mod sweep;
pub mod watch;

pub use config::Config;
pub use dnn_data::RawValue;
pub use dnn_train::Stop;
pub use error::{Cause, Error, Result};
pub use job::Job;
pub use machine::Machine;
pub use model::Model;
pub use predict::{Accepts, Input, Prediction};
pub use watch::{Names, Watch};
