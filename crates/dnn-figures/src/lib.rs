//! Charts and picture grids, each written as one SVG file.
//!
//! [`LineChart`], [`BarChart`], [`PictureGrid`] and [`ConfusionMatrix`] take plain numbers, so they draw
//! what any program has. A figure is an opaque white sheet in colours that all kinds of colour sight tell apart.
//!
//! ```
//! use dnn_figures::LineChart;
//!
//! let cost = (1..=50).map(|step| (f64::from(step), 0.7 / f64::from(step)));
//! let svg = LineChart::new("Cost of training").axes("step", "cost").logarithmic().line("8-16-1", cost).svg()?;
//! assert!(svg.starts_with("<svg") && svg.contains("8-16-1"));
//! # Ok::<(), dnn_figures::Error>(())
//! ```
#![forbid(unsafe_code)]

/// The program of the README, kept compiling and running.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod axis;
mod bar_chart;
mod canvas;
mod colour;
mod confusion;
mod error;
mod grid;
mod line_chart;
mod number;
mod panel;
mod pixels;
mod runs;
mod text;

pub use bar_chart::BarChart;
pub use confusion::ConfusionMatrix;
pub use error::{Error, Result};
pub use grid::PictureGrid;
pub use line_chart::LineChart;
pub use number::short;
pub use pixels::Picture;
