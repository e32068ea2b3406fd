//! Accuracy: how often the right class comes first, or among the first few.

use dnn_core::Real;
use ndarray::{ArrayView1, ArrayView2};

use super::weighing::{Weighing, check_pairs, refused};
use crate::Result;

/// The class of each example: the row of the largest output, or for one row, whether it reaches one half.
///
/// `a: (n[L], m)`; of equal outputs the first counts.
pub fn classes<T: Real>(a: ArrayView2<'_, T>) -> Vec<usize> {
    let class = |column: ArrayView1<'_, T>| match column.len() {
        1 => usize::from(column[0] >= T::of(0.5)),
        rows => (1..rows).fold(0, |best, row| if column[row] > column[best] { row } else { best }),
    };
    a.columns().into_iter().map(class).collect()
}

/// The share of examples whose class is right.
///
/// # Errors
/// [`crate::Error::Metric`] if there are none, or not as many found as true ones.
pub fn accuracy(found: &[usize], truth: &[usize], weights: Option<&[f64]>) -> Result<f64> {
    check_pairs("accuracy", found.len(), truth.len())?;
    let weighing = Weighing::new("accuracy", weights, truth.len())?;
    Ok(weighing.mean(found.iter().zip(truth).map(|(found, truth)| f64::from(u8::from(found == truth)))))
}

/// The share of examples whose class is among the `k` largest outputs.
///
/// `a: (n[L], m)`, of several classes; of equal outputs the first counts as the largest.
///
/// # Errors
/// [`crate::Error::Metric`] if there are none, not as many found as true ones, or a class that has no row.
pub fn top_k_accuracy<T: Real>(
    a: ArrayView2<'_, T>,
    truth: &[usize],
    k: usize,
    weights: Option<&[f64]>,
) -> Result<f64> {
    let metric = "top-k accuracy";
    check_pairs(metric, a.ncols(), truth.len())?;
    if let Some(class) = truth.iter().find(|&&class| class >= a.nrows()) {
        let found = format!("class number {class} among {} outputs", a.nrows());
        return refused(metric, found, "one output for each class", "pass the outputs of the same classes");
    }
    let weighing = Weighing::new(metric, weights, truth.len())?;
    let among = |(column, &truth): (ArrayView1<'_, T>, &usize)| {
        let own = column[truth];
        let before = |row: usize| column[row] > own || (column[row] == own && row < truth);
        f64::from(u8::from((0..column.len()).filter(|&row| before(row)).count() < k))
    };
    Ok(weighing.mean(a.columns().into_iter().zip(truth).map(among)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn one_row_decides_at_one_half_and_several_by_the_largest() {
        assert_eq!(classes(array![[0.2, 0.5, 0.9]].view()), [0, 1, 1]);
        assert_eq!(classes(array![[0.2, 0.5], [0.7, 0.5], [0.1, 0.0]].view()), [1, 0]);
    }

    #[test]
    fn the_first_of_one_is_the_class_itself() {
        let a = array![[0.2, 0.5, 0.1], [0.7, 0.5, 0.3], [0.1, 0.0, 0.6]];
        let truth = [1, 1, 0];
        let one = top_k_accuracy(a.view(), &truth, 1, None).unwrap();
        assert_eq!(one, accuracy(&classes(a.view()), &truth, None).unwrap());
        assert_eq!(top_k_accuracy(a.view(), &truth, 2, None).unwrap(), 2.0 / 3.0);
        assert_eq!(top_k_accuracy(a.view(), &truth, 3, None).unwrap(), 1.0);
        assert!(top_k_accuracy(a.view(), &[0, 1, 3], 1, None).is_err());
    }

    #[test]
    fn an_accuracy_of_nothing_or_of_different_things_is_refused() {
        assert!(accuracy(&[], &[], None).is_err());
        assert!(accuracy(&[1], &[1, 0], None).is_err());
    }
}
