#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod about;
pub mod config;
mod defaults;
mod error;
mod evaluation;
pub mod gradient;
pub mod inspection;
mod job;
mod machine;
pub mod measure;
mod model;
mod network;
mod predict;
mod run;
mod session;
pub mod sweep;
mod watch;
pub mod workload;

pub use about::{FINGERPRINT, fingerprint};
pub use config::Config;
pub use defaults::fill;
pub use dnn_core::Registry;
pub use dnn_data::RawValue;
pub use dnn_train::Stop;
pub use error::{Cause, Error, Result};
pub use evaluation::{Measured, Metrics};
pub use inspection::inspect;
pub use job::Job;
pub use machine::Machine;
pub use model::{Model, PREPROCESSOR, finished_model, model_path};
pub use predict::{Accepts, Input, Prediction};
pub use run::{Trained, new_folder, run_name};
pub use session::Session;
pub use sweep::Sweep;
pub use watch::{MakeObservers, Watch};
