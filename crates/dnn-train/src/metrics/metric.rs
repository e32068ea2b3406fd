//! Metrics as a run names them, and the built-in ones.

use std::sync::Arc;

use dnn_core::{Configured, Constant, Family, Named, NamedConfig, Registry};
use ndarray::{ArrayView1, ArrayView2};

use super::numbers::log_loss_within;
use super::{
    accuracy, average_of_classes, average_precision, classes, mae, per_class, r2, rmse, roc_auc,
    top_k_accuracy,
};
use crate::Result;
use crate::cost::Targets;

/// How good predictions are, in one number.
///
/// A complete one of one's own, and its name in a registry:
/// ```
/// use dnn_core::Named;
/// use dnn_train::{Metric, Result};
/// use ndarray::{ArrayView2, array};
///
/// /// The largest error of any number.
/// #[derive(Clone, Default)]
/// struct Worst;
///
/// impl Named for Worst {
///     const NAME: &'static str = "my-crate/worst";
/// }
///
/// impl Metric for Worst {
///     fn larger_is_better(&self) -> bool { false }
///     fn value(&self, a: ArrayView2<'_, f64>, y: ArrayView2<'_, f64>, _weights: Option<&[f64]>) -> Result<f64> {
///         Ok(a.iter().zip(&y).map(|(a, y)| (a - y).abs()).fold(0.0, f64::max))
///     }
/// }
///
/// let mut registry = dnn_train::registry();
/// registry.add(Worst::into_metric)?;
/// let worst = registry.make::<dyn Metric>(&"my-crate/worst".into())?;
/// assert_eq!(worst.value(array![[1.0, 2.5]].view(), array![[1.0, 2.0]].view(), None)?, 0.5);
/// # Ok::<(), dnn_train::Error>(())
/// ```
pub trait Metric: Configured + Send + Sync {
    /// Whether a better prediction has a larger value.
    fn larger_is_better(&self) -> bool;

    /// Whether it has a meaning for such targets; for any, unless it says otherwise.
    fn suits(&self, _targets: Targets) -> bool {
        true
    }

    /// Its value for predictions `a` of targets `y`, both `(n[L], m)`, and how much each example counts, one number of 0 or
    /// more for each, or `None` where all count alike.
    ///
    /// # Errors
    /// [`crate::Error::Metric`] if it has no meaning for these.
    fn value(&self, a: ArrayView2<'_, f64>, y: ArrayView2<'_, f64>, weights: Option<&[f64]>) -> Result<f64>;

    /// The metric as a registry shares it.
    fn into_metric(self) -> Arc<dyn Metric>
    where
        Self: Sized + 'static,
    {
        Arc::new(self)
    }
}

impl Family for dyn Metric {
    const KIND: &'static str = "metric";
}

impl std::fmt::Debug for dyn Metric {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

type Value = fn(ArrayView2<'_, f64>, ArrayView2<'_, f64>, Option<&[f64]>) -> Result<f64>;

/// A built-in metric: a row of the table.
#[derive(Clone, Copy)]
struct Builtin {
    name: &'static str,
    larger_is_better: bool,
    /// Whether it is of classes, else of numbers.
    of_classes: bool,
    value: Value,
}

impl Configured for Builtin {
    fn name(&self) -> &str {
        self.name
    }

    fn config(&self) -> NamedConfig {
        self.name.into()
    }
}

impl Metric for Builtin {
    fn larger_is_better(&self) -> bool {
        self.larger_is_better
    }

    fn suits(&self, targets: Targets) -> bool {
        self.of_classes == matches!(targets, Targets::Probabilities | Targets::Distributions)
    }

    fn value(&self, a: ArrayView2<'_, f64>, y: ArrayView2<'_, f64>, weights: Option<&[f64]>) -> Result<f64> {
        (self.value)(a, y, weights)
    }
}

#[derive(Clone)]
struct TopK {
    k: usize,
}

impl Default for TopK {
    fn default() -> Self {
        Self { k: 5 }
    }
}

impl Named for TopK {
    const NAME: &'static str = "top_k_accuracy";

    fn constants(&mut self) -> Vec<Constant<'_>> {
        vec![Constant::new("k", &mut self.k, 1.0..)]
    }
}

impl Metric for TopK {
    fn larger_is_better(&self) -> bool {
        true
    }

    fn suits(&self, targets: Targets) -> bool {
        targets == Targets::Distributions
    }

    fn value(&self, a: ArrayView2<'_, f64>, y: ArrayView2<'_, f64>, weights: Option<&[f64]>) -> Result<f64> {
        top_k_accuracy(a, &classes(y), self.k, weights)
    }
}

