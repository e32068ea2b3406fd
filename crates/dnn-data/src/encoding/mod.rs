//! What is learnt from the training rows of a table alone, so that a network can be given raw data later: what becomes of each
//! column (`schema.rs`), the classes (`target.rs`), and how predictions are turned back. Stored beside the network.

mod encoder;
mod fit;
mod rows;
mod schema;
mod target;
mod transform;

pub use encoder::{EncoderOptions, TableEncoder, Unknown};
pub(crate) use fit::{Fitter, Moments, TargetFitter};
pub use rows::RawValue;
pub use schema::{Encoding, SchemaColumn, Unused};
pub use target::{Labels, Target, Task};
