//! Errors of predicted numbers, over all entries of `a` and `y`; an example's weight is that of each of its entries.

use dnn_core::Real;
use ndarray::ArrayView2;

use super::weighing::{Weighing, check_shapes};
use crate::{Error, Result};

/// `1 − Σ (a − y)² / Σ (y − ȳ)²` over all entries, `a` and `y` of the same shape.
///
/// # Errors
/// [`Error::Metric`] if the shapes differ, there are no entries, or all targets are the same.
pub fn r2<T: Real>(a: ArrayView2<'_, T>, y: ArrayView2<'_, T>, weights: Option<&[f64]>) -> Result<f64> {
    let mean = mean("R²", y, y, weights, |_, y| y)?;
    let spread = self::mean("R²", y, y, weights, |_, y| (y - mean).powi(2))?;
    if spread == 0.0 {
        return Err(Error::Metric {
            metric: "R²",
            found: format!("{} targets that are all {mean}", y.len()),
            expected: "targets that differ",
            remedy: "pass more examples",
        });
    }
    Ok(1.0 - self::mean("R²", a, y, weights, |a, y| (a - y).powi(2))? / spread)
}

/// `Σ |a − y| / n` over all n entries, `a` and `y` of the same shape.
///
/// # Errors
/// [`Error::Metric`] if the shapes differ or there are no entries.
pub fn mae<T: Real>(a: ArrayView2<'_, T>, y: ArrayView2<'_, T>, weights: Option<&[f64]>) -> Result<f64> {
    mean("the mean absolute error", a, y, weights, |a, y| (a - y).abs())
}

/// `√(Σ (a − y)² / n)` over all n entries, `a` and `y` of the same shape.
///
/// # Errors
/// [`Error::Metric`] if the shapes differ or there are no entries.
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
}
