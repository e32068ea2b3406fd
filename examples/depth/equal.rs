//! Depth at an equal price: nets of one to five hidden layers with as many parameters each, how well they find faces.

use dnn::figures::BarChart;
use dnn::prelude::*;

use crate::data::{Data, Pictures};
use crate::net::{Net, network, settings};
use crate::support::Failure;

/// Seeds of each depth.
const SEEDS: u64 = 5;
/// Hidden layers of the deepest net.
const DEEPEST: usize = 5;
/// Parameters of every net, at most.
pub(crate) const PARAMETERS: usize = 20_000;
const EPOCHS: u64 = 10;
const DECAY: f64 = 0.5;

/// Nets of one depth.
pub(crate) struct Depth {
    pub(crate) hidden: Vec<usize>,
    pub(crate) parameters: usize,
    /// Of each seed: the share of the held-out fifth that is right, and the area under the ROC curve on the test pictures.
    pub(crate) held_out: Vec<f64>,
    pub(crate) area: Vec<f64>,
}

/// Trains all nets, each seed on a split of its own.
pub(crate) fn compare(data: &Data, compute: Compute<'_>) -> Result<Vec<Depth>, Failure> {
    let truth: Vec<bool> = data.test.labels.iter().map(|&label| label == 1).collect();
    let mut depths = Vec::new();
    for layers in 1..=DEEPEST {
        let hidden = vec![width(data.train.features(), layers)?; layers];
        let parameters = network(data.train.features(), &hidden, 1)?.parameter_count();
        let mut depth = Depth { hidden, parameters, held_out: vec![], area: vec![] };
        for seed in 0..SEEDS {
            let (train, held_out) = data.train.split_stratified(0.2, seed)?;
            let (train, held_out) = (train.with_mirrored()?, Pictures::of(&held_out));
            let (x, y) = (Pictures::of(&train).x, train.binary::<f32>()?);
            let network = network(x.nrows(), &depth.hidden, 1)?;
            let net = Net::train(network, (x.view(), y.view()), &settings(seed, EPOCHS, DECAY), compute)?;
            let found = metrics::classes(net.outputs(held_out.x.view(), compute)?.view());
            depth.held_out.push(metrics::accuracy(&found, &held_out.labels, None)?);
            let scores = net.outputs(data.test.x.view(), compute)?;
            let scores: Vec<f64> = scores.iter().map(|&a| f64::from(a)).collect();
            depth.area.push(metrics::roc_auc(&scores, &truth, None)?);
        }
        depths.push(depth);
    }
    Ok(depths)
}

/// The most units a layer may have.
fn width(inputs: usize, layers: usize) -> Result<usize, Failure> {
    let mut width = 1;
    while network(inputs, &vec![width + 1; layers], 1)?.parameter_count() <= PARAMETERS {
        width += 1;
    }
    Ok(width)
}

impl Depth {
    fn name(&self) -> String {
        let layers = if self.hidden.len() == 1 { "hidden layer" } else { "hidden layers" };
        format!("{} {layers} of {}", self.hidden.len(), self.hidden[0])
    }
}

/// One measure of all depths.
pub(crate) fn chart(depths: &[Depth], what: &str, axis: &str, measure: fn(&Depth) -> &[f64]) -> BarChart {
    let least = depths.iter().map(|depth| depth.parameters).min().unwrap_or(0);
    let chart = BarChart::new(format!("{what} against depth, at an equal number of parameters"))
        .subtitle(format!(
            "{least} to {PARAMETERS} parameters each; dark: the mean of {SEEDS} seeds, whisker: one standard deviation to each side, pale: each seed; the axis does not start at 0"
        ))
        .axis(axis)
        .dots();
    depths.iter().fold(chart, |chart, depth| {
        chart.bar(depth.name(), measure(depth).iter().map(|value| 100.0 * value).collect::<Vec<_>>())
    })
}
