//! What units see: the test pictures that excite each most, beside the input that does so most of all.

use dnn::core::random::{Key, Purpose, Stream};
use dnn::figures::{Picture, PictureGrid};
use dnn::prelude::*;
use ndarray::{Array1, Array2, ArrayView1, ShapeBuilder};

use crate::data::{Pictures, SIDE};
use crate::net::Net;
use crate::support::{Failure, claim, largest};

/// Pictures in a row: the ideal input, then the strongest of the test.
const COLUMNS: usize = 9;
/// Units of a hidden layer that are shown for faces, and as many for other pictures.
const UNITS: usize = 2;
/// Random inputs that climb, the best of which is shown, and the steps each takes.
const STARTS: usize = 8;
const STEPS: usize = 300;

/// The poster: for the units of each layer that tell faces from other pictures best, one way or the other, a row each.
///
/// # Errors
/// If an ideal input excites its unit less than a test picture does, or in the first layer is not what algebra says: W's row.
pub(crate) fn poster(net: &Net, test: &Pictures, compute: Compute<'_>) -> Result<PictureGrid, Failure> {
    let mut grid = PictureGrid::new("What units see, layer by layer")
        .subtitle("each row is one unit: first the input that excites it most, found by climbing its gradient from random inputs as long as a picture's ranks are; then the test pictures that excite it most, the strongest first. Below: the unit's score Z, before its activation. Units are those whose scores of faces and of other pictures lie furthest apart, in standard deviations")
        .columns(COLUMNS)
        .scale_name("ideal input");
    for layer in 1..=net.depth() {
        let scores = net.scores(layer)?;
        let z = scores.outputs(test.x.view(), compute)?;
        let output = layer == net.depth();
        let kinds: &[_] =
            if output { &[("faces", 1.0)] } else { &[("faces", 1.0), ("other pictures", -1.0)] };
        for &(what, sign) in kinds {
            // A unit that no picture excites is dead behind its ReLU, and sees nothing.
            let alive: Vec<usize> =
                (0..z.nrows()).filter(|&unit| z.row(unit).iter().any(|&z| z > 0.0)).collect();
            let told = |place: usize| sign * preference(z.row(alive[place]), &test.labels);
            for unit in largest(alive.len(), UNITS, told).into_iter().map(|place| alive[place]) {
                let (ideal, reached) = climb(&scores, unit, compute)?;
                let strongest = largest(z.ncols(), COLUMNS - 1, |example| z[[unit, example]]);
                check(&scores, layer, unit, (&ideal, reached), z[[unit, strongest[0]]])?;
                let apart = preference(z.row(unit), &test.labels).abs();
                let name =
                    if output { "the output".into() } else { format!("unit {}, for {what}", unit + 1) };
                grid = grid
                    .section(format!("layer {layer}, {name}, {apart:.1} apart"))
                    .tile(Picture::stretched(&ideal.to_vec(), SIDE, SIDE)?, format!("ideal {reached:.1}"));
                for example in strongest {
                    let picture = Picture::stretched(&test.shown.column(example).to_vec(), SIDE, SIDE)?;
                    let kind = ["other", "face"][test.labels[example]];
                    grid = grid.tile(picture, format!("{kind} {:.1}", z[[unit, example]]));
                }
            }
        }
    }
    Ok(grid)
}

/// The input of a picture's length that excites a unit of the last layer most, and how much: gradient ascent on dA[0] from
/// random starts, brought back to that length after every step.
fn climb(scores: &Net, unit: usize, compute: Compute<'_>) -> Result<(Array1<f32>, f32), Failure> {
    let (network, parameters) = (&scores.network, &scores.parameters);
    let mut stream = Stream::new(Key::new(0, Purpose::Data).step(unit as u64));
    let mut x = Array2::from_shape_fn((network.inputs(), STARTS).f(), |_| stream.normal() as f32);
    let mut upwards = Array2::zeros((network.outputs(), STARTS).f());
    upwards.row_mut(unit).fill(1.0);
    let mut workspace = network.workspace(STARTS)?.with_input_gradient();
    let mut gradient = vec![0.0; network.parameter_count()];
    let radius = length();
    for step in 0..STEPS {
        to_length(&mut x, radius);
        network.forward(compute, parameters, x.view(), &mut workspace)?;
        network.backward(compute, parameters, x.view(), &mut workspace, upwards.view(), &mut gradient)?;
        let slope = workspace.input_gradient().ok_or("dA[0] was asked for")?;
        // Long steps first, short ones to settle.
        let stride = radius * (1.0 - step as f32 / STEPS as f32);
        for (mut x, slope) in x.columns_mut().into_iter().zip(slope.columns()) {
            let norm = slope.dot(&slope).sqrt().max(f32::MIN_POSITIVE);
            x.scaled_add(0.3 * stride / norm, &slope);
        }
    }
    to_length(&mut x, radius);
    let z = scores.outputs(x.view(), compute)?;
    let best = largest(STARTS, 1, |start| z[[unit, start]])[0];
    Ok((x.column(best).to_owned(), z[[unit, best]]))
}

/// Gives every column this length.
fn to_length(x: &mut Array2<f32>, length: f32) {
    x.columns_mut().into_iter().for_each(|mut x| {
        let norm = x.dot(&x).sqrt();
        x *= length / norm;
    });
}

/// The length of a picture's ranks, which are evenly spread from −1 to 1: their mean square is (n + 1) / 3(n − 1).
fn length() -> f32 {
    let pixels = (SIDE * SIDE) as f32;
    (pixels * (pixels + 1.0) / (3.0 * (pixels - 1.0))).sqrt()
}

/// How much more a unit responds to faces than to other pictures, in standard deviations of its response.
fn preference(z: ArrayView1<'_, f32>, labels: &[usize]) -> f32 {
    let mean = |class| {
        let responses = z.iter().zip(labels).filter(|&(_, &label)| label == class);
        let (sum, count) = responses.fold((0.0, 0), |(sum, count), (z, _)| (sum + z, count + 1));
        sum / count.max(1) as f32
    };
    (mean(1) - mean(0)) / z.std(0.0).max(f32::MIN_POSITIVE)
}

/// An ideal input is better than any picture; in the first layer, where Z is linear, it is W's row at a picture's length.
fn check(
    scores: &Net,
    layer: usize,
    unit: usize,
    (ideal, reached): (&Array1<f32>, f32),
    strongest: f32,
) -> Result<(), Failure> {
    claim(
        reached >= strongest,
        format!(
            "layer {layer}, unit {}: a test picture excites it by {strongest}, the ideal input by {reached}",
            unit + 1
        ),
    )?;
    if layer > 1 {
        return Ok(());
    }
    let part = scores.network.parts()[0].part.range.clone();
    let row = scores.parameters[part].iter().copied().skip(unit).step_by(scores.network.outputs());
    let row = Array1::from_iter(row);
    let cosine = row.dot(ideal) / (row.dot(&row) * ideal.dot(ideal)).sqrt();
    claim(
        cosine > 0.9999,
        format!("layer 1, unit {}: the ideal input has a cosine of {cosine} with W's row", unit + 1),
    )
}
