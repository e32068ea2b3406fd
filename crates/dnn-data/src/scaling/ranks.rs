//! Ranks within an example: what is left of a picture when exposure, contrast and gamma are taken away.

use dnn_core::{Real, column_major};
use ndarray::{Array2, ArrayView2, ArrayViewMut1};

/// Each example's values replaced by their ranks, from −1 for the lowest to 1 for the highest.
///
/// Rank `r` of `n`, counted from 0, becomes `2r / (n − 1) − 1`; equal values share the mean of their ranks, so a constant
/// example becomes 0. `x: (features, m)`; the result is stored column by column. NaN counts as the highest value.
///
/// ```
/// let x = ndarray::array![[30.0_f32], [10.0], [250.0], [30.0], [20.0]];
/// assert_eq!(dnn_data::ranks(x.view()), ndarray::array![[0.25], [-1.0], [1.0], [0.25], [-0.5]]);
/// ```
pub fn ranks<T: Real>(x: ArrayView2<'_, T>) -> Array2<T> {
    let mut values = column_major(&x);
    let mut ranker = Ranker::default();
    values.columns_mut().into_iter().for_each(|example| ranker.rank(example));
    values
}

/// The room to sort one example in, used for all.
#[derive(Default)]
pub(super) struct Ranker {
    /// Value and place of each feature, in the order of the values.
    sorted: Vec<(f64, usize)>,
}

impl Ranker {
    /// Replaces the values of `example` by their ranks.
    pub(super) fn rank<T: Real>(&mut self, mut example: ArrayViewMut1<'_, T>) {
        self.sorted.clear();
        // 0 is added because −0 and 0 are equal, and must tie.
        self.sorted.extend(example.iter().enumerate().map(|(place, x)| (x.wide() + 0.0, place)));
        self.sorted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let last = self.sorted.len().saturating_sub(1).max(1) as f64;
        let mut below = 0;
        for ties in self.sorted.chunk_by(|a, b| a.0 == b.0) {
            // The sum of the first and the last rank of the ties is twice their mean.
            let twice_rank = (2 * below + ties.len() - 1) as f64;
            let scaled = if self.sorted.len() == 1 { 0.0 } else { twice_rank / last - 1.0 };
            ties.iter().for_each(|&(_, place)| example[place] = T::of(scaled));
            below += ties.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    #[test]
    fn ranks_do_not_change_with_exposure_and_contrast() {
        let x = Array2::from_shape_fn((20, 3), |(i, j)| ((i * 7 + j * 3) % 11) as f32);
        assert_eq!(ranks(x.view()), ranks(x.mapv(|x| (x * 0.5 + 9.0).powi(2)).view()));
    }

    #[test]
    fn ties_share_their_mean_rank() {
        assert_eq!(ranks(array![[5.0_f64], [5.0], [5.0]].view()), array![[0.0], [0.0], [0.0]]);
        assert_eq!(ranks(array![[0.0_f64], [-0.0], [1.0]].view()), array![[-0.5], [-0.5], [1.0]]);
    }

    #[test]
    fn few_features_and_broken_values_have_ranks_too() {
        assert_eq!(ranks(array![[7.0_f32, 8.0]].view()), array![[0.0, 0.0]]);
        assert_eq!(ranks(Array2::<f32>::zeros((0, 2)).view()).dim(), (0, 2));
        assert_eq!(ranks(array![[f32::NAN], [f32::INFINITY], [1.0]].view()), array![[1.0], [0.0], [-1.0]]);
    }
}
