//! Watching a dnn run: its progress while it goes, its checkpoints, its files, and the report of what came of it.
//!
//! [`Progress`], [`History`], [`Checkpoints`], [`JsonLines`] and [`TensorBoard`] are observers of `dnn-train`; [`Report`] is
//! one HTML page about the folders of runs.
//!
//! ```
//! use dnn_observe::{History, Progress};
//! use dnn_train::{Event, Observer, RunState};
//!
//! let mut progress = Progress::lines("parity", std::io::sink());
//! let mut history = History::default();
//! // What a run would tell them.
//! let mut events = vec![Event::Started { network: "8-16-1", steps: 50, steps_per_epoch: 50 }];
//! let run = RunState::default();
//! events.extend((1..=50).map(|step| Event::Step { step, cost: 0.7 / step as f64, run }));
//! events.push(Event::Finished { step: 50, cost: 0.014, seconds: 0.01, run });
//! for event in &events {
//!     progress.notify(event)?;
//!     history.notify(event)?;
//! }
//! assert_eq!((history.network(), history.steps().len()), ("8-16-1", 50));
//! # Ok::<(), dnn_train::ObserverError>(())
//! ```
#![forbid(unsafe_code)]

/// The programs of the README, kept compiling and running.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod checkpoints;
mod error;
mod history;
mod json_lines;
#[cfg(feature = "live")]
mod live;
mod progress;
mod report;
mod run;
mod tensorboard;
mod thinning;

pub use checkpoints::{Checkpoints, Resumed};
pub use error::{Error, Result};
pub use history::History;
pub use json_lines::JsonLines;
#[cfg(feature = "live")]
pub use live::Live;
pub use progress::Progress;
pub use report::Report;
pub use run::{
    About, CostPoint, Evaluation, Example, Gallery, Line, Metrics, Outcome, Run, RunFolder, ScoreCurve,
    State, Tile, ValueHistogram,
};
pub use tensorboard::TensorBoard;
