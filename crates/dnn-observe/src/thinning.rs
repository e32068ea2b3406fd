//! How a long run is written in a bounded number of lines: the mean cost of every so many steps.

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

#[cfg(test)]
mod tests {
    use super::*;

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
    }
}
