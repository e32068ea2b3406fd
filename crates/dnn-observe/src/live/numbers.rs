//! What a live view shows of a run.

use dnn_train::Event;

use crate::thinning::Curve;

/// Points a curve keeps: enough for each column of a terminal when a tenth of the run is done.
const POINTS: usize = 4000;

/// The curves of a run, and how far it is.
#[derive(Debug, Clone)]
pub(super) struct Numbers {
    pub(super) label: String,
    pub(super) network: String,
    pub(super) steps: u64,
    pub(super) steps_per_epoch: u64,
    /// The last step, and the one before the first that was seen.
    pub(super) step: u64,
    start: Option<u64>,
    pub(super) cost: f64,
    pub(super) training: Curve,
    pub(super) validation: Vec<(f64, f64)>,
    /// What the last validation measured, by name.
    pub(super) measured: Vec<(String, f64)>,
}

impl Numbers {
    pub(super) fn new(label: String) -> Self {
        Self {
            label,
            network: String::new(),
            steps: 0,
            steps_per_epoch: 0,
            step: 0,
            start: None,
            cost: f64::NAN,
            training: Curve::new(POINTS),
            validation: Vec::new(),
            measured: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, event: &Event<'_>) {
        match *event {
            Event::Started { network, steps, steps_per_epoch } => {
                let label = std::mem::take(&mut self.label);
                *self = Self { network: network.to_owned(), steps, steps_per_epoch, ..Self::new(label) };
                self.training.begin(steps);
            }
            Event::Step { step, cost, .. } => {
                self.start.get_or_insert(step.saturating_sub(1));
                (self.step, self.cost) = (step, cost);
                self.training.push(step, cost);
            }
            Event::Validation { step, cost, metrics, .. } => {
                self.validation.push((step as f64, cost));
                self.measured.clear();
                self.measured.push(("validation cost".to_owned(), cost));
                self.measured
                    .extend(metrics.iter().map(|(name, value)| (format!("validation {name}"), *value)));
            }
            _ => {}
        }
    }

    /// Steps taken since the run was last started.
    pub(super) fn steps_here(&self) -> u64 {
        self.step - self.start.unwrap_or(self.step)
    }

    /// The share of the run that is done, 0 to 1.
    pub(super) fn done(&self) -> f64 {
        if self.steps == 0 { 0.0 } else { (self.step as f64 / self.steps as f64).min(1.0) }
    }

    /// Steps a second, and the seconds that are left at that pace.
    pub(super) fn pace(&self, seconds: f64) -> (f64, f64) {
        let rate = self.steps_here() as f64 / seconds.max(1e-9);
        (rate, self.steps.saturating_sub(self.step) as f64 / rate.max(1e-9))
    }
}
