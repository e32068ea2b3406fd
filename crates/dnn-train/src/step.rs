//! One step: which examples its batch has, and how their cost changes the parameters, as the optimizer needs.
//!
//! With two barriers, where each block of the gradient updates its parameters at once (`Network::step`); with three, where
//! the whole gradient must be known first; or by a line search. What an update does is in `update.rs`.

use std::ops::Range;

use dnn_core::random::{Key, Purpose, Stream};
use dnn_core::{BlockCost, Compute, Network, Real, Workspace};
use ndarray::{ArrayView2, Axis, ShapeBuilder};

use crate::clipping::Clipping;
use crate::optimizer::{Lbfgs, Optimizer, Outcome, Search};
use crate::update::Update;
use crate::{Error, Examples, Result};

/// What came of a step. Costs are means over the batch at the parameters before, the penalty included.
#[derive(Debug, Clone, Copy)]
pub(crate) enum StepOutcome {
    /// Other parameters.
    Moved(f64),
    /// The same parameters: no lower cost was found.
    Converged(f64),
    /// The same parameters: this cost is not finite.
    CostNotFinite(f64),
    /// The same parameters: the gradient of this part of the network is not finite.
    GradientNotFinite(usize),
}

impl StepOutcome {
    /// The cost, of a step whose gradient is finite.
    pub(crate) fn cost(self) -> f64 {
        match self {
            Self::Moved(cost) | Self::Converged(cost) | Self::CostNotFinite(cost) => cost,
            Self::GradientNotFinite(_) => f64::NAN,
        }
    }
}

/// A batch with all that a step needs besides parameters, state and buffers.
pub(crate) struct Batch<'a, T> {
    pub(crate) network: &'a Network,
    pub(crate) compute: Compute<'a>,
    pub(crate) x: ArrayView2<'a, T>,
    pub(crate) cost: &'a BlockCost<'a, T>,
    pub(crate) update: Update<'a>,
}

impl<T: Real> Batch<'_, T> {
    /// One step by an optimizer that works block by block; `(number, rate)` of the step.
    pub(crate) fn step_by_blocks(
        &self,
        optimizer: &dyn Optimizer<T>,
        at: (u64, f64),
        parameters: &mut [T],
        state: &mut [T],
        workspace: &mut Workspace<T>,
    ) -> Result<StepOutcome> {
        let Self { network, compute, x, cost, update } = self;
        let mean = if update.clipping.is_some_and(Clipping::needs_whole_gradient) {
            let mean = self.cost_gradient(parameters, workspace)?;
            if mean.is_finite() {
                if let Err(part) = update.segments.decide(update.clipping) {
                    return Ok(StepOutcome::GradientNotFinite(part));
                }
                network.update(*compute, parameters, state, workspace, &|place, p, g, state| {
                    update.apply(optimizer, at, &place, p, g, state);
                })?;
            }
            mean
        } else {
            let mean =
                network.step(*compute, parameters, state, *x, workspace, cost, &|place, p, g, state| {
                    update.at_once(optimizer, at, &place, p, g, state);
                })?;
            mean + update.penalty_value()
        };
        Ok(if mean.is_finite() { StepOutcome::Moved(mean) } else { StepOutcome::CostNotFinite(mean) })
    }

    /// One step by L-BFGS, which counts its `pairs`.
    pub(crate) fn step_by_search(
        &self,
        lbfgs: Lbfgs,
        pairs: &mut u64,
        search: &mut Search<T>,
        parameters: &mut [T],
        state: &mut [T],
        workspace: &mut Workspace<T>,
    ) -> Result<StepOutcome> {
        let mut evaluate = |trial: &[T], gradient: &mut [T]| {
            let mean = self.cost_gradient(trial, workspace)?;
            if mean.is_finite() {
                gradient.copy_from_slice(workspace.gradient());
            }
            Ok::<_, Error>(mean)
        };
        Ok(match lbfgs.step(parameters, state, pairs, search, &mut evaluate)? {
            Outcome::Moved(cost) => StepOutcome::Moved(cost),
            Outcome::Converged(cost) => StepOutcome::Converged(cost),
            Outcome::NotFinite(cost) => match self.update.segments.decide(None) {
                Err(part) if cost.is_finite() => StepOutcome::GradientNotFinite(part),
                _ => StepOutcome::CostNotFinite(cost),
            },
        })
    }

    /// The cost at `parameters`, the penalty included, its gradient in `workspace` and the sums over its segments.
    fn cost_gradient(&self, parameters: &[T], workspace: &mut Workspace<T>) -> Result<f64> {
        let Self { network, compute, x, cost, update } = self;
        let finish = |place, p: &[T], g: &mut [T]| update.finish(&place, p, g);
        let mean = network.cost_gradient(*compute, parameters, *x, workspace, cost, &finish)?;
        Ok(mean + update.penalty_value())
    }
}

