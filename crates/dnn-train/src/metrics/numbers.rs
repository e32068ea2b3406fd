//! Errors of predicted numbers, over all entries of `a` and `y`, an example's weight being that of each of its entries; and
//! the logarithmic loss of probabilities.

use dnn_core::Real;
use ndarray::{ArrayView1, ArrayView2};

use super::weighing::{Weighing, check_shapes, refused};
use crate::Result;

/// `1 − Σ (a − y)² / Σ (y − ȳ)²` over all entries, `a` and `y` of the same shape.
///
/// # Errors
/// [`crate::Error::Metric`] if the shapes differ, there are no entries, or all targets are the same.
pub fn r2<T: Real>(a: ArrayView2<'_, T>, y: ArrayView2<'_, T>, weights: Option<&[f64]>) -> Result<f64> {
    let mean = mean("R²", y, y, weights, |_, y| y)?;
    let spread = self::mean("R²", y, y, weights, |_, y| (y - mean).powi(2))?;
    if spread == 0.0 {
        let found = format!("{} targets that are all {mean}", y.len());
        return refused("R²", found, "targets that differ", "pass more examples");
    }
    Ok(1.0 - self::mean("R²", a, y, weights, |a, y| (a - y).powi(2))? / spread)
}

/// `Σ |a − y| / n` over all n entries, `a` and `y` of the same shape.
///
/// # Errors
/// [`crate::Error::Metric`] if the shapes differ or there are no entries.
pub fn mae<T: Real>(a: ArrayView2<'_, T>, y: ArrayView2<'_, T>, weights: Option<&[f64]>) -> Result<f64> {
    mean("the mean absolute error", a, y, weights, |a, y| (a - y).abs())
}

/// `√(Σ (a − y)² / n)` over all n entries, `a` and `y` of the same shape.
///
/// # Errors
/// [`crate::Error::Metric`] if the shapes differ or there are no entries.
pub fn rmse<T: Real>(a: ArrayView2<'_, T>, y: ArrayView2<'_, T>, weights: Option<&[f64]>) -> Result<f64> {
    Ok(mean("the root mean squared error", a, y, weights, |a, y| (a - y).powi(2))?.sqrt())
}

/// The mean of a term of both over all entries.
fn mean<T: Real>(
    metric: &'static str,
    a: ArrayView2<'_, T>,
    y: ArrayView2<'_, T>,
    weights: Option<&[f64]>,
    term: impl Fn(f64, f64) -> f64,
) -> Result<f64> {
    check_shapes(metric, &a, &y)?;
    let weighing = Weighing::new(metric, weights, y.ncols())?;
    let rows = y.nrows() as f64;
    let columns = a.columns().into_iter().zip(y.columns());
    let of_column = columns.map(|(a, y)| a.iter().zip(y).map(|(a, y)| term(a.wide(), y.wide())).sum::<f64>());
    Ok(weighing.mean(of_column) / rows)
}

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
    fn errors_of_numbers_match_their_formulas() {
        let (a, y) = (array![[2.5, 0.0, 2.0, 8.0]], array![[3.0, -0.5, 2.0, 7.0]]);
        assert!((r2(a.view(), y.view(), None).unwrap() - 0.948_608_137_044_967_9).abs() < 1e-15);
        assert_eq!(mae(a.view(), y.view(), None).unwrap(), 0.5);
        assert_eq!(rmse(a.view(), y.view(), None).unwrap(), 0.375_f64.sqrt());
    }

    #[test]
    fn an_error_of_nothing_or_of_different_things_is_refused() {
        assert!(r2(array![[1.0, 2.0]].view(), array![[1.0], [2.0]].view(), None).is_err());
        assert!(r2(array![[1.0]].view(), array![[1.0]].view(), None).is_err());
    }

    #[test]
    fn certainty_costs_nothing_if_right_and_a_finite_sum_if_wrong() {
        let y = array![[1.0, 0.0]];
        assert!(log_loss(y.view(), y.view(), None).unwrap() < 1e-15);
        let wrong = log_loss(array![[0.0, 1.0]].view(), y.view(), None).unwrap();
        assert!((wrong + f64::EPSILON.ln()).abs() < 1e-9, "{wrong}");
        assert!(log_loss(array![[f64::NAN, 0.0]].view(), y.view(), None).unwrap().is_nan());
    }
}
