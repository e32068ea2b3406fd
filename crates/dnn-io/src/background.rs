//! Saves on a thread of their own, one after another, while training goes on.
//!
//! A save that is asked for while another is being written waits as the next. Of those that wait under one name only the
//! newest is kept: training may be faster than the disk. After each save the thread rests, so that saving takes only a small
//! part of the time, and of the cores, however often it is asked for.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::{Error, Result};

/// What a save does, all that it writes included.
type Save = Box<dyn FnOnce() -> Result<()> + Send>;

/// The thread rests so many times as long as a save took: saving takes at most a twenty-fifth of the time.
const REST: u32 = 24;

/// A thread that saves.
///
/// A save begins at the earliest when 24 times the time that the last one took have gone by since that ended; before, what is
/// asked for waits. [`finish`](Self::finish) does not wait for it.
///
/// ```
/// use dnn_core::{Network, Registry, Sigmoid};
/// use dnn_io::{Background, Checkpoint};
///
/// let network = Network::builder(2).dense(1, Sigmoid).build()?;
/// let path = std::env::temp_dir().join("dnn-io-background.dnn");
/// let mut saves = Background::new()?;
/// for step in 0..3 {
///     let snapshot = Checkpoint::new(network.clone(), vec![step as f32; 3])?;
///     let path = path.clone();
///     saves.ask("newest", move || snapshot.save(path))?;                  // returns at once
/// }
/// saves.finish()?;                                                        // here the last is on the disk
/// let loaded = Checkpoint::<f32>::load(&path, &Registry::builtin())?;
/// assert_eq!(loaded.parameters(), [2.0; 3]);
/// # std::fs::remove_file(path).unwrap();
/// # Ok::<(), dnn_io::Error>(())
/// ```
///
/// Dropped, it still does what it was asked for, but nobody learns of an error: [`finish`](Self::finish) first.
pub struct Background {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Saves that wait, in the order in which they will be done.
    waiting: Vec<(&'static str, Save)>,
    busy: bool,
    /// Until when the thread leaves the cores to others.
    rests_until: Option<Instant>,
    /// Whether someone waits for all saves, so that it does not rest.
    hurried: bool,
    /// The first error that nobody has been told of.
    failed: Option<Error>,
    /// Whether the thread ends when nothing waits.
    closing: bool,
}

impl Background {
    /// Starts the thread.
    ///
    /// # Errors
    /// [`Error::Thread`] if the system has none to give.
    pub fn new() -> Result<Self> {
        let shared = Arc::<Shared>::default();
        let on_thread = Arc::clone(&shared);
        let thread = thread::Builder::new().name("dnn-save".into());
        let thread = thread.spawn(move || on_thread.serve()).map_err(|source| Error::Thread { source })?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Has `save` done soon, in the place of one that still waits under the same `name`.
    ///
    /// # Errors
    /// That of an earlier save, of which nobody has been told yet. `save` is done all the same.
    pub fn ask(
        &mut self,
        name: &'static str,
        save: impl FnOnce() -> Result<()> + Send + 'static,
    ) -> Result<()> {
        let mut state = self.shared.state();
        state.waiting.retain(|(waiting, _)| *waiting != name);
        state.waiting.push((name, Box::new(save)));
        self.shared.changed.notify_all();
        state.failed.take().map_or(Ok(()), Err)
    }

    /// Waits until everything that was asked for is done.
    ///
    /// # Errors
    /// That of a save, of which nobody has been told yet.
    pub fn finish(&mut self) -> Result<()> {
        let mut state = self.shared.state();
        state.hurried = true;
        self.shared.changed.notify_all();
        while state.busy || !state.waiting.is_empty() {
            state = self.shared.wait(state);
        }
        state.hurried = false;
        state.failed.take().map_or(Ok(()), Err)
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.shared.state().closing = true;
        self.shared.changed.notify_all();
        // The thread itself cannot panic: it catches what a save does.
        self.thread.take().map(JoinHandle::join);
    }
}

impl Shared {
    /// No state is left half changed by a panic, so a lock that saw one is as good as any.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self) {
        while let Some(save) = self.next() {
            let began = Instant::now();
            // A plug-in describes itself in a save, and may panic.
            let saved = catch_unwind(AssertUnwindSafe(save))
                .unwrap_or_else(|_| Err(Error::Thread { source: io::Error::other("it panicked") }));
            let mut state = self.state();
            state.busy = false;
            state.rests_until = Some(Instant::now() + REST * began.elapsed());
            state.failed = state.failed.take().or(saved.err());
            self.changed.notify_all();
        }
    }

