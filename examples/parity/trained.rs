//! What training makes of the same two questions: nothing is asserted about it.

use dnn::figures::LineChart;
use dnn::observe::History;
use dnn::prelude::*;
use ndarray::Array2;

use crate::circuits::{inputs, is_odd, tree_layers};
use crate::support::Failure;
use crate::tent;

/// Bits of the parity that is learnt.
pub(crate) const BITS: usize = 8;
/// Compositions of the tent map that is learnt.
pub(crate) const TENTS: u32 = 4;
/// Runs of each net, and how often each sees every example.
pub(crate) const SEEDS: u64 = 5;
pub(crate) const EPOCHS: u64 = 300;
/// Places of the tent map that are learnt from.
const PLACES: usize = 512;

/// A net with how each of its runs came out, and the costs on the way.
pub(crate) struct Trained {
    pub(crate) name: String,
    pub(crate) outcomes: Vec<f64>,
    pub(crate) curves: Vec<Vec<(f64, f64)>>,
}

/// Nets with the hidden layers of the three circuits, a sigmoid at the end; the share of all inputs that is right.
pub(crate) fn parity(compute: Compute<'_>) -> Result<Vec<Trained>, Failure> {
    let x = inputs(BITS, 0..1 << BITS);
    let y = Array2::from_shape_fn((1, x.ncols()), |(_, pattern)| f32::from(u8::from(is_odd(pattern))));
    let right = |a: Array2<f32>| {
        let right = a.iter().zip(&y).filter(|(a, y)| (**a >= 0.5) == (**y == 1.0)).count();
        right as f64 / y.len() as f64
    };
    let nets = [tree_layers(BITS).collect(), vec![1 << (BITS - 1)], vec![BITS]];
    nets.into_iter().map(|hidden| train(&hidden, Sigmoid, compute, (&x, &y), &right)).collect()
}

/// Nets with the hidden layers of the deep and the shallow saw, and a wider deep one, nothing at the end; the root of the
/// mean squared error.
pub(crate) fn tents(compute: Compute<'_>) -> Result<Vec<Trained>, Failure> {
    let x = Array2::from_shape_fn((1, PLACES), |(_, at)| at as f32 / PLACES as f32);
    let y = x.mapv(|x| tent::definition(TENTS, f64::from(x)) as f32);
    let error = |a: Array2<f32>| f64::from((&a - &y).mapv(|e| e * e).mean().unwrap_or(f32::NAN)).sqrt();
    let nets = [vec![2; TENTS as usize], vec![1 << TENTS], vec![16; TENTS as usize]];
    nets.into_iter().map(|hidden| train(&hidden, Identity, compute, (&x, &y), &error)).collect()
}

/// Trains a ReLU net with these hidden layers from each seed, with Adam in batches of 32.
fn train(
    hidden: &[usize],
    last: impl dnn::core::IntoActivation,
    compute: Compute<'_>,
    (x, y): (&Array2<f32>, &Array2<f32>),
    outcome: &dyn Fn(Array2<f32>) -> f64,
) -> Result<Trained, Failure> {
    let builder =
        hidden.iter().fold(Network::builder(x.nrows()), |builder, &units| builder.dense(units, Relu));
    let network = builder.dense(1, last).build()?;
    let sizes: Vec<String> = hidden.iter().map(usize::to_string).collect();
    let name = match hidden.len() {
        1 => format!("{} in one layer", hidden[0]),
        layers => format!("{} in {layers} layers", sizes.join("-")),
    };
    let mut trained = Trained { name, outcomes: Vec::new(), curves: Vec::new() };
    for seed in 0..SEEDS {
        let settings = Settings {
            batch: Some(32),
            epochs: Some(EPOCHS),
            learning_rate: Some(0.01),
            seed: Some(seed),
            optimizer: Some(dnn::train::Adam::default().into()),
            ..Settings::default()
        };
        let mut trainer = Trainer::<f32>::new(&network, settings.plan(&network, x.ncols())?, compute)?;
        let mut history = History::default();
        trainer.run(x.view(), y.view(), &mut [&mut history])?;
        trained.outcomes.push(outcome(network.predict(compute, trainer.parameters(), x.view())?));
        trained.curves.push(history.epochs().to_vec());
    }
    Ok(trained)
}

/// The costs of all runs against the epoch.
pub(crate) fn chart(title: &str, cost: &str, trained: &[Trained]) -> LineChart {
    let chart = LineChart::new(title)
        .subtitle(format!(
            "hidden ReLU units, their weights found by Adam instead of set by hand; thin: one of {SEEDS} seeds, bold: the mean"
        ))
        .axes("epoch", cost)
        .logarithmic();
    trained.iter().fold(chart, |chart, net| chart.runs(net.name.clone(), net.curves.clone()))
}
