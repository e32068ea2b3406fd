//! Which part of the picture matters to a unit: a small square is made grey wherever it fits, and the change of the unit's score
//! is measured.

use dnn::figures::{BarChart, Picture, PictureGrid};
use dnn::prelude::*;
use ndarray::{Array2, ArrayView1, Axis, ShapeBuilder};

use crate::data::{Pictures, SIDE};
use crate::net::Net;
use crate::support::{Failure, claim, largest, mean_and_spread};

/// Side of the square, and the places it fits in a row.
const SQUARE: usize = 3;
const PLACES: usize = SIDE - SQUARE + 1;
/// Test pictures of each class.
const PICTURES: usize = 40;
/// Units shown of each layer.
const UNITS: usize = 8;

/// For each layer, a column for each unit: its mean absolute change of score under a square at each place, `(places, units)`.
pub(crate) struct Maps(Vec<Array2<f32>>);

impl Maps {
    /// Measures all units of all layers of `net` on the same pictures.
    ///
    /// # Errors
    /// If the first layer's changes are not what algebra says: there Z is linear.
    pub(crate) fn measure(net: &Net, test: &Pictures, compute: Compute<'_>) -> Result<Self, Failure> {
        let chosen: Vec<usize> = (0..2)
            .flat_map(|class| {
                let of_class = (0..test.labels.len()).filter(move |&example| test.labels[example] == class);
                of_class.take(PICTURES).collect::<Vec<_>>()
            })
            .collect();
        let whole = test.x.select(Axis(1), &chosen);
        let covered =
            Array2::from_shape_fn((SIDE * SIDE, chosen.len() * PLACES * PLACES).f(), |(pixel, column)| {
                let (example, place) = (column / (PLACES * PLACES), column % (PLACES * PLACES));
                if covers(place, pixel) { 0.0 } else { whole[[pixel, example]] }
            });
        let maps = (1..=net.depth()).map(|layer| {
            let scores = net.scores(layer)?;
            let (z, changed) =
                (scores.outputs(whole.view(), compute)?, scores.outputs(covered.view(), compute)?);
            let mean = |(place, unit): (usize, usize)| {
                let change = |example: usize| {
                    (changed[[unit, example * PLACES * PLACES + place]] - z[[unit, example]]).abs()
                };
                (0..chosen.len()).map(change).sum::<f32>() / chosen.len() as f32
            };
            Ok(Array2::from_shape_fn((PLACES * PLACES, z.nrows()), mean))
        });
        let maps = Self(maps.collect::<Result<_, Failure>>()?);
        maps.check(net, &whole)?;
        Ok(maps)
    }

    /// In the first layer, the change is the sum of w·x under the square.
    fn check(&self, net: &Net, whole: &Array2<f32>) -> Result<(), Failure> {
        let units = net.network.layers()[0].outputs();
        let weights = &net.parameters[net.network.parts()[0].part.range.clone()];
        let place = PLACES * PLACES / 2;
        let under: Vec<usize> = (0..SIDE * SIDE).filter(|&pixel| covers(place, pixel)).collect();
        for unit in 0..units {
            let change = |x: ArrayView1<'_, f32>| {
                under.iter().map(|&pixel| weights[pixel * units + unit] * x[pixel]).sum::<f32>().abs()
            };
            let expected = whole.columns().into_iter().map(change).sum::<f32>() / whole.ncols() as f32;
            let found = self.0[0][[place, unit]];
            claim(
                (found - expected).abs() < 1e-3 * (1.0 + expected),
                format!("layer 1, unit {}: a change of {found} was measured, {expected} computed", unit + 1),
            )?;
        }
        Ok(())
    }

    /// For each layer the units' effective areas: the smallest share of the places that has half of the effect, in %.
    pub(crate) fn areas(&self) -> Vec<Vec<f64>> {
        let area = |map: ArrayView1<'_, f32>| {
            let mut effects = map.to_vec();
            effects.sort_by(|a, b| b.total_cmp(a));
            let half = 0.5 * effects.iter().sum::<f32>();
            let mut sum = 0.0;
            let count = effects.iter().position(|effect| {
                sum += effect;
                sum >= half
            });
            100.0 * (1 + count.unwrap_or(0)) as f64 / effects.len() as f64
        };
        self.0.iter().map(|maps| maps.columns().into_iter().map(area).collect()).collect()
    }

    /// The maps of the units of each layer whose scores change most.
    pub(crate) fn grid(&self) -> Result<PictureGrid, Failure> {
        let mut grid = PictureGrid::new("Where units look")
            .subtitle(format!(
                "the mean change of a unit's score when a square of {SQUARE} × {SQUARE} pixels is made grey, at each of {PLACES} × {PLACES} places; {PICTURES} faces and {PICTURES} other test pictures; white: the largest change of the unit, black: the least. Units are those that change most. Below: the smallest share of the places that has half of the effect"
            ))
            .columns(UNITS);
        for (number, (maps, areas)) in self.0.iter().zip(self.areas()).enumerate() {
            let (mean, spread) = mean_and_spread(&areas);
            let heading = match areas.len() {
                1 => format!("layer {}, the output: {mean:.1} %", number + 1),
                units => format!("layer {}: {mean:.1} ± {spread:.1} % over all {units} units", number + 1),
            };
            grid = grid.section(heading);
            for unit in largest(maps.ncols(), UNITS, |unit| maps.column(unit).sum()) {
                let picture = Picture::stretched(&maps.column(unit).to_vec(), PLACES, PLACES)?;
                grid = grid.tile(picture, format!("unit {}: {:.0} %", unit + 1, areas[unit]));
            }
        }
        Ok(grid)
    }
}

/// The effective areas of a trained net's layers beside those of the same net before training.
pub(crate) fn chart(trained: &Maps, untrained: &Maps) -> BarChart {
    let chart = BarChart::new("How much of the picture matters to a unit")
        .subtitle("the smallest share of the places that has half of the effect of occlusion: 50 % if all count alike; bar: the mean over a layer's units, a dot for each")
        .axis("effective area in % of the picture");
    let layers = trained.areas().into_iter().zip(untrained.areas()).enumerate();
    layers.fold(chart, |chart, (number, (trained, untrained))| {
        chart
            .bar(format!("layer {}, trained", number + 1), trained)
            .bar(format!("layer {}, untrained", number + 1), untrained)
    })
}

/// Whether the square at `place` covers `pixel`.
fn covers(place: usize, pixel: usize) -> bool {
    let inside = |place: usize, pixel: usize| (place..place + SQUARE).contains(&pixel);
    inside(place / PLACES, pixel / SIDE) && inside(place % PLACES, pixel % SIDE)
}
