//! One step on one batch, by whichever way the optimizer needs: with two meetings, with three, or by a line search.

use dnn_core::{BlockCost, Compute, Network, Real, Workspace};
use ndarray::ArrayView2;

use crate::clipping::Clipping;
use crate::optimizer::{Lbfgs, Optimizer, Outcome, Search};
use crate::update::Update;
use crate::{Error, Result};

/// What came of a step. Costs are means over the batch at the parameters before, the penalty included.
pub(crate) enum Descended {
    /// Other parameters.
    Moved(f64),
    /// The same parameters: no lower cost was found.
    Arrived(f64),
    /// The same parameters: this cost is not finite.
    CostNotFinite(f64),
    /// The same parameters: the gradient of this part of the network is not finite.
    GradientNotFinite(usize),
}

/// A batch with all that a step needs besides parameters, state and buffers.
pub(crate) struct Descent<'a, T> {
    pub(crate) network: &'a Network,
    pub(crate) compute: Compute<'a>,
    pub(crate) x: ArrayView2<'a, T>,
    pub(crate) cost: &'a BlockCost<'a, T>,
    pub(crate) update: Update<'a>,
}

impl<T: Real> Descent<'_, T> {
    /// One step by an optimizer that works block by block; `(number, rate)` of the step.
    pub(crate) fn by_blocks(
        &self,
        optimizer: &dyn Optimizer<T>,
        at: (u64, f64),
        parameters: &mut [T],
        state: &mut [T],
        workspace: &mut Workspace<T>,
    ) -> Result<Descended> {
        let Self { network, compute, x, cost, update } = self;
        let mean = if update.clipping.is_some_and(Clipping::needs_whole_gradient) {
            let mean = self.cost_gradient(parameters, workspace)?;
            if mean.is_finite() {
                if let Err(part) = update.segments.decide(update.clipping) {
                    return Ok(Descended::GradientNotFinite(part));
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
        Ok(if mean.is_finite() { Descended::Moved(mean) } else { Descended::CostNotFinite(mean) })
    }

    /// One step by L-BFGS, which counts its `pairs`.
    pub(crate) fn by_search(
        &self,
        lbfgs: Lbfgs,
        pairs: &mut u64,
        search: &mut Search<T>,
        parameters: &mut [T],
        state: &mut [T],
        workspace: &mut Workspace<T>,
    ) -> Result<Descended> {
        let mut evaluate = |trial: &[T], gradient: &mut [T]| {
            let mean = self.cost_gradient(trial, workspace)?;
            if mean.is_finite() {
                gradient.copy_from_slice(workspace.gradient());
            }
            Ok::<_, Error>(mean)
        };
        Ok(match lbfgs.step(parameters, state, pairs, search, &mut evaluate)? {
            Outcome::Moved(cost) => Descended::Moved(cost),
            Outcome::Arrived(cost) => Descended::Arrived(cost),
            Outcome::NotFinite(cost) => match self.update.segments.decide(None) {
                Err(part) if cost.is_finite() => Descended::GradientNotFinite(part),
                _ => Descended::CostNotFinite(cost),
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
