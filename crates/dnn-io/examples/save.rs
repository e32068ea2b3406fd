//! Saves a checkpoint of many equal parameters, or says what one holds: for `tests/outside/run`, which makes the system
//! refuse what this asks for.
//!
//!     save PATH COUNT VALUE      # COUNT parameters, in f32
//!     save PATH                  # prints COUNT and VALUE
//!
//! Ends with code 1 and the error on the standard error stream.
#![allow(clippy::print_stdout, clippy::print_stderr)] // a program for the terminal

use std::process::ExitCode;

use dnn_core::{Identity, Network, Registry};
use dnn_io::Checkpoint;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    match arguments {
        [path, count, value] => {
            // One weight and one bias a unit.
            let units = count.parse::<usize>()? / 2;
            let network = Network::builder(1).dense(units, Identity).build()?;
            let parameters = vec![value.parse::<f32>()?; network.parameter_count()];
            Checkpoint::new(network, parameters)?.save(path)?;
        }
        [path] => {
            let checkpoint = Checkpoint::<f32>::load(path, &Registry::builtin())?;
            let parameters = checkpoint.parameters();
            let value =
                parameters.iter().copied().reduce(|value, next| if value == next { value } else { f32::NAN });
            println!("{} {}", parameters.len(), value.unwrap_or(f32::NAN));
        }
        _ => return Err("usage: save PATH [COUNT VALUE]".into()),
    }
    Ok(())
}
