//! What a run cost, kept for a figure.

use dnn_figures::LineChart;
use dnn_train::{Event, Flow, Observer, ObserverError};

use crate::thinning::Curve;

/// Points of the steps where nothing else is asked for: more than a figure has pixels.
const POINTS: usize = 2000;

/// Records the cost of a run, for each step, each epoch and each look at the validation examples. A new run starts it afresh.
///
/// ```
/// use dnn_observe::History;
/// use dnn_train::{Event, Observer, RunState};
///
/// let mut history = History::default();
/// history.notify(&Event::Step { step: 1, cost: 0.7, run: RunState::default() })?;
/// assert_eq!(history.steps(), [(1.0, 0.7)]);
/// # Ok::<(), dnn_train::ObserverError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    network: String,
    steps: Curve,
    epochs: Vec<(f64, f64)>,
    validation: Vec<(f64, f64)>,
    seconds: Option<f64>,
}

impl History {
    /// An empty history of about `limit` points for the steps; every epoch is kept.
    pub fn new(limit: usize) -> Self {
        Self {
            network: String::new(),
            steps: Curve::new(limit),
            epochs: Vec::new(),
            validation: Vec::new(),
            seconds: None,
        }
    }

    /// The network, as the run printed it; empty before the start.
    pub fn network(&self) -> &str {
        &self.network
    }

    /// (step, mean cost of its batch), thinned by averaging.
    pub fn steps(&self) -> Vec<(f64, f64)> {
        self.steps.points()
    }

    /// (epoch, mean cost over its batches).
    pub fn epochs(&self) -> &[(f64, f64)] {
        &self.epochs
    }

    /// (epoch, cost of the validation examples), fractions of an epoch included.
    pub fn validation(&self) -> &[(f64, f64)] {
        &self.validation
    }

    /// The mean cost of each epoch beside that of the validation examples, if there were any.
    pub fn chart(&self) -> LineChart {
        let chart = LineChart::new("Cost").subtitle(self.network()).axes("epoch", "cost");
        let chart = chart.line("training", self.epochs.iter().copied());
        match self.validation[..] {
            [] => chart,
            _ => chart.line("validation", self.validation.iter().copied()),
        }
    }

    /// Time the run took, once it is over.
    pub fn seconds(&self) -> Option<f64> {
        self.seconds
    }
}

impl Default for History {
    fn default() -> Self {
        Self::new(POINTS)
    }
}

impl Observer for History {
    fn notify(&mut self, event: &Event<'_>) -> Result<Flow, ObserverError> {
        match *event {
            Event::Started { network, steps, .. } => {
                self.steps.begin(steps);
                (self.network, self.seconds) = (network.to_owned(), None);
                self.epochs.clear();
                self.validation.clear();
            }
            Event::Step { step, cost, .. } => self.steps.push(step, cost),
            Event::Epoch { epoch, cost, .. } => self.epochs.push((epoch as f64, cost)),
            Event::Validation { epoch, cost, .. } => self.validation.push((epoch, cost)),
            Event::Finished { seconds, .. } => self.seconds = Some(seconds),
            _ => {}
        }
        Ok(Flow::Continue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dnn_train::RunState;

    #[test]
    fn a_new_run_starts_afresh() {
        let mut history = History::new(4);
        for _ in 0..2 {
            history.notify(&Event::Started { network: "2-1", steps: 2, steps_per_epoch: 1 }).unwrap();
            let run = RunState::default();
            history.notify(&Event::Step { step: 1, cost: 0.5, run }).unwrap();
            history.notify(&Event::Epoch { epoch: 1, step: 1, cost: 0.25, run }).unwrap();
            history
                .notify(&Event::Validation { epoch: 1.0, step: 1, cost: 0.75, metrics: &[], run })
                .unwrap();
            history.notify(&Event::Finished { step: 1, cost: 0.5, seconds: 2.0, run }).unwrap();
        }
        assert_eq!((history.network(), history.seconds()), ("2-1", Some(2.0)));
        assert_eq!((history.steps(), history.epochs()), (vec![(1.0, 0.5)], &[(1.0, 0.25)][..]));
        assert_eq!(history.validation(), [(1.0, 0.75)]);
        let svg = history.chart().svg().unwrap();
        assert!(svg.contains("training") && svg.contains("validation"), "{svg}");
        assert!(!History::default().chart().svg().unwrap().contains("validation"));
    }
}
