//! A pool of threads that share numbered tasks: started once, hot between steps, asleep when nothing comes.
//!
//! A run is short (a step of a small network takes microseconds), so it allocates nothing and takes no lock while the
//! workers are awake: tasks are claimed from an atomic counter, and a worker that wakes too late is not waited for.
//!
//! Invariant, relied on by the `unsafe` below: the job, with its borrowed task, is written only while the gate is closed
//! and nobody is inside; a worker reads it only between entering the open gate and leaving it; and `run` returns only
//! after it has closed the gate and everybody has left. The gate is one atomic word, so entering and closing have an
//! order, and after closing nobody enters: no worker touches the task after `run` has returned.
#![allow(unsafe_code)]

use std::any::Any;
use std::cell::UnsafeCell;
use std::hint::spin_loop;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{JoinHandle, available_parallelism, yield_now};
use std::time::{Duration, Instant};

use dnn_core::Pool;

use crate::{Error, Result};

/// How long a worker looks for the next run before it sleeps: longer than the pause between the runs of a step, short
/// beside a time slice of the system.
const PATIENCE: Duration = Duration::from_micros(50);
/// Looks at the gate between two looks at the clock, which cost about as much as one.
const LOOKS: usize = 16;
/// Looks at a gate that others must leave before the caller gives its core away.
const LOOKS_AT_LEAVING: usize = 1000;

/// Threads that share the tasks of a run; the caller is one of them.
///
/// A run inside a task, or from a second thread at the same time, is done by its caller alone.
///
/// ```
/// use dnn_blas::Threads;
/// use dnn_core::Pool;
/// use std::sync::atomic::{AtomicUsize, Ordering};
///
/// let (pool, sum) = (Threads::new(4)?, AtomicUsize::new(0));
/// pool.run(100, &|task| { sum.fetch_add(task, Ordering::Relaxed); });
/// assert_eq!(sum.into_inner(), 99 * 100 / 2);
/// # Ok::<(), dnn_blas::Error>(())
/// ```
#[derive(Debug)]
pub struct Threads {
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
}

impl Threads {
    /// A pool of `threads` threads: the caller and `threads − 1` workers, which are started here.
    ///
    /// # Errors
    /// [`Error::Threads`] if `threads` is 0, or the system starts no more.
    pub fn new(threads: usize) -> Result<Self> {
        if threads == 0 {
            let (found, remedy) = ("none".into(), "ask for 1 to compute on the calling thread alone");
            return Err(Error::Threads { asked: threads, found, remedy });
        }
        let mut pool = Self::of_caller(threads);
        while pool.threads() < threads {
            pool.start_worker().map_err(|error| Error::Threads {
                asked: threads,
                found: format!("{} and then \"{error}\"", pool.threads()),
                remedy: "ask for fewer",
            })?;
        }
        Ok(pool)
    }

    /// No workers yet, but prepared for `threads` in all.
    fn of_caller(threads: usize) -> Self {
        let crowded = threads > cores();
        Self { shared: Arc::new(Shared::new(crowded)), workers: Vec::new() }
    }

    fn start_worker(&mut self) -> std::io::Result<()> {
        let shared = Arc::clone(&self.shared);
        let name = format!("dnn-{}", self.workers.len() + 1);
        self.workers.push(std::thread::Builder::new().name(name).spawn(move || shared.work())?);
        Ok(())
    }
}

impl Default for Threads {
    /// As many threads as there are cores for this process, or as many of them as the system starts.
    fn default() -> Self {
        let mut pool = Self::of_caller(cores());
        while pool.threads() < cores() && pool.start_worker().is_ok() {}
        pool
    }
}

fn cores() -> usize {
    available_parallelism().map_or(1, usize::from)
}

impl Pool for Threads {
    fn threads(&self) -> usize {
        self.workers.len() + 1
    }

    fn run(&self, tasks: usize, task: &(dyn Fn(usize) + Sync)) {
        let alone = tasks < 2 || self.workers.is_empty();
        if alone || self.shared.busy.0.swap(true, Ordering::Acquire) {
            return (0..tasks).for_each(task);
        }
        let panic = self.shared.share(Job { task, tasks });
        self.shared.busy.0.store(false, Ordering::Release);
        if let Some(panic) = panic {
            resume_unwind(panic);
        }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        self.shared.wake(usize::MAX);
        for worker in self.workers.drain(..) {
            // A worker catches every panic of a task, so there is none to pass on.
            drop(worker.join());
        }
    }
}

/// What a task left behind when it panicked.
type Panic = Box<dyn Any + Send>;

/// Tasks `0..tasks` of one run.
#[derive(Clone, Copy)]
struct Job<'a> {
    task: &'a (dyn Fn(usize) + Sync),
    tasks: usize,
}

/// Keeps what is written often apart from its neighbours: two cache lines, since chips fetch them in pairs.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Apart<T>(T);

