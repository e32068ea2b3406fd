//! A chain of scaling steps, fitted on training data once and applied everywhere.

use dnn_core::{Real, column_major};
use ndarray::{Array2, ArrayView2, ArrayViewMut2};
use serde::{Deserialize, Serialize};

use super::step::{Scaling, Step};
use crate::stored::{Check, checked};
use crate::{Error, Result};

/// Fitted scaling of examples with a fixed number of features.
///
/// ```
/// use dnn_data::{Scaler, Scaling};
/// use ndarray::array;
///
/// let train = array![[1.0_f32, 3.0], [5.0, 5.0]];
/// let scaling = Scaler::fit(&[Scaling::Standardise], train.view())?;
/// assert_eq!(scaling.transform(train.view())?, array![[-1.0, 1.0], [0.0, 0.0]]);
/// assert_eq!(scaling.transform(array![[4.0_f32], [6.0]].view())?, array![[2.0], [1.0]]);
/// # Ok::<(), dnn_data::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct Scaler {
    features: usize,
    steps: Vec<Step>,
}

impl Scaler {
    /// Fits `chain` to `examples: (features, m)`, each step to what the steps before it make of them.
    ///
    /// An empty chain changes nothing.
    ///
    /// # Errors
    /// [`Error::Count`] without an example, [`Error::NotFinite`] and [`Error::Overflow`] for data that has no finite
    /// statistics, [`Error::Setting`] for a factor that is 0 or not finite, or for more than 65535 steps.
    pub fn fit<T: Real>(chain: &[Scaling], examples: ArrayView2<'_, T>) -> Result<Self> {
        check_chain(chain)?;
        if examples.ncols() == 0 {
            return Err(Error::Count {
                name: "the training data",
                unit: "examples",
                found: 0,
                expected: "at least 1".into(),
                remedy: "fit the scaling to the data the network is trained on",
            });
        }
        check_finite(examples)?;
        let mut values = column_major(&examples);
        let mut steps = Vec::with_capacity(chain.len());
        for (place, scaling) in chain.iter().enumerate() {
            let step = Step::fit(scaling, values.view())?;
            if place + 1 < chain.len() {
                step.apply(values.view_mut());
            }
            steps.push(step);
        }
        Ok(Self { features: examples.nrows(), steps })
    }

    /// Features of the examples it was fitted to.
    pub fn features(&self) -> usize {
        self.features
    }

    /// The kinds of scaling it was fitted for.
    pub fn chain(&self) -> impl Iterator<Item = Scaling> {
        self.steps.iter().map(Step::kind)
    }

    /// Scales `examples: (features, m)` in place.
    ///
    /// # Errors
    /// [`Error::Count`] for another number of features, [`Error::NotFinite`] for a value that cannot be scaled; the
    /// examples are then unchanged.
    pub fn transform_in_place<T: Real>(&self, mut examples: ArrayViewMut2<'_, T>) -> Result<()> {
        if examples.nrows() != self.features {
            return Err(Error::Count {
                name: "an example",
                unit: "features",
                found: examples.nrows(),
                expected: self.features.to_string(),
                remedy: "give examples like those the scaling was fitted to",
            });
        }
        check_finite(examples.view())?;
        self.steps.iter().for_each(|step| step.apply(examples.view_mut()));
        Ok(())
    }

    /// A scaled copy of `examples`, stored column by column.
    ///
    /// # Errors
    /// As [`Scaler::transform_in_place`].
    pub fn transform<T: Real>(&self, examples: ArrayView2<'_, T>) -> Result<Array2<T>> {
        let mut values = column_major(&examples);
        self.transform_in_place(values.view_mut())?;
        Ok(values)
    }
}

checked!(Scaler);

impl Check for Scaler {
    fn check(&self) -> Result<(), String> {
        self.steps.iter().try_for_each(|step| step.check(self.features))
    }
}

fn check_chain(chain: &[Scaling]) -> Result<()> {
    if chain.len() > usize::from(u16::MAX) {
        return Err(Error::Setting {
            name: "the number of scaling steps",
            found: chain.len().to_string(),
            expected: "must be at most 65535",
        });
    }
    chain.iter().try_for_each(|scaling| match *scaling {
        Scaling::Factor(factor) if factor == 0.0 || !factor.is_finite() => Err(Error::Setting {
            name: "the scaling factor",
            found: factor.to_string(),
            expected: "must be finite and not 0",
        }),
        _ => Ok(()),
    })
}

