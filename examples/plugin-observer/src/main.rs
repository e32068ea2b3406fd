//! Trains with two learning rates, each until this crate's observer sees that its steps only go to and fro.
//!
//! `cargo run --release --manifest-path examples/plugin-observer/Cargo.toml`
//!
//! What to expect, or the program fails: the observer ends both runs, that of the larger rate sooner and at a higher cost; and
//! up to there the parameters are, to the last bit, those of a run that nobody watched.

use dnn_blas::PureRust;
use dnn_core::random::{Key, Purpose, Stream};
use dnn_core::{Compute, Identity, Network, Tanh};
use dnn_train::{Ended, Observer, Settings, Summary, Trainer};
use ndarray::{Array2, ShapeBuilder};
use plugin_observer::Travel;

type Failure = Box<dyn std::error::Error>;

/// The distance of an epoch, as a share of its way, below which a run is over.
const SHARE: f64 = 0.05;
/// Epochs of a run that nobody ends.
const EPOCHS: u64 = 2000;

fn main() -> Result<(), Failure> {
    let [(fast, fast_cost), (slow, slow_cost)] = [watch(0.1)?, watch(0.01)?];
    claim(fast < slow, format!("the larger rate took {fast} steps, the smaller {slow}"))?;
    claim(
        fast_cost > slow_cost,
        format!("the larger rate came to a cost of {fast_cost}, the smaller to {slow_cost}"),
    )
}

/// A run with `rate` that is watched, and another that is not: the steps it took, and the cost of its last epoch.
fn watch(rate: f64) -> Result<(u64, f64), Failure> {
    let mut lines = Vec::new();
    let settings = Settings { batch: Some(10), learning_rate: Some(rate), ..Settings::default() };
    let watched = Settings { epochs: Some(EPOCHS), ..settings.clone() };
    let (summary, parameters) = train(&watched, &mut [&mut Travel::new(SHARE, &mut lines)])?;
    let alone = Settings { steps: Some(summary.step), ..settings };
    let (_, unwatched) = train(&alone, &mut [])?;

    let lines = String::from_utf8(lines)?;
    println!("learning rate {rate}, {} steps", summary.step);
    let line = |number| lines.lines().nth(number).map_or_else(String::new, |line| format!("  {line}"));
    let epochs = lines.lines().count() - 1;
    println!("{}\n{}\n  …\n{}", line(0), line(1), line(epochs));
    claim(summary.ended == Ended::ByObserver, "the observer did not end the run")?;
    claim(parameters == unwatched, "the run went another way for being watched")?;
    let last = lines.lines().last().and_then(|line| line.split(',').nth(1)).ok_or("no line was written")?;
    Ok((summary.step, last.parse()?))
}

fn train(settings: &Settings, observers: &mut [&mut dyn Observer]) -> Result<(Summary, Vec<f32>), Failure> {
    let (x, y) = noisy_wave(400);
    let network = Network::builder(1).dense(16, Tanh).dense(1, Identity).build()?;
    let plan = settings.plan(&network, x.ncols())?;
    let mut trainer = Trainer::<f32>::new(&network, plan, Compute::serial(&PureRust))?;
    let summary = trainer.run(x.view(), y.view(), observers)?;
    Ok((summary, trainer.parameters().to_vec()))
}

fn claim(holds: bool, fault: impl Into<String>) -> Result<(), Failure> {
    if holds { Ok(()) } else { Err(fault.into().into()) }
}

/// A wave with noise, which no net can learn away: near the best there is, each batch pulls elsewhere.
fn noisy_wave(examples: usize) -> (Array2<f32>, Array2<f32>) {
    let mut stream = Stream::new(Key::new(0, Purpose::Data));
    let x = Array2::from_shape_simple_fn((1, examples).f(), || 4.0 * stream.uniform() as f32 - 2.0);
    let y = x.mapv(|x| (2.0 * x).sin() + 0.5 * stream.normal() as f32);
    (x, y)
}
