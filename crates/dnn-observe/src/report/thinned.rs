//! Curves short enough for a page.

use serde::Serialize;

use crate::CostPoint;

/// Points in all curves of a kind together: what a browser draws at once without a pause.
const POINTS: usize = 40_000;

/// A curve as the page draws it: lists of the same length.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub(super) struct Curve {
    steps: Vec<u64>,
    seconds: Vec<f64>,
    ys: Vec<f64>,
}

impl Curve {
    /// The points, neighbours averaged where they are more than one of `runs` curves may have.
    pub(super) fn new(points: &[CostPoint], runs: usize) -> Self {
        let limit = (POINTS / runs.max(1)).clamp(100, 1000);
        let mut curve = Self::default();
        for group in points.chunks(points.len().div_ceil(limit).max(1)) {
            let last = group[group.len() - 1];
            curve.steps.push(last.step);
            curve.seconds.push(rounded(last.seconds));
            curve.ys.push(rounded(group.iter().map(|point| point.cost).sum::<f64>() / group.len() as f64));
        }
        curve
    }
}

/// Six digits: more than anyone reads.
pub(super) fn rounded(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(count: u64) -> Vec<CostPoint> {
        (1..=count).map(|step| CostPoint { step, cost: step as f64, seconds: 0.1 * step as f64 }).collect()
    }

    #[test]
    fn a_long_curve_is_averaged_and_keeps_its_end() {
        let curve = Curve::new(&points(100_000), 100);
        assert_eq!((curve.ys.len(), curve.ys[0], curve.steps[399]), (400, 125.5, 100_000));
        assert_eq!(Curve::new(&points(7), 100).ys, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
        assert_eq!(Curve::new(&[], 1), Curve::default());
    }

    #[test]
    fn six_digits_are_kept() {
        assert_eq!((rounded(1.0 / 3.0), rounded(-123_456_789.0)), (0.333333, -123_457_000.0));
        assert!(rounded(f64::NAN).is_nan());
    }
}
