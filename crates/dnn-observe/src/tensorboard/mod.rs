//! TensorBoard's event files: `observer` says what of a run goes into them, `event` how one is encoded, `record` how it is
//! framed.

mod event;
mod observer;
mod protobuf;
mod record;

pub use observer::TensorBoard;