    /// The next save, once there is one and the thread has rested; `None` if there will be none.
    fn next(&self) -> Option<Save> {
        let mut state = self.state();
        loop {
            let rest = state.rest();
            if state.waiting.is_empty() && !state.closing {
                state = self.wait(state);
            } else if !rest.is_zero() {
                let woken = self.changed.wait_timeout(state, rest);
                state = woken.unwrap_or_else(PoisonError::into_inner).0;
            } else {
                break;
            }
        }
        state.busy = !state.waiting.is_empty();
        state.busy.then(|| state.waiting.remove(0).1)
    }
}

impl State {
    /// How long no save may begin.
    fn rest(&self) -> Duration {
        match self.rests_until {
            Some(until) if !self.hurried && !self.closing => until.saturating_duration_since(Instant::now()),
            _ => Duration::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn failure(detail: &'static str) -> Error {
        Error::Thread { source: io::Error::other(detail) }
    }

    #[test]
    fn saves_never_overlap_and_of_those_that_wait_the_newest_of_each_name_is_done() {
        let mut saves = Background::new().unwrap();
        let (started, has_started) = mpsc::channel();
        let (let_go, may_go) = mpsc::channel::<()>();
        let done = Arc::new(Mutex::new(Vec::new()));
        let note = |number: u32| {
            let done = Arc::clone(&done);
            move || {
                done.lock().unwrap().push(number);
                Ok(())
            }
        };
        let first = note(0);
        saves
            .ask("newest", move || {
                started.send(()).unwrap();
                may_go.recv().unwrap();
                first()
            })
            .unwrap();
        has_started.recv().unwrap();
        saves.ask("newest", note(1)).unwrap();
        saves.ask("best", note(2)).unwrap();
        saves.ask("newest", note(3)).unwrap();
        saves.ask("newest", note(4)).unwrap();
        assert!(done.lock().unwrap().is_empty(), "the first is still being written");
        let_go.send(()).unwrap();
        saves.finish().unwrap();
        assert_eq!(*done.lock().unwrap(), [0, 2, 4]);
        saves.ask("newest", note(5)).unwrap();
        drop(saves);
        assert_eq!(*done.lock().unwrap(), [0, 2, 4, 5], "what was asked for is done before the end");
    }

    #[test]
    fn saving_rests_after_each_save_but_not_when_someone_waits_for_the_end() {
        let mut saves = Background::new().unwrap();
        let (tell, told) = mpsc::channel();
        let save = |name| {
            let tell = tell.clone();
            move || {
                thread::sleep(Duration::from_millis(2));
                tell.send((name, Instant::now())).unwrap();
                Ok(())
            }
        };
        saves.ask("newest", save("first")).unwrap();
        let (_, first) = told.recv().unwrap();
        saves.ask("newest", save("second")).unwrap();
        let (_, second) = told.recv().unwrap();
        assert!(second - first >= Duration::from_millis(2) * REST, "{:?}", second - first);
        let mut long = Background::new().unwrap();
        let half_a_second = || {
            thread::sleep(Duration::from_millis(500));
            Ok(())
        };
        long.ask("newest", half_a_second).unwrap();
        long.finish().unwrap();
        let asked = Instant::now();
        long.ask("newest", save("third")).unwrap();
        long.finish().unwrap();
        assert!(asked.elapsed() < Duration::from_secs(10), "it rested for {:?}", asked.elapsed());
    }

    #[test]
    fn an_error_and_a_panic_reach_whoever_asks_next_and_saving_goes_on() {
        let mut saves = Background::new().unwrap();
        saves.ask("newest", || Err(failure("first"))).unwrap();
        let error = saves.finish().unwrap_err().to_string();
        assert!(error.contains("first"), "{error}");
        saves.finish().unwrap();
        saves.ask("newest", || panic!("a plug-in's fault")).unwrap();
        while saves.shared.state().failed.is_none() {
            std::thread::yield_now();
        }
        let (done, is_done) = mpsc::channel();
        let good = move || {
            done.send(1).unwrap();
            Ok(())
        };
        let error = saves.ask("newest", good).unwrap_err().to_string();
        assert!(error.contains("it panicked"), "{error}");
        saves.finish().unwrap();
        assert_eq!(is_done.recv().unwrap(), 1);
    }
}
