//! How much each example counts: its sample weight times the weight of its class.
//!
//! Letters: weights `w`, costs `c`, a batch of `m` examples. The cost of a run is the weighted mean over all its examples,
//! `Σ w c / Σ w`. A batch's is `1/m Σ (w / w̄) c`, with w̄ the mean weight of *all* examples, not of the batch: so the
//! costs of an epoch's batches average to the run's whatever their order and size, a batch of light examples moves the
//! parameters less than one of heavy ones, and one of weightless examples not at all. PyTorch divides by the batch's own
//! `Σ w`, which is the same where all examples are one batch.
//!
//! A cost knows nothing of weights: where there are some, it is asked example by example.

use dnn_core::Real;
use serde::{Deserialize, Serialize};

use crate::cost::{Cost, Targets};
use crate::examples::weights_error;
use crate::{Examples, Result};

/// How much the examples of each class count: `"balanced"`, or a list of one number for each class.
///
/// The class of an example is the row of its 1, or for one row its 0 or 1; where targets are shares of several classes,
/// its weight is the mean of theirs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    rename_all = "lowercase",
    expecting = "expected \"balanced\", or a list of one number for each class"
)]
pub enum ClassWeights {
    /// So much that each class has the same weight in all, `1 / Σ w` over its examples (as scikit-learn's `balanced`).
    Balanced,
    /// One number of 0 or more for each class; only their ratios count.
    #[serde(untagged)]
    Given(Vec<f64>),
}

impl ClassWeights {
    /// What is wrong with them for this kind of targets in so many rows.
    pub(crate) fn faults(&self, cost: &str, targets: Targets, rows: usize) -> Vec<String> {
        let classes = match (targets, rows) {
            (Targets::Probabilities, 1) => 2,
            (Targets::Distributions, rows) => rows,
            _ => {
                return vec![format!(
                    "class_weights are set, but cost {cost} has no classes for {rows} row{}: leave them out, or give sample weights with the examples",
                    if rows == 1 { "" } else { "s" }
                )];
            }
        };
        let Self::Given(weights) = self else { return Vec::new() };
        let mut faults = Vec::new();
        if weights.len() != classes {
            faults.push(format!(
                "class_weights has {} numbers, but there are {classes} classes: give one for each, or \"balanced\"",
                weights.len()
            ));
        }
        let good = |weight: &f64| weight.is_finite() && *weight >= 0.0;
        if !weights.iter().all(good) || weights.iter().all(|&weight| weight == 0.0) {
            faults.push(format!(
                "class_weights is {weights:?}, but must be numbers of 0 or more and one above 0: 1 for each is no weights"
            ));
        }
        faults
    }
}

impl<T: Real> Examples<'_, T> {
    /// `w / w̄` of each example, or none if all count alike; messages call the examples' targets `name`.
    ///
    /// # Errors
    /// [`crate::Error::Examples`] if no example counts, or all together more than f64 can say.
    pub(crate) fn relative_weights(
        &self,
        name: &str,
        classes: Option<&ClassWeights>,
    ) -> Result<Option<Vec<f64>>> {
        if self.weights.is_none() && classes.is_none() {
            return Ok(None);
        }
        let mut weights = self.weights.map_or_else(|| vec![1.0; self.count()], <[f64]>::to_vec);
        if let Some(classes) = classes {
            self.weigh_classes(classes, &mut weights);
        }
        let mean = weights.iter().sum::<f64>() / weights.len() as f64;
        if !(mean.is_finite() && mean > 0.0) {
            let found = format!("{mean} in the mean, those of classes included");
            let expected = "above 0 for some example, and finite together";
            return Err(weights_error(name, &found, expected, "give weights near 1"));
        }
        weights.iter_mut().for_each(|weight| *weight /= mean);
        Ok(Some(weights))
    }

    /// Multiplies each example's weight by that of its class.
    fn weigh_classes(&self, classes: &ClassWeights, weights: &mut [f64]) {
        let of_classes = match classes {
            ClassWeights::Given(given) => given.clone(),
            ClassWeights::Balanced => {
                let mut totals = vec![0.0; self.y.nrows().max(2)];
                self.each_share(|example, class, share| totals[class] += weights[example] * share);
                totals.iter().map(|&total| if total > 0.0 { 1.0 / total } else { 0.0 }).collect()
            }
        };
        let mut factors = vec![0.0; weights.len()];
        self.each_share(|example, class, share| factors[example] += of_classes[class] * share);
        weights.iter_mut().zip(factors).for_each(|(weight, factor)| *weight *= factor);
    }

    /// Every example's share of every class.
    fn each_share(&self, mut see: impl FnMut(usize, usize, f64)) {
        for (example, y) in self.y.columns().into_iter().enumerate() {
            match y.len() {
                1 => {
                    see(example, 0, 1.0 - y[0].wide());
                    see(example, 1, y[0].wide());
                }
                _ => y.iter().enumerate().for_each(|(class, share)| see(example, class, share.wide())),
            }
        }
    }
}

