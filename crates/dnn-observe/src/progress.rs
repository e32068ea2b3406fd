//! The progress of a run: a bar on a terminal, a few plain lines anywhere else.
//!
//! A step costs one comparison: the clock is read only after as many steps as fit between two looks, measured as the
//! run goes. What the run computes is never kept here; see [`crate::History`].

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use dnn_train::{Event, Flow, Observer, ObserverError};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};

use crate::{Error, Result};

/// Least time between two updates of the bar: 20 a second, what an eye can follow.
const UPDATE: Duration = Duration::from_millis(50);

/// Shows how far a run is, what the cost is and how long it will still take.
///
/// ```
/// use dnn_observe::Progress;
/// use dnn_train::{Event, Observer, RunState};
///
/// let mut progress = Progress::lines("parity", std::io::sink());
/// progress.notify(&Event::Started { network: "8-16-1", steps: 100, steps_per_epoch: 10 })?;
/// progress.notify(&Event::Step { step: 1, cost: 0.69, run: RunState::default() })?;
/// # Ok::<(), dnn_train::ObserverError>(())
/// ```
pub struct Progress {
    label: String,
    output: Output,
    steps: u64,
    /// The first step seen in this run, less one; 0 but for a resumed run.
    start: u64,
    /// No step below this one is looked at.
    next: u64,
    /// The last cost of an epoch, and that of the validation examples.
    epoch: Option<f64>,
    validation: Option<f64>,
    began: Instant,
    updated: Duration,
}

enum Output {
    Bar(ProgressBar),
    Lines(Box<dyn Write + Send>),
}

impl Progress {
    /// A bar if the standard error stream is a terminal, lines on that stream if it is not.
    pub fn auto(label: impl Into<String>) -> Self {
        if io::stderr().is_terminal() { Self::bar(label) } else { Self::lines(label, io::stderr()) }
    }

    /// A bar on the standard error stream; hidden where that is no terminal.
    pub fn bar(label: impl Into<String>) -> Self {
        Self::new(label, Output::Bar(ProgressBar::hidden()))
    }

    /// Lines into `writer`, flushed one by one: the start, nine on the way, and the end.
    pub fn lines(label: impl Into<String>, writer: impl Write + Send + 'static) -> Self {
        Self::new(label, Output::Lines(Box::new(writer)))
    }

    fn new(label: impl Into<String>, output: Output) -> Self {
        let (began, updated) = (Instant::now(), Duration::ZERO);
        Self {
            label: label.into(),
            output,
            steps: 0,
            start: 0,
            next: 0,
            epoch: None,
            validation: None,
            began,
            updated,
        }
    }

    fn started(&mut self, network: &str, steps: u64) -> Result<()> {
        (self.steps, self.start, self.next, self.validation) = (steps, u64::MAX, 0, None);
        (self.began, self.updated) = (Instant::now(), Duration::ZERO);
        let label = &self.label;
        match &mut self.output {
            Output::Bar(bar) => {
                // A run that fails leaves its bar as far as it came.
                *bar = ProgressBar::with_draw_target(Some(steps), ProgressDrawTarget::stderr())
                    .with_finish(ProgressFinish::Abandon);
                bar.set_style(style());
                bar.set_prefix(label.clone());
                bar.tick();
                Ok(())
            }
            Output::Lines(writer) => line(writer, &format!("{label}: training {network}, {steps} steps")),
        }
    }

    /// One step, `clock` being the time since the start of the run.
    fn step(&mut self, step: u64, cost: f64, clock: impl Fn() -> Duration) -> Result<()> {
        if step < self.next {
            return Ok(());
        }
        let first = self.start == u64::MAX;
        if first {
            self.start = step.saturating_sub(1);
        }
        match &mut self.output {
            Output::Bar(bar) => {
                let now = clock();
                if first || now >= self.updated + UPDATE {
                    bar.set_message(format!("{cost:.4}{}", validation(self.validation, 4)));
                    bar.set_position(step);
                    self.updated = now;
                }
                // Four looks at the clock between two updates, by the pace so far.
                let pace = (step - self.start) as f64 / now.as_secs_f64().max(1e-9);
                self.next = step + (pace * UPDATE.as_secs_f64() / 4.0) as u64 + 1;
                Ok(())
            }
            Output::Lines(writer) => {
                // The first step at or behind each tenth; the end has a line of its own.
                let tenth = |n: u64| (u128::from(self.steps) * u128::from(n)).div_ceil(10) as u64;
                let reached = (1..=10).rev().find(|&n| step >= tenth(n)).unwrap_or(0);
                self.next = if reached < 9 { tenth(reached + 1) } else { u64::MAX };
                if reached == 0 || step >= self.steps {
                    return Ok(());
                }
                let (done, left) = (step - self.start, self.steps - step);
                let seconds = clock().as_secs_f64() / done.max(1) as f64 * left as f64;
                let (label, steps, left) = (&self.label, self.steps, remaining(seconds));
                let held_out = validation(self.validation, 6);
                line(writer, &format!("{label}: step {step} of {steps}, cost {cost:.6}{held_out}{left}"))
            }
        }
    }

