//! The tent map t(x) = 2x up to ½ and 2 − 2x from there, composed k times: a saw of 2ᵏ pieces over 0 to 1.
//!
//! `t(x) = 2 relu(x) − 4 relu(x − ½)`, so that each composition is one more layer of two units. One hidden layer needs a
//! unit for each of the 2ᵏ − 1 places where the slope changes, since a sum of h ReLU units of one number has at most h such
//! places. That is one too few, as it turns out. A unit that changes the slope by d has slope −d or 0 at the left end. All
//! changes are ±2ᵏ⁺¹, so the slope there would be a multiple of 2ᵏ⁺¹, but it is 2ᵏ: with a last layer that only adds up,
//! 2ᵏ units are the fewest. (M. Telgarsky, arXiv:1509.08101, has the gap for any shallow net.)
//!
//! Every number here is a whole multiple of a power of ½, so f64 has no rounding.

use dnn::prelude::*;
use ndarray::Array2;

use crate::by_hand::{ByHand, Given};
use crate::support::Failure;

/// k layers of two units.
pub(crate) fn deep(k: u32) -> Result<ByHand<f64>, Failure> {
    let half = |unit: usize| -0.5 * unit as f64;
    let first = Given::new(2, 1, |_, _| 1.0, half);
    let next = || Given::new(2, 2, |_, input| [2.0, -4.0][input], half);
    let hidden = std::iter::once(first).chain((1..k).map(|_| next())).collect();
    ByHand::new(1, hidden, Given::new(1, 2, |_, input| [2.0, -4.0][input], |_| 0.0))
}

/// One layer with a unit for the slope at 0, and one for each place where it changes.
pub(crate) fn shallow(k: u32) -> Result<ByHand<f64>, Failure> {
    let (pieces, slope) = (1 << k, 2_f64.powi(k as i32));
    let hidden = Given::new(pieces, 1, |_, _| 1.0, |unit| -(unit as f64) / slope);
    let change = |_, unit: usize| match unit {
        0 => slope,
        _ if unit % 2 == 1 => -2.0 * slope,
        _ => 2.0 * slope,
    };
    ByHand::new(1, vec![hidden], Given::new(1, pieces, change, |_| 0.0))
}

/// What a net of one number gives at `count + 1` places from 0 to 1, equally far apart.
pub(crate) fn values(net: &ByHand<f64>, count: usize, compute: Compute<'_>) -> Result<Vec<f64>, Failure> {
    let x = Array2::from_shape_fn((1, count + 1), |(_, at)| at as f64 / count as f64);
    Ok(net.network.predict(compute, &net.parameters, x.view())?.into_iter().collect())
}

/// The tent map composed `k` times at `x`, by its definition.
pub(crate) fn definition(k: u32, x: f64) -> f64 {
    (0..k).fold(x, |x, _| if x <= 0.5 { 2.0 * x } else { 2.0 - 2.0 * x })
}

/// Straight pieces between values at equal distances: one more than the slope changes.
pub(crate) fn pieces(values: &[f64]) -> usize {
    1 + values.windows(3).filter(|three| three[2] - three[1] != three[1] - three[0]).count()
}
