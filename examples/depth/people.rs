//! Who is it: how well people are told apart by what each layer gives, in a net that learnt faces, in one that learnt these
//! people, and in one that learnt nothing.

use dnn::data::{mirrored, one_hot, split_stratified};
use dnn::figures::LineChart;
use dnn::prelude::*;
use ndarray::{Array1, Array2, ArrayView2, Axis, concatenate};

use crate::data::{Pictures, SIDE};
use crate::net::{HIDDEN, Net, network, settings};
use crate::support::Failure;

/// Splits of the pictures, each half of every person's.
const SPLITS: u64 = 5;
/// Epochs and weight decay of the net that learns the people.
const EPOCHS: u64 = 120;
const DECAY: f64 = 0.5;

/// For each net, a row of accuracies for each split: of the pixels, then of each layer's activations.
pub(crate) struct Told(pub(crate) [(&'static str, Vec<Vec<f64>>); 3]);

/// Splits the people's pictures in halves, and tells those of one half by the nearest mean of the other half's, layer by layer.
pub(crate) fn tell(faces: &Net, people: &Pictures, compute: Compute<'_>) -> Result<Told, Failure> {
    let untrained = faces.untrained();
    let mut told = Told([("learnt these people", vec![]), ("learnt faces", vec![]), ("untrained", vec![])]);
    for seed in 0..SPLITS {
        let split = split_stratified(&people.labels, 0.5, seed)?;
        let part = |numbers: &[usize]| -> (Array2<f32>, Vec<usize>) {
            let labels = numbers.iter().map(|&number| people.labels[number]).collect();
            (people.x.select(Axis(1), numbers), labels)
        };
        let (train, test) = (part(&split.train), part(&split.held_out));
        let learnt = learn(&train, people.classes, seed, compute)?;
        for ((_, rows), net) in told.0.iter_mut().zip([&learnt, faces, &untrained]) {
            let mut row = vec![nearest(&train, &test, people.classes)];
            for layer in 1..net.depth() {
                let below = net.below(layer)?;
                let outputs = |part: &(Array2<f32>, Vec<usize>)| -> Result<_, Failure> {
                    Ok((below.outputs(part.0.view(), compute)?, part.1.clone()))
                };
                row.push(nearest(&outputs(&train)?, &outputs(&test)?, people.classes));
            }
            rows.push(row);
        }
    }
    Ok(told)
}

/// A net of the same hidden layers that learns who is who, from the pictures and their mirror images.
fn learn(
    (x, labels): &(Array2<f32>, Vec<usize>),
    classes: usize,
    seed: u64,
    compute: Compute<'_>,
) -> Result<Net, Failure> {
    let mirror = mirrored(x.view(), SIDE, SIDE)?;
    let both = concatenate(Axis(0), &[x.t(), mirror.t()])?.reversed_axes();
    let y: Array2<f32> = one_hot(&labels.repeat(2), classes)?;
    Net::train(
        network(x.nrows(), &HIDDEN, classes)?,
        (both.view(), y.view()),
        &settings(seed, EPOCHS, DECAY),
        compute,
    )
}

/// The share of `test` whose nearest mean of a class in `train` is that of their own.
fn nearest(train: &(Array2<f32>, Vec<usize>), test: &(Array2<f32>, Vec<usize>), classes: usize) -> f64 {
    let means: Vec<_> = (0..classes).filter_map(|class| mean(train.0.view(), &train.1, class)).collect();
    let right = test.0.columns().into_iter().zip(&test.1).filter(|(column, label)| {
        let distance = |mean: &Array1<f32>| (mean - column).mapv(|difference| difference * difference).sum();
        let nearest = means.iter().min_by(|(_, a), (_, b)| distance(a).total_cmp(&distance(b)));
        nearest.is_some_and(|(class, _)| class == *label)
    });
    right.count() as f64 / test.1.len() as f64
}

/// The mean of a class, if it has any examples.
fn mean(x: ArrayView2<'_, f32>, labels: &[usize], class: usize) -> Option<(usize, Array1<f32>)> {
    let members: Vec<usize> = (0..labels.len()).filter(|&example| labels[example] == class).collect();
    Some((class, x.select(Axis(1), &members).mean_axis(Axis(1))?))
}

impl Told {
    /// Mean over the splits, by layer; 0 are the pixels.
    pub(crate) fn means(&self, net: usize) -> Vec<f64> {
        let rows = &self.0[net].1;
        (0..rows[0].len())
            .map(|layer| rows.iter().map(|row| row[layer]).sum::<f64>() / rows.len() as f64)
            .collect()
    }

    pub(crate) fn chart(&self, people: usize) -> LineChart {
        let chart = LineChart::new("Telling people apart by what each layer gives")
            .subtitle(format!(
                "{people} people, half of each one's pictures for the means of the classes, the others told by the nearest; thin: one of {SPLITS} splits, bold: the mean; layer 0 are the pixels"
            ))
            .axes("hidden layer", "% told right")
            .range(0.0, 100.0);
        self.0.iter().fold(chart, |chart, (name, rows)| {
            let points = |row: &Vec<f64>| {
                row.iter().enumerate().map(|(layer, share)| (layer as f64, 100.0 * share)).collect()
            };
            chart.runs(*name, rows.iter().map(points).collect::<Vec<_>>())
        })
    }
}
