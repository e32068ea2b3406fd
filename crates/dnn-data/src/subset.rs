//! What each example is for, and how some are held out: from a seed, over all examples, class by class, or group by group.
//!
//! A row's draw depends on the seed and on its number alone, and nothing but a byte a row is kept: so rows of a table in memory
//! and those of a stream are held out by the same code, to the same row.

use std::collections::BTreeMap;

use dnn_core::random::{Key, Purpose, Stream};

use crate::{Error, Result};

/// What an example is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subset {
    /// To train on.
    Train,
    /// To see when training should end.
    Validation,
    /// To test on at last.
    Test,
}

impl Subset {
    /// The subset that a column means by `name`, in any case: `train`, `validation`, `val`, `dev`, `test` and the like.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match &*name.to_lowercase() {
            "train" | "training" => Some(Self::Train),
            "validation" | "valid" | "val" | "dev" => Some(Self::Validation),
            "test" | "testing" => Some(Self::Test),
            _ => None,
        }
    }
}

/// How many rows are for `subset`.
pub(crate) fn count(subsets: &[Subset], subset: Subset) -> usize {
    subsets.iter().filter(|found| **found == subset).count()
}

/// What decides the subset of each row.
#[derive(Debug)]
pub(crate) struct Facts<'a> {
    /// How many rows there are.
    pub(crate) count: usize,
    /// The code of each row's class, if classes are predicted.
    pub(crate) classes: Option<&'a [u32]>,
    /// The code of each row's group, if those are held out whole.
    pub(crate) groups: Option<&'a [u32]>,
    /// The subset that a column says.
    pub(crate) named: Option<&'a [Subset]>,
}

