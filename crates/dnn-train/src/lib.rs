//! Cost, initialisation, optimizers, schedules, and the loop that trains a [`dnn_core::Network`].
//!
//! Parameters are what training finds; hyper-parameters are what a person sets beforehand, here [`Settings`]. They become
//! a [`Plan`], and a [`Trainer`] carries it out: each step takes a batch forward, prices it with a [`Cost`], takes the
//! gradient backward and lets an [`Optimizer`] change the parameters. Those who watch are told by [`Event`]s.
//! See [`Trainer`] for a complete program.
//!
//! Not here: where data comes from, what is drawn or saved of a run, and which library multiplies matrices.

#![forbid(unsafe_code)]

mod checks;
mod clipping;
mod cost;
mod cross_validation;
mod early_stopping;
mod error;
mod evaluation;
mod event;
mod examples;
mod initialisation;
mod measures;
pub mod metrics;
mod not_finite;
mod optimizer;
mod penalty;
mod range_finder;
mod registry;
mod run_state;
mod schedule;
mod settings;
mod step;
mod stop;
mod trainer;
mod training_loop;
mod update;
mod vector;
mod weights;

pub use clipping::Clipping;
pub use cost::*;
pub use cross_validation::{CrossValidated, CrossValidation, Fold, Spread};
pub use dnn_core::NamedConfig;
pub use early_stopping::{Best, EarlyStopping};
pub use error::{Error, Result};
pub use event::{Event, Flow, Observer, ObserverError};
pub use examples::Examples;
pub use initialisation::Initialisation;
pub use metrics::Metric;
pub use optimizer::*;
pub use penalty::Penalty;
pub use range_finder::{RangeCurve, RangeFinder};
pub use registry::registry;
pub use run_state::{Numbers, RunState, TrainerState};
pub use schedule::*;
pub use settings::{Plan, Settings};
pub use stop::Stop;
pub use trainer::Trainer;
pub use training_loop::{Ended, Summary};
pub use weights::ClassWeights;

/// The program of the README, compiled and run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