    /// Ends in the cost of the last epoch, where there was one: that of a single batch says little.
    fn finished(&mut self, step: u64, cost: f64, seconds: f64) -> Result<()> {
        let cost = self.epoch.unwrap_or(cost);
        let (label, time, held_out) = (&self.label, duration(seconds), validation(self.validation, 6));
        let end = format!("{label}: {step} steps in {time}, cost {cost:.6}{held_out}");
        match &mut self.output {
            Output::Bar(bar) => {
                // A bar that is kept fills its line, and what the program prints next would begin behind it.
                let seen = !bar.is_hidden();
                bar.finish_and_clear();
                if seen { line(&mut io::stderr(), &end) } else { Ok(()) }
            }
            Output::Lines(writer) => line(writer, &end),
        }
    }
}

impl Observer for Progress {
    fn notify(&mut self, event: &Event<'_>) -> Result<Flow, ObserverError> {
        let began = self.began;
        match *event {
            Event::Started { network, steps, .. } => self.started(network, steps)?,
            Event::Step { step, cost, .. } => self.step(step, cost, || began.elapsed())?,
            Event::Epoch { cost, .. } => self.epoch = Some(cost),
            Event::Validation { cost, .. } => self.validation = Some(cost),
            Event::Finished { step, cost, seconds, .. } => self.finished(step, cost, seconds)?,
            _ => {}
        }
        Ok(Flow::Continue)
    }
}

/// One bar for every run: label, bar, steps, cost, time left.
fn style() -> ProgressStyle {
    let template = "{prefix} {wide_bar:.cyan/dim} {human_pos}/{human_len} steps  cost {msg}  {eta} left";
    ProgressStyle::with_template(template).expect("a template without a mistake").progress_chars("━╸─")
}

fn line(writer: &mut impl Write, text: &str) -> Result<()> {
    writeln!(writer, "{text}").and_then(|()| writer.flush()).map_err(|source| Error::Progress { source })
}

/// The cost of the validation examples, if there is one.
fn validation(cost: Option<f64>, digits: usize) -> String {
    cost.map_or_else(String::new, |cost| format!(", validation {cost:.digits$}"))
}

/// The time left, if it is worth a word.
fn remaining(seconds: f64) -> String {
    if seconds < 1.0 { String::new() } else { format!(", {} left", duration(seconds)) }
}

fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 0.0995 => format!("{:.1} ms", s * 1e3),
        s if s < 9.95 => format!("{s:.1} s"),
        s if s < 119.5 => format!("{s:.0} s"),
        s if s < 7170.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.1} h", s / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// The lines of a run of `steps`, each step taking a second.
    fn lines(steps: u64) -> Vec<String> {
        let written = Shared::default();
        let mut progress = Progress::lines("parity", written.clone());
        progress.started("8-16-1", steps).unwrap();
        for step in 1..=steps {
            progress.step(step, 1.0 / step as f64, || Duration::from_secs(step)).unwrap();
        }
        progress.finished(steps, 0.125, 12.34).unwrap();
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_run_writes_its_start_nine_lines_and_its_end() {
        let lines = lines(1000);
        assert_eq!(lines.len(), 11);
        assert_eq!(lines[0], "parity: training 8-16-1, 1000 steps");
        assert_eq!(lines[1], "parity: step 100 of 1000, cost 0.010000, 15 min left");
        assert_eq!(lines[9], "parity: step 900 of 1000, cost 0.001111, 100 s left");
        assert_eq!(lines[10], "parity: 1000 steps in 12 s, cost 0.125000");
    }

    #[test]
    fn a_short_run_writes_a_line_for_each_step_but_the_last() {
        let expected = [
            "parity: training 8-16-1, 3 steps",
            "parity: step 1 of 3, cost 1.000000, 2.0 s left",
            "parity: step 2 of 3, cost 0.500000, 1.0 s left",
            "parity: 3 steps in 12 s, cost 0.125000",
        ];
        assert_eq!(lines(3), expected);
        assert_eq!(lines(0).len(), 2);
    }

    #[test]
    fn the_validation_cost_stands_beside_that_of_training() {
        let written = Shared::default();
        let mut progress = Progress::lines("parity", written.clone());
        let run = dnn_train::RunState::default();
        progress.notify(&Event::Started { network: "8-16-1", steps: 2, steps_per_epoch: 1 }).unwrap();
        progress.notify(&Event::Step { step: 1, cost: 0.5, run }).unwrap();
        progress.notify(&Event::Epoch { epoch: 1, step: 1, cost: 0.25, run }).unwrap();
        progress.notify(&Event::Validation { epoch: 1.0, step: 1, cost: 0.75, metrics: &[], run }).unwrap();
        progress.notify(&Event::Finished { step: 2, cost: 2.0, seconds: 2.0, run }).unwrap();
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        assert!(text.ends_with("2 steps in 2.0 s, cost 0.250000, validation 0.750000\n"), "{text}");
    }

    #[test]
    fn a_bar_looks_at_the_clock_a_few_times_an_update() {
        let mut progress = Progress::bar("parity");
        let looks = std::cell::Cell::new(0);
        (progress.steps, progress.start) = (1_000_000, u64::MAX);
        for step in 1..=1_000_000 {
            let clock = || {
                looks.set(looks.get() + 1);
                Duration::from_micros(step)
            };
            progress.step(step, 0.5, clock).unwrap();
        }
        assert!(looks.get() <= 4 * 20 + 2, "{} looks in a second", looks.get());
    }

    #[test]
    fn a_closed_writer_ends_the_run_with_an_error() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let started = Event::Started { network: "8-16-1", steps: 1, steps_per_epoch: 1 };
        let error = Progress::lines("parity", Closed).notify(&started).unwrap_err();
        assert!(error.to_string().contains("cannot write a line of progress"), "{error}");
    }
}