/// The built-in metrics under scikit-learn's names, those of classes first, the usual one of each first; `top_k_accuracy`,
/// which has a constant, is beside them.
const BUILTIN: [Builtin; 8] = [
    classes_metric("accuracy", true, |a, y, w| accuracy(&classes(a), &classes(y), w)),
    classes_metric("roc_auc", true, roc_auc_of_classes),
    // Predictions of f32 were rounded before they came here.
    classes_metric("log_loss", false, |a, y, w| log_loss_within(a, y, w, f32::EPSILON.into())),
    classes_metric("f1", true, f1),
    classes_metric("average_precision", true, |a, y, w| average_precision(&scores(a), &yes(y), w)),
    Builtin { of_classes: false, ..classes_metric("rmse", false, rmse) },
    Builtin { of_classes: false, ..classes_metric("mae", false, mae) },
    Builtin { of_classes: false, ..classes_metric("r2", true, r2) },
];

const fn classes_metric(name: &'static str, larger_is_better: bool, value: Value) -> Builtin {
    Builtin { name, larger_is_better, of_classes: true, value }
}

/// The built-in metrics without constants, the usual one of classes and of numbers before others of the same.
pub fn builtin() -> impl Iterator<Item = &'static dyn Metric> {
    const { &BUILTIN }.iter().map(|metric| metric as &dyn Metric)
}

/// The area under the ROC curve; of several classes the mean over each against the rest, those left out that no example is
/// of, or all are.
fn roc_auc_of_classes(
    a: ArrayView2<'_, f64>,
    y: ArrayView2<'_, f64>,
    weights: Option<&[f64]>,
) -> Result<f64> {
    let area = |(a, truth): (ArrayView1<'_, f64>, Vec<bool>)| roc_auc(&a.to_vec(), &truth, weights);
    if y.nrows() == 1 {
        return area((a.row(0), yes(y)));
    }
    let truth = classes(y);
    let of_class = |class| truth.iter().map(|&truth| truth == class).collect();
    let areas = a.rows().into_iter().enumerate().map(|(class, a)| area((a, of_class(class))));
    let (found, mut wrong): (Vec<_>, Vec<_>) = areas.partition(Result::is_ok);
    match (found.len(), wrong.pop()) {
        (0, Some(Err(error))) => Err(error),
        (count, _) => Ok(found.into_iter().flatten().sum::<f64>() / count as f64),
    }
}

/// F1 of the yes of one row, or the mean of all classes'.
fn f1(a: ArrayView2<'_, f64>, y: ArrayView2<'_, f64>, weights: Option<&[f64]>) -> Result<f64> {
    let scores = per_class(&classes(a), &classes(y), y.nrows().max(2), weights)?;
    Ok(if y.nrows() == 1 { scores[1].f1 } else { average_of_classes(&scores, false).f1 })
}

/// Of each example the score of yes: the one row's, or the last's.
fn scores(a: ArrayView2<'_, f64>) -> Vec<f64> {
    a.rows().into_iter().next_back().map(|row| row.to_vec()).unwrap_or_default()
}

/// Whether each example is a yes.
fn yes(y: ArrayView2<'_, f64>) -> Vec<bool> {
    scores(y).into_iter().map(|y| y >= 0.5).collect()
}

/// Adds all: those without constants, and `top_k_accuracy`.
pub(crate) fn add_builtin(registry: &mut Registry) -> dnn_core::Result<()> {
    for builtin in BUILTIN {
        registry.add_maker::<dyn Metric>(builtin.name, move |config| {
            match config.constants.keys().next() {
                None => Ok(Arc::new(builtin)),
                Some(name) => {
                    let fault = format!("has a constant {name}, but takes no constant: leave it out");
                    Err(dnn_core::Error::constants("metric", builtin.name, vec![fault]))
                }
            }
        })?;
    }
    registry.add(TopK::into_metric)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn every_built_in_metric_is_best_for_the_truth_and_takes_weights() {
        let registry = crate::registry();
        let y = array![[0.0, 1.0, 0.0, 1.0]];
        let wrong = array![[0.2, 0.4, 0.6, 0.9]];
        for name in registry.names("metric").filter(|&name| name != "top_k_accuracy") {
            let metric = registry.make::<dyn Metric>(&name.into()).unwrap();
            let value = |weights| metric.value(wrong.view(), y.view(), weights).unwrap();
            let best = metric.value(y.view(), y.view(), None).unwrap();
            assert_eq!(best > value(None), metric.larger_is_better(), "{name}");
            // Without its two errors it is better.
            let better = value(Some(&[1.0, 0.0, 0.0, 1.0]));
            assert_eq!(better > value(None), metric.larger_is_better(), "{name}");
            assert_eq!(metric.name(), name);
        }
        let two = registry.make::<dyn Metric>(&NamedConfig::from("top_k_accuracy").with("k", 2.0)).unwrap();
        let a = array![[0.5, 0.1], [0.3, 0.2], [0.2, 0.7]];
        let y = array![[0.0, 1.0], [1.0, 0.0], [0.0, 0.0]];
        assert_eq!(two.value(a.view(), y.view(), None).unwrap(), 0.5);
        assert_eq!(two.value(a.view(), y.view(), Some(&[3.0, 1.0])).unwrap(), 0.75);
    }
}
