//! Disjoint blocks of one slice or buffer, written by several threads at once.
//!
//! Invariant, relied on by every `unsafe` here and in `pass.rs`: within one [`share`], each number of `0..count` is
//! handed out at most once, by an atomic counter of our own and never by the pool, so that no pool, however wrong, can
//! make two threads hold the same block; tasks of different numbers take ranges that do not overlap; and one task drops
//! a block before it takes it again.
#![allow(unsafe_code)]

use std::cell::UnsafeCell;
use std::marker::PhantomData;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::Pool;

/// Runs `task` once for each of `0..count` on the threads of `pool`.
///
/// # Panics
/// If the pool returns before every task has run.
pub(crate) fn share(pool: &dyn Pool, count: usize, task: &(dyn Fn(usize) + Sync)) {
    if count == 1 || pool.threads() == 1 {
        return (0..count).for_each(task);
    }
    let (claimed, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    pool.run(count, &|_| {
        let number = claimed.fetch_add(1, Ordering::Relaxed);
        if number < count {
            task(number);
            done.fetch_add(1, Ordering::Release);
        }
    });
    assert_eq!(done.load(Ordering::Acquire), count, "the pool returned before every task had run");
}

/// Cuts `values` into blocks of `size`, the last as short as it comes, and runs `task` once for each, with its place.
pub(crate) fn share_blocks<T: Send>(
    pool: &dyn Pool,
    values: &mut [T],
    size: usize,
    task: &(dyn Fn(Range<usize>, &mut [T]) + Sync),
) {
    let (len, blocks) = (values.len(), Blocks::new(values));
    share(pool, len.div_ceil(size), &|number| {
        let place = number * size..((number + 1) * size).min(len);
        // SAFETY: this number's block; no other number has it.
        let block = unsafe { blocks.take(place.clone()) };
        task(place, block);
    });
}

/// A borrowed slice that several threads write in disjoint blocks.
pub(crate) struct Blocks<'a, T> {
    start: *mut T,
    len: usize,
    life: PhantomData<&'a mut [T]>,
}

// SAFETY: threads only get disjoint blocks (see the head of this module), so sharing is like sending each block.
unsafe impl<T: Send> Sync for Blocks<'_, T> {}

impl<'a, T> Blocks<'a, T> {
    pub(crate) fn new(values: &'a mut [T]) -> Self {
        Self { start: values.as_mut_ptr(), len: values.len(), life: PhantomData }
    }

    /// The numbers `range`, to write.
    ///
    /// # Safety
    /// While the result lives, no other range that overlaps this one may be taken.
    pub(crate) unsafe fn take(&self, range: Range<usize>) -> &'a mut [T] {
        assert!(range.start <= range.end && range.end <= self.len, "a block lies within its slice");
        // SAFETY: the range lies within the slice that is borrowed for 'a, and the caller keeps ranges apart.
        unsafe { std::slice::from_raw_parts_mut(self.start.add(range.start), range.len()) }
    }
}

/// An owned vector that several threads write in disjoint blocks, without a borrow that would have to be stored.
pub(crate) struct Buffer<T>(Box<[UnsafeCell<T>]>);

// SAFETY: as for `Blocks`: threads only get disjoint blocks to write, or blocks that nobody writes to read.
unsafe impl<T: Send + Sync> Sync for Buffer<T> {}

