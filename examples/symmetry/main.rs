//! Why weights start random: units that start the same stay the same.
//!
//! `cargo run --release --example symmetry [-- --out FOLDER]`
//!
//! One net, 2-8-8-1, learns the course's flower of two classes from four starts: all weights zero, all weights equal, random
//! but a hundred times too large, and random of the size that suits ReLU (He). How alike the units of a layer are is the
//! mean absolute cosine between their weights: 1 if all look at the same direction.
//!
//! What to expect, or the program fails: from zero and equal weights all units of a layer have the same weights to the last
//! bit at every look, so that the net can do no more than one unit a layer; from He they differ, and it gets at least 85 %
//! of the examples right and 15 points more than from equal weights. From weights too large the first cost is more than ten
//! times ln 2, that of a net that knows nothing; what comes of it is for the picture to say.

#![allow(clippy::print_stdout, clippy::print_stderr)] // an example speaks to a person

#[path = "../support/flower.rs"]
mod flower;
#[path = "../support/mod.rs"]
mod support;

mod figures;
mod likeness;

use std::process::ExitCode;

use dnn::prelude::*;
use dnn::train::ObserverError;
use ndarray::Array2;
use support::{Failure, claim};

/// Steps of each run, all examples in each, and how many from one look at the weights to the next.
const STEPS: u64 = 6000;
const LOOK: u64 = 20;
/// Points of the flower.
const EXAMPLES: usize = 400;

/// How the weights start.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Start {
    Zeros,
    Equal,
    TooLarge,
    He,
}

const STARTS: [Start; 4] = [Start::Zeros, Start::Equal, Start::TooLarge, Start::He];

impl Start {
    fn name(self) -> &'static str {
        match self {
            Self::Zeros => "zeros",
            Self::Equal => "all 0.5",
            Self::TooLarge => "100 × He",
            Self::He => "He",
        }
    }

    /// Starting parameters, the biases zero.
    fn parameters(self, network: &Network) -> Vec<f32> {
        let mut parameters = Initialisation::draw::<f32>(Some(Initialisation::He), network, 0);
        for placed in network.parts().into_iter().filter(|placed| placed.part.name == "weight") {
            parameters[placed.part.range].iter_mut().for_each(|w| match self {
                Self::Zeros => *w = 0.0,
                Self::Equal => *w = 0.5,
                Self::TooLarge => *w *= 100.0,
                Self::He => {}
            });
        }
        parameters
    }
}

/// What came of one start.
struct Run<'a> {
    start: Start,
    watch: Watch<'a>,
    accuracy: f64,
    parameters: Vec<f32>,
}

fn main() -> ExitCode {
    support::finish(run())
}

fn run() -> Result<(), Failure> {
    let out = support::out("symmetry")?;
    let (x, y) = flower::flower(EXAMPLES, 1);
    let network = Network::builder(2).dense(8, Relu).dense(8, Relu).dense(1, Sigmoid).build()?;
    let backend = dnn::blas::auto()?;
    let compute = Compute::serial(&*backend);
    println!("{network}, {EXAMPLES} points, {STEPS} steps\n");
    println!(
        "{:10}{:>12}{:>12}{:>10}{:>24}",
        "start", "first cost", "last cost", "right", "|cosine| of units, 1, 2"
    );
    let mut runs = Vec::new();
    for start in STARTS {
        let run = train(start, &network, (&x, &y), compute)?;
        let last = |points: &[(f64, f64)]| points.last().map_or(f64::NAN, |point| point.1);
        let [first, second] = run.watch.likeness.each_ref().map(|layer| last(layer));
        println!(
            "{:10}{:>12.4}{:>12.4}{:>8.1} %{first:>17.3}{second:>7.3}",
            start.name(),
            run.watch.costs[0].1,
            last(&run.watch.costs),
            100.0 * run.accuracy
        );
        runs.push(run);
    }
    figures::write(&out, &runs, &network, (&x, &y), compute)?;
    println!("\npictures are in {}", out.display());
    check(&runs)
}

/// Trains from one start, watched.
fn train<'a>(
    start: Start,
    network: &'a Network,
    (x, y): (&Array2<f32>, &Array2<f32>),
    compute: Compute<'_>,
) -> Result<Run<'a>, Failure> {
    let settings = Settings { steps: Some(STEPS), learning_rate: Some(0.1), ..Settings::default() };
    let mut trainer = Trainer::<f32>::new(network, settings.plan(network, x.ncols())?, compute)?;
    trainer.start_from(&start.parameters(network))?;
    let mut watch = Watch { network, costs: Vec::new(), likeness: Default::default(), all_same: true };
    watch.look(0, trainer.parameters());
    trainer.run(x.view(), y.view(), &mut [&mut watch])?;
    let a = network.predict(compute, trainer.parameters(), x.view())?;
    let labels: Vec<usize> = y.iter().map(|&y| y as usize).collect();
    let accuracy = metrics::accuracy(&metrics::classes(a.view()), &labels, None)?;
    Ok(Run { start, watch, accuracy, parameters: trainer.parameters().to_vec() })
}

/// Keeps the cost, and how alike the units are, of every [`LOOK`]th step.
struct Watch<'a> {
    network: &'a Network,
    costs: Vec<(f64, f64)>,
    /// (step, mean absolute cosine) for each of the two hidden layers.
    likeness: [Vec<(f64, f64)>; 2],
    /// Whether all units of each hidden layer were the same at every look.
    all_same: bool,
}

impl Watch<'_> {
    fn look(&mut self, step: u64, parameters: &[f32]) {
        for (layer, points) in (1..).zip(&mut self.likeness) {
            let units = likeness::units(self.network, parameters, layer);
            points.push((step as f64, likeness::mean_cosine(&units)));
            self.all_same &= likeness::all_same(&units);
        }
    }
}

impl Observer for Watch<'_> {
    fn notify(&mut self, event: &Event<'_>) -> Result<Flow, ObserverError> {
        if let Event::Step { step, cost, run } = *event
            && (step == 1 || step % LOOK == 0)
        {
            self.costs.push((step as f64, cost));
            self.look(step, run.parameters.get().ok_or("a run in f32 was expected")?);
        }
        Ok(Flow::Continue)
    }
}

/// Fails if what the head of this file promises did not come out.
fn check(runs: &[Run<'_>]) -> Result<(), Failure> {
    let [zeros, equal, large, he] = runs else { return Err("four starts were expected".into()) };
    for run in [zeros, equal] {
        claim(run.watch.all_same, format!("from {} the units of a layer came to differ", run.start.name()))?;
    }
    claim(!he.watch.all_same, "from He weights the units of a layer are all the same")?;
    let enough = he.accuracy >= 0.85 && he.accuracy >= equal.accuracy + 0.15;
    claim(enough, format!("{} right from He weights, {} from equal ones", he.accuracy, equal.accuracy))?;
    let (first, ten) = (large.watch.costs[0].1, 10.0 * std::f64::consts::LN_2);
    claim(first > ten, format!("the first cost of weights too large is {first}"))
}