/// [`Cost::cost`] of a block of examples with these weights, of which there is one for each.
pub(crate) fn weighted_cost<T: Real>(
    cost: &dyn Cost<T>,
    units: usize,
    (z, y): (&[T], &[T]),
    weights: Option<&[f64]>,
    mut dz: Option<&mut [T]>,
) -> f64 {
    let Some(weights) = weights else { return cost.cost(units, z, y, dz) };
    let mut total = 0.0;
    for (example, &weight) in weights.iter().enumerate() {
        let range = example * units..(example + 1) * units;
        let mut dz = dz.as_deref_mut().map(|dz| &mut dz[range.clone()]);
        total += weight * cost.cost(units, &z[range.clone()], &y[range], dz.as_deref_mut());
        let factor = T::of(weight);
        dz.into_iter().flatten().for_each(|dz| *dz *= factor);
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    fn relative(
        y: &Array2<f64>,
        samples: Option<&[f64]>,
        classes: Option<ClassWeights>,
    ) -> Result<Option<Vec<f64>>> {
        let examples = Examples { x: y.view(), y: y.view(), weights: samples };
        examples.relative_weights("y", classes.as_ref())
    }

    fn close(found: Result<Option<Vec<f64>>>, expected: &[f64]) {
        let found = found.unwrap().unwrap();
        let near = found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-15);
        assert!(near && found.len() == expected.len(), "{found:?}, not {expected:?}");
    }

    #[test]
    fn weights_are_relative_to_the_mean_of_all_examples() {
        let y = array![[0.0, 1.0, 1.0, 1.0]];
        assert_eq!(relative(&y, None, None).unwrap(), None);
        close(relative(&y, Some(&[1.0, 3.0, 0.0, 4.0]), None), &[0.5, 1.5, 0.0, 2.0]);
        close(
            relative(&y, None, Some(ClassWeights::Given(vec![6.0, 2.0]))),
            &[2.0, 2.0 / 3.0, 2.0 / 3.0, 2.0 / 3.0],
        );
    }

    #[test]
    fn balanced_classes_weigh_the_same_in_all() {
        let y = array![[0.0, 1.0, 1.0, 1.0]];
        close(relative(&y, None, Some(ClassWeights::Balanced)), &[2.0, 2.0 / 3.0, 2.0 / 3.0, 2.0 / 3.0]);
        let samples = [5.0, 1.0, 1.0, 2.0];
        close(relative(&y, Some(&samples), Some(ClassWeights::Balanced)), &[2.0, 0.5, 0.5, 1.0]);
        // The second of three classes is absent, and the last example lies between the others.
        let y = array![[1.0, 0.0, 0.5], [0.0, 0.0, 0.0], [0.0, 1.0, 0.5]];
        close(relative(&y, None, Some(ClassWeights::Balanced)), &[1.0, 1.0, 1.0]);
    }

    #[test]
    fn weights_that_mean_nothing_are_refused_in_words() {
        let y = array![[0.0, 1.0]];
        let message = |weights: &[f64]| relative(&y, Some(weights), None).unwrap_err().to_string();
        assert_eq!(
            message(&[0.0, 0.0]),
            "the weights beside y are 0 in the mean, those of classes included, but must be above 0 for some example, and finite together: give weights near 1"
        );
        assert!(message(&[f64::MAX, f64::MAX]).contains("inf in the mean"));
    }

    #[test]
    fn class_weights_are_read_from_a_word_or_a_list() {
        let read = |text: &str| serde_json::from_str::<ClassWeights>(text).map_err(|error| error.to_string());
        for weights in [ClassWeights::Balanced, ClassWeights::Given(vec![1.0, 2.5])] {
            assert_eq!(read(&serde_json::to_string(&weights).unwrap()), Ok(weights));
        }
        assert_eq!(read("[1, 5]"), Ok(ClassWeights::Given(vec![1.0, 5.0])));
        assert!(
            read("\"even\"")
                .unwrap_err()
                .contains("expected \"balanced\", or a list of one number for each class")
        );
    }
}
