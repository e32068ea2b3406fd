//! The running of a search: trials on threads, results in the order of the decisions.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Instant;

use dnn_core::Pool;
use dnn_train::Flow;

use crate::journal::Journal;
use crate::strategy::{Known, Next};
use crate::{Error, Finished, ObjectiveError, Outcome, Pools, Report, Result, Search, Trial};

impl Search {
    /// Runs the search, as many trials at a time as there are pools.
    ///
    /// `objective` is called with a trial, the pool of threads that it has to itself, and a report for its curves. What it
    /// returns should be measured on examples that the trial was not trained on, and never on the test set; not finite means
    /// that the trial came to nothing, as when it diverged. It must depend on the trial alone: then the outcome does not
    /// depend on the pools, and with a `journal` a search that was stopped ends as one that was not.
    ///
    /// `watch` sees each new result and may stop the search; trials that run then are waited for and kept.
    ///
    /// # Errors
    /// [`Error::Faults`] before the first trial; [`Error::File`] and [`Error::Journal`] for the journal;
    /// [`Error::Objective`] as soon as the objective fails, after the trials that run.
    ///
    /// # Panics
    /// If the objective panics, after the trials that run.
    pub fn run<P, O>(
        &self,
        pools: &Pools<P>,
        journal: Option<&Path>,
        objective: O,
        watch: &mut dyn FnMut(&Finished) -> Flow,
    ) -> Result<Outcome>
    where
        P: Pool,
        O: Fn(&Trial, &dyn Pool, &mut Report) -> Result<f64, ObjectiveError> + Sync,
    {
        let faults = self.strategy.faults();
        if !faults.is_empty() {
            return Err(Error::Faults(faults));
        }
        let mut journal = journal.map(|path| Journal::open(path, self)).transpose()?;
        let (mut ledger, mut ending) = (Ledger::default(), Ending::default());
        let (sender, results) = channel();
        thread::scope(|scope| {
            let mut idle: Vec<usize> = (0..pools.get().len()).collect();
            loop {
                while let Some(&worker) = idle.last().filter(|_| !ending.begun()) {
                    let Next::Try(trial) = self.strategy.next(ledger.known(self)) else { break };
                    let place = ledger.decide(&trial);
                    let kept = journal.as_mut().map(|journal| journal.take(&trial)).transpose()?.flatten();
                    if let Some(finished) = kept {
                        ledger.finish(place, finished);
                        continue;
                    }
                    idle.pop();
                    let (pool, sender, objective) = (&pools.get()[worker], sender.clone(), &objective);
                    let task = move || evaluate(Job { worker, place, trial }, pool, objective, &sender);
                    let started = thread::Builder::new().name("dnn-search".into()).spawn_scoped(scope, task);
                    started.map_err(|error| Error::Pool { threads: 1, source: error.into() })?;
                }
                if idle.len() == pools.get().len() {
                    break;
                }
                let Ended { job, value, report, seconds } =
                    results.recv().expect("this function keeps a sender");
                idle.push(job.worker);
                match value {
                    Err(panic) => resume_unwind(panic),
                    Ok(Err(source)) => ending.fail(Error::Objective {
                        trial: job.trial.number,
                        values: job.trial.words(),
                        source,
                    }),
                    Ok(Ok(value)) => {
                        let value = Some(value).filter(|value| value.is_finite());
                        let finished =
                            Finished { trial: job.trial, value, seconds, curves: report.into_curves() };
                        if let Some(journal) = &mut journal {
                            journal.add(&finished)?;
                        }
                        ending.stopped |= watch(&finished) == Flow::Stop;
                        ledger.finish(job.place, finished);
                    }
                }
            }
            ending.failure.map_or(Ok(()), Err)
        })?;
        let complete = self.strategy.next(ledger.known(self)) == Next::Done;
        Ok(Outcome { goal: self.goal, finished: ledger.finished, complete })
    }
}

/// What was decided and what came of it, in the order of the decisions.
#[derive(Debug, Default)]
struct Ledger {
    decided: Vec<Trial>,
    /// Results of the first decisions.
    finished: Vec<Finished>,
    /// Results of later ones, by place, until those before are there.
    early: BTreeMap<usize, Finished>,
}

impl Ledger {
    fn known<'a>(&'a self, search: &'a Search) -> Known<'a> {
        let Search { space, goal, seed, .. } = search;
        Known { space, goal: *goal, seed: *seed, decided: &self.decided, finished: &self.finished }
    }

    fn decide(&mut self, trial: &Trial) -> usize {
        self.decided.push(trial.clone());
        self.decided.len() - 1
    }

    fn finish(&mut self, place: usize, finished: Finished) {
        self.early.insert(place, finished);
        while let Some(next) = self.early.remove(&self.finished.len()) {
            self.finished.push(next);
        }
    }
}

/// Why no more trials begin.
#[derive(Debug, Default)]
struct Ending {
    stopped: bool,
    failure: Option<Error>,
}

impl Ending {
    fn begun(&self) -> bool {
        self.stopped || self.failure.is_some()
    }

    fn fail(&mut self, error: Error) {
        self.failure.get_or_insert(error);
    }
}

/// A trial on a worker.
struct Job {
    worker: usize,
    /// Its place among the decisions.
    place: usize,
    trial: Trial,
}

/// What became of it.
struct Ended {
    job: Job,
    value: Result<Result<f64, ObjectiveError>, Box<dyn Any + Send>>,
    report: Report,
    seconds: f64,
}

fn evaluate<O>(job: Job, pool: &dyn Pool, objective: &O, sender: &Sender<Ended>)
where
    O: Fn(&Trial, &dyn Pool, &mut Report) -> Result<f64, ObjectiveError> + Sync,
{
    let (start, mut report) = (Instant::now(), Report::default());
    // What a panic leaves behind is looked at no more: the search passes it on.
    let value = catch_unwind(AssertUnwindSafe(|| objective(&job.trial, pool, &mut report)));
    let ended = Ended { job, value, report, seconds: start.elapsed().as_secs_f64() };
    // A search that ended with an error of its journal no longer listens.
    drop(sender.send(ended));
}