/// What decides which rows are held out together, or in equal shares: a code for each row, below the number of codes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum By<'a> {
    /// Nothing.
    Rows,
    /// Each class gives its share.
    Classes(&'a [u32]),
    /// A group is held out whole, or not at all.
    Groups(&'a [u32]),
}

/// Gives the share `fraction` of the rows that are trained on to `subset`.
///
/// Of classes each gives the whole part of its share; the examples still missing come from the classes with the largest
/// remainders, the first of equals. No class, and no group, gives its last row.
pub(crate) fn hold_out(
    subsets: &mut [Subset],
    by: By<'_>,
    fraction: f64,
    subset: Subset,
    seed: u64,
) -> Result<()> {
    if !(0.0..1.0).contains(&fraction) {
        return Err(Error::Setting {
            name: "the fraction held out",
            found: fraction.to_string(),
            expected: "must be at least 0 and below 1",
        });
    }
    let code = |row: usize| match by {
        By::Rows => 0,
        By::Classes(codes) | By::Groups(codes) => codes[row] as usize,
    };
    // How many rows to train on each code has that were not seen yet.
    let mut left: Vec<usize> = Vec::new();
    for (row, _) in subsets.iter().enumerate().filter(|(_, found)| **found == Subset::Train) {
        let code = code(row);
        left.resize(left.len().max(code + 1), 0);
        left[code] += 1;
    }
    let key = Key::new(seed, Purpose::Split).step(subset as u64);
    let mut give = match by {
        // Epoch 1 keeps this stream apart from that of the rows.
        By::Groups(_) => whole_groups(&left, fraction, &mut Stream::new(key.epoch(1))),
        _ => shares(&left, fraction),
    };
    let mut stream = Stream::new(key);
    for (row, found) in subsets.iter_mut().enumerate() {
        // Selection sampling (D. E. Knuth, TAOCP 2, 3.4.2, S): each choice of so many rows of a class is equally likely.
        let drawn = stream.uniform();
        if *found == Subset::Train {
            let code = code(row);
            if drawn * (left[code] as f64) < give[code] as f64 {
                *found = subset;
                give[code] -= 1;
            }
            left[code] -= 1;
        }
    }
    Ok(())
}

/// How many rows each class gives, by the method of largest remainders.
fn shares(sizes: &[usize], fraction: f64) -> Vec<usize> {
    let exact = |class: usize| fraction * sizes[class] as f64;
    let most = |class: usize| sizes[class].saturating_sub(1);
    let mut given: Vec<usize> =
        (0..sizes.len()).map(|class| (exact(class) as usize).min(most(class))).collect();
    let mut by_remainder: Vec<usize> = (0..sizes.len()).filter(|&class| given[class] < most(class)).collect();
    by_remainder.sort_by(|&a, &b| exact(b).fract().total_cmp(&exact(a).fract()));
    let count: usize = sizes.iter().sum();
    let missing = ((fraction * count as f64).round() as usize).saturating_sub(given.iter().sum());
    by_remainder.iter().take(missing).for_each(|&class| given[class] += 1);
    given
}

/// The sizes of the groups that are held out, and 0 for the others.
///
/// Groups are drawn one after the other, and each is held out that brings the rows held out nearer to the share of all; the first
/// is held out in any case unless the share is 0 or it is the only one, and one is always left.
fn whole_groups(sizes: &[usize], fraction: f64, stream: &mut Stream) -> Vec<usize> {
    let mut order: Vec<usize> = (0..sizes.len()).filter(|&group| sizes[group] > 0).collect();
    stream.shuffle(&mut order);
    let wanted = fraction * sizes.iter().sum::<usize>() as f64;
    let (mut given, mut held_out, mut kept) = (vec![0; sizes.len()], 0, 0);
    for (place, &group) in order.iter().enumerate() {
        let nearer = held_out as f64 + sizes[group] as f64 / 2.0 <= wanted;
        let first = place == 0 && fraction > 0.0;
        let last = kept == 0 && place + 1 == order.len();
        if (nearer || first) && !last {
            given[group] = sizes[group];
            held_out += sizes[group];
        } else {
            kept += 1;
        }
    }
    given
}

/// The codes of values that are told apart: 0 for the first, and so on.
#[derive(Debug)]
pub(crate) struct Codes<K> {
    known: BTreeMap<K, u32>,
}

impl<K: Ord> Codes<K> {
    pub(crate) fn new() -> Self {
        Self { known: BTreeMap::new() }
    }

    /// The code of a value.
    pub(crate) fn code(&mut self, value: K) -> u32 {
        let next = self.known.len() as u32;
        *self.known.entry(value).or_insert(next)
    }

    /// The codes of the rows of such values.
    pub(crate) fn of(values: impl IntoIterator<Item = K>) -> Vec<u32> {
        let mut codes = Self::new();
        values.into_iter().map(|value| codes.code(value)).collect()
    }
}

/// Indices of the examples to train on and of those held out, each in ascending order; together they are `0..m`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// Examples to train on.
    pub train: Vec<usize>,
    /// Examples held out.
    pub held_out: Vec<usize>,
}

/// Holds out `fraction` of every class: `fraction · m` examples in all, rounded, where the classes allow. A class never gives its
/// last example.
///
/// # Errors
/// [`Error::Setting`] unless `0 ≤ fraction < 1`.
pub fn split_stratified(labels: &[usize], fraction: f64, seed: u64) -> Result<Split> {
    indices(labels.len(), By::Classes(&Codes::of(labels)), fraction, seed)
}

/// Holds out whole groups, such as all recordings of a speaker, so that no group is in both parts; at least one group, unless
/// `fraction` is 0 or there is no other, and never all.
///
/// ```
/// let split = dnn_data::split_groups(&["ann", "ann", "ben", "cem", "cem", "cem"], 0.3, 7)?;
/// assert_eq!(split.train.len() + split.held_out.len(), 6);
/// assert_eq!(split.train.contains(&0), split.train.contains(&1));
/// # Ok::<(), dnn_data::Error>(())
/// ```
///
/// # Errors
/// [`Error::Setting`] unless `0 ≤ fraction < 1`.
pub fn split_groups<G: Ord>(groups: &[G], fraction: f64, seed: u64) -> Result<Split> {
    indices(groups.len(), By::Groups(&Codes::of(groups)), fraction, seed)
}

