//! k-fold cross-validation: how well a network of these settings does on examples it was not trained on, and how much that
//! varies.

use std::sync::OnceLock;

use dnn_core::random::{Key, Purpose, Stream};
use dnn_core::{Compute, Network, Real, Serial};
use ndarray::{Array2, ArrayView2, ShapeBuilder};

use crate::{Error, Examples, Result, Settings, Summary, Trainer, metrics};

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
/// let found = CrossValidation::default().run(&network, &settings, Examples::new(x.view(), y.view()), compute, |a, held_out| {
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
    /// Trains once for each part and measures the part held out: `measure` gives values by name, from the network's outputs
    /// `a: (n[L], m)` and the examples. Where the settings need validation examples, as early stopping does, these are
    /// the part after the one that is measured: a part that chose the step to end at would praise itself.
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
        measure: impl Fn(ArrayView2<'_, T>, Examples<'_, T>) -> Result<Vec<(String, f64)>> + Sync,
    ) -> Result<CrossValidated> {
        if self.folds < 2 || self.folds > examples.count() {
            let (folds, count) = (self.folds, examples.count());
            return Err(Error::Settings(vec![format!(
                "folds is {folds} for {count} examples, but must be 2 or more and leave each an example: 5 or 10 are usual"
            )]));
        }
        let planned = settings.plan(network, examples.count())?;
        examples.check("y", network, planned.cost())?;
        let validates = planned.check_unvalidated().is_err();
        if validates && self.folds < 3 {
            return Err(Error::Settings(vec![
                "folds is 2, but one part more must validate: take 3 or more, or leave out what needs validation examples".into(),
            ]));
        }
        let fold_of = folds(examples.y, self.folds, self.stratified, self.seed);
        let one = |fold: usize, compute: Compute<'_>| -> Result<Fold> {
            let next = (fold + 1) % self.folds;
            let held_out = examples.parted(|example| fold_of[example] == fold);
            let validation = validates.then(|| examples.parted(|example| fold_of[example] == next));
            let training = examples
                .parted(|example| fold_of[example] != fold && !(validates && fold_of[example] == next));
            let (training, held_out) = (training.view(), held_out.view());
            let mut trainer = Trainer::new(network, settings.plan(network, training.count())?, compute)?;
            let summary = trainer.train(training, validation.as_ref().map(Owned::view), &mut [])?;
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

/// Examples of one's own.
#[derive(Debug, Clone)]
struct Owned<T> {
    x: Array2<T>,
    y: Array2<T>,
    weights: Option<Vec<f64>>,
}

impl<T: Real> Owned<T> {
    fn view(&self) -> Examples<'_, T> {
        Examples { x: self.x.view(), y: self.y.view(), weights: self.weights.as_deref() }
    }
}

impl<T: Real> Examples<'_, T> {
    /// A copy of the examples for which `taken` holds.
    fn parted(&self, taken: impl Fn(usize) -> bool) -> Owned<T> {
        let examples: Vec<usize> = (0..self.count()).filter(|&example| taken(example)).collect();
        let weights = self.weights.map(|weights| examples.iter().map(|&example| weights[example]).collect());
        Owned { x: columns(self.x, &examples), y: columns(self.y, &examples), weights }
    }
}

fn columns<T: Real>(of: ArrayView2<'_, T>, examples: &[usize]) -> Array2<T> {
    Array2::from_shape_fn((of.nrows(), examples.len()).f(), |(row, place)| of[[row, examples[place]]])
}

/// The fold of each example, from 0; folds differ in size by at most one. Examples are put in random order, and if
/// `stratified` those of one class after those of another; then each goes to the next fold.
fn folds<T: Real>(y: ArrayView2<'_, T>, folds: usize, stratified: bool, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..y.ncols()).collect();
    // Epochs 0 to 2 are those of `dnn-data`, which holds out shares.
    Stream::new(Key::new(seed, Purpose::Split).epoch(3)).shuffle(&mut order);
    if let Some(classes) = stratified.then(|| classes(y)).flatten() {
        order.sort_by_key(|&example| classes[example]);
    }
    let mut fold = vec![0; y.ncols()];
    order.into_iter().enumerate().for_each(|(place, example)| fold[example] = place % folds);
    fold
}

/// The class of each example, if every column of `y` says one: 0 or 1 in one row, or a single 1 among zeros.
fn classes<T: Real>(y: ArrayView2<'_, T>) -> Option<Vec<usize>> {
    let binary = y.iter().all(|y| *y == T::zero() || *y == T::one());
    let one_each = y.nrows() == 1 || y.columns().into_iter().all(|column| column.sum() == T::one());
    (binary && one_each).then(|| metrics::classes(y))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many examples of each class, one after another, as one-hot columns.
    fn one_hot(sizes: &[usize]) -> Array2<f32> {
        let labels: Vec<usize> = sizes.iter().enumerate().flat_map(|(class, &n)| vec![class; n]).collect();
        Array2::from_shape_fn((sizes.len(), labels.len()), |(row, i)| f32::from(u8::from(row == labels[i])))
    }

    /// How many of each class `taken` has.
    fn counts(y: &Array2<f32>, taken: &[bool]) -> Vec<usize> {
        let of = |row: ndarray::ArrayView1<'_, f32>| {
            row.iter().zip(taken).filter(|(y, taken)| **y == 1.0 && **taken).count()
        };
        y.rows().into_iter().map(of).collect()
    }

    #[test]
    fn folds_share_all_classes_evenly() {
        let y = one_hot(&[23, 11, 8]);
        let fold = folds(y.view(), 4, true, 7);
        for number in 0..4 {
            let taken: Vec<bool> = fold.iter().map(|&fold| fold == number).collect();
            let counts = counts(&y, &taken);
            let even =
                counts.iter().zip([23.0, 11.0, 8.0]).all(|(&n, size)| (n as f64 - size / 4.0).abs() < 1.0);
            assert!(even && (10..=11).contains(&counts.iter().sum::<usize>()), "{counts:?}");
        }
    }

    #[test]
    fn another_seed_divides_otherwise_and_the_same_the_same() {
        let y = one_hot(&[40, 40]);
        for stratified in [true, false] {
            let fold = |seed| folds(y.view(), 4, stratified, seed);
            assert_eq!(fold(1), fold(1));
            assert_ne!(fold(1), fold(2));
        }
    }

    #[test]
    fn classes_are_seen_in_targets_that_say_one_each() {
        use ndarray::array;
        assert_eq!(classes(array![[0.0, 1.0, 1.0]].view()), Some(vec![0, 1, 1]));
        assert_eq!(classes(array![[0.0, 1.0], [1.0, 0.0]].view()), Some(vec![1, 0]));
        assert_eq!(classes(array![[0.5, 1.0]].view()), None);
        assert_eq!(classes(array![[1.0, 1.0], [1.0, 0.0]].view()), None);
        assert_eq!(classes(array![[0.0], [0.0]].view()), None);
    }

    #[test]
    fn a_part_has_the_examples_that_are_taken_with_their_weights() {
        let x =
            dnn_core::column_major(&Array2::from_shape_fn((2, 9), |(row, i)| (10 * row + i) as f64).view());
        let weights: Vec<f64> = (0..9).map(f64::from).collect();
        let all = Examples::new(x.view(), x.view()).weighted(&weights);
        let part = all.parted(|example| example % 3 == 1);
        assert_eq!(part.view().y.row(1).to_vec(), [11.0, 14.0, 17.0]);
        assert_eq!(part.view().weights, Some(&[1.0, 4.0, 7.0][..]));
        assert!(part.view().x.t().is_standard_layout());
    }
}
