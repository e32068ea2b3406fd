//! A run on disk: its folder, the files in it, and what is read back of a run that may still be going or was killed.

mod about;
mod curves;
mod evaluation;
mod folder;
mod metrics;
mod read;

pub use about::{About, Outcome, State};
pub use curves::ScoreCurve;
pub(crate) use evaluation::count;
pub use evaluation::{Evaluation, Example, Gallery, Tile, ValueHistogram};
pub use folder::RunFolder;
pub(crate) use folder::write_whole;
pub use metrics::{CostPoint, Line, Metrics};
pub use read::Run;
