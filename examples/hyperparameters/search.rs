//! From coarse to fine: hyper-parameters tried at random, then again in a smaller part of their ranges around the best.

use dnn::figures::LineChart;
use dnn::prelude::*;
use dnn::search::{
    CoarseToFine, Dimension, Finished, Fit, Goal, Outcome, Pools, Recipe, Search, Space, Strategy,
};

use crate::data::Planar;
use crate::support::{Failure, claim};

const ROUNDS: CoarseToFine = CoarseToFine { rounds: 3, trials: 16, zoom: 0.4, leaders: 3 };

/// What a search found, and how right the best is on examples that had no part in it.
pub(crate) struct Found {
    pub(crate) outcome: Outcome,
    pub(crate) accuracy: f64,
}

/// Searches learning rate, hidden units and layers for `planar`; prints the best of each round.
pub(crate) fn run(planar: &Planar, backend: &dyn Backend) -> Result<Found, Failure> {
    let search = Search {
        space: Space::new([
            ("learning_rate", Dimension::LogUniform(1e-4, 10.0)),
            ("hidden_units", Dimension::LogInteger(1, 64)),
            ("hidden_layers", Dimension::Integer(1, 3)),
        ])?,
        strategy: Strategy::CoarseToFine(ROUNDS),
        goal: Goal::Lowest,
        seed: 0,
        note: String::new(),
    };
    let settings = Settings { batch: Some(32), epochs: Some(100), ..Settings::default() };
    let recipe = Recipe::new(2, 1, Sigmoid).settings(settings);
    let fit = Fit::<f32>::new(&recipe, backend, planar.training.examples(), planar.validation.examples());
    let pools = Pools::new(vec![Serial])?;
    let outcome =
        search.run(&pools, None, |trial, pool, report| fit.evaluate(trial, pool, report), &mut |_| {
            Flow::Continue
        })?;

    print(planar, &outcome)?;
    let accuracy = test(planar, &recipe, &outcome, backend)?;
    println!("  {:.1} % of {} points that had no part in it right", 100.0 * accuracy, planar.test.y.len());
    Ok(Found { accuracy, outcome })
}

/// The best after each round.
fn print(planar: &Planar, outcome: &Outcome) -> Result<(), Failure> {
    let [training, validation] = [&planar.training, &planar.validation].map(|part| part.y.len());
    println!(
        "\nfrom coarse to fine on {}: {training} points to train on, {validation} to choose by\n",
        planar.name
    );
    let mut best: Option<&Finished> = None;
    for (round, finished) in (1..).zip(rounds(outcome)) {
        let finite = finished.iter().chain(best).filter(|finished| finished.value.is_some());
        best = finite.min_by(|a, b| cost(a).total_cmp(&cost(b)));
        let best = best.ok_or("every trial diverged")?;
        println!("  after round {round}: cost {:.4} with {}", cost(best), best.trial.words());
    }
    Ok(())
}

/// The share that the best trial, trained again, has right of examples that had no part in the search.
fn test(planar: &Planar, recipe: &Recipe, outcome: &Outcome, backend: &dyn Backend) -> Result<f64, Failure> {
    let (network, settings) = recipe.make(&outcome.best().ok_or("every trial diverged")?.trial)?;
    let (plan, compute) = (settings.plan(&network, planar.training.y.len())?, Compute::serial(backend));
    let mut trainer = Trainer::<f32>::new(&network, plan, compute)?;
    trainer.train(planar.training.examples(), None, &mut [])?;
    planar.test.accuracy(network.predict(compute, trainer.parameters(), planar.test.x.view())?.view())
}

/// The trials of each round.
fn rounds(outcome: &Outcome) -> std::slice::Chunks<'_, Finished> {
    outcome.finished.chunks(ROUNDS.trials as usize)
}

fn cost(finished: &Finished) -> f64 {
    finished.value.unwrap_or(f64::NAN)
}

/// Each trial of each round by its learning rate and its validation cost.
pub(crate) fn draw(planar: &Planar, outcome: &Outcome) -> Result<LineChart, Failure> {
    let chart = LineChart::new(format!("From coarse to fine on {}", planar.name))
        .subtitle("each dot is a trial with its own learning rate, hidden units and layers; a round looks around the best of those before; diverged trials have no dot")
        .axes("learning rate, as a power of 10", "validation cost")
        .logarithmic();
    (1..).zip(rounds(outcome)).try_fold(chart, |chart, (round, finished)| {
        let mut dots = Vec::new();
        for trial in finished {
            let rate: f64 = trial.trial.get("learning_rate")?;
            // A gap behind each, so that no line joins them.
            dots.extend([(rate.log10(), cost(trial)), (f64::NAN, f64::NAN)]);
        }
        Ok(chart.line(format!("round {round}"), dots))
    })
}

/// Fails if the search did not come to less than the middle of its first round.
pub(crate) fn check(planar: &Planar, outcome: &Outcome) -> Result<(), Failure> {
    let mut first: Vec<f64> = rounds(outcome).next().unwrap_or_default().iter().map(cost).collect();
    first.sort_by(f64::total_cmp);
    let (middle, best) = (first[first.len() / 2], outcome.best().map_or(f64::NAN, cost));
    // A trial that diverged is NaN, which sorts last.
    claim(
        best < middle || middle.is_nan(),
        format!("{}: the search came to {best}, the first round to {middle}", planar.name),
    )
}