fn indices(count: usize, by: By<'_>, fraction: f64, seed: u64) -> Result<Split> {
    let mut subsets = vec![Subset::Train; count];
    hold_out(&mut subsets, by, fraction, Subset::Test, seed)?;
    let (train, held_out) = (0..count).partition(|&row| subsets[row] == Subset::Train);
    Ok(Split { train, held_out })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(count: usize, fraction: f64, seed: u64) -> Result<Split> {
        indices(count, By::Rows, fraction, seed)
    }

    fn whole(split: &Split) -> Vec<usize> {
        let mut all = [split.train.clone(), split.held_out.clone()].concat();
        all.sort_unstable();
        all
    }

    #[test]
    fn the_parts_are_disjoint_and_complete() {
        for fraction in [0.0, 0.2, 0.5, 0.99] {
            assert_eq!(whole(&split(101, fraction, 3).unwrap()), (0..101).collect::<Vec<_>>());
            let labels: Vec<usize> = (0..101).map(|i| i * i % 7).collect();
            let split = split_stratified(&labels, fraction, 3).unwrap();
            assert_eq!(whole(&split), (0..101).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_seed_fixes_the_split_and_another_changes_it() {
        assert_eq!(split(50, 0.5, 1).unwrap(), split(50, 0.5, 1).unwrap());
        assert_ne!(split(50, 0.5, 1).unwrap(), split(50, 0.5, 2).unwrap());
    }

    #[test]
    fn a_stratified_split_takes_its_share_of_every_class() {
        let labels: Vec<usize> = (0..1000).map(|i| usize::from(i % 10 == 0) * 5).collect();
        let split = split_stratified(&labels, 0.2, 9).unwrap();
        let rare = |part: &[usize]| part.iter().filter(|&&i| labels[i] == 5).count();
        assert_eq!((rare(&split.held_out), split.held_out.len()), (20, 200));
        assert_eq!((rare(&split.train), split.train.len()), (80, 800));
    }

    #[test]
    fn small_classes_share_the_rounding() {
        // 40 people with 3 pictures each, a tenth held out: 12 people give one picture, not none or all of them.
        let labels: Vec<usize> = (0..120).map(|i| i / 3).collect();
        assert_eq!(split_stratified(&labels, 0.1, 0).unwrap().held_out.len(), 12);
    }

    #[test]
    fn no_class_loses_its_last_training_example() {
        let split = split_stratified(&[0, 1, 2, 2], 0.9, 0).unwrap();
        assert_eq!(split.held_out.len(), 1);
        assert_eq!(indices(1, By::Rows, 0.9, 0).unwrap().train, [0]);
        assert_eq!(indices(0, By::Rows, 0.9, 0).unwrap().train, [0; 0]);
    }

    #[test]
    fn groups_are_never_divided() {
        let groups: Vec<usize> = (0..200).map(|i| i * i % 13).collect();
        for (fraction, seed) in [(0.2, 1), (0.5, 2), (0.01, 3), (0.99, 4)] {
            let split = split_groups(&groups, fraction, seed).unwrap();
            assert_eq!(whole(&split), (0..200).collect::<Vec<_>>());
            assert!(!split.train.is_empty() && !split.held_out.is_empty());
            let held_out = |group: usize| split.held_out.iter().any(|&i| groups[i] == group);
            assert!(split.train.iter().all(|&i| !held_out(groups[i])));
        }
        // The largest group has 31 of the 200.
        let share = split_groups(&groups, 0.5, 2).unwrap().held_out.len();
        assert!((84..=116).contains(&share), "{share}");
        assert_eq!(split_groups(&[7, 7], 0.5, 0).unwrap().train, [0, 1]);
        assert_eq!(split_groups(&[7, 8], 0.0, 0).unwrap().train, [0, 1]);
    }

    #[test]
    fn a_fraction_outside_its_range_is_refused() {
        for fraction in [-0.1, 1.0, f64::NAN] {
            assert!(split(9, fraction, 0).is_err() && split_stratified(&[0, 1], fraction, 0).is_err());
        }
    }
}