/// What the caller and the workers share.
struct Shared {
    /// High half: number of the gate's state, odd while it is open. Low half: how many workers are inside.
    gate: Apart<AtomicU64>,
    /// The next task to claim.
    next: Apart<AtomicUsize>,
    /// Somebody runs tasks.
    busy: Apart<AtomicBool>,
    job: UnsafeCell<Option<Job<'static>>>,
    panic: Mutex<Option<Panic>>,
    stop: AtomicBool,
    /// More threads than cores: whoever waits gives its core away at once.
    crowded: bool,
    asleep: AtomicUsize,
    bed: Mutex<()>,
    bell: Condvar,
}

// SAFETY: the job is the only part that is not Sync by itself, and the gate orders its use (see the head of this module).
unsafe impl Sync for Shared {}
// SAFETY: as above; the task behind the job is Sync.
unsafe impl Send for Shared {}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("crowded", &self.crowded).finish_non_exhaustive()
    }
}

/// One state of the gate further: from closed to open, or from open to closed.
const TURN: u64 = 1 << 32;

fn is_open(gate: u64) -> bool {
    gate & TURN != 0
}

fn is_empty(gate: u64) -> bool {
    gate.is_multiple_of(TURN)
}

impl Shared {
    fn new(crowded: bool) -> Self {
        Self {
            gate: Apart::default(),
            next: Apart::default(),
            busy: Apart::default(),
            job: UnsafeCell::new(None),
            panic: Mutex::new(None),
            stop: AtomicBool::new(false),
            crowded,
            asleep: AtomicUsize::new(0),
            bed: Mutex::new(()),
            bell: Condvar::new(),
        }
    }

    /// Runs `job` on the calling thread and on every worker that comes in time. The caller holds `busy`.
    fn share(&self, job: Job<'_>) -> Option<Panic> {
        // SAFETY: only the lifetime changes. No worker reads the job once this function has returned, and it does not
        // unwind before the gate is closed and empty: `claim` catches the panics of tasks.
        let lasting = unsafe { std::mem::transmute::<Job<'_>, Job<'static>>(job) };
        // SAFETY: the gate is closed and empty, and `busy` keeps other callers away.
        unsafe { *self.job.get() = Some(lasting) };
        self.next.0.store(0, Ordering::Relaxed);
        // Opens; what was written before is seen by whoever enters. It and `asleep` are ordered against `sleep`.
        self.gate.0.fetch_add(TURN, Ordering::SeqCst);
        self.wake(job.tasks - 1);
        self.claim(job);
        self.gate.0.fetch_add(TURN, Ordering::Relaxed);
        self.wait_until_empty();
        lock(&self.panic).take()
    }

