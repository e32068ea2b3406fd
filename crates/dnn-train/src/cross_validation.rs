//! k-fold cross-validation: how well a network of these settings does on examples it was not trained on, and how much that
//! varies.

use std::sync::OnceLock;

use dnn_core::{Compute, Network, Real, Serial};
use ndarray::ArrayView2;

use crate::split::folds;
use crate::{Error, Examples, Result, Settings, Summary, Trainer};

/// Divides the examples into `folds` parts and trains once for each, on all others.
///
/// ```
/// use dnn_core::{Compute, Naive, Network, Sigmoid};
/// use dnn_train::{CrossValidation, Examples, Settings, metrics};
/// use ndarray::Array2;
///
/// // Is a number above one half?
/// let x = Array2::from_shape_fn((1, 40), |(_, i)| (7 * i % 40) as f64 / 40.0);
/// let y = x.mapv(|x| f64::from(u8::from(x > 0.5)));
/// let network = Network::builder(1).dense(1, Sigmoid).build()?;
/// let settings = Settings { learning_rate: Some(5.0), epochs: Some(200), ..Settings::default() };
///
/// let compute = Compute::serial(&Naive);
/// let found = CrossValidation::default().run(&network, &settings, Examples::new(x.view(), y.view()), compute, &|a, held_out| {
///     let (found, truth) = (metrics::classes(a), metrics::classes(held_out.y));
///     Ok(vec![("accuracy".into(), metrics::accuracy(&found, &truth, None)?)])
/// })?;
/// assert_eq!(found.folds.len(), 5);
/// assert!(found.metric("accuracy").is_some_and(|accuracy| accuracy.mean > 0.8));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CrossValidation {
    /// Parts, 2 or more; 5.
    pub folds: usize,
    /// Whether each part has its share of each class, where targets are classes; yes.
    pub stratified: bool,
    /// What the division depends on; 0.
    pub seed: u64,
    /// Whether the folds are trained at the same time, each on one thread and with examples of its own, instead of one after
    /// another on all threads; no. It changes no bit.
    pub parallel: bool,
}

impl Default for CrossValidation {
    fn default() -> Self {
        Self { folds: 5, stratified: true, seed: 0, parallel: false }
    }
}

/// What is measured on the part held out: from the network's outputs `a: (n[L], m)` and the examples, values by name.
pub type Measure<'a, T> =
    dyn Fn(ArrayView2<'_, T>, Examples<'_, T>) -> Result<Vec<(String, f64)>> + Sync + 'a;

/// How one fold came out.
#[derive(Debug, Clone, PartialEq)]
pub struct Fold {
    /// Mean cost over the part held out, without any penalty.
    pub cost: f64,
    /// The same over the examples trained on.
    pub training_cost: f64,
    /// What the settings and the caller measured on the part held out.
    pub metrics: Vec<(String, f64)>,
    /// How the run ended.
    pub summary: Summary,
}

/// How all folds came out.
#[derive(Debug, Clone, PartialEq)]
pub struct CrossValidated {
    /// In order.
    pub folds: Vec<Fold>,
}

/// A value over the folds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Its mean.
    pub mean: f64,
    /// Its standard deviation, from `folds − 1`.
    pub deviation: f64,
}

impl CrossValidated {
    /// The cost of the parts held out.
    pub fn cost(&self) -> Spread {
        Spread::of(self.folds.iter().map(|fold| fold.cost))
    }

    /// The metric of this name, if each fold has it.
    pub fn metric(&self, name: &str) -> Option<Spread> {
        let value = |fold: &Fold| fold.metrics.iter().find(|metric| metric.0 == name).map(|metric| metric.1);
        let values: Option<Vec<f64>> = self.folds.iter().map(value).collect();
        values.map(|values| Spread::of(values.into_iter()))
    }
}

impl Spread {
    fn of(values: impl ExactSizeIterator<Item = f64> + Clone) -> Self {
        let count = values.len() as f64;
        let mean = values.clone().sum::<f64>() / count;
        let squares: f64 = values.map(|value| (value - mean).powi(2)).sum();
        Self { mean, deviation: (squares / (count - 1.0)).sqrt() }
    }
}

impl CrossValidation {
    /// Trains and measures once for each part. Early stopping needs the setting `validation`, which then holds out a share
    /// of the examples trained on: a part that chose the step to end at would praise itself.
    ///
    /// # Errors
    /// [`Error::Settings`] unless there are 2 folds or more and an example for each; else as for [`Settings::plan`],
    /// [`Trainer::new`] and [`Trainer::train`], and what `measure` fails with.
    pub fn run<T: Real>(
        &self,
        network: &Network,
        settings: &Settings,
        examples: Examples<'_, T>,
        compute: Compute<'_>,
        measure: &Measure<'_, T>,
    ) -> Result<CrossValidated> {
        if self.folds < 2 || self.folds > examples.count() {
            let (folds, count) = (self.folds, examples.count());
            return Err(Error::Settings(vec![format!(
                "folds is {folds} for {count} examples, but must be 2 or more and leave each an example: 5 or 10 are usual"
            )]));
        }
        let fewest = examples.count() - examples.count().div_ceil(self.folds);
        examples.check("y", network, settings.plan(network, fewest)?.cost())?;
        let fold_of = folds(examples.y, self.folds, self.stratified, self.seed);
        let one = |fold: usize, compute: Compute<'_>| -> Result<Fold> {
            let [training, held_out] = examples.parted(|example| fold_of[example] == fold);
            let (training, held_out) = (training.view(), held_out.view());
            let mut trainer = Trainer::new(network, settings.plan(network, training.count())?, compute)?;
            let summary = trainer.train(training, None, &mut [])?;
            let a = network.predict(compute, trainer.parameters(), held_out.x)?;
            let cost = trainer.evaluate(held_out)?;
            let metrics = [trainer.metrics(), &measure(a.view(), held_out)?].concat();
            let training_cost = trainer.evaluate(training)?;
            Ok(Fold { cost, training_cost, metrics, summary })
        };
        let results: Vec<OnceLock<Result<Fold>>> = (0..self.folds).map(|_| OnceLock::new()).collect();
        let (across, within) = match self.parallel {
            true => (compute.pool, Compute::serial(compute.backend)),
            false => (&Serial as _, compute),
        };
        across.run(self.folds, &|fold| {
            results[fold].get_or_init(|| one(fold, within));
        });
        let folds: Result<Vec<Fold>> =
            results.into_iter().map(|result| result.into_inner().expect("a pool runs every task")).collect();
        Ok(CrossValidated { folds: folds? })
    }
}
