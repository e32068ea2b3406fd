//! What a run checks: its examples, chunks and validation examples, and whether the plan goes together with them.

use dnn_core::Real;

use crate::optimizer::Method;
use crate::trainer::Trainer;
use crate::{Error, Examples, ObserverError, Result};

/// What messages call the targets of validation examples.
pub(crate) const VALIDATION: &str = "y of the validation examples";

impl<T: Real> Trainer<'_, T> {
    /// Checks the examples once for the whole run.
    pub(crate) fn check(&self, training: Examples<'_, T>) -> Result<()> {
        training.check("y", &self.network, &*self.plan.cost)?;
        let planned = self.plan.examples;
        if training.count() != planned {
            let (rows, columns) = training.y.dim();
            return Err(Error::Examples {
                found: format!("y is {rows} × {columns}"),
                expected: format!("the plan has {planned} examples"),
                remedy: "make the plan for as many examples as there are",
            });
        }
        Ok(())
    }

    /// Checks the validation examples, and whether the plan goes together with them.
    pub(crate) fn check_validation(&self, validation: Option<Examples<'_, T>>) -> Result<()> {
        match validation {
            None => self.plan.check_unvalidated(),
            Some(examples) if examples.count() == 0 => Err(Error::Settings(vec![
                "there are 0 validation examples: pass at least 1, or none at all".into(),
            ])),
            Some(examples) => examples.check(VALIDATION, &self.network, &*self.plan.cost),
        }
    }

    /// Refuses a plan that needs what examples that come chunk after chunk cannot give: all at once, or `fed` ones validation.
    pub(crate) fn check_chunks(&self, fed: bool) -> Result<()> {
        let plan = &self.plan;
        let wrong = match plan.method {
            Method::Lbfgs(_) => "optimizer lbfgs needs the cost of all examples at each step",
            _ if fed && plan.early_stopping.is_some() => "early_stopping watches the validation examples",
            _ if fed && plan.schedule.needs_validation() => {
                "schedule reduce_on_plateau watches the validation cost"
            }
            _ => return Ok(()),
        };
        let evaluate = if fed { ", and evaluate between chunks" } else { "" };
        Err(Error::Settings(vec![format!(
            "{wrong}, but these come chunk after chunk: leave it out{evaluate}"
        )]))
    }

    /// Checks a chunk that goes from example `start` of its epoch to `end`.
    pub(crate) fn check_chunk(&self, start: usize, end: usize) -> Result<()> {
        let seen = self.place().1 as usize * self.plan.batch;
        if end > self.plan.examples {
            return Err(self.wrong_count(&format!("{end} or more")));
        }
        if start != seen {
            return Err(self.no_chunk(format!("a chunk begins at example {start} of its epoch, but the run stands at {seen}: give whole batches, and after a stop the same chunks").into()));
        }
        Ok(())
    }

    /// Checks that an epoch has had all of its examples.
    pub(crate) fn check_epoch(&self, passed: usize) -> Result<()> {
        if passed == self.plan.examples { Ok(()) } else { Err(self.wrong_count(&passed.to_string())) }
    }

    fn wrong_count(&self, found: &str) -> Error {
        let planned = self.plan.examples;
        self.no_chunk(
            format!("there are {found}, but the plan has {planned}: make it for as many as there are").into(),
        )
    }

    pub(crate) fn no_chunk(&self, source: ObserverError) -> Error {
        Error::Chunk { step: self.state.step, source }
    }
}
