//! The `dnn` command with the plug-ins of four crates: `dnn.toml` and model files name them like what is built in.
//!
//! `cargo run --release --manifest-path examples/plugin-program/Cargo.toml -- train data.csv --set …`
//!
//! What to expect is in `tests/program.rs`: it trains with an activation and an optimizer of plug-ins, watched by an observer
//! of one, and inspects what came of it; plain `dnn` says what it lacks.

use std::fs::File;

use dnn_cli::Program;
use plugin_observer::Travel;

fn main() -> std::process::ExitCode {
    Program::new()
        .registry(plugin_activation::register::both)
        .registry(plugin_layer::register)
        .registry(plugin_optimizer::register)
        // A share of 0 ends no run: this one only writes.
        .observer(|run| Ok(Box::new(Travel::new(0.0, File::create(run.path().join("travel.csv"))?))))
        .run()
}
