//! One step on one batch, and what a cost that is not finite is told with.

use std::ops::Range;

use dnn_core::random::{Key, Purpose};
use dnn_core::{Network, Real, Workspace};
use ndarray::ArrayView2;

use super::Trainer;
use crate::cost::Cost;
use crate::descent::{Descended, Descent};
use crate::optimizer::Method;
use crate::update::Update;
use crate::weights::weighted_cost;
use crate::{Error, Examples, Result};

/// What came of a step.
pub(super) struct Taken {
    /// Mean cost of the batch before the update, the penalty included.
    pub(super) cost: f64,
    /// Whether there is nothing left to gain, so that no step was taken.
    pub(super) arrived: bool,
}

impl<T: Real> Trainer<'_, T> {
    /// One step on batch number `within` of `examples`, the first of an epoch or a later one. The weights of the examples are
    /// relative to their mean.
    pub(super) fn take_step(
        &mut self,
        within: u64,
        first: bool,
        rate: f64,
        examples: Examples<'_, T>,
    ) -> Result<Taken> {
        let Self { plan, network, compute, parameters, state, workspace, batches, memory, search, .. } = self;
        let cost: &dyn Cost<T> = T::half(&*plan.cost);
        let Examples { x, y, weights } = batches.batch(within as usize, examples.reborrow());
        let (units, number) = (network.outputs(), memory.step + 1);
        workspace.draw_from(Some(Key::new(plan.seed, Purpose::Dropout).step(memory.step)));
        let targets = y.reversed_axes();
        let targets = targets.as_slice().expect("batches keep examples contiguous");
        let block_cost = |columns: Range<usize>, z: &[T], dz: &mut [T]| {
            let y = &targets[columns.start * units..columns.end * units];
            weighted_cost(cost, units, (z, y), weights.map(|weights| &weights[columns]), Some(dz))
        };
        let segments = &self.segments;
        let update = Update { segments, penalty: plan.penalty, clipping: plan.clipping };
        let descent = Descent { network, compute: *compute, x, cost: &block_cost, update };
        let descended = match (&plan.method, search) {
            (Method::Lbfgs(lbfgs), Some(search)) => {
                descent.by_search(*lbfgs, &mut memory.pairs, search, parameters, state, workspace)?
            }
            (Method::Blocks(optimizer), _) => {
                descent.by_blocks(T::half(&**optimizer), (number, rate), parameters, state, workspace)?
            }
            (Method::Lbfgs(_), None) => unreachable!("a plan with L-BFGS has its buffers"),
        };
        let epoch = || (number - 1) / plan.steps_per_epoch() + 1;
        let slower = || match plan.method {
            Method::Blocks(_) => format!("lower the learning rate (now {rate}), or scale the data"),
            Method::Lbfgs(_) => "scale the data, or start from smaller parameters".into(),
        };
        let (cost, arrived) = match descended {
            Descended::Moved(cost) => (cost, false),
            Descended::Arrived(cost) => (cost, true),
            Descended::CostNotFinite(cost) => {
                let tensor = first_not_finite(network, parameters, x, targets, workspace);
                let remedy = match tensor.as_str() {
                    EXAMPLES | TARGETS => "look for missing values in the data".into(),
                    _ => slower(),
                };
                return Err(Error::NotFinite { cost, step: number, epoch: epoch(), tensor, remedy });
            }
            Descended::GradientNotFinite(part) => {
                let (tensor, remedy) = (part_name(network, part), slower());
                return Err(Error::GradientNotFinite { step: number, epoch: epoch(), tensor, remedy });
            }
        };
        let examples = x.ncols();
        if !arrived {
            memory.count(number, first, cost, examples);
        }
        Ok(Taken { cost, arrived })
    }

    /// One step at this rate on the next batch, whatever the plan's schedule and length: the cost.
    pub(crate) fn try_step(&mut self, rate: f64, examples: Examples<'_, T>) -> Result<f64> {
        let (epoch, within) = self.place();
        if within == 0 {
            self.batches.begin_epoch(epoch);
        }
        Ok(self.take_step(within, within == 0, rate, examples)?.cost)
    }
}

/// What messages call part number `part` of the network.
fn part_name(network: &Network, part: usize) -> String {
    network
        .parts()
        .get(part)
        .map_or_else(String::new, |placed| format!("layer {}'s {}", placed.layer, placed.part.name))
}

pub(super) const EXAMPLES: &str = "the examples x";
pub(super) const TARGETS: &str = "the targets y";

/// The first tensor that is not finite, in the order of the forward pass.
pub(super) fn first_not_finite<T: Real>(
    network: &Network,
    parameters: &[T],
    x: ArrayView2<'_, T>,
    y: &[T],
    workspace: &Workspace<T>,
) -> String {
    let bad = |values: &[T]| values.iter().any(|value| !value.is_finite());
    let bad_view = |view: ArrayView2<'_, T>| view.iter().any(|value| !value.is_finite());
    if bad_view(x) {
        return EXAMPLES.into();
    }
    if bad(y) {
        return TARGETS.into();
    }
    for placed in network.parts() {
        if bad(&parameters[placed.part.range.clone()]) {
            return format!("layer {}'s {}", placed.layer, placed.part.name);
        }
        let last_part = placed.part.range.end == network.layer_range(placed.layer).end;
        if last_part && bad_view(workspace.output(placed.layer)) {
            return format!("layer {}'s output", placed.layer);
        }
    }
    "the cost itself".into()
}
