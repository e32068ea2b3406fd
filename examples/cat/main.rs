//! The course's cat detector: 12288-20-7-5-1 in f64, from given weights, against the numbers the course prints.
//!
//! `cargo run --release --example cat`
//!
//! What to expect: the cost before every hundredth update as in `expected.json` to a relative 1e-11, 98.56 % of the 209
//! training pictures and 80 % of the 50 test pictures right, on every back end. The program fails if one digit differs.
//! The weights and pictures lie in `course-cat` among the data sets, or in `oracles/course-cat` beside their folder;
//! without them it says so and stops.

#![allow(clippy::print_stdout, clippy::print_stderr)] // an example speaks to a person

#[path = "../support/mod.rs"]
mod support;

mod course;

use std::process::ExitCode;

use dnn::prelude::*;

fn main() -> ExitCode {
    support::finish(run())
}

fn run() -> Result<(), support::Failure> {
    let Some(course) = course::Course::load()? else {
        println!("{}", course::MISSING);
        return Ok(());
    };
    let (choice, threads) = (dnn::blas::choose()?, Threads::default());
    println!("products  {}", choice.backend.identity());
    println!("threads   {}\n", threads.threads());
    let found = course.train(Compute { backend: &*choice.backend, pool: &threads })?;
    println!("{:>9} {:>20} {:>20} {:>10}", "iteration", "cost", "expected", "difference");
    for (&(iteration, expected), &cost) in course.expected.costs.iter().zip(&found.costs) {
        println!("{iteration:>9} {cost:>20.16} {expected:>20.16} {:>10.1e}", (cost / expected - 1.0).abs());
    }
    println!("\naccuracy  train {:.9}  test {:.2}", found.train_accuracy, found.test_accuracy);
    course.check(&found)
}
