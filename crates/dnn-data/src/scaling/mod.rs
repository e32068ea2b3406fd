//! Scaling, fitted on training data once and applied everywhere: a chain of steps, each on what the one before gives.
//!
//! All steps keep the number of features. Statistics are summed in f64 in the order of the examples, and every value is
//! scaled in f64 and rounded once; so the same data gives the same bits, and so does a scaler that was stored.

mod ranks;
mod scaler;
mod step;

pub use ranks::ranks;
pub use scaler::Scaler;
pub use step::Scaling;
