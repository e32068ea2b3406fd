//! The choice of settings: a search on the held-out pictures, kept in a journal or made anew; and what the learning rate does.

use std::path::Path;

use dnn::prelude::*;
use dnn::search::{
    Dimension, Finished, Fit, Goal, Grid, Outcome, Pools, Recipe, Search, Space, Strategy, Trial,
};

use crate::data::Pictures;
use crate::support::Failure;

/// What is searched.
const SEARCH: &str = include_str!("search.json");
/// What came of it: the journal of the search as it was run.
const JOURNAL: &str = include_str!("search.jsonl");
/// Learning rates of the sweep, and the epochs of each.
const SWEEP: (usize, u64) = (4, 3);

/// Two trials at a time, where there are two cores.
pub(crate) fn pools() -> Result<Pools<Threads>, Failure> {
    let trials = std::thread::available_parallelism().map_or(1, |cores| cores.get().min(2));
    Ok(Pools::split(trials, Threads::new)?)
}

/// The search as it was kept: its journal is complete, so nothing is tried.
pub(crate) fn kept(out: &Path) -> Result<Outcome, Failure> {
    let (search, journal): (Search, _) = (serde_json::from_str(SEARCH)?, out.join("search.jsonl"));
    std::fs::write(&journal, JOURNAL)?;
    let refuse = |_: &Trial, _: &dyn Pool, _: &mut _| Err("the kept search is not complete".into());
    Ok(search.run(&pools()?, Some(&journal), refuse, &mut |_| Flow::Continue)?)
}

/// The search made anew, or gone on with from its journal.
pub(crate) fn anew(
    journal: &Path,
    pictures: &Pictures,
    recipe: &Recipe,
    backend: &dyn Backend,
) -> Result<Outcome, Failure> {
    let mut search: Search = serde_json::from_str(SEARCH)?;
    if !pictures.real {
        search.note = pictures.description.clone();
    }
    let Pictures { training, validation, .. } = pictures;
    let fit = Fit::new(recipe, backend, training.examples(), validation.examples())
        .metric(|a| metrics::accuracy(&metrics::classes(a), &validation.classes, None));
    let objective = |trial: &Trial, pool: &dyn Pool, report: &mut _| fit.evaluate(trial, pool, report);
    Ok(search.run(&pools()?, Some(journal), objective, &mut |finished| {
        println!("{}", line(finished));
        Flow::Continue
    })?)
}

/// A trial in one line.
pub(crate) fn line(Finished { trial, value, .. }: &Finished) -> String {
    let value = value.map_or("diverged".into(), |value| format!("{:.2} %", 100.0 * value));
    format!("trial {:>2}, {} epochs, {value:>8}: {}", trial.number, trial.budget.unwrap_or(0), trial.words())
}

/// The chosen settings with other learning rates: a grid of one dimension.
pub(crate) fn sweep(
    chosen: &Trial,
    pictures: &Pictures,
    recipe: &Recipe,
    backend: &dyn Backend,
) -> Result<Outcome, Failure> {
    let search = Search {
        space: Space::new([("learning_rate", Dimension::LogUniform(1e-5, 1e-2))])?,
        strategy: Strategy::Grid(Grid { points: SWEEP.0 }),
        goal: Goal::Lowest,
        seed: 0,
        note: String::new(),
    };
    let fit = Fit::new(recipe, backend, pictures.training.examples(), pictures.validation.examples());
    let objective = |trial: &Trial, pool: &dyn Pool, report: &mut _| {
        let mut values = chosen.values.clone();
        values.extend(trial.values.clone());
        let trial = Trial { budget: Some(SWEEP.1), values, ..trial.clone() };
        fit.evaluate(&trial, pool, report)
    };
    Ok(search.run(&pools()?, None, objective, &mut |_| Flow::Continue)?)
}
