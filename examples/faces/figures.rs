//! What a person looks at: curves of cost, first-layer weights, what deeper units like, and the worst mistakes.

use std::path::Path;

use dnn::observe::{LineChart, Picture, PictureGrid};
use dnn::prelude::*;
use ndarray::Array2;

use crate::data::{Pictures, inputs};
use crate::support::Failure;
use crate::{Results, Run};

/// Units shown of a layer, and pictures of a unit.
const SHOWN: usize = 8;

pub(crate) fn write(
    out: &Path,
    results: &Results,
    pictures: &Pictures,
    compute: Compute<'_>,
) -> Result<(), Failure> {
    curves(results).write(out.join("costs.svg"))?;
    let (_, network, runs) = &results[results.len() - 1];
    first_layer(network, &runs[0], pictures)?.write(out.join("first-layer.svg"))?;
    favourites(network, &runs[0], pictures, compute)?.write(out.join("favourites.svg"))?;
    mistakes(&runs[0], pictures)?.write(out.join("mistakes.svg"))?;
    Ok(())
}

fn curves(results: &Results) -> LineChart {
    let chart = LineChart::new("Cost against epoch")
        .subtitle("mean cost of an epoch's batches; thin: one seed, bold: the mean")
        .axes("epoch", "binary cross-entropy")
        .logarithmic();
    results.iter().fold(chart, |chart, (name, _, runs)| {
        chart.runs(*name, runs.iter().map(|run| run.curve.clone()).collect::<Vec<_>>())
    })
}

/// The 32 units of the first layer with the longest weights.
fn first_layer(network: &Network, run: &Run, pictures: &Pictures) -> Result<PictureGrid, Failure> {
    let units = network.layers()[0].outputs();
    let weights = &run.parameters[network.parts()[0].part.range.clone()];
    let of = |unit: usize| weights.iter().copied().skip(unit).step_by(units).collect::<Vec<_>>();
    let length = |unit: usize| of(unit).iter().map(|w| w * w).sum::<f32>().sqrt();
    let grid = PictureGrid::new("What the first layer looks for")
        .subtitle(format!("weights of the {} units of {units} with the longest weights", 4 * SHOWN))
        .columns(SHOWN)
        .scale_name("weight");
    let (width, height) = size(pictures);
    largest(units, 4 * SHOWN, length).into_iter().try_fold(grid, |grid, unit| {
        Ok(grid.tile(Picture::signed(&of(unit), width, height)?, format!("unit {}", unit + 1)))
    })
}

/// For the most varied units of each hidden layer, the test pictures that excite them most.
fn favourites(
    network: &Network,
    run: &Run,
    pictures: &Pictures,
    compute: Compute<'_>,
) -> Result<PictureGrid, Failure> {
    let mut grid = PictureGrid::new("What deeper units respond to most")
        .subtitle("each row: one unit and the test pictures that excite it most; those with the most varied response")
        .columns(SHOWN);
    for layer in 2..network.layers().len() {
        let below = Network::new(network.layers()[..layer].to_vec())?;
        let parameters = &run.parameters[..below.parameter_count()];
        let a = below.predict(compute, parameters, inputs(&pictures.test).view())?;
        for unit in largest(below.outputs(), 3, |unit| variance(&a, unit)) {
            grid = grid.section(format!("layer {layer}, unit {}", unit + 1));
            for example in largest(a.ncols(), SHOWN, |example| a[[unit, example]]) {
                let what = &pictures.test.classes()[pictures.test.labels()[example]];
                let what = if what == "1" {
                    "face"
                } else if what == "0" {
                    "other"
                } else {
                    what
                };
                grid = grid.tile(picture(pictures, example)?, format!("{what} {:.1}", a[[unit, example]]));
            }
        }
    }
    Ok(grid)
}

/// The faces that score lowest, and the other pictures that score highest.
fn mistakes(run: &Run, pictures: &Pictures) -> Result<PictureGrid, Failure> {
    let mut grid = PictureGrid::new("What it gets most wrong")
        .subtitle("test pictures with the probability of a face that the deep net gives")
        .columns(SHOWN);
    let sections = [("faces it misses", 1, -1.0), ("other pictures it takes for faces", 0, 1.0)];
    for (heading, class, sign) in sections {
        grid = grid.section(heading);
        let examples: Vec<usize> =
            (0..run.scores.len()).filter(|&example| pictures.test.labels()[example] == class).collect();
        for place in largest(examples.len(), 2 * SHOWN, |place| sign * run.scores[examples[place]]) {
            let example = examples[place];
            grid = grid.tile(picture(pictures, example)?, format!("{:.2e}", run.scores[example]));
        }
    }
    Ok(grid)
}

fn picture(pictures: &Pictures, example: usize) -> Result<Picture, Failure> {
    let (width, height) = size(pictures);
    Ok(Picture::stretched(&pictures.test.examples().column(example).to_vec(), width, height)?)
}

fn size(pictures: &Pictures) -> (usize, usize) {
    (pictures.test.shape()[1], pictures.test.shape()[0])
}

fn variance(a: &Array2<f32>, unit: usize) -> f32 {
    let row = a.row(unit);
    let mean = row.sum() / row.len() as f32;
    row.iter().map(|a| (a - mean).powi(2)).sum::<f32>() / row.len() as f32
}

/// The `count` numbers of `0..end` with the largest measure, the largest first.
fn largest<M: PartialOrd>(end: usize, count: usize, measure: impl Fn(usize) -> M) -> Vec<usize> {
    let mut measured: Vec<(usize, M)> = (0..end).map(|number| (number, measure(number))).collect();
    measured.sort_by(|(_, a), (_, b)| b.partial_cmp(a).unwrap_or(std::cmp::Ordering::Equal));
    measured.into_iter().take(count).map(|(number, _)| number).collect()
}
