//! Parameters and hyper-parameters: what a learning rate does, and how good ones are found.
//!
//! `cargo run --release --example hyperparameters [-- --out FOLDER]`
//!
//! Parameters, W and b of every layer, are what training finds. Hyper-parameters are set beforehand and decide what
//! they come to: the learning rate α, the number of iterations, of hidden layers L − 1 and of hidden units n\[l\], the
//! activation; and further momentum, the size of a batch, penalties. Nobody knows the best beforehand: idea, code,
//! experiment, and again.
//!
//! First the cost against the iteration on the course's flower, for learning rates from too small to diverging; then a
//! search from coarse to fine, on the flower and, if they are here, on the microchips of `ng-ml-course`.
//!
//! What to expect, or the program fails: the smallest rate ends more than half above the best one's cost, and the largest
//! rises to more than five times the first cost; each search ends below the middle of its first round; and what it chooses on
//! the flower gets at least 85 % of new points right.

#![allow(clippy::print_stdout, clippy::print_stderr)] // an example speaks to a person

#[path = "../support/flower.rs"]
mod flower;
#[path = "../support/mod.rs"]
mod support;

mod data;
mod rates;
mod search;

use std::process::ExitCode;

use dnn::prelude::*;
use support::{Failure, claim};

fn main() -> ExitCode {
    support::finish(run())
}

fn run() -> Result<(), Failure> {
    let out = support::out("hyperparameters")?;
    let backend = dnn::blas::auto()?;
    let flower = data::petals();
    rates::compare(&flower.training, Compute::serial(&*backend))?.write(out.join("learning-rates.svg"))?;
    let found = search::run(&flower, &*backend)?;
    search::draw(&flower, &found.outcome)?.write(out.join("search-flower.svg"))?;
    search::check(&flower, &found.outcome)?;
    claim(found.accuracy >= 0.85, format!("only {} of the flower's new points are right", found.accuracy))?;
    match data::chips()? {
        None => println!("\nmicrochips: not here (set DNN_DATASETS to a folder with ng-ml-course in it)"),
        Some(chips) => {
            let found = search::run(&chips, &*backend)?;
            search::draw(&chips, &found.outcome)?.write(out.join("search-chips.svg"))?;
            search::check(&chips, &found.outcome)?;
        }
    }
    println!("\npictures are in {}", out.display());
    Ok(())
}