/// The batches of a chunk, and the buffers a shuffled batch is gathered in.
#[derive(Debug)]
pub(crate) struct Batches<T> {
    size: usize,
    seed: Option<u64>,
    order: Vec<usize>,
    x: Vec<T>,
    y: Vec<T>,
    weights: Vec<f64>,
}

impl<T: Real> Batches<T> {
    /// Batches of `size`; shuffled by `seed` if it is given and `size` leaves a choice.
    pub(crate) fn new(size: usize, seed: Option<u64>) -> Self {
        Self { size, seed, order: Vec::new(), x: Vec::new(), y: Vec::new(), weights: Vec::new() }
    }

    /// Puts the `count` examples of a chunk in order. The order depends on the seed and on the place of the chunk's first
    /// step, its epoch and its number within that, both from 0: neither on what came before nor on where a run goes on.
    pub(crate) fn arrange(&mut self, count: usize, (epoch, step): (u64, u64)) {
        self.order.clear();
        self.order.extend(0..count);
        if let Some(seed) = self.shuffles() {
            Stream::new(Key::new(seed, Purpose::Shuffle).epoch(epoch).step(step)).shuffle(&mut self.order);
        }
    }

    /// The seed, if the order is drawn.
    fn shuffles(&self) -> Option<u64> {
        self.seed.filter(|_| self.size < self.order.len())
    }

    /// Batch number `step` of the chunk, from 0; the last one is as short as it comes.
    pub(crate) fn batch<'a>(&'a mut self, step: usize, of: Examples<'a, T>) -> Examples<'a, T> {
        let range = step * self.size..((step + 1) * self.size).min(self.order.len());
        if self.shuffles().is_none() {
            return slice(of, range);
        }
        let examples = &self.order[range];
        let weights = of.weights.map(|weights| {
            self.weights.clear();
            self.weights.extend(examples.iter().map(|&example| weights[example]));
            &*self.weights
        });
        let (x, y) = (gather(of.x, examples, &mut self.x), gather(of.y, examples, &mut self.y));
        Examples { x, y, weights }
    }
}

/// The examples of `range`, where they stand.
pub(crate) fn slice<'a, T: Real>(of: Examples<'a, T>, range: Range<usize>) -> Examples<'a, T> {
    let columns =
        |matrix: ArrayView2<'a, T>| matrix.split_at(Axis(1), range.end).0.split_at(Axis(1), range.start).1;
    let (x, y) = (columns(of.x), columns(of.y));
    Examples { x, y, weights: of.weights.map(|weights| &weights[range]) }
}

/// Copies the columns `examples` of `matrix` into `buffer`, which grows once and is then reused.
fn gather<'a, T: Real>(
    matrix: ArrayView2<'_, T>,
    examples: &[usize],
    buffer: &'a mut Vec<T>,
) -> ArrayView2<'a, T> {
    let rows = matrix.nrows();
    let values = matrix.reversed_axes();
    let values = values.as_slice().expect("the trainer checked that examples are contiguous");
    buffer.clear();
    for &example in examples {
        buffer.extend_from_slice(&values[example * rows..(example + 1) * rows]);
    }
    ArrayView2::from_shape((rows, examples.len()).f(), buffer).expect("rows × examples numbers were copied")
}

#[cfg(test)]
mod tests {
    use super::*;
    use dnn_core::column_major;
    use ndarray::Array2;

    fn seen(size: usize, seed: Option<u64>, epoch: u64) -> Vec<Vec<f32>> {
        let x = column_major(
            &Array2::from_shape_fn((2, 10), |(row, example)| (10 * row + example) as f32).view(),
        );
        let weights: Vec<f64> = (0..10).map(f64::from).collect();
        let mut batches = Batches::new(size, seed);
        batches.arrange(10, (epoch, 0));
        let seen = |step| {
            let all = Examples::new(x.view(), x.view()).weighted(&weights);
            let Examples { x, y, weights } = batches.batch(step, all);
            assert_eq!(x, y);
            assert!(x.row(0).iter().zip(weights.unwrap()).all(|(&x, &weight)| f64::from(x) == weight));
            x.row(0).to_vec()
        };
        (0..10_usize.div_ceil(size)).map(seen).collect()
    }

    #[test]
    fn every_epoch_sees_every_example_once_and_ends_in_a_short_batch() {
        for seed in [None, Some(3)] {
            let batches = seen(4, seed, 0);
            assert_eq!(batches.iter().map(Vec::len).collect::<Vec<_>>(), [4, 4, 2]);
            let mut all = batches.concat();
            all.sort_by(f32::total_cmp);
            assert_eq!(all, (0..10).map(|example| example as f32).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_order_depends_on_seed_and_epoch_alone() {
        assert_eq!(seen(4, Some(3), 1), seen(4, Some(3), 1));
        assert_ne!(seen(4, Some(3), 1), seen(4, Some(3), 2));
        assert_ne!(seen(4, Some(3), 1), seen(4, Some(4), 1));
        assert_eq!(seen(3, Some(3), 1).concat(), seen(4, Some(3), 1).concat());
    }
}
