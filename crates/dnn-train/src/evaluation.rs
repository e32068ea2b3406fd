//! Evaluation of examples: their cost and the plan's metrics at the parameters of now, with nothing drawn and nothing
//! changed.
//!
//! It goes through the buffers of the step, as many examples at a time as a batch has, and so allocates nothing but what
//! metrics need.

use dnn_core::Real;

use crate::not_finite::first_not_finite;
use crate::step::slice;
use crate::trainer::Trainer;
use crate::weights::weighted_cost;
use crate::{Error, Examples, Result};

impl<T: Real> Trainer<'_, T> {
    /// The mean cost over the validation examples, remembered by the schedule, and by what knows the best parameters.
    pub(crate) fn validate(&mut self, examples: Examples<'_, T>) -> Result<f64> {
        let cost = self.mean_cost(examples)?;
        self.plan.schedule.see(self.state.step - 1, cost, true, &mut self.state.plateau);
        let watched = self.plan.watched.map(|at| &self.plan.metrics[at]).zip(self.plan.watched);
        let value = watched.map_or(cost, |(metric, at)| {
            let value = self.measures.values[at].1;
            if metric.larger_is_better() { -value } else { value }
        });
        if self.note_best(value, true) && !self.best.is_empty() {
            self.best.copy_from_slice(&self.parameters);
        }
        Ok(cost)
    }

    /// Remembers a value, the lower the better, of the validation examples or of an epoch: whether it is the best so far.
    pub(crate) fn note_best(&mut self, value: f64, validation: bool) -> bool {
        let improvement = self.plan.early_stopping.as_ref().map_or(0.0, |early| early.minimum_improvement);
        self.state.best.note(value, self.state.step, validation, improvement)
    }

    /// Mean cost over `examples` at the parameters of now, without any penalty and with nothing drawn.
    /// [`metrics`](Self::metrics) has what the plan measures of them.
    ///
    /// # Errors
    /// As for [`train`](Self::train) before its first step; [`Error::NotFinite`], and what a metric fails with.
    pub fn evaluate(&mut self, examples: Examples<'_, T>) -> Result<f64> {
        examples.check("y", &self.network, &*self.plan.cost)?;
        if examples.count() == 0 {
            return Err(Error::Core(dnn_core::Error::EmptyBatch));
        }
        let weights = examples.relative_weights("y", self.plan.class_weights.as_ref())?;
        self.mean_cost(Examples { weights: weights.as_deref(), ..examples })
    }

    /// The plan's metrics by name, of the examples that were evaluated last; NaN before any were.
    pub fn metrics(&self) -> &[(String, f64)] {
        &self.measures.values
    }

    /// Mean cost over `examples`, whose weights are relative to their mean; the plan's metrics go to `measures`.
    fn mean_cost(&mut self, examples: Examples<'_, T>) -> Result<f64> {
        let Self { plan, network, compute, parameters, workspace, state, measures, .. } = self;
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
                let slower = || "lower the learning rate, or scale the data".into();
                let (tensor, remedy) = first_not_finite(network, parameters, x, targets, workspace, slower);
                let found = format!("the validation cost after step {} is {sum}", state.step);
                return Err(Error::NotFinite { found, validation: true, step: state.step, tensor, remedy });
            }
            total += sum;
            measures.gather(units, scores, targets);
        }
        measures.measure(&plan.metrics, units, examples.weights)?;
        Ok(total / examples.count() as f64)
    }
}