fn check_finite<T: Real>(examples: ArrayView2<'_, T>) -> Result<()> {
    for (example, column) in examples.columns().into_iter().enumerate() {
        if let Some(feature) = column.iter().position(|value| !value.is_finite()) {
            return Err(Error::NotFinite { feature, example, found: column[feature].wide() });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Axis, array};

    fn data() -> Array2<f32> {
        Array2::from_shape_fn((5, 40), |(i, j)| ((i * 37 + j * 11) % 23) as f32 * 0.7 - i as f32)
    }

    #[test]
    fn standardised_training_data_has_mean_0_and_deviation_1() {
        let x = data().mapv(f64::from);
        let z = Scaler::fit(&[Scaling::Standardise], x.view()).unwrap().transform(x.view()).unwrap();
        let (mean, deviation) = (z.mean_axis(Axis(1)).unwrap(), z.std_axis(Axis(1), 0.0));
        assert!(mean.iter().all(|mean| mean.abs() < 1e-15 * 40.0), "{mean}");
        assert!(deviation.iter().all(|deviation| (deviation - 1.0).abs() < 1e-15 * 40.0), "{deviation}");
    }

    #[test]
    fn a_range_is_that_of_the_training_data() {
        let train = array![[2.0_f32, 4.0, 3.0], [7.0, 7.0, 7.0]];
        let scaling = Scaler::fit(&[Scaling::Range], train.view()).unwrap();
        assert_eq!(scaling.transform(train.view()).unwrap(), array![[0.0, 1.0, 0.5], [0.0, 0.0, 0.0]]);
        assert_eq!(scaling.transform(array![[5.0_f32], [9.0]].view()).unwrap(), array![[1.5], [2.0]]);
    }

    #[test]
    fn a_constant_feature_becomes_0_however_its_sum_rounds() {
        let constant = Array2::from_elem((1, 1000), 0.1_f64);
        let scaling = Scaler::fit(&[Scaling::Standardise], constant.view()).unwrap();
        assert!(scaling.transform(constant.view()).unwrap().iter().all(|&z| z == 0.0));
    }

    #[test]
    fn each_step_is_fitted_to_what_the_one_before_gives() {
        let chain = [Scaling::Factor(1.0 / 255.0), Scaling::Ranks, Scaling::Standardise];
        let all = Scaler::fit(&chain, data().view()).unwrap();
        assert!(all.chain().eq(chain));
        let first = Scaler::fit(&chain[..2], data().view()).unwrap().transform(data().view()).unwrap();
        let last = Scaler::fit(&chain[2..], first.view()).unwrap();
        assert_eq!(all.transform(data().view()).unwrap(), last.transform(first.view()).unwrap());
    }

    #[test]
    fn the_result_is_stored_column_by_column_and_equals_that_in_place() {
        let scaling = Scaler::fit(&[Scaling::Standardise, Scaling::Ranks], data().view()).unwrap();
        let mut in_place = data();
        scaling.transform_in_place(in_place.view_mut()).unwrap();
        let copy = scaling.transform(data().view()).unwrap();
        assert!(copy.t().is_standard_layout() && !in_place.t().is_standard_layout());
        assert_eq!(copy, in_place);
    }

    #[test]
    fn an_empty_chain_changes_nothing() {
        assert_eq!(Scaler::fit(&[], data().view()).unwrap().transform(data().view()).unwrap(), data());
    }

    #[test]
    fn examples_that_cannot_be_scaled_are_refused_and_left_alone() {
        let scaling = Scaler::fit(&[Scaling::Range], data().view()).unwrap();
        let message = scaling.transform(array![[1.0_f32]].view()).unwrap_err().to_string();
        assert!(message.starts_with("an example has 1 features, but 5 features are expected"), "{message}");
        let mut broken = data();
        broken[[3, 9]] = f32::NAN;
        let message = scaling.transform_in_place(broken.view_mut()).unwrap_err().to_string();
        assert!(message.starts_with("feature 3 of example 9 is NaN"), "{message}");
        assert_eq!(broken[[0, 0]], data()[[0, 0]]);
        assert!(Scaler::fit(&[Scaling::Ranks], broken.view()).is_err());
    }

    #[test]
    fn a_restored_scaler_gives_the_same_bits_and_one_that_cannot_be_is_refused() {
        let chain = [Scaling::Range, Scaling::Factor(0.1), Scaling::Ranks, Scaling::Standardise];
        let fitted = Scaler::fit(&chain, data().view()).unwrap();
        let stored = serde_json::to_value(&fitted).unwrap();
        let restored: Scaler = serde_json::from_value(stored.clone()).unwrap();
        let bits = |scaling: &Scaler| scaling.transform(data().view()).unwrap().mapv(f32::to_bits);
        assert_eq!((bits(&restored), &restored), (bits(&fitted), &fitted));
        let refused = |pointer: &str, with: serde_json::Value| {
            let mut stored = stored.clone();
            *stored.pointer_mut(pointer).unwrap() = with;
            serde_json::from_value::<Scaler>(stored).unwrap_err().to_string()
        };
        assert_eq!(refused("/features", 6.into()), "5 offsets and 5 divisors of 6 features");
        assert_eq!(refused("/steps/0/Shift/divisors/2", 0.0.into()), "0 as divisor, which no fit gives");
        assert_eq!(refused("/steps/1/Factor", 0.0.into()), "0 as factor, which no fit gives");
    }

    #[test]
    fn nothing_is_fitted_to_nothing() {
        assert!(Scaler::fit::<f32>(&[Scaling::Range], Array2::zeros((3, 0)).view()).is_err());
        for factor in [0.0, f64::NAN, f64::INFINITY] {
            assert!(Scaler::fit(&[Scaling::Factor(factor)], data().view()).is_err());
        }
        let wide = array![[f64::MAX, -f64::MAX]];
        assert!(matches!(Scaler::fit(&[Scaling::Range], wide.view()), Err(Error::Overflow { .. })));
        assert!(matches!(Scaler::fit(&[Scaling::Standardise], wide.view()), Err(Error::Overflow { .. })));
    }
}