impl<T: Copy> Buffer<T> {
    pub(crate) fn new(len: usize, value: T) -> Self {
        Self((0..len).map(|_| UnsafeCell::new(value)).collect())
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn fill(&mut self, value: T) {
        self.0.iter_mut().for_each(|cell| *cell.get_mut() = value);
    }

    /// The numbers before `end`, to read outside any `share`.
    pub(crate) fn values(&self, end: usize) -> &[T] {
        // SAFETY: blocks are only written within a `share`, which has the workspace mutably borrowed.
        unsafe { self.read(0..end) }
    }

    /// The numbers `range`, to write.
    ///
    /// # Safety
    /// While the result lives, no other range that overlaps this one may be taken or read.
    #[allow(clippy::mut_from_ref)] // that is what the cells are for
    pub(crate) unsafe fn take(&self, range: Range<usize>) -> &mut [T] {
        let cells = &self.0[range];
        // SAFETY: an UnsafeCell<T> has the layout of T, and the caller keeps ranges apart.
        unsafe { std::slice::from_raw_parts_mut(UnsafeCell::raw_get(cells.as_ptr()), cells.len()) }
    }

    /// The numbers `range`, to read.
    ///
    /// # Safety
    /// While the result lives, no range that overlaps this one may be taken.
    pub(crate) unsafe fn read(&self, range: Range<usize>) -> &[T] {
        let cells = &self.0[range];
        // SAFETY: an UnsafeCell<T> has the layout of T, and the caller promises that nobody writes.
        unsafe { std::slice::from_raw_parts(UnsafeCell::raw_get(cells.as_ptr()).cast_const(), cells.len()) }
    }
}

/// The block of an optimizer's state that belongs to a block of parameters.
///
/// The state is a number of vectors as long as the parameters, one after another, so a block of it is one range of each.
pub struct State<'a, T> {
    blocks: &'a Blocks<'a, T>,
    parameters: usize,
    range: Range<usize>,
}

impl<'a, T> State<'a, T> {
    /// # Safety
    /// `range` of each vector belongs to this task alone.
    pub(crate) unsafe fn new(blocks: &'a Blocks<'a, T>, parameters: usize, range: Range<usize>) -> Self {
        Self { blocks, parameters, range }
    }

    /// The state of the parameters `within` this block, counted from its first.
    ///
    /// # Panics
    /// If the block has fewer.
    pub fn within(&mut self, within: Range<usize>) -> State<'_, T> {
        assert!(
            within.start <= within.end && within.end <= self.range.len(),
            "a range lies within its block"
        );
        let range = self.range.start + within.start..self.range.start + within.end;
        State { blocks: self.blocks, parameters: self.parameters, range }
    }

    /// The first `N` vectors' numbers for this block.
    ///
    /// # Panics
    /// If the state has fewer than `N` vectors.
    pub fn vectors<const N: usize>(&mut self) -> [&mut [T]; N] {
        std::array::from_fn(|vector| {
            let start = vector * self.parameters;
            // SAFETY: the vectors do not overlap, their `range` is this task's own, and `self` is borrowed meanwhile.
            unsafe { self.blocks.take(start + self.range.start..start + self.range.end) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct CallsTaskZeroThrice;

    impl Pool for CallsTaskZeroThrice {
        fn threads(&self) -> usize {
            2
        }

        fn run(&self, _tasks: usize, task: &(dyn Fn(usize) + Sync)) {
            (0..3).for_each(|_| task(0));
        }
    }

    #[test]
    fn a_wrong_pool_cannot_hand_a_block_out_twice() {
        let seen = [const { AtomicUsize::new(0) }; 2];
        share(&CallsTaskZeroThrice, 2, &|number| {
            seen[number].fetch_add(1, Ordering::Relaxed);
        });
        assert!(seen.iter().all(|count| count.load(Ordering::Relaxed) == 1));
    }

    #[test]
    #[should_panic = "before every task had run"]
    fn a_pool_that_forgets_tasks_is_found_out() {
        share(&CallsTaskZeroThrice, 4, &|_| {});
    }

    #[test]
    fn state_vectors_are_the_same_range_of_each_vector() {
        let mut values = [0, 1, 2, 10, 11, 12];
        let blocks = Blocks::new(&mut values);
        // SAFETY: the only block taken.
        let mut state = unsafe { State::new(&blocks, 3, 1..3) };
        let [first, second] = state.vectors();
        assert_eq!((&*first, &*second), (&[1, 2][..], &[11, 12][..]));
        let mut last = state.within(1..2);
        let [first, second] = last.vectors();
        assert_eq!((&*first, &*second), (&[2][..], &[12][..]));
    }
}
