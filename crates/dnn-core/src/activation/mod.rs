//! Activations `a = g(z)`: the trait every one implements, and the trait objects a registry holds.
//!
//! The functions themselves are in [`functions`](mod@self) siblings: `functions.rs` has the elementwise ones, `softmax.rs`
//! the one that looks at a whole column, `pointwise.rs` the short form that plug-ins write.

mod functions;
mod pointwise;
mod softmax;
mod traits;

pub use functions::*;
pub use pointwise::{Elementwise, Pointwise, WeightVariance};
pub use softmax::Softmax;
pub use traits::{Activation, AnyActivation, IntoActivation, Saved, probe};
