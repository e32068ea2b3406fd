//! Which examples are held out, and which fold each belongs to: by the seed, and class by class where targets are classes.
//!
//! Examples are put in random order, and stratified ones sorted by class without disturbing it; then every so-manieth is
//! taken. So the number taken is exact, and each class gives its share, rounded up or down.

use dnn_core::Real;
use dnn_core::random::{Key, Purpose, Stream};
use ndarray::{Array2, ArrayView2, ShapeBuilder};

use crate::Examples;

/// Keeps these streams apart from those of `dnn-data`, which splits off test sets by epochs 0 and 1 of the same purpose.
const HELD_OUT: u64 = 2;
const FOLDS: u64 = 3;

/// Examples of one's own.
#[derive(Debug, Clone)]
pub(crate) struct Owned<T> {
    x: Array2<T>,
    y: Array2<T>,
    weights: Option<Vec<f64>>,
}

impl<T: Real> Owned<T> {
    pub(crate) fn view(&self) -> Examples<'_, T> {
        Examples { x: self.x.view(), y: self.y.view(), weights: self.weights.as_deref() }
    }
}

impl<T: Real> Examples<'_, T> {
    /// Copies of two parts, the first without and the second with the examples for which `taken` holds.
    pub(crate) fn parted(&self, taken: impl Fn(usize) -> bool) -> [Owned<T>; 2] {
        let (held_out, kept): (Vec<usize>, Vec<usize>) =
            (0..self.count()).partition(|&example| taken(example));
        [self.selected(&kept), self.selected(&held_out)]
    }

    fn selected(&self, examples: &[usize]) -> Owned<T> {
        let weights = self.weights.map(|weights| examples.iter().map(|&example| weights[example]).collect());
        Owned { x: columns(self.x, examples), y: columns(self.y, examples), weights }
    }
}

fn columns<T: Real>(of: ArrayView2<'_, T>, examples: &[usize]) -> Array2<T> {
    Array2::from_shape_fn((of.nrows(), examples.len()).f(), |(row, place)| of[[row, examples[place]]])
}

/// Whether each example is held out, which `held_out` of them are.
pub(crate) fn hold_out<T: Real>(
    y: ArrayView2<'_, T>,
    held_out: usize,
    stratified: bool,
    seed: u64,
) -> Vec<bool> {
    let count = y.ncols();
    let before = |place: usize| (place as u128 * held_out as u128 / count as u128) as usize;
    let mut taken = vec![false; count];
    for (place, example) in
        order(y, stratified, Key::new(seed, Purpose::Split).epoch(HELD_OUT)).into_iter().enumerate()
    {
        taken[example] = before(place + 1) > before(place);
    }
    taken
}

/// The fold of each example, from 0; folds differ in size by at most one.
pub(crate) fn folds<T: Real>(y: ArrayView2<'_, T>, folds: usize, stratified: bool, seed: u64) -> Vec<usize> {
    let mut fold = vec![0; y.ncols()];
    for (place, example) in
        order(y, stratified, Key::new(seed, Purpose::Split).epoch(FOLDS)).into_iter().enumerate()
    {
        fold[example] = place % folds;
    }
    fold
}

/// All examples in random order; if `stratified` and the targets are classes, one class after another.
fn order<T: Real>(y: ArrayView2<'_, T>, stratified: bool, key: Key) -> Vec<usize> {
    let mut order: Vec<usize> = (0..y.ncols()).collect();
    Stream::new(key).shuffle(&mut order);
    if let Some(classes) = stratified.then(|| classes(y)).flatten() {
        order.sort_by_key(|&example| classes[example]);
    }
    order
}

/// The class of each example, if every column of `y` says one: 0 or 1 in one row, or a single 1 among zeros.
fn classes<T: Real>(y: ArrayView2<'_, T>) -> Option<Vec<usize>> {
    let class = |column: ndarray::ArrayView1<'_, T>| {
        let mut ones = column.iter().enumerate().filter(|(_, y)| **y == T::one());
        let (first, second) = (ones.next(), ones.next());
        let binary = column.iter().all(|y| *y == T::zero() || *y == T::one());
        match (first, second) {
            _ if !binary => None,
            (one, None) if column.len() == 1 => Some(usize::from(one.is_some())),
            (Some((row, _)), None) => Some(row),
            _ => None,
        }
    };
    y.columns().into_iter().map(class).collect()
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
    fn each_class_gives_its_share_and_the_number_is_exact() {
        let y = one_hot(&[50, 30, 17, 3]);
        for held_out in [1, 10, 33, 50, 99] {
            let taken = hold_out(y.view(), held_out, true, 7);
            let counts = counts(&y, &taken);
            assert_eq!(counts.iter().sum::<usize>(), held_out);
            for (count, size) in counts.iter().zip([50.0, 30.0, 17.0, 3.0]) {
                let share = size * held_out as f64 / 100.0;
                assert!((*count as f64 - share).abs() < 1.0, "{counts:?} of {held_out}");
            }
        }
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
    fn another_seed_holds_out_others_and_the_same_the_same() {
        let y = one_hot(&[40, 40]);
        for stratified in [true, false] {
            let taken = |seed| hold_out(y.view(), 20, stratified, seed);
            assert_eq!(taken(1), taken(1));
            assert_ne!(taken(1), taken(2));
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
    fn the_two_parts_have_every_example_once() {
        let x =
            dnn_core::column_major(&Array2::from_shape_fn((2, 9), |(row, i)| (10 * row + i) as f64).view());
        let weights: Vec<f64> = (0..9).map(f64::from).collect();
        let all = Examples::new(x.view(), x.view()).weighted(&weights);
        let [kept, held_out] = all.parted(|example| example % 3 == 1);
        assert_eq!(kept.view().x.row(0).to_vec(), [0.0, 2.0, 3.0, 5.0, 6.0, 8.0]);
        assert_eq!(held_out.view().y.row(1).to_vec(), [11.0, 14.0, 17.0]);
        assert_eq!(held_out.view().weights, Some(&[1.0, 4.0, 7.0][..]));
        assert!(held_out.view().x.t().is_standard_layout());
    }
}
