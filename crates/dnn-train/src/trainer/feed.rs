//! Examples that come chunk after chunk: streams, and data larger than memory.

use std::time::Instant;

use dnn_core::Real;

use super::{Ended, Summary, Trainer};
use crate::event::{Event, Flow, Observer};
use crate::optimizer::Method;
use crate::{Error, Examples, Result};

impl<T: Real> Trainer<'_, T> {
    /// Takes one pass over a chunk of examples, of any number, in batches of the plan's size: steps, the optimizer's state
    /// and the schedule go on from chunk to chunk, and so does a run that was saved between two. An order is drawn for each
    /// chunk unless the plan does not shuffle, and weights are relative to the mean of the chunk.
    ///
    /// The plan's steps do not end it; from the last of them on the learning rate stays. To a schedule that looks at costs a
    /// chunk is an epoch. Observers hear of each step and nothing else; one that stops ends the chunk. To look at validation
    /// examples, call [`evaluate`](Self::evaluate) between chunks; or see [`train_chunks`](Self::train_chunks), where the
    /// chunks come again in each epoch.
    ///
    /// # Errors
    /// [`Error::Settings`] if the plan uses L-BFGS, or anything that looks at validation examples; else as for [`train`](Self::train).
    pub fn feed(&mut self, chunk: Examples<'_, T>, observers: &mut [&mut dyn Observer]) -> Result<Summary> {
        self.check_feed()?;
        let weights = self.open_chunk(chunk)?;
        let chunk = Examples { weights: weights.as_deref(), ..chunk };
        let start = Instant::now();
        let steps = self.steps_of(chunk.count());
        let (mut flow, mut cost) = (Flow::Continue, f64::NAN);
        for within in 0..steps {
            cost = self.take_step(within, within == 0, self.rate(), chunk)?.cost;
            let step = self.memory.step;
            if within + 1 == steps {
                self.plan.schedule.see(step - 1, self.memory.mean_cost(), false, &mut self.memory.plateau);
            }
            flow = self.notify(observers, &Event::Step { step, cost, run: self.run_state() })?;
            if flow == Flow::Stop {
                break;
            }
        }
        let ended = if flow == Flow::Stop { Ended::ByObserver } else { Ended::Complete };
        Ok(Summary { step: self.memory.step, cost, seconds: start.elapsed().as_secs_f64(), ended })
    }

    /// Checks a chunk and puts it in order: how much each of its examples counts beside their mean, unless all count alike.
    pub(super) fn open_chunk(&mut self, chunk: Examples<'_, T>) -> Result<Option<Vec<f64>>> {
        chunk.check("y", &self.network, &*self.plan.cost)?;
        self.batches.begin_chunk(chunk.count(), self.memory.step);
        self.relative_weights("y", chunk)
    }

    /// Steps that a chunk of so many examples takes.
    pub(super) fn steps_of(&self, examples: usize) -> u64 {
        examples.div_ceil(self.plan.batch) as u64
    }

    /// The learning rate of the next step.
    pub(super) fn rate(&self) -> f64 {
        let planned = self.memory.step.min(self.plan.steps - 1);
        self.plan.schedule.rate(planned, &self.memory.plateau)
    }

    /// What of the plan needs all examples at once, if anything does.
    pub(super) fn needs_all(&self) -> Option<&'static str> {
        match self.plan.method {
            Method::Lbfgs(_) => Some("optimizer lbfgs needs the cost of all examples at each step"),
            _ if self.plan.held_out > 0 => Some("validation holds out a share of all examples"),
            _ => None,
        }
    }

    fn check_feed(&self) -> Result<()> {
        let plan = &self.plan;
        let wrong = match self.needs_all() {
            Some(needs) => needs,
            _ if plan.early_stopping.is_some() => {
                "early_stopping looks at the validation cost after each epoch"
            }
            _ if plan.schedule.needs_validation() => {
                "schedule reduce_on_plateau looks at the validation cost"
            }
            _ => return Ok(()),
        };
        Err(Error::Settings(vec![format!(
            "{wrong}, but these come chunk after chunk: leave it out, and evaluate between chunks"
        )]))
    }
}
