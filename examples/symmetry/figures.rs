//! Costs, how alike units are over time, and what each start came to see in the plane.

use std::path::Path;

use dnn::figures::{LineChart, Picture, PictureGrid};
use dnn::prelude::*;
use ndarray::{Array2, ShapeBuilder};

use crate::support::Failure;
use crate::{Run, STEPS};

/// Pixels along the plane, and half the plane's width.
const SIDE: usize = 160;
const REACH: f64 = 4.8;

pub(crate) fn write(
    out: &Path,
    runs: &[Run<'_>],
    network: &Network,
    data: (&Array2<f32>, &Array2<f32>),
    compute: Compute<'_>,
) -> Result<(), Failure> {
    let costs = LineChart::new("Cost from four starts")
        .subtitle("2-8-8-1 on the flower, plain gradient descent; ln 2 = 0.69 is the cost of knowing nothing, where zeros and 100 × He lie on one another; what starts above 10 is cut")
        .axes("step", "binary cross-entropy")
        .logarithmic()
        .range(0.1, 10.0);
    let costs = runs.iter().fold(costs, |chart, run| chart.line(run.start.name(), run.watch.costs.clone()));
    costs.write(out.join("costs.svg"))?;
    for layer in [1, 2] {
        let chart = LineChart::new(format!("How alike the units of layer {layer} are"))
            .subtitle(
                "mean absolute cosine between the weights of each two of 8 units: 1 if all look the same way, as from zeros and from all 0.5, which lie on one another",
            )
            .axes("step", "mean |cosine|")
            .range(0.0, 1.05);
        let chart = runs
            .iter()
            .fold(chart, |chart, run| chart.line(run.start.name(), run.watch.likeness[layer - 1].clone()));
        chart.write(out.join(format!("likeness-{layer}.svg")))?;
    }
    let planes = PictureGrid::new("What each start came to see")
        .subtitle(format!("probability of the orange class after {STEPS} steps, from 0 (blue) to 1 (orange), and the examples"))
        .columns(4)
        .tile_points(160);
    let planes = runs.iter().try_fold(planes, |grid, run| -> Result<_, Failure> {
        let caption = format!("{}: {:.1} % right", run.start.name(), 100.0 * run.accuracy);
        Ok(grid.tile(plane(network, &run.parameters, data, compute)?, caption))
    })?;
    Ok(planes.write(out.join("planes.svg"))?)
}

/// The probability over the plane, pale, and the examples, dark.
fn plane(
    network: &Network,
    parameters: &[f32],
    (x, y): (&Array2<f32>, &Array2<f32>),
    compute: Compute<'_>,
) -> Result<Picture, Failure> {
    let step = 2.0 * REACH / SIDE as f64;
    let at = |(axis, pixel): (usize, usize)| match axis {
        0 => ((pixel % SIDE) as f64 + 0.5) * step - REACH,
        _ => REACH - ((pixel / SIDE) as f64 + 0.5) * step,
    };
    let grid = Array2::from_shape_fn((2, SIDE * SIDE).f(), |place| at(place) as f32);
    let a = network.predict(compute, parameters, grid.view())?;
    let mut colours: Vec<f64> = a.iter().flat_map(|&a| shade(f64::from(a), 0.4)).collect();
    for (point, &class) in x.columns().into_iter().zip(y) {
        let pixel = |value: f32, sign: f64| ((sign * f64::from(value) + REACH) / step) as usize;
        let (column, row) = (pixel(point[0], 1.0), pixel(point[1], -1.0));
        for (row, column) in [(row, column), (row, column + 1), (row + 1, column), (row + 1, column + 1)] {
            if row < SIDE && column < SIDE {
                let place = 3 * (row * SIDE + column);
                colours[place..place + 3].copy_from_slice(&shade(f64::from(class), 1.0));
            }
        }
    }
    Ok(Picture::rgb(&colours, SIDE, SIDE)?)
}

/// Blue for 0, orange for 1, and white between and for a `strength` of 0.
fn shade(class: f64, strength: f64) -> [f64; 3] {
    let (blue, orange) = ([0.0, 0.45, 0.70], [0.84, 0.37, 0.0]);
    let full = if class < 0.5 { blue } else { orange };
    let amount = strength * (2.0 * class - 1.0).abs();
    full.map(|channel| 1.0 - amount * (1.0 - channel))
}