    /// Claims tasks and runs them until none is left. Keeps the last panic.
    fn claim(&self, job: Job<'_>) {
        loop {
            let number = self.next.0.fetch_add(1, Ordering::Relaxed);
            if number >= job.tasks {
                return;
            }
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| (job.task)(number))) {
                let earlier = lock(&self.panic).replace(panic);
                // Dropping it could panic again, outside of every task.
                std::mem::forget(earlier);
            }
        }
    }

    fn wait_until_empty(&self) {
        let mut looks = 0;
        // Acquire: what the workers wrote is seen.
        while !is_empty(self.gate.0.load(Ordering::Acquire)) {
            looks += 1;
            if self.crowded || looks > LOOKS_AT_LEAVING { yield_now() } else { spin_loop() }
        }
    }

    /// Wakes up to `count` workers. Costs one read if none sleeps.
    fn wake(&self, count: usize) {
        let asleep = self.asleep.load(Ordering::SeqCst);
        if asleep == 0 {
            return;
        }
        drop(lock(&self.bed));
        if count >= asleep {
            self.bell.notify_all();
        } else {
            (0..count).for_each(|_| self.bell.notify_one());
        }
    }

    /// The life of a worker.
    fn work(&self) {
        let mut seen = 0;
        while let Some(state) = self.next_opening(seen) {
            seen = state >> 32;
            if self.enter(state) {
                // SAFETY: inside the gate (see the head of this module).
                let job = unsafe { *self.job.get() };
                if let Some(job) = job {
                    self.claim(job);
                }
                // Release: the caller sees what was written in here.
                self.gate.0.fetch_sub(1, Ordering::Release);
            }
        }
    }

    /// Counts this worker in, unless the gate has closed since `state` was read.
    fn enter(&self, mut state: u64) -> bool {
        let opening = state >> 32;
        while state >> 32 == opening {
            match self.gate.0.compare_exchange_weak(state, state + 1, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(now) => state = now,
            }
        }
        false
    }

    /// Waits for the gate to open after state number `seen`; `None` at the end of the pool.
    fn next_opening(&self, seen: u64) -> Option<u64> {
        let started = Instant::now();
        loop {
            for _ in 0..LOOKS {
                if self.stop.load(Ordering::Relaxed) {
                    return None;
                }
                if let Some(state) = self.opening(seen) {
                    return Some(state);
                }
                if self.crowded { yield_now() } else { spin_loop() }
            }
            if started.elapsed() > PATIENCE {
                return self.sleep(seen);
            }
        }
    }

    fn opening(&self, seen: u64) -> Option<u64> {
        let state = self.gate.0.load(Ordering::SeqCst);
        (is_open(state) && state >> 32 != seen).then_some(state)
    }

    /// Sleeps until the bell rings for an opening after `seen`, or for the end.
    ///
    /// Either the caller sees this worker in `asleep` and rings, or this worker sees the gate open: both write first and
    /// read then, and all four are sequentially consistent.
    fn sleep(&self, seen: u64) -> Option<u64> {
        let mut bed = lock(&self.bed);
        self.asleep.fetch_add(1, Ordering::SeqCst);
        let state = loop {
            if self.stop.load(Ordering::SeqCst) {
                break None;
            }
            if let Some(state) = self.opening(seen) {
                break Some(state);
            }
            bed = self.bell.wait(bed).unwrap_or_else(PoisonError::into_inner);
        };
        self.asleep.fetch_sub(1, Ordering::SeqCst);
        state
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(pool: &Threads, tasks: usize) -> Vec<usize> {
        let counts: Vec<AtomicUsize> = (0..tasks).map(|_| AtomicUsize::new(0)).collect();
        pool.run(tasks, &|task| {
            counts[task].fetch_add(1, Ordering::Relaxed);
        });
        counts.into_iter().map(AtomicUsize::into_inner).collect()
    }

    #[test]
    fn every_task_runs_once_with_any_number_of_threads() {
        for threads in [1, 2, 3, 8, 33] {
            let pool = Threads::new(threads).unwrap();
            assert_eq!(pool.threads(), threads);
            for tasks in [0, 1, 2, 3, 7, 100, 1000] {
                assert_eq!(counts(&pool, tasks), vec![1; tasks], "{threads} threads, {tasks} tasks");
            }
        }
        assert_eq!(Threads::default().threads(), cores());
    }

    #[test]
    fn no_threads_are_refused_in_words() {
        let error = Threads::new(0).unwrap_err().to_string();
        assert!(error.contains("found none, expected 1 or more"), "{error}");
    }

    #[test]
    fn what_tasks_write_is_seen_after_the_run_many_times_over() {
        let pool = Threads::new(3).unwrap();
        let mut values = vec![0_u64; 8];
        for round in 1..20_000 {
            let cells: Vec<Mutex<&mut u64>> = values.iter_mut().map(Mutex::new).collect();
            pool.run(cells.len(), &|task| **cells[task].lock().unwrap() += 1);
            drop(cells);
            assert_eq!(values, [round; 8]);
            if round % 2_000 == 0 {
                // Long enough for the workers to fall asleep.
                std::thread::sleep(4 * PATIENCE);
            }
        }
    }

    #[test]
    fn both_threads_take_tasks() {
        let pool = Threads::new(2).unwrap();
        let inside = AtomicUsize::new(0);
        // Each task waits for the other: one thread alone would never end.
        pool.run(2, &|_| {
            inside.fetch_add(1, Ordering::SeqCst);
            while inside.load(Ordering::SeqCst) < 2 {
                yield_now();
            }
        });
    }

    #[test]
    fn a_panic_reaches_the_caller_after_all_other_tasks_and_the_pool_lives_on() {
        let pool = Threads::new(3).unwrap();
        let ended = AtomicUsize::new(0);
        let caught = catch_unwind(AssertUnwindSafe(|| {
            pool.run(50, &|task| {
                assert!(task % 20 != 7, "task {task} failed");
                ended.fetch_add(1, Ordering::Relaxed);
            });
        }));
        let message = *caught.unwrap_err().downcast::<String>().unwrap();
        assert!(message.ends_with("failed"), "{message}");
        assert_eq!(ended.into_inner(), 47);
        assert_eq!(counts(&pool, 10), [1; 10]);
    }

    #[test]
    fn a_run_within_a_task_ends() {
        let (pool, sum) = (Threads::new(3).unwrap(), AtomicUsize::new(0));
        pool.run(5, &|_| {
            pool.run(5, &|_| {
                sum.fetch_add(1, Ordering::Relaxed);
            });
        });
        assert_eq!(sum.into_inner(), 25);
    }

    #[test]
    fn runs_from_several_threads_end() {
        let pool = Threads::new(3).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..500).for_each(|_| assert_eq!(counts(&pool, 9), [1; 9])));
            }
        });
    }

    #[test]
    fn dropping_a_pool_of_sleepers_and_a_hot_one_ends_all_workers() {
        for pause in [Duration::ZERO, 10 * PATIENCE] {
            let pool = Threads::new(4).unwrap();
            let shared = Arc::downgrade(&pool.shared);
            pool.run(4, &|_| {});
            std::thread::sleep(pause);
            drop(pool);
            assert!(shared.upgrade().is_none());
        }
    }
}
