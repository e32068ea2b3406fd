//! The loop: steps, looks at validation examples, events.

use std::time::Instant;

use dnn_core::Real;
use ndarray::ArrayView2;

use super::Trainer;
use crate::event::{Event, Flow, Observer};
use crate::split;
use crate::{Error, Examples, Plan, Result, RunState};

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// Steps taken, all runs of this trainer together.
    pub step: u64,
    /// Cost of the last step's batch, before its update.
    pub cost: f64,
    /// Time of this run.
    pub seconds: f64,
    /// Why it ended.
    pub ended: Ended,
}

/// Why a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ended {
    /// It took all the plan's steps.
    Complete,
    /// L-BFGS found no lower cost.
    Arrived,
    /// The validation examples gained nothing more.
    Early,
    /// An observer stopped it, to be resumed.
    ByObserver,
}

/// What messages call the targets of validation examples.
const VALIDATION: &str = "y of the validation examples";

impl<T: Real> Trainer<'_, T> {
    /// [`train`](Self::train) on `x: (n[0], m)` and `y: (n[L], m)`, both stored column by column, without validation
    /// examples but those that the plan holds out.
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

    /// Takes the plan's remaining steps, or fewer if it stops early or L-BFGS finds no lower cost. After each epoch, or as
    /// often as the plan says, it looks at the `validation` examples, or at those that the plan holds out; a plan that
    /// holds some out trains on a copy of the others.
    ///
    /// An example's weight w is its own times that of its class. A batch of m examples has the cost `1/m Σ (w / w̄) c`, w̄
    /// the mean weight of *all* training examples: so an epoch's cost is `Σ w c / Σ w`. Where all examples are one batch
    /// this is PyTorch's weighted mean; PyTorch divides each smaller batch by its own `Σ w`. Validation examples have
    /// weights of their own, and the mean of these.
    ///
    /// # Errors
    /// [`Error::Targets`], [`Error::TargetValue`], [`Error::Weights`], [`Error::Core`] and [`Error::Settings`], if the
    /// plan does not go together with the validation examples, before the first step; [`Error::NotFinite`],
    /// [`Error::GradientNotFinite`], [`Error::ValidationNotFinite`] and [`Error::Observer`] at a step. The parameters are
    /// then those before that step, or after it for the last two.
    pub fn train(
        &mut self,
        training: Examples<'_, T>,
        validation: Option<Examples<'_, T>>,
        observers: &mut [&mut dyn Observer],
    ) -> Result<Summary> {
        self.check(training)?;
        self.check_validation(validation)?;
        let Plan { held_out, stratified, held_out_seed, .. } = self.plan;
        if held_out == 0 {
            return self.follow(training, validation, observers);
        }
        let taken = split::hold_out(training.y, held_out, stratified, held_out_seed);
        let [kept, taken] = training.parted(|example| taken[example]);
        self.follow(kept.view(), Some(taken.view()), observers)
    }

    /// The run, on examples that were checked and divided.
    fn follow(
        &mut self,
        training: Examples<'_, T>,
        validation: Option<Examples<'_, T>>,
        observers: &mut [&mut dyn Observer],
    ) -> Result<Summary> {
        let weights = self.relative_weights("y", training)?;
        let training = Examples { weights: weights.as_deref(), ..training };
        let weights = self.validation_weights(validation)?;
        let validation = validation.map(|examples| Examples { weights: weights.as_deref(), ..examples });
        let start = Instant::now();
        let (mut flow, mut last) = (self.begin(observers)?, f64::NAN);
        if let Some(search) = &mut self.search {
            search.forget();
        }
        let (mut begun, mut arrived) = (false, false);
        while !arrived && self.is_over().is_none() && flow == Flow::Continue {
            let (epoch, within) = self.place();
            if within == 0 || !begun {
                self.batches.begin_epoch(epoch);
                begun = true;
            }
            let taken = self.take_step(within, within == 0, self.rate(), training)?;
            (last, arrived) = (taken.cost, taken.arrived);
            if !arrived {
                flow = self.after_steps(1, last, validation, observers)?;
            }
        }
        let ended = if arrived { Ended::Arrived } else { self.is_over().unwrap_or(Ended::ByObserver) };
        self.end(ended, last, start, observers)
    }

    /// Tells that the run begins.
    pub(super) fn begin(&self, observers: &mut [&mut dyn Observer]) -> Result<Flow> {
        let (steps, steps_per_epoch) = (self.plan.steps, self.plan.steps_per_epoch());
        self.notify(observers, &Event::Started { network: &self.title, steps, steps_per_epoch })
    }

    /// Ends the run that began at `start`, with the best parameters if it ends by itself.
    pub(super) fn end(
        &mut self,
        ended: Ended,
        cost: f64,
        start: Instant,
        observers: &mut [&mut dyn Observer],
    ) -> Result<Summary> {
        if ended != Ended::ByObserver {
            self.restore_best();
        }
        let (step, seconds) = (self.memory.step, start.elapsed().as_secs_f64());
        self.notify(observers, &Event::Finished { step, cost, seconds, run: self.run_state() })?;
        Ok(Summary { step, cost, seconds, ended })
    }

    /// Why no further step is taken, if none is.
    pub(super) fn is_over(&self) -> Option<Ended> {
        let early = self.plan.early_stopping.as_ref();
        match &self.memory {
            memory if early.is_some_and(|early| early.is_over(&memory.best)) => Some(Ended::Early),
            memory if memory.step >= self.plan.steps => Some(Ended::Complete),
            _ => None,
        }
    }

    fn restore_best(&mut self) {
        if self.memory.best.value.is_some() && !self.best.is_empty() {
            self.parameters.copy_from_slice(&self.best);
        }
    }

    /// What follows some steps of one epoch: everything is remembered before anything is told, so that a run can be saved at
    /// any event.
    pub(super) fn after_steps(
        &mut self,
        steps: u64,
        cost: f64,
        validation: Option<Examples<'_, T>>,
        observers: &mut [&mut dyn Observer],
    ) -> Result<Flow> {
        let (step, steps_per_epoch) = (self.memory.step, self.plan.steps_per_epoch());
        let epoch_ends = step.is_multiple_of(steps_per_epoch);
        let epoch_cost = self.memory.mean_cost();
        if epoch_ends {
            self.plan.schedule.see(step - 1, epoch_cost, false, &mut self.memory.plateau);
        }
        let due = step % self.plan.validate_every < steps || step == self.plan.steps;
        let looked = match validation {
            Some(examples) if due => Some(self.look(examples)?),
            _ => None,
        };
        let ended = epoch_ends.then_some(epoch_cost);
        let run = RunState { epoch_cost: ended, validation_cost: looked, ..self.run_state() };
        let mut flow = self.notify(observers, &Event::Step { step, cost, run })?;
        if epoch_ends {
            let event = Event::Epoch { epoch: step / steps_per_epoch, step, cost: epoch_cost, run };
            flow = flow.and(self.notify(observers, &event)?);
        }
        if let Some(cost) = looked {
            let epoch = step as f64 / steps_per_epoch as f64;
            let event = Event::Validation { epoch, step, cost, metrics: self.metrics(), run };
            flow = flow.and(self.notify(observers, &event)?);
        }
        Ok(flow)
    }

    pub(super) fn notify(&self, observers: &mut [&mut dyn Observer], event: &Event<'_>) -> Result<Flow> {
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
        let planned = self.plan.examples + self.plan.held_out;
        if training.count() != planned {
            let (found_rows, found_columns) = training.y.dim();
            return Err(Error::Targets {
                name: "y",
                found_rows,
                found_columns,
                expected: format!("the plan has {planned} examples"),
                remedy: "make the plan for as many examples as there are",
            });
        }
        Ok(())
    }

    /// How much each example counts beside the mean, unless all count alike.
    pub(crate) fn relative_weights(
        &self,
        name: &'static str,
        examples: Examples<'_, T>,
    ) -> Result<Option<Vec<f64>>> {
        examples.relative_weights(name, self.plan.class_weights.as_ref())
    }

    /// How much each validation example counts beside their mean, unless all count alike.
    pub(super) fn validation_weights(&self, validation: Option<Examples<'_, T>>) -> Result<Option<Vec<f64>>> {
        validation.map_or(Ok(None), |examples| self.relative_weights(VALIDATION, examples))
    }

    /// Checks the validation examples, and whether the plan goes together with them.
    pub(super) fn check_validation(&self, validation: Option<Examples<'_, T>>) -> Result<()> {
        let fault = |fault: String| Err(Error::Settings(vec![fault]));
        if let Some(examples) = validation {
            if self.plan.held_out > 0 {
                return fault(format!(
                    "validation holds out {} of the examples, but validation examples are passed too: do one of the two",
                    self.plan.held_out
                ));
            }
            if examples.count() == 0 {
                return fault("there are 0 validation examples: pass at least 1, or none at all".into());
            }
            return examples.check(VALIDATION, &self.network, &*self.plan.cost);
        }
        match self.plan.held_out {
            0 => self.plan.check_unvalidated(),
            _ => Ok(()),
        }
    }
}
