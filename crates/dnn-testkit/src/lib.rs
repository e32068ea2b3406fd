//! Oracles and suites that test the dnn crates.

pub mod activation;
pub mod allocation;
pub mod backend;
pub mod compiler;
pub mod gradient;
mod guard;
