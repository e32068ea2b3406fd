//! Which examples are held out: drawn from a seed, over all examples, class by class, or group by group.

use dnn_core::random::{Key, Purpose, Stream};

use crate::{Error, Result};

/// Indices of the two parts, each in ascending order; together they are `0..m`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// Examples to train on.
    pub train: Vec<usize>,
    /// Examples held out.
    pub held_out: Vec<usize>,
}

/// Holds out `fraction · count` examples, rounded, but never the last one.
///
/// ```
/// let split = dnn_data::split(10, 0.3, 7)?;
/// assert_eq!((split.train.len(), split.held_out.len()), (7, 3));
/// # Ok::<(), dnn_data::Error>(())
/// ```
///
/// # Errors
/// [`Error::Setting`] unless `0 ≤ fraction < 1`.
pub fn split(count: usize, fraction: f64, seed: u64) -> Result<Split> {
    check(fraction)?;
    let mut order: Vec<usize> = (0..count).collect();
    Stream::new(Key::new(seed, Purpose::Split)).shuffle(&mut order);
    let held_out = order.split_off(count - share(count, fraction));
    Ok(Split { train: order, held_out }.sorted())
}

/// Holds out `fraction` of every class: `fraction · m` examples in all, rounded, where the classes allow.
///
/// Each class gives the whole part of its share; the examples still missing come from the classes with the largest
/// remainders, the first of equals. A class never gives its last example. A class draws from a stream of its own, so
/// examples of one class do not move those of another as long as their number stays.
///
/// # Errors
/// [`Error::Setting`] unless `0 ≤ fraction < 1`.
pub fn split_stratified(labels: &[usize], fraction: f64, seed: u64) -> Result<Split> {
    check(fraction)?;
    let members = members(labels);
    let sizes: Vec<usize> = members.iter().map(|(_, members)| members.len()).collect();
    let mut split = Split { train: Vec::with_capacity(labels.len()), held_out: Vec::new() };
    for ((label, mut members), given) in members.into_iter().zip(shares(&sizes, fraction)) {
        // Epoch 1 keeps these streams apart from that of `split`.
        Stream::new(Key::new(seed, Purpose::Split).epoch(1).step(label as u64)).shuffle(&mut members);
        split.held_out.extend(members.split_off(members.len() - given));
        split.train.append(&mut members);
    }
    Ok(split.sorted())
}

/// Holds out whole groups, such as all recordings of a speaker, so that no group is in both parts.
///
/// Groups are drawn one after the other, and each is held out that brings the examples held out nearer to
/// `fraction · m`; the first is held out in any case unless `fraction` is 0 or it is the only one, and one is always left.
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
    check(fraction)?;
    let mut all: Vec<usize> = (0..groups.len()).collect();
    all.sort_by_key(|&example| &groups[example]);
    let mut members: Vec<&[usize]> = all.chunk_by(|&a, &b| groups[a] == groups[b]).collect();
    // Epoch 2 keeps this stream apart from those above.
    Stream::new(Key::new(seed, Purpose::Split).epoch(2)).shuffle(&mut members);
    let wanted = fraction * groups.len() as f64;
    let mut split = Split { train: Vec::new(), held_out: Vec::new() };
    for (place, group) in members.iter().enumerate() {
        let nearer = split.held_out.len() as f64 + group.len() as f64 / 2.0 <= wanted;
        let first = place == 0 && fraction > 0.0;
        let last = split.train.is_empty() && place + 1 == members.len();
        let part = if (nearer || first) && !last { &mut split.held_out } else { &mut split.train };
        part.extend(*group);
    }
    Ok(split.sorted())
}

impl Split {
    fn sorted(mut self) -> Self {
        self.train.sort_unstable();
        self.held_out.sort_unstable();
        self
    }
}

fn check(fraction: f64) -> Result<()> {
    match (0.0..1.0).contains(&fraction) {
        true => Ok(()),
        false => Err(Error::Setting {
            name: "the fraction held out",
            found: fraction.to_string(),
            expected: "must be at least 0 and below 1",
        }),
    }
}

/// `fraction · count`, rounded, but less than `count`.
fn share(count: usize, fraction: f64) -> usize {
    ((fraction * count as f64).round() as usize).min(count.saturating_sub(1))
}

/// The examples of every class that has any, classes and examples in ascending order.
fn members(labels: &[usize]) -> Vec<(usize, Vec<usize>)> {
    let mut order: Vec<usize> = (0..labels.len()).collect();
    order.sort_by_key(|&example| labels[example]);
    let classes = order.chunk_by(|&a, &b| labels[a] == labels[b]);
    classes.map(|members| (labels[members[0]], members.to_vec())).collect()
}

/// How many examples each class gives, by the method of largest remainders.
fn shares(sizes: &[usize], fraction: f64) -> Vec<usize> {
    let exact = |class: usize| fraction * sizes[class] as f64;
    let mut given: Vec<usize> =
        (0..sizes.len()).map(|class| (exact(class) as usize).min(sizes[class] - 1)).collect();
    let mut by_remainder: Vec<usize> = (0..sizes.len()).collect();
    by_remainder.sort_by(|&a, &b| exact(b).fract().total_cmp(&exact(a).fract()));
    let missing = share(sizes.iter().sum(), fraction).saturating_sub(given.iter().sum());
    by_remainder.retain(|&class| given[class] + 1 < sizes[class]);
    by_remainder.iter().take(missing).for_each(|&class| given[class] += 1);
    given
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(super::split(1, 0.9, 0).unwrap().train, [0]);
        assert_eq!(super::split(0, 0.9, 0).unwrap().train, [0; 0]);
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
