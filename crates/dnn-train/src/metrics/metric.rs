//! Metrics as a run names them, and the built-in ones.

use std::sync::Arc;

use ndarray::ArrayView2;

use super::{
    accuracy, average_of_classes, average_precision, classes, log_loss, mean_absolute_error, per_class,
    r_squared, roc_auc, root_mean_squared_error, top_k_accuracy,
};
use crate::choice::constants;
use crate::{Catalogue, Result};

/// How good predictions are, in one number.
///
/// A complete one of one's own, and its name in a catalogue:
/// ```
/// use dnn_train::{Catalogue, Metric, NamedConfig, Result, constants};
/// use ndarray::{ArrayView2, array};
/// use std::sync::Arc;
///
/// /// The largest error of any number.
/// struct Worst;
///
/// impl Metric for Worst {
///     fn name(&self) -> &str { "my-crate/worst" }
///     fn larger_is_better(&self) -> bool { false }
///     fn value(&self, a: ArrayView2<'_, f64>, y: ArrayView2<'_, f64>, _weights: Option<&[f64]>) -> Result<f64> {
///         Ok(a.iter().zip(&y).map(|(a, y)| (a - y).abs()).fold(0.0, f64::max))
///     }
/// }
///
/// let mut catalogue = Catalogue::builtin();
/// catalogue.add_metric("my-crate/worst", |choice| {
///     constants(choice, "metric", [])?;
///     Ok(Arc::new(Worst))
/// })?;
/// let worst = catalogue.metric(&NamedConfig::from("my-crate/worst"))?;
/// assert_eq!(worst.value(array![[1.0, 2.5]].view(), array![[1.0, 2.0]].view(), None)?, 0.5);
/// # Ok::<(), dnn_train::Error>(())
/// ```
pub trait Metric: Send + Sync {
    /// Its name: `"accuracy"`, or `"crate/name"` for a plug-in.
    fn name(&self) -> &str;

    /// Whether a better prediction has a larger value.
    fn larger_is_better(&self) -> bool;

    /// Its value for predictions `a` of targets `y`, both `(n[L], m)`, and how much each example counts, one number of 0 or
    /// more for each, or `None` where all count alike.
    ///
    /// # Errors
    /// [`crate::Error::Metric`] if it has no meaning for these.
    fn value(&self, a: ArrayView2<'_, f64>, y: ArrayView2<'_, f64>, weights: Option<&[f64]>) -> Result<f64>;
}

impl std::fmt::Debug for dyn Metric {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

type Value = fn(ArrayView2<'_, f64>, ArrayView2<'_, f64>, Option<&[f64]>) -> Result<f64>;

/// A function of this module under its name.
#[derive(Clone, Copy)]
struct Named {
    name: &'static str,
    larger_is_better: bool,
    value: Value,
}

impl Metric for Named {
    fn name(&self) -> &str {
        self.name
    }

    fn larger_is_better(&self) -> bool {
        self.larger_is_better
    }

    fn value(&self, a: ArrayView2<'_, f64>, y: ArrayView2<'_, f64>, weights: Option<&[f64]>) -> Result<f64> {
        (self.value)(a, y, weights)
    }
}

struct TopK(usize);

impl Metric for TopK {
    fn name(&self) -> &str {
        "top_k_accuracy"
    }

    fn larger_is_better(&self) -> bool {
        true
    }

    fn value(&self, a: ArrayView2<'_, f64>, y: ArrayView2<'_, f64>, weights: Option<&[f64]>) -> Result<f64> {
        top_k_accuracy(a, &classes(y), self.0, weights)
    }
}

const NAMED: [Named; 8] = [
    Named {
        name: "accuracy",
        larger_is_better: true,
        value: |a, y, w| accuracy(&classes(a), &classes(y), w),
    },
    Named {
        name: "average_precision",
        larger_is_better: true,
        value: |a, y, w| average_precision(&scores(a), &yes(y), w),
    },
    Named { name: "f1", larger_is_better: true, value: f1 },
    Named { name: "log_loss", larger_is_better: false, value: log_loss },
    Named { name: "mean_absolute_error", larger_is_better: false, value: mean_absolute_error },
    Named { name: "r_squared", larger_is_better: true, value: r_squared },
    Named { name: "roc_auc", larger_is_better: true, value: |a, y, w| roc_auc(&scores(a), &yes(y), w) },
    Named { name: "root_mean_squared_error", larger_is_better: false, value: root_mean_squared_error },
];

/// F1 of the yes of one row, or the mean of all classes'.
fn f1(a: ArrayView2<'_, f64>, y: ArrayView2<'_, f64>, weights: Option<&[f64]>) -> Result<f64> {
    let scores = per_class(&classes(a), &classes(y), y.nrows().max(2), weights)?;
    Ok(if y.nrows() == 1 { scores[1].f1 } else { average_of_classes(&scores).f1 })
}

/// Of each example the score of yes: the one row's, or the last's.
fn scores(a: ArrayView2<'_, f64>) -> Vec<f64> {
    a.rows().into_iter().next_back().map(|row| row.to_vec()).unwrap_or_default()
}

/// Whether each example is a yes.
fn yes(y: ArrayView2<'_, f64>) -> Vec<bool> {
    scores(y).into_iter().map(|y| y >= 0.5).collect()
}

pub(crate) fn add_builtin(catalogue: &mut Catalogue) -> Result<()> {
    for named in NAMED {
        catalogue.add_metric(named.name, move |choice| {
            constants(choice, "metric", [])?;
            Ok(Arc::new(named))
        })?;
    }
    catalogue.add_metric("top_k_accuracy", |choice| {
        let [k] = constants(choice, "metric", [("k", 5.0)])?;
        Ok(Arc::new(TopK(k as usize)))
    })
}

#[cfg(test)]
mod tests {
    use crate::{Catalogue, NamedConfig};
    use ndarray::array;

    #[test]
    fn every_built_in_metric_is_best_for_the_truth_and_takes_weights() {
        let catalogue = Catalogue::builtin();
        let y = array![[0.0, 1.0, 0.0, 1.0]];
        let wrong = array![[0.2, 0.4, 0.6, 0.9]];
        for name in catalogue.metric_names().filter(|&name| name != "top_k_accuracy") {
            let metric = catalogue.metric(&NamedConfig::from(name)).unwrap();
            let value = |weights| metric.value(wrong.view(), y.view(), weights).unwrap();
            let best = metric.value(y.view(), y.view(), None).unwrap();
            assert_eq!(best > value(None), metric.larger_is_better(), "{name}");
            // Without its two errors it is better.
            let better = value(Some(&[1.0, 0.0, 0.0, 1.0]));
            assert_eq!(better > value(None), metric.larger_is_better(), "{name}");
            assert_eq!(metric.name(), name);
        }
        let two = catalogue.metric(&NamedConfig::from("top_k_accuracy").with("k", 2.0)).unwrap();
        let a = array![[0.5, 0.1], [0.3, 0.2], [0.2, 0.7]];
        let y = array![[0.0, 1.0], [1.0, 0.0], [0.0, 0.0]];
        assert_eq!(two.value(a.view(), y.view(), None).unwrap(), 0.5);
        assert_eq!(two.value(a.view(), y.view(), Some(&[3.0, 1.0])).unwrap(), 0.75);
    }
}
