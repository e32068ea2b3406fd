//! Charts with axes: lines, bars with their spread, histograms; and diagrams of blocks and arrows.

mod axis;
mod bar_chart;
mod canvas;
mod diagram;
mod histogram;
mod line_chart;
mod number;
mod panel;
mod runs;
mod stretch;

pub use bar_chart::BarChart;
pub use diagram::Diagram;
pub use histogram::Histogram;
pub use line_chart::LineChart;
pub(crate) use number::label;
