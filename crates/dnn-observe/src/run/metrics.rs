//! `metrics.jsonl`: what its lines say, and the curves they make when read back.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;

use serde::{Deserialize, Deserializer, Serialize};

use crate::{Error, Result};

/// One line of `metrics.jsonl`, an object whose `event` names the kind; numbers that are not finite are `null`.
///
/// `seconds` count from the last `started` line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Line {
    /// A run begins, or goes on.
    Started {
        /// Seconds since 1970, UTC.
        time: f64,
        /// What is trained.
        network: String,
        /// Steps of the whole run.
        steps: u64,
        /// Steps in an epoch.
        steps_per_epoch: u64,
    },
    /// Steps were taken.
    Step {
        /// The last of them.
        step: u64,
        /// Mean cost of their batches.
        #[serde(deserialize_with = "number")]
        cost: f64,
        /// Time.
        seconds: f64,
    },
    /// An epoch is over.
    Epoch {
        /// Epochs done.
        epoch: u64,
        /// Steps taken.
        step: u64,
        /// Mean cost of its batches.
        #[serde(deserialize_with = "number")]
        cost: f64,
        /// Time.
        seconds: f64,
    },
    /// The network was tried on examples it does not learn from.
    Validation {
        /// Epochs done, fractions included.
        epoch: f64,
        /// Steps taken.
        step: u64,
        /// Mean cost of these examples.
        #[serde(deserialize_with = "number")]
        cost: f64,
        /// What else was measured, by name.
        #[serde(deserialize_with = "numbers")]
        metrics: BTreeMap<String, f64>,
        /// Time.
        seconds: f64,
    },
    /// The run is over.
    Finished {
        /// Steps taken.
        step: u64,
        /// The last step's cost.
        #[serde(deserialize_with = "number")]
        cost: f64,
        /// Time of the run, since it was last started.
        seconds: f64,
    },
    /// A line of a later version.
    #[serde(other)]
    Other,
}

fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or(f64::NAN))
}

fn numbers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, f64>, D::Error> {
    let values = BTreeMap::<String, Option<f64>>::deserialize(deserializer)?;
    Ok(values.into_iter().map(|(name, value)| (name, value.unwrap_or(f64::NAN))).collect())
}

/// A cost at a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CostPoint {
    /// Steps taken.
    pub step: u64,
    /// The cost: of the steps since the point before, of an epoch, or of the validation examples.
    pub cost: f64,
    /// Time since the run was first started, pauses left out.
    pub seconds: f64,
}

/// The curves of a run. Where a run was resumed from an earlier step, what had gone beyond it is left out.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Metrics {
    /// The network, as the run printed it.
    pub network: String,
    /// Seconds since 1970 when the run was first started, UTC.
    pub started: Option<f64>,
    /// Steps the whole run takes.
    pub planned_steps: u64,
    /// Steps in an epoch.
    pub steps_per_epoch: u64,
    /// Cost against step.
    pub steps: Vec<CostPoint>,
    /// Cost of each epoch.
    pub epochs: Vec<CostPoint>,
    /// Mean cost of the validation examples, and what else was measured, by name.
    pub validations: Vec<(CostPoint, BTreeMap<String, f64>)>,
    /// Whether the run came to its end.
    pub finished: bool,
    /// Lines that could not be read: cut by a crash, or not JSON.
    pub skipped: usize,
    /// Time of earlier starts, and of this one so far.
    elapsed: (f64, f64),
}

impl Metrics {
    /// Reads `metrics.jsonl`, as far as it is written.
    ///
    /// # Errors
    /// [`Error::RunFile`] if the file cannot be read at all.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let fault = |source| Error::run_file("read", path, source);
        let mut reader = BufReader::new(std::fs::File::open(path).map_err(fault)?);
        let (mut metrics, mut line) = (Self::default(), Vec::new());
        while reader.read_until(b'\n', &mut line).map_err(fault)? > 0 {
            match serde_json::from_slice(&line) {
                Ok(line) => metrics.add(line),
                Err(_) => metrics.skipped += 1,
            }
            line.clear();
        }
        Ok(metrics)
    }

    /// Time the run has taken, pauses left out.
    pub fn seconds(&self) -> f64 {
        self.elapsed.0 + self.elapsed.1
    }

    /// Adds what one more line says.
    pub fn add(&mut self, line: Line) {
        match line {
            Line::Started { time, network, steps, steps_per_epoch } => {
                self.started.get_or_insert(time);
                (self.network, self.planned_steps, self.steps_per_epoch) = (network, steps, steps_per_epoch);
                self.elapsed = (self.seconds(), 0.0);
                self.finished = false;
            }
            Line::Step { step, cost, seconds } => {
                self.go_back(step);
                let seconds = self.clock(seconds);
                self.steps.push(CostPoint { step, cost, seconds });
            }
            Line::Epoch { step, cost, seconds, .. } => {
                self.epochs.retain(|before| before.step < step);
                let seconds = self.clock(seconds);
                self.epochs.push(CostPoint { step, cost, seconds });
            }
            Line::Validation { step, cost, metrics, seconds, .. } => {
                self.validations.retain(|before| before.0.step < step);
                let seconds = self.clock(seconds);
                self.validations.push((CostPoint { step, cost, seconds }, metrics));
            }
            Line::Finished { seconds, .. } => {
                self.clock(seconds);
                self.finished = true;
            }
            Line::Other => {}
        }
    }

    fn clock(&mut self, seconds: f64) -> f64 {
        self.elapsed.1 = seconds;
        self.seconds()
    }

    /// Forgets what a run had done from `step` on before it was resumed from an earlier one.
    fn go_back(&mut self, step: u64) {
        if self.steps.last().is_some_and(|last| last.step >= step) {
            self.steps.retain(|point| point.step < step);
            self.epochs.retain(|point| point.step < step);
            self.validations.retain(|(point, _)| point.step < step);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Metrics {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        Metrics::read(file.path()).unwrap()
    }

    #[test]
    fn validations_are_read_by_name() {
        let line = Line::Validation {
            epoch: 1.5,
            step: 15,
            cost: f64::INFINITY,
            metrics: [("accuracy".to_owned(), 0.5)].into(),
            seconds: 0.25,
        };
        let metrics = read(&serde_json::to_string(&line).unwrap());
        let (point, measured) = &metrics.validations[0];
        assert_eq!((point.step, measured["accuracy"]), (15, 0.5));
        assert!(point.cost.is_nan() && metrics.skipped == 0);
    }

    #[test]
    fn lines_of_later_versions_and_broken_ones_are_passed_over() {
        let metrics = read("{\"event\":\"gradient\",\"norm\":1}\n\n\u{fffd}\n{\"event\":\"step\",\"st");
        assert_eq!((metrics.skipped, metrics.steps.len()), (3, 0));
    }

    #[test]
    fn time_goes_on_over_a_pause() {
        let started = r#"{"event":"started","time":5,"network":"2-1","steps":9,"steps_per_epoch":3}"#;
        let step =
            |step, seconds| format!(r#"{{"event":"step","step":{step},"cost":1,"seconds":{seconds}}}"#);
        let metrics = read(&[started, &step(1, 2.0), started, &step(2, 0.5)].join("\n"));
        assert_eq!(metrics.steps.iter().map(|point| point.seconds).collect::<Vec<_>>(), [2.0, 2.5]);
        assert_eq!((metrics.started, metrics.planned_steps, metrics.finished), (Some(5.0), 9, false));
    }
}
