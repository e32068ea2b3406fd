//! A look at the validation examples: their cost at the parameters of now, with nothing drawn and nothing changed.
//!
//! It goes through the buffers of the step, as many examples at a time as a batch has, and so allocates nothing.

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
        let Self { plan, memory, best, parameters, .. } = self;
        plan.schedule.see(memory.step - 1, cost, true, &mut memory.plateau);
        if let Some(early) = &plan.early_stopping
            && early.see(cost, memory.step, &mut memory.best)
        {
            best.copy_from_slice(parameters);
        }
        Ok(cost)
    }

    /// Mean cost over `examples` at the parameters of now, without any penalty and with nothing drawn.
    ///
    /// # Errors
    /// As for [`train`](Self::train) before its first step; [`Error::ValidationNotFinite`].
    pub fn evaluate(&mut self, examples: Examples<'_, T>) -> Result<f64> {
        examples.check("y", &self.network, &*self.plan.cost)?;
        if examples.count() == 0 {
            return Err(Error::Core(dnn_core::Error::EmptyBatch));
        }
        let weights = self.relative_weights("y", examples)?;
        self.mean_cost(Examples { weights: weights.as_deref(), ..examples })
    }

    /// Mean cost over `examples`, whose weights are relative to their mean.
    fn mean_cost(&mut self, examples: Examples<'_, T>) -> Result<f64> {
        let Self { plan, network, compute, parameters, workspace, memory, .. } = self;
        let (cost, units) = (T::half(&*plan.cost), network.outputs());
        workspace.draw_from(None);
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
        }
        Ok(total / examples.count() as f64)
    }
}
