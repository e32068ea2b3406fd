//! One thread for each product: how each library is kept from starting threads of its own.
//!
//! Our pool shares the work: a library's threads would fight ours, and change the bits with their number.
//!
//! Invariant, relied on by the `unsafe` below: each function pointer belongs to the library its variant names, which is
//! never unloaded, and has the C signature written here.
#![allow(unsafe_code)]

use std::cell::Cell;
use std::ffi::c_int;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// A function that sets the number of threads, as its library takes it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Setter {
    /// `openblas_set_num_threads`: for all threads of the process.
    Int(unsafe extern "C" fn(c_int)),
    /// `MKL_Set_Num_Threads_Local`, which returns the number before: for the calling thread.
    IntWithOld(unsafe extern "C" fn(c_int) -> c_int),
    /// `bli_thread_set_num_threads`, whose `dim_t` fills a register: for all threads or the calling one, by version.
    Long(unsafe extern "C" fn(i64)),
}

/// The number of threads in the OpenMP library that a BLAS uses, a setting of the calling thread.
///
/// OpenBLAS's OpenMP builds ask it before each product, whatever `openblas_set_num_threads` said.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OpenMp {
    /// `omp_get_max_threads`.
    pub(crate) get: unsafe extern "C" fn() -> c_int,
    /// `omp_set_num_threads`.
    pub(crate) set: unsafe extern "C" fn(c_int),
}

/// Keeps one library to the calling thread.
#[derive(Debug)]
pub(crate) struct Alone {
    /// Tells libraries apart; never 0.
    number: usize,
    setter: Option<Setter>,
    open_mp: Option<OpenMp>,
    one_by_one: Option<Mutex<()>>,
}

static NUMBERS: AtomicUsize = AtomicUsize::new(1);

thread_local! {
    /// The library this thread was last told to use alone.
    static TOLD: Cell<usize> = const { Cell::new(0) };
}

impl Alone {
    /// `one_by_one` for a library that cannot compute two products at the same time.
    pub(crate) fn new(setter: Option<Setter>, open_mp: Option<OpenMp>, one_by_one: bool) -> Self {
        let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
        Self { number, setter, open_mp, one_by_one: one_by_one.then(Mutex::default) }
    }

    /// What the library would do with threads, and how it is kept from it, in words.
    pub(crate) fn describe(&self) -> &'static str {
        match (&self.one_by_one, self.open_mp, self.setter) {
            (Some(_), ..) => "built without threads: products wait for each other",
            (None, Some(_), _) => "OpenMP, told to use one for each product",
            (None, None, Some(_)) => "its own, told to use one for each product",
            (None, None, None) => "unknown: it may start some",
        }
    }

    /// Runs `work`, in which the library starts no thread. The thread's OpenMP setting is put back afterwards.
    pub(crate) fn run<R>(&self, work: impl FnOnce() -> R) -> R {
        let _turn = self.one_by_one.as_ref().map(|turn| turn.lock().unwrap_or_else(PoisonError::into_inner));
        if TOLD.replace(self.number) != self.number {
            self.tell();
        }
        let Some(open_mp) = self.open_mp else { return work() };
        // SAFETY: OpenMP's own functions, which any thread may call.
        let before = unsafe { (open_mp.get)() };
        // SAFETY: as above.
        unsafe { (open_mp.set)(1) };
        let result = work();
        // SAFETY: as above.
        unsafe { (open_mp.set)(before) };
        result
    }

    fn tell(&self) {
        match self.setter {
            // SAFETY: the function is of the signature its variant names (see the head of this module).
            Some(Setter::Int(set)) => unsafe { set(1) },
            Some(Setter::IntWithOld(set)) => {
                // SAFETY: as above.
                let _old = unsafe { set(1) };
            }
            // SAFETY: as above.
            Some(Setter::Long(set)) => unsafe { set(1) },
            None => {}
        }
    }
}
