//! Watching a dnn run: progress while it goes, curves and pictures of what came of it.
//!
//! [`Progress`], [`History`] and [`Checkpoints`] are observers of `dnn-train`; [`LineChart`], [`BarChart`], [`Histogram`],
//! [`Diagram`], [`PictureGrid`] and [`ConfusionMatrix`] take plain numbers, so they draw what any program has. Every figure
//! is one SVG file on an opaque white sheet, in colours that all kinds of colour sight tell apart.
//!
//! ```
//! use dnn_observe::{History, LineChart, Progress};
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
//!
//! let chart = LineChart::new("Cost of training").axes("step", "cost").logarithmic();
//! let svg = chart.line(history.network(), history.steps()).svg()?;
//! assert!(svg.starts_with("<svg") && svg.contains("8-16-1"));
//! # Ok::<(), dnn_train::ObserverError>(())
//! ```
#![forbid(unsafe_code)]

/// The program of the README, kept compiling and running.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod checkpoints;
mod error;
mod figure;
mod history;
mod json_lines;
#[cfg(feature = "live")]
mod live;
mod picture;
mod progress;
mod report;
mod run;
mod tensorboard;
mod text;
mod thinning;

pub use checkpoints::{Checkpoints, Resumed};
pub use error::{Error, Result};
pub use figure::{BarChart, Diagram, Histogram, LineChart};
pub use history::{Curve, History};
pub use json_lines::JsonLines;
#[cfg(feature = "live")]
pub use live::Live;
pub use picture::{ConfusionMatrix, Picture, PictureGrid};
pub use progress::Progress;
pub use report::Report;
pub use run::{
    About, CostPoint, EpochPoint, Evaluation, Example, Gallery, Line, Metrics, Outcome, Run, RunFolder,
    ScoreCurve, State, Tile, ValidationPoint, ValueHistogram,
};
pub use tensorboard::TensorBoard;
