//! The loop: steps, looks at validation examples, events.

use std::time::Instant;

use dnn_core::Real;
use ndarray::ArrayView2;

use super::Trainer;
use super::step::Taken;
use crate::event::{Event, Flow, Observer};
use crate::{Error, Examples, Result};

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// Steps taken, all runs of this trainer together.
    pub step: u64,
    /// Cost of the last step's batch, before its update.
    pub cost: f64,
    /// Time of this run.
    pub seconds: f64,
}

impl<T: Real> Trainer<'_, T> {
    /// [`train`](Self::train) on `x: (n[0], m)` and `y: (n[L], m)`, both stored column by column, without validation
    /// examples of one's own.
    ///
    /// # Errors
    /// As for [`train`](Self::train).
    pub fn run(
        &mut self,
        x: ArrayView2<'_, T>,
        y: ArrayView2<'_, T>,
        observers: &mut [&mut dyn Observer],
    ) -> Result<Summary> {
        self.train(Examples::new(x, y), None, observers)
    }

    /// Takes the plan's remaining steps, or fewer if L-BFGS finds no lower cost. After each epoch it looks at the
    /// `validation` examples, if there are any.
    ///
    /// # Errors
    /// [`Error::Targets`], [`Error::TargetValue`] and [`Error::Core`] before the first step; [`Error::NotFinite`],
    /// [`Error::GradientNotFinite`], [`Error::ValidationNotFinite`] and [`Error::Observer`] at a step. The parameters are
    /// then those before that step, or after it for the last two.
    pub fn train(
        &mut self,
        training: Examples<'_, T>,
        validation: Option<Examples<'_, T>>,
        observers: &mut [&mut dyn Observer],
    ) -> Result<Summary> {
        self.check(training)?;
        if let Some(examples) = validation {
            examples.check("y of the validation examples", &self.network, &*self.plan.cost)?;
        }
        let start = Instant::now();
        let (steps, steps_per_epoch) = (self.plan.steps, self.plan.steps_per_epoch());
        let mut flow =
            self.notify(observers, &Event::Started { network: &self.title, steps, steps_per_epoch })?;
        let mut last = f64::NAN;
        if let Some(search) = &mut self.search {
            search.forget();
        }
        let mut begun = false;
        while self.memory.step < steps && flow == Flow::Continue {
            let (epoch, within) = (self.memory.step / steps_per_epoch, self.memory.step % steps_per_epoch);
            if within == 0 || !begun {
                self.batches.begin_epoch(epoch);
                begun = true;
            }
            let rate = self.plan.schedule.rate(self.memory.step, &self.memory.plateau);
            let Taken { cost, arrived } = self.take_step(within, rate, training)?;
            last = cost;
            if arrived {
                break;
            }
            flow = self.after_step(cost, validation, observers)?;
        }
        let (step, seconds) = (self.memory.step, start.elapsed().as_secs_f64());
        self.notify(observers, &Event::Finished { step, cost: last, seconds, run: self.run_state() })?;
        Ok(Summary { step, cost: last, seconds })
    }

    /// What follows a step: everything is remembered before anything is told, so that a run can be saved at any event.
    fn after_step(
        &mut self,
        cost: f64,
        validation: Option<Examples<'_, T>>,
        observers: &mut [&mut dyn Observer],
    ) -> Result<Flow> {
        let (step, steps_per_epoch) = (self.memory.step, self.plan.steps_per_epoch());
        let epoch_ends = step.is_multiple_of(steps_per_epoch);
        let epoch_cost = self.memory.mean_cost();
        if epoch_ends {
            self.plan.schedule.epoch_ended(step - 1, epoch_cost, &mut self.memory.plateau);
        }
        let due = epoch_ends || step == self.plan.steps;
        let looked = match validation {
            Some(examples) if due => Some(self.validate(examples)?),
            _ => None,
        };
        let run = self.run_state();
        let mut flow = self.notify(observers, &Event::Step { step, cost, run })?;
        if epoch_ends {
            let event = Event::Epoch { epoch: step / steps_per_epoch, step, cost: epoch_cost, run };
            flow = flow.and(self.notify(observers, &event)?);
        }
        if let Some(cost) = looked {
            let epoch = step as f64 / steps_per_epoch as f64;
            let event = Event::Validation { epoch, step, cost, metrics: &[], run };
            flow = flow.and(self.notify(observers, &event)?);
        }
        Ok(flow)
    }

    fn notify(&self, observers: &mut [&mut dyn Observer], event: &Event<'_>) -> Result<Flow> {
        let mut flow = Flow::Continue;
        for observer in observers {
            let answer = observer
                .notify(event)
                .map_err(|source| Error::Observer { step: self.memory.step, source })?;
            flow = flow.and(answer);
        }
        Ok(flow)
    }

    /// Checks the examples once for the whole run.
    pub(crate) fn check(&self, training: Examples<'_, T>) -> Result<()> {
        training.check("y", &self.network, &*self.plan.cost)?;
        if training.count() != self.plan.examples {
            let (found_rows, found_columns) = training.y.dim();
            return Err(Error::Targets {
                name: "y",
                found_rows,
                found_columns,
                expected: format!("the plan has {} examples", self.plan.examples),
                remedy: "make the plan for as many examples as there are",
            });
        }
        Ok(())
    }
}
