//! What a person looks at: curves of cost, what training made of the first layer, what deeper units respond to, and the
//! worst mistakes.

use std::path::Path;

use dnn::figures::{LineChart, Picture, PictureGrid};
use dnn::prelude::*;
use dnn_synthetic::faces::CLASSES;
use ndarray::Array2;

use crate::data::{Pictures, inputs};
use crate::support::{Failure, largest};
use crate::{Results, Run};

/// Pictures in a row.
const SHOWN: usize = 8;
/// Units of a deeper layer shown for faces, and as many for other pictures.
const UNITS: usize = 2;

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

/// For the units of the first layer that training changed most: W as it is, and beside it what training added to W₀.
///
/// The start is random and most of W still is that start, so the difference alone shows what was learnt.
fn first_layer(network: &Network, run: &Run, pictures: &Pictures) -> Result<PictureGrid, Failure> {
    let (units, part) = (network.layers()[0].outputs(), network.parts()[0].part.range.clone());
    let (weights, start) = (&run.parameters[part.clone()], &run.start[part]);
    let change: Vec<f32> = weights.iter().zip(start).map(|(w, w0)| w - w0).collect();
    let changed = largest(units, 2 * SHOWN, |unit| length(&row(&change, unit, units)));
    let grid = PictureGrid::new("What the first layer looks for, and what of it was learnt")
        .subtitle(format!(
            "the {} of {units} units that training changed most; left of each pair: the weights W after training; right: W − W₀, what training added to the random start W₀; over all units the change is {:.2} times as long as the start",
            changed.len(),
            length(&change) / length(start)
        ))
        .columns(SHOWN)
        .scale_name("weight, ± the number below")
        .each_own_range();
    let (width, height) = size(pictures);
    changed.into_iter().try_fold(grid, |grid, unit| {
        let (after, learnt) = (row(weights, unit, units), row(&change, unit, units));
        let caption = |what: &str, of: &[f32]| {
            let most = of.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
            format!("unit {}: {what}\n±{most:.3}", unit + 1)
        };
        Ok(grid
            .tile(Picture::signed(&after, width, height)?, caption("W", &after))
            .tile(Picture::signed(&learnt, width, height)?, caption("W − W₀", &learnt)))
    })
}

/// Row `unit` of a matrix of `units` rows, stored column by column.
fn row(matrix: &[f32], unit: usize, units: usize) -> Vec<f32> {
    matrix.iter().copied().skip(unit).step_by(units).collect()
}

fn length(values: &[f32]) -> f32 {
    values.iter().map(|value| value * value).sum::<f32>().sqrt()
}

/// For the units of each deeper layer that tell faces from other pictures best, one way or the other, the test pictures
/// that excite them most.
fn favourites(
    network: &Network,
    run: &Run,
    pictures: &Pictures,
    compute: Compute<'_>,
) -> Result<PictureGrid, Failure> {
    let mut grid = PictureGrid::new("What deeper units respond to most")
        .subtitle("each row: one unit and the test pictures that excite it most, with its response to them; the units are those whose mean responses to faces and to other pictures lie furthest apart, in standard deviations")
        .columns(SHOWN);
    let (x, labels) = (inputs(&pictures.test), pictures.test.labels());
    for layer in 2..network.layers().len() {
        let below = Network::new(network.layers()[..layer].to_vec())?;
        let a = below.predict(compute, &run.parameters[..below.parameter_count()], x.view())?;
        for (what, sign) in [("faces", 1.0), ("other pictures", -1.0)] {
            for unit in largest(below.outputs(), UNITS, |unit| sign * preference(&a, labels, unit)) {
                let apart = preference(&a, labels, unit).abs();
                grid =
                    grid.section(format!("layer {layer}, unit {}: for {what}, {apart:.1} apart", unit + 1));
                for example in largest(a.ncols(), SHOWN, |example| a[[unit, example]]) {
                    let caption = format!("{} {:.1}", CLASSES[labels[example]], a[[unit, example]]);
                    grid = grid.tile(picture(pictures, example)?, caption);
                }
            }
        }
    }
    Ok(grid)
}

/// How much more a unit responds to faces than to other pictures, in standard deviations of its response.
fn preference(a: &Array2<f32>, labels: &[usize], unit: usize) -> f32 {
    let mean = |class| {
        let responses = a.row(unit).into_iter().zip(labels).filter(|&(_, &label)| label == class);
        let (sum, count) = responses.fold((0.0, 0), |(sum, count), (a, _)| (sum + a, count + 1));
        sum / count.max(1) as f32
    };
    // A unit that never responds tells nothing.
    (mean(1) - mean(0)) / a.row(unit).std(0.0).max(f32::MIN_POSITIVE)
}

/// The missed faces that score lowest, and the false alarms that score highest.
fn mistakes(run: &Run, pictures: &Pictures) -> Result<PictureGrid, Failure> {
    let mut grid = PictureGrid::new("What it gets most wrong")
        .subtitle("test pictures with the probability of a face that the deep net gives; wrong is a face below 0.5, or another picture from 0.5")
        .columns(SHOWN);
    for (heading, class, sign) in
        [("faces it misses", 1, -1.0), ("other pictures it takes for faces", 0, 1.0)]
    {
        let all: Vec<usize> =
            (0..run.scores.len()).filter(|&example| pictures.test.labels()[example] == class).collect();
        let wrong: Vec<usize> =
            all.iter().copied().filter(|&example| (run.scores[example] >= 0.5) != (class == 1)).collect();
        let worst = largest(wrong.len(), 2 * SHOWN, |place| sign * run.scores[wrong[place]]);
        grid = grid.section(format!(
            "{heading}: {} of {}, the worst {} of them",
            wrong.len(),
            all.len(),
            worst.len()
        ));
        for example in worst.into_iter().map(|place| wrong[place]) {
            grid = grid.tile(picture(pictures, example)?, probability(run.scores[example]));
        }
    }
    Ok(grid)
}

/// Four places, or the power of ten where these would be zeros.
fn probability(score: f64) -> String {
    if score < 5e-4 { format!("{score:.0e}") } else { format!("{score:.4}") }
}

fn picture(pictures: &Pictures, example: usize) -> Result<Picture, Failure> {
    let (width, height) = size(pictures);
    Ok(Picture::stretched(&pictures.test.examples().column(example).to_vec(), width, height)?)
}

fn size(pictures: &Pictures) -> (usize, usize) {
    (pictures.test.shape()[1], pictures.test.shape()[0])
}
