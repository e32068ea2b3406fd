//! Mean and deviation of numbers that come one by one (B. P. Welford, Technometrics 4, 1962), so that it does not matter in
//! how many pieces a file is read.

/// The numbers seen so far.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Moments {
    count: u64,
    mean: f64,
    /// Sum of squared distances from the mean.
    squares: f64,
}

impl Moments {
    pub(crate) fn add(&mut self, number: f64) {
        self.count += 1;
        let distance = number - self.mean;
        self.mean += distance / self.count as f64;
        self.squares += distance * (number - self.mean);
    }

    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    pub(crate) fn mean(&self) -> f64 {
        self.mean
    }

    /// The deviation over all numbers; 0 exactly if all are equal.
    pub(crate) fn deviation(&self) -> f64 {
        (self.squares / self.count.max(1) as f64).sqrt()
    }

    /// Whether both can be told.
    pub(crate) fn are_finite(&self) -> bool {
        self.mean.is_finite() && self.squares.is_finite()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_those_of_the_two_pass_formulas() {
        let numbers: Vec<f64> = (0..1000).map(|i| 1e6 + f64::from(i * 37 % 101) * 0.3).collect();
        let mut moments = Moments::default();
        numbers.iter().for_each(|&number| moments.add(number));
        let mean = numbers.iter().sum::<f64>() / 1000.0;
        let variance = numbers.iter().map(|number| (number - mean).powi(2)).sum::<f64>() / 1000.0;
        // Errors of the sums: 1000 · ε relative to 1e6 for the mean.
        assert!((moments.mean() - mean).abs() < 1e6 * 1000.0 * f64::EPSILON);
        assert!((moments.deviation() / variance.sqrt() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn equal_numbers_have_no_deviation_however_they_round() {
        let mut moments = Moments::default();
        (0..999).for_each(|_| moments.add(0.1));
        assert_eq!((moments.count(), moments.mean(), moments.deviation()), (999, 0.1, 0.0));
    }
}
