//! The logarithmic loss of probabilities: cross-entropy of what a network gives, not of its scores.

use dnn_core::Real;
use ndarray::{ArrayView1, ArrayView2};

use super::weighing::{Weighing, check_shapes};
use crate::Result;

/// The mean of `−Σ y ln a` over examples, or for one row of `−y ln a − (1 − y) ln(1 − a)`; `a` and `y` of the same shape,
/// each from 0 to 1. An `a` nearer to 0 or 1 than the rounding of `T` counts as that, so that the loss is finite.
///
/// # Errors
/// [`crate::Error::Metric`] if the shapes differ or there are no entries.
pub fn log_loss<T: Real>(a: ArrayView2<'_, T>, y: ArrayView2<'_, T>, weights: Option<&[f64]>) -> Result<f64> {
    log_loss_within(a, y, weights, T::epsilon().wide())
}

/// The same, where an `a` nearer to 0 or 1 than `near` counts as that.
pub(super) fn log_loss_within<T: Real>(
    a: ArrayView2<'_, T>,
    y: ArrayView2<'_, T>,
    weights: Option<&[f64]>,
    near: f64,
) -> Result<f64> {
    check_shapes("the log loss", &a, &y)?;
    let weighing = Weighing::new("the log loss", weights, y.ncols())?;
    // 0 · ln is 0, but nothing hides a NaN.
    let entry = |a: f64, y: f64| if y == 0.0 && !a.is_nan() { 0.0 } else { -y * a.ln() };
    let of_column = |(a, y): (ArrayView1<'_, T>, ArrayView1<'_, T>)| {
        let pairs = || a.iter().zip(y).map(|(a, y)| (a.wide().clamp(near, 1.0 - near), y.wide()));
        let no = |(a, y): (f64, f64)| entry(1.0 - a, 1.0 - y);
        let other = if y.len() == 1 { pairs().map(no).sum() } else { 0.0 };
        pairs().map(|(a, y)| entry(a, y)).sum::<f64>() + other
    };
    Ok(weighing.mean(a.columns().into_iter().zip(y.columns()).map(of_column)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn certainty_costs_nothing_if_right_and_a_finite_sum_if_wrong() {
        let y = array![[1.0, 0.0]];
        assert!(log_loss(y.view(), y.view(), None).unwrap() < 1e-15);
        let wrong = log_loss(array![[0.0, 1.0]].view(), y.view(), None).unwrap();
        assert!((wrong + f64::EPSILON.ln()).abs() < 1e-9, "{wrong}");
        assert!(log_loss(array![[f64::NAN, 0.0]].view(), y.view(), None).unwrap().is_nan());
    }
}
