//! The usual objective: train what a recipe makes of a trial, and measure it on examples that were held out.

use std::fmt;

use dnn_core::{Backend, Compute, Pool, Real};
use dnn_train::{Error, Examples, Trainer};
use ndarray::ArrayView2;

use crate::{ObjectiveError, Recipe, Report, Trial};

/// What predictions `a: (n[L], m)` are worth, the columns in the order of the validation examples.
type Metric<'a, T> = dyn Fn(ArrayView2<'_, T>) -> dnn_train::Result<f64> + Sync + 'a;

/// Trains each trial on some examples and measures it on others; the README's program is an example.
///
/// The validation examples are not the test set: what is chosen by them does better on them than on examples it never saw.
pub struct Fit<'a, T> {
    recipe: &'a Recipe,
    backend: &'a dyn Backend,
    training: Examples<'a, T>,
    validation: Examples<'a, T>,
    metric: Option<Box<Metric<'a, T>>>,
}

impl<'a, T: Real> Fit<'a, T> {
    /// The objective is the cost of the `validation` examples, the lower the better.
    pub fn new(
        recipe: &'a Recipe,
        backend: &'a dyn Backend,
        training: Examples<'a, T>,
        validation: Examples<'a, T>,
    ) -> Self {
        Self { recipe, backend, training, validation, metric: None }
    }

    /// With `metric` of what the network predicts for the validation examples as the objective.
    #[must_use]
    pub fn metric(self, metric: impl Fn(ArrayView2<'_, T>) -> dnn_train::Result<f64> + Sync + 'a) -> Self {
        Self { metric: Some(Box::new(metric)), ..self }
    }

    /// The objective of `trial`, computed on `pool`; NaN if it diverged. The report gets the curves of its costs.
    ///
    /// # Errors
    /// What the recipe, the plan, the run and the metric refuse.
    pub fn evaluate(
        &self,
        trial: &Trial,
        pool: &dyn Pool,
        report: &mut Report,
    ) -> Result<f64, ObjectiveError> {
        let (network, settings) = self.recipe.make(trial)?;
        let (plan, compute) =
            (settings.plan(&network, self.training.count())?, Compute { backend: self.backend, pool });
        let mut trainer = Trainer::<T>::new(&network, plan, compute)?;
        match trainer.train(self.training, Some(self.validation), &mut [report]) {
            Ok(_) => {}
            Err(Error::NotFinite { .. }) => return Ok(f64::NAN),
            Err(error) => return Err(error.into()),
        }
        Ok(match &self.metric {
            None => trainer.evaluate(self.validation)?,
            Some(metric) => {
                metric(network.predict(compute, trainer.parameters(), self.validation.x)?.view())?
            }
        })
    }
}

impl<T> fmt::Debug for Fit<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fit").field("recipe", self.recipe).finish_non_exhaustive()
    }
}
