//! A look at the validation examples: their cost and metrics at the parameters of now, with nothing drawn and nothing
//! changed.
//!
//! It goes through the buffers of the step, as many examples at a time as a batch has, and so allocates nothing but what
//! metrics need.

use dnn_core::Real;

use super::Trainer;
use super::step::{EXAMPLES, TARGETS, first_not_finite};
use crate::batches::slice;
use crate::weights::weighted_cost;
use crate::{Error, Examples, Result};

impl<T: Real> Trainer<'_, T> {
    /// The mean cost over `examples`, remembered by what looks at it.
    pub(super) fn look(&mut self, examples: Examples<'_, T>) -> Result<f64> {
        let cost = self.mean_cost(examples)?;
        let Self { plan, memory, best, parameters, measures, .. } = self;
        plan.schedule.see(memory.step - 1, cost, true, &mut memory.plateau);
        let watched = plan.watched.map(|at| (measures.values[at].1, plan.metrics[at].larger_is_better()));
        let value = watched.map_or(cost, |(value, larger)| if larger { -value } else { value });
        if let Some(early) = &plan.early_stopping
            && early.see(value, memory.step, &mut memory.best)
        {
            best.copy_from_slice(parameters);
        }
        Ok(cost)
    }

    /// Mean cost over `examples` at the parameters of now, without any penalty and with nothing drawn.
    /// [`metrics`](Self::metrics) has what the plan measures of them.
    ///
    /// # Errors
    /// As for [`train`](Self::train) before its first step; [`Error::ValidationNotFinite`], and what a metric fails with.
    pub fn evaluate(&mut self, examples: Examples<'_, T>) -> Result<f64> {
        examples.check("y", &self.network, &*self.plan.cost)?;
        if examples.count() == 0 {
            return Err(Error::Core(dnn_core::Error::EmptyBatch));
        }
        let weights = self.relative_weights("y", examples)?;
        self.mean_cost(Examples { weights: weights.as_deref(), ..examples })
    }

    /// The plan's metrics by name, of the examples that were looked at last; NaN before any were.
    pub fn metrics(&self) -> &[(String, f64)] {
        &self.measures.values
    }

    /// Mean cost over `examples`, whose weights are relative to their mean; the plan's metrics go to `measures`.
    fn mean_cost(&mut self, examples: Examples<'_, T>) -> Result<f64> {
        let Self { plan, network, compute, parameters, workspace, memory, measures, .. } = self;
        let (cost, units) = (T::half(&*plan.cost), network.outputs());
        workspace.draw_from(None);
        measures.begin();
        let mut total = 0.0;
        for start in (0..examples.count()).step_by(plan.batch) {
            let Examples { x, y, weights } =
                slice(examples, start..(start + plan.batch).min(examples.count()));
            let z = network.forward(*compute, parameters, x, workspace)?.reversed_axes();
            let y = y.reversed_axes();
            let contiguous = "examples are contiguous";
            let targets = y.as_slice().expect(contiguous);
            let scores = z.as_slice().expect(contiguous);
            let sum = weighted_cost(cost, units, (scores, targets), weights, None);
            if !sum.is_finite() {
                let tensor = first_not_finite(network, parameters, x, targets, workspace);
                let remedy = match tensor.as_str() {
                    EXAMPLES | TARGETS => "look for missing values in the data".into(),
                    _ => "lower the learning rate, or scale the data".into(),
                };
                return Err(Error::ValidationNotFinite { cost: sum, step: memory.step, tensor, remedy });
            }
            total += sum;
            measures.gather(units, scores, targets);
        }
        measures.measure(&plan.metrics, units, examples.weights)?;
        Ok(total / examples.count() as f64)
    }
}
