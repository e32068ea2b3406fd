//! How a long run is kept in a bounded number of points: the mean cost of every so many steps.

/// Means of costs over steps that follow each other, cut at multiples of a stride, so that a resumed run cuts alike.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Thinning {
    limit: u64,
    stride: u64,
    sum: f64,
    count: u64,
}

impl Thinning {
    /// About `limit` means in a run; 0 counts as 1.
    pub(crate) fn new(limit: u64) -> Self {
        Self { limit: limit.max(1), stride: 1, sum: 0.0, count: 0 }
    }

    /// A run of `steps` steps begins.
    pub(crate) fn begin(&mut self, steps: u64) {
        (self.stride, self.sum, self.count) = (steps.div_ceil(self.limit).max(1), 0.0, 0);
    }

    /// Adds a step: the mean cost since the last mean, if one is due.
    pub(crate) fn push(&mut self, step: u64, cost: f64) -> Option<f64> {
        (self.sum, self.count) = (self.sum + cost, self.count + 1);
        if step.is_multiple_of(self.stride) { self.rest() } else { None }
    }

    /// The mean of what is left, if anything is.
    pub(crate) fn rest(&mut self) -> Option<f64> {
        let mean = (self.count > 0).then(|| self.sum / self.count as f64);
        (self.sum, self.count) = (0.0, 0);
        mean
    }
}

/// The means of a run, each at the last of its steps. A cost that is not finite makes its point so, and leaves a gap in a
/// figure.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Curve {
    thinning: Thinning,
    points: Vec<(f64, f64)>,
    last: f64,
}

impl Curve {
    /// About `limit` points.
    pub(crate) fn new(limit: usize) -> Self {
        Self { thinning: Thinning::new(limit as u64), points: Vec::new(), last: 0.0 }
    }

    /// A run of `steps` steps begins, and the curve afresh; takes all memory that the run will need.
    pub(crate) fn begin(&mut self, steps: u64) {
        self.thinning.begin(steps);
        self.points = Vec::with_capacity(steps.div_ceil(self.thinning.stride) as usize);
    }

    pub(crate) fn push(&mut self, step: u64, cost: f64) {
        self.last = step as f64;
        self.points.extend(self.thinning.push(step, cost).map(|mean| (self.last, mean)));
    }

    /// The points so far; the last may stand for fewer steps than the others.
    pub(crate) fn points(&self) -> Vec<(f64, f64)> {
        let rest = self.thinning.clone().rest().map(|mean| (self.last, mean));
        self.points.iter().copied().chain(rest).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(limit: usize, costs: impl ExactSizeIterator<Item = f64>) -> Vec<(f64, f64)> {
        let mut curve = Curve::new(limit);
        curve.begin(costs.len() as u64);
        costs.enumerate().for_each(|(i, cost)| curve.push(i as u64 + 1, cost));
        curve.points()
    }

    #[test]
    fn a_run_is_cut_at_the_same_steps_wherever_it_begins() {
        let mut thinning = Thinning::new(3);
        thinning.begin(9);
        let means: Vec<Option<f64>> = (5..=9).map(|step| thinning.push(step, step as f64)).collect();
        assert_eq!(means, [None, Some(5.5), None, None, Some(8.0)]);
        assert_eq!(thinning.rest(), None);
    }

    #[test]
    fn a_short_run_is_kept_step_by_step() {
        let mut thinning = Thinning::new(0);
        thinning.begin(0);
        assert_eq!((thinning.push(1, 0.5), thinning.push(2, 0.25)), (Some(0.5), Some(0.25)));
        assert_eq!(curve(10, [0.5, 0.25].into_iter()), [(1.0, 0.5), (2.0, 0.25)]);
    }

    #[test]
    fn each_point_of_a_long_run_is_the_mean_of_its_steps() {
        for count in [11_u32, 97, 1000] {
            let points = curve(10, (0..count).map(|i| 3.0 * f64::from(i + 1)));
            assert!((6..=11).contains(&points.len()), "{count} steps in {} points", points.len());
            let mut first = 1.0;
            for (last, mean) in points {
                assert!((mean - 1.5 * (first + last)).abs() < 1e-9);
                first = last + 1.0;
            }
        }
    }

    #[test]
    fn a_cost_that_is_not_finite_spoils_its_own_point_only() {
        let points = curve(3, [1.0, f64::NAN, 3.0, 4.0, 5.0].into_iter());
        assert_eq!(points.iter().map(|point| point.1.is_finite()).collect::<Vec<_>>(), [false, true, true]);
    }
}
