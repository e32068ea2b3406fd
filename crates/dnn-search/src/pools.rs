//! Pools of threads, one for each trial that runs at a time, together never more threads than cores.

use std::thread::available_parallelism;

use dnn_core::Pool;

use crate::{Error, ObjectiveError, Result};

/// As many pools as trials run at a time; each trial has one to itself.
///
/// ```
/// use dnn_core::Serial;
/// use dnn_search::Pools;
///
/// let alone = Pools::new(vec![Serial])?;                               // one trial at a time, on one thread
/// let refused = Pools::within(2, vec![Serial, Serial, Serial]).unwrap_err();
/// assert_eq!(
///     refused.to_string(),
///     "3 pools have 3 threads together, but there are 2 cores: run fewer trials at a time, or each on fewer threads"
/// );
/// # Ok::<(), dnn_search::Error>(())
/// ```
#[derive(Debug)]
pub struct Pools<P>(Vec<P>);

impl<P: Pool> Pools<P> {
    /// These pools, on the cores that this process may use.
    ///
    /// # Errors
    /// [`Error::Cores`] if there are no pools, or together they have more threads than there are cores.
    pub fn new(pools: Vec<P>) -> Result<Self> {
        Self::within(cores(), pools)
    }

    /// These pools on `cores` cores, for a program that leaves some to others.
    ///
    /// # Errors
    /// As for [`Pools::new`].
    pub fn within(cores: usize, pools: Vec<P>) -> Result<Self> {
        let threads: usize = pools.iter().map(Pool::threads).sum();
        if pools.is_empty() {
            return Err(Error::Cores {
                found: "there are no pools".into(),
                expected: "a search needs one for each trial that runs at a time".into(),
                remedy: "give one or more",
            });
        }
        if threads > cores {
            return Err(Error::Cores {
                found: format!("{} pools have {threads} threads together", pools.len()),
                expected: format!("there are {cores} cores"),
                remedy: "run fewer trials at a time, or each on fewer threads",
            });
        }
        Ok(Self(pools))
    }

    /// All cores, shared evenly by `trials` trials at a time; `make` makes a pool of so many threads.
    ///
    /// # Errors
    /// [`Error::Cores`] if there are fewer cores than trials, or no trials; [`Error::Pool`] with what `make` says.
    pub fn split<E: Into<ObjectiveError>>(
        trials: usize,
        mut make: impl FnMut(usize) -> Result<P, E>,
    ) -> Result<Self> {
        let (cores, threads) = (cores(), cores() / trials.max(1));
        if threads == 0 {
            return Err(Error::Cores {
                found: format!("{trials} trials are to run at a time"),
                expected: format!("there are {cores} cores"),
                remedy: "run as many trials at a time as there are cores, or fewer",
            });
        }
        let pool = |_| make(threads).map_err(|error| Error::Pool { threads, source: error.into() });
        Self::within(cores, (0..trials).map(pool).collect::<Result<_>>()?)
    }

    /// The pools.
    pub(crate) fn get(&self) -> &[P] {
        &self.0
    }
}

fn cores() -> usize {
    available_parallelism().map_or(1, usize::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pool that only says how many threads it has.
    #[derive(Debug)]
    struct Of(usize);

    impl Pool for Of {
        fn threads(&self) -> usize {
            self.0
        }

        fn run(&self, tasks: usize, task: &(dyn Fn(usize) + Sync)) {
            (0..tasks).for_each(task);
        }
    }

    #[test]
    fn pools_never_have_more_threads_than_there_are_cores() {
        let of = |threads: &[usize]| Pools::within(4, threads.iter().map(|&threads| Of(threads)).collect());
        assert!(of(&[4]).is_ok() && of(&[2, 2]).is_ok() && of(&[1, 1, 1]).is_ok());
        for crowded in [&[5][..], &[2, 3], &[1; 5], &[]] {
            assert!(matches!(of(crowded), Err(Error::Cores { .. })), "{crowded:?}");
        }
    }

    #[test]
    fn cores_are_shared_evenly_and_never_twice() {
        for trials in 1..=cores() {
            let mut asked = Vec::new();
            let made = Pools::split(trials, |threads| {
                asked.push(threads);
                Ok::<_, ObjectiveError>(Of(threads))
            });
            assert_eq!(made.unwrap().get().len(), trials);
            assert!(asked.iter().all(|&threads| threads == cores() / trials));
        }
        let none = |_| Ok::<_, ObjectiveError>(Of(1));
        assert!(matches!(Pools::split(cores() + 1, none), Err(Error::Cores { .. })));
        assert!(matches!(Pools::split(0, none), Err(Error::Cores { .. })));
        let failing = Pools::<Of>::split(1, |_| Err("no more threads"));
        assert!(failing.unwrap_err().to_string().ends_with("could not be made: no more threads"));
    }
}
