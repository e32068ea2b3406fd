//! Focal costs: cross-entropy that heeds an example the less the surer the network is of the right answer
//! (T.-Y. Lin et al., arXiv:1708.02002). A share of several classes pays each in proportion.

use dnn_core::{Constant, Named, Real};

use super::traits::{AnyCost, Cost, Link, Targets};

/// `−α y (1 − a)^γ ln a − (1 − α) (1 − y) a^γ ln(1 − a)`, `a` = sigmoid(z), summed over the rows (eq. 5 there): yes or no
/// for each row, yes being rare.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BinaryFocal {
    /// How little sure answers count, 0 or more; 2.
    pub gamma: f64,
    /// What yes counts, from 0 to below 1, and no the rest of 1; 0.25. At 0.5 both count alike.
    pub alpha: f64,
}

impl Default for BinaryFocal {
    fn default() -> Self {
        Self { gamma: 2.0, alpha: 0.25 }
    }
}

impl<T: Real> Cost<T> for BinaryFocal {
    fn cost(&self, _units: usize, z: &[T], y: &[T], mut dz: Option<&mut [T]>) -> f64 {
        let (gamma, alpha, one) = (T::of(self.gamma), T::of(self.alpha), T::one());
        let mut total = 0.0;
        for (index, (&z, &y)) in z.iter().zip(y).enumerate() {
            // e^−|z| cannot overflow; `yes` = −ln a, `no` = −ln(1 − a).
            let small = (-z.abs()).exp();
            let (sure, unsure) = (one / (one + small), small / (one + small));
            let ((a, rest), log) =
                (if z > T::zero() { (sure, unsure) } else { (unsure, sure) }, small.ln_1p());
            let (yes, no) = if z > T::zero() { (log, z + log) } else { (log - z, log) };
            let (of_yes, of_no) = (alpha * y * rest.powf(gamma), (one - alpha) * (one - y) * a.powf(gamma));
            total += (of_yes * yes + of_no * no).wide();
            if let Some(dz) = dz.as_deref_mut() {
                dz[index] = of_no * (gamma * rest * no + a) - of_yes * (gamma * a * yes + rest);
            }
        }
        total
    }
}

impl Named for BinaryFocal {
    const NAME: &'static str = "binary_focal";

    fn constants(&mut self) -> Vec<Constant<'_>> {
        vec![
            Constant::new("gamma", &mut self.gamma, 0.0..),
            Constant::new("alpha", &mut self.alpha, 0.0..1.0),
        ]
    }
}

impl AnyCost for BinaryFocal {
    fn link(&self) -> Link {
        Link::Sigmoid
    }

    fn targets(&self) -> Targets {
        Targets::Probabilities
    }
}

/// `−Σ y (1 − a)^γ ln a` over the rows, `a` = softmax(z): one class of several. What each class counts is said by class
/// weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SoftmaxFocal {
    /// How little sure answers count, 0 or more; 2.
    pub gamma: f64,
}

impl Default for SoftmaxFocal {
    fn default() -> Self {
        Self { gamma: 2.0 }
    }
}

impl<T: Real> Cost<T> for SoftmaxFocal {
    fn cost(&self, units: usize, z: &[T], y: &[T], mut dz: Option<&mut [T]>) -> f64 {
        let (gamma, one) = (T::of(self.gamma), T::one());
        let mut total = 0.0;
        for (column, (z, y)) in z.chunks_exact(units).zip(y.chunks_exact(units)).enumerate() {
            let first = (1..units).fold(0, |best, row| if z[row] > z[best] { row } else { best });
            let exp = |row: usize| (z[row] - z[first]).exp();
            let others = (0..units).filter(|&row| row != first).map(exp).sum::<T>();
            let sum = one + others;
            // a, 1 − a without loss of digits, and −ln a.
            let parts = |row: usize| {
                let (a, log) = (exp(row) / sum, (z[first] - z[row]) + others.ln_1p());
                (a, if row == first { others / sum } else { one - a }, log)
            };
            // y a f'(a), f = −(1 − a)^γ ln a; −ln a / (1 − a) is 1 at a = 1.
            let slope = |row: usize| {
                let (a, rest, log) = parts(row);
                let ratio = if rest > T::zero() { log / rest } else { one };
                -y[row] * rest.powf(gamma) * (gamma * a * ratio + one)
            };
            total += (0..units)
                .map(|row| {
                    let (_, rest, log) = parts(row);
                    (y[row] * rest.powf(gamma) * log).wide()
                })
                .sum::<f64>();
            if let Some(dz) = dz.as_deref_mut() {
                let all = (0..units).map(slope).sum::<T>();
                let column = column * units;
                (0..units).for_each(|row| dz[column + row] = slope(row) - parts(row).0 * all);
            }
        }
        total
    }
}

impl Named for SoftmaxFocal {
    const NAME: &'static str = "softmax_focal";

    fn constants(&mut self) -> Vec<Constant<'_>> {
        vec![Constant::new("gamma", &mut self.gamma, 0.0..)]
    }
}

impl AnyCost for SoftmaxFocal {
    fn link(&self) -> Link {
        Link::Softmax
    }

    fn targets(&self) -> Targets {
        Targets::Distributions
    }
}
