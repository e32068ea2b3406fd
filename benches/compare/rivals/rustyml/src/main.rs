//! RustyML: `rustyml-worker FOLDER`, on as many threads as RAYON_NUM_THREADS says.

use ndarray::{Array2, ArrayD};
use rustyml::neural_network::Shape;
use rustyml::neural_network::layers::{Activation, Dense};
use rustyml::neural_network::losses::{BinaryCrossEntropy, CategoricalCrossEntropy};
use rustyml::neural_network::optimizers::SGD;
use rustyml::neural_network::sequential::{Sequential, SequentialBuilder};
use rustyml::neural_network::traits::UnaryLayer;
use worker::{Answer, Rival, Workload};

fn main() -> Answer<()> {
    worker::serve(concat!("RustyML ", env!("CARGO_PKG_VERSION")), Job::new)
}

struct Job {
    workload: Workload,
    model: Sequential,
    x: ArrayD<f32>,
    y: ArrayD<f32>,
}

impl Job {
    fn new(workload: Workload) -> Answer<Self> {
        // The cost of two classes takes what comes out of the sigmoid, that of more the scores.
        let last = if workload.binary() { Activation::Sigmoid } else { Activation::Linear };
        let mut model = net(&workload, last)?;
        let optimizer = SGD::new(workload.learning_rate as f32, 0.0, false, 0.0)?;
        match workload.binary() {
            true => model.compile(optimizer, BinaryCrossEntropy::new()),
            false => model.compile(optimizer, CategoricalCrossEntropy::new(true)),
        };
        let matrix = |columns, numbers: &[f32]| {
            Array2::from_shape_vec((workload.batch, columns), numbers.to_vec()).map(Array2::into_dyn)
        };
        let (x, y) = (matrix(workload.features(), &workload.x)?, matrix(workload.outputs(), &workload.y)?);
        Ok(Self { model, x, y, workload })
    }

    fn one_step(&mut self) -> Answer<f64> {
        Ok(self.model.train_batch(&self.x, &self.y)?.into())
    }
}

/// The workload's net with ReLU in all layers but the last.
fn net(workload: &Workload, last: Activation) -> Answer<Sequential> {
    let mut builder = SequentialBuilder::new();
    for (index, layer) in workload.layers.iter().enumerate() {
        let inside = index + 1 < workload.layers.len();
        let mut dense = Dense::new(layer.units, if inside { Activation::ReLU } else { last.clone() })?;
        dense.build(&Shape::known(&[workload.batch, layer.inputs]))?;
        dense.set_weights(
            Array2::from_shape_vec((layer.inputs, layer.units), layer.w_transposed())?,
            Array2::from_shape_vec((1, layer.units), layer.b.clone())?,
        )?;
        builder = builder.add(dense);
    }
    Ok(builder.build(&Shape::known(&[workload.batch, workload.features()]))?)
}

impl Rival for Job {
    fn costs(&mut self, steps: u64) -> Answer<Vec<f64>> {
        (0..steps).map(|_| self.one_step()).collect()
    }

    fn step(&mut self, times: u64) -> Answer<f64> {
        worker::seconds(times, || self.one_step())
    }

    fn predict(&mut self, examples: usize, times: u64) -> Answer<f64> {
        let link =
            if self.workload.binary() { Activation::Sigmoid } else { Activation::Softmax { axis: -1 } };
        let model = net(&self.workload, link)?;
        let x =
            Array2::from_shape_vec((examples, self.workload.features()), self.workload.examples(examples))?;
        let x = x.into_dyn();
        worker::seconds(times, || Ok(model.predict(&x)?))
    }
}
