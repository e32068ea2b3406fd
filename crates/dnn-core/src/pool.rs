//! The seam to threads: a pool runs numbered tasks and returns when all are done.
//!
//! What the tasks are is decided by shapes alone, so a pool can change when a task runs but not what it computes.

/// Threads that share numbered tasks.
///
/// ```
/// use dnn_core::{Pool, Serial};
/// use std::sync::atomic::{AtomicUsize, Ordering};
///
/// let sum = AtomicUsize::new(0);
/// Serial.run(4, &|task| { sum.fetch_add(task, Ordering::Relaxed); });
/// assert_eq!(sum.into_inner(), 0 + 1 + 2 + 3);
/// ```
pub trait Pool: Send + Sync {
    /// How many threads share the tasks, the caller's among them.
    fn threads(&self) -> usize;

    /// Calls `task` once for each of `0..tasks`, in any order, and returns when all have returned.
    ///
    /// # Panics
    /// If a task panicked, after all others have ended.
    fn run(&self, tasks: usize, task: &(dyn Fn(usize) + Sync));
}

/// No threads: the caller runs every task, in order.
#[derive(Debug, Clone, Copy, Default)]
pub struct Serial;

impl Pool for Serial {
    fn threads(&self) -> usize {
        1
    }

    fn run(&self, tasks: usize, task: &(dyn Fn(usize) + Sync)) {
        (0..tasks).for_each(task);
    }
}

/// What a pass computes with: a library of products and the threads that share its tasks.
#[derive(Clone, Copy)]
pub struct Compute<'a> {
    /// The matrix products.
    pub backend: &'a dyn crate::Backend,
    /// The threads.
    pub pool: &'a dyn Pool,
}

impl<'a> Compute<'a> {
    /// `backend` on the calling thread alone.
    pub fn serial(backend: &'a dyn crate::Backend) -> Self {
        Self { backend, pool: &Serial }
    }
}
