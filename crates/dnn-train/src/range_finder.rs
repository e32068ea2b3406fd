//! A range finder: which learning rates train at all, from a short run in which the rate grows.
//!
//! L. N. Smith, arXiv:1506.01186, section 3.3, with a rate that grows by the same factor at each step. The rate to take is
//! near where the cost falls fastest, well below where it explodes.

use dnn_core::Real;
use ndarray::ArrayView2;

use crate::optimizer::Method;
use crate::{Error, Examples, Result, Trainer};

/// How many times the lowest cost so far means that it explodes.
const EXPLODED: f64 = 4.0;

/// A run in which the learning rate grows from `from` to `to`.
///
/// ```
/// use dnn_core::{Compute, Naive, Network, Sigmoid, Tanh};
/// use dnn_train::{RangeFinder, Settings, Trainer};
/// use ndarray::array;
///
/// let x = dnn_core::column_major(&array![[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]].view());
/// let y = array![[0.0, 1.0, 1.0, 0.0]];
/// let network = Network::builder(2).dense(8, Tanh).dense(1, Sigmoid).build()?;
/// let plan = Settings::default().plan(&network, 4)?;
/// let trainer = Trainer::<f64>::new(&network, plan, Compute::serial(&Naive))?;
/// let curve = RangeFinder::default().run(&trainer, x.view(), y.view())?;
/// let rate = curve.suggestion.expect("the cost falls at some rate");
/// assert!((1e-3..10.0).contains(&rate), "{rate}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RangeFinder {
    /// The first rate; 1e-6.
    pub from: f64,
    /// The last rate; 10.
    pub to: f64,
    /// Steps in between, 2 or more; 100.
    pub steps: u64,
    /// How much of the mean cost is kept at each step, from 0 to below 1; 0.9.
    pub smoothing: f64,
}

impl Default for RangeFinder {
    fn default() -> Self {
        Self { from: 1e-6, to: 10.0, steps: 100, smoothing: 0.9 }
    }
}

/// What a range finder saw.
#[derive(Debug, Clone, PartialEq)]
pub struct RangeCurve {
    /// The learning rate of each step and the batches' cost before it, smoothed, up to where the cost exploded.
    pub points: Vec<(f64, f64)>,
    /// The rate at which the cost fell fastest before its lowest, by the logarithm of the rate; none if it never fell.
    pub suggestion: Option<f64>,
    /// Whether the cost exploded before the last rate.
    pub exploded: bool,
}

impl<T: Real> Trainer<'_, T> {
    /// One step at this rate on the next batch, whatever the plan's schedule and length: the cost.
    fn try_step(&mut self, rate: f64, examples: Examples<'_, T>) -> Result<f64> {
        let (epoch, within) = self.place();
        if within == 0 {
            self.batches.arrange(examples.count(), (epoch, 0));
        }
        Ok(self.take_step(within, within == 0, rate, examples)?.0.cost())
    }
}

impl RangeFinder {
    /// Trains a copy of `trainer`, which stays as it is, from its parameters of now and with an optimizer that remembers
    /// nothing. `x` and `y` as for [`Trainer::run`].
    ///
    /// # Errors
    /// [`Error::Settings`] if this range finder, or L-BFGS, cannot be followed; else as for [`Trainer::run`], but for a
    /// cost or gradient that is not finite, which only ends the curve.
    pub fn run<T: Real>(
        &self,
        trainer: &Trainer<'_, T>,
        x: ArrayView2<'_, T>,
        y: ArrayView2<'_, T>,
    ) -> Result<RangeCurve> {
        self.check(trainer)?;
        let examples = Examples::new(x, y);
        trainer.check(examples)?;
        let weights = examples.relative_weights("y", trainer.plan().class_weights.as_ref())?;
        let examples = Examples { weights: weights.as_deref(), ..examples };
        let mut copy = trainer.fork()?;
        let mut curve = RangeCurve { points: Vec::new(), suggestion: None, exploded: false };
        let (mut sum, mut weight, mut lowest) = (0.0, 0.0, f64::INFINITY);
        for step in 0..self.steps {
            let rate = self.from * (self.to / self.from).powf(step as f64 / (self.steps - 1) as f64);
            let cost = match copy.try_step(rate, examples) {
                Ok(cost) => cost,
                Err(Error::NotFinite { .. }) => {
                    curve.exploded = true;
                    break;
                }
                Err(error) => return Err(error),
            };
            sum = self.smoothing * sum + (1.0 - self.smoothing) * cost;
            weight = self.smoothing * weight + (1.0 - self.smoothing);
            let cost = sum / weight;
            curve.points.push((rate, cost));
            lowest = cost.min(lowest);
            if cost > EXPLODED * lowest {
                curve.exploded = true;
                break;
            }
        }
        curve.suggestion = steepest(&curve.points);
        Ok(curve)
    }

    fn check<T: Real>(&self, trainer: &Trainer<'_, T>) -> Result<()> {
        let Self { from, to, steps, smoothing } = self;
        let rules = [
            (
                *from > 0.0 && to > from && to.is_finite(),
                format!("goes from {from} to {to}, but must go from above 0 to more: 1e-6 to 10 is usual"),
            ),
            (*steps >= 2, format!("takes {steps} steps, but needs 2 or more: 100 is usual")),
            (
                (0.0..1.0).contains(smoothing),
                format!("has the smoothing {smoothing}, but must have one from 0 to below 1: 0.9 is usual"),
            ),
            (
                !matches!(trainer.plan().method, Method::Lbfgs(_)),
                "is asked for optimizer lbfgs, which takes no learning rate: choose another optimizer".into(),
            ),
        ];
        let faults: Vec<String> = rules
            .into_iter()
            .filter(|rule| !rule.0)
            .map(|(_, fault)| format!("the range finder {fault}"))
            .collect();
        if faults.is_empty() { Ok(()) } else { Err(Error::Settings(faults)) }
    }
}

/// The rate in the middle of the steepest fall before the lowest cost.
fn steepest(points: &[(f64, f64)]) -> Option<f64> {
    let lowest = points.iter().enumerate().min_by(|a, b| a.1.1.total_cmp(&b.1.1))?.0;
    let falls = points[..=lowest].windows(2).map(|pair| (pair[1].1 - pair[0].1, pair[0].0));
    let (fall, rate) = falls.min_by(|a, b| a.0.total_cmp(&b.0))?;
    (fall < 0.0).then_some(rate)
}
