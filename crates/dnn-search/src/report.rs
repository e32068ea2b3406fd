//! What a trial tells of its way: curves that are kept in the journal and come back with the result.

use std::collections::BTreeMap;

use dnn_train::{Event, Flow, Observer, ObserverError};

/// Points (x, y) by the name of what was measured.
pub type Curves = BTreeMap<String, Vec<(f64, f64)>>;

/// The name of the curve of training cost.
pub const COST: &str = "cost";
/// The name of the curve of validation cost.
pub const VALIDATION_COST: &str = "validation cost";

/// The curves of a trial that is going on. As an observer of a run it keeps the cost of each epoch under [`COST`], that of
/// the validation examples under [`VALIDATION_COST`], and their metrics under the metrics' names.
///
/// ```
/// let mut report = dnn_search::Report::default();
/// report.point("validation accuracy", 1.0, 0.75);
/// assert_eq!(report.curves()["validation accuracy"], [(1.0, 0.75)]);
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Report {
    curves: Curves,
}

impl Report {
    /// Adds a point to the curve `name`. One that is not finite is left out: a journal has no words for it.
    pub fn point(&mut self, name: &str, x: f64, y: f64) {
        if !(x.is_finite() && y.is_finite()) {
            return;
        }
        match self.curves.get_mut(name) {
            Some(curve) => curve.push((x, y)),
            None => drop(self.curves.insert(name.into(), vec![(x, y)])),
        }
    }

    /// The curves so far.
    pub fn curves(&self) -> &Curves {
        &self.curves
    }

    pub(crate) fn into_curves(self) -> Curves {
        self.curves
    }
}

impl Observer for Report {
    fn notify(&mut self, event: &Event<'_>) -> Result<Flow, ObserverError> {
        match *event {
            Event::Epoch { epoch, cost, .. } => self.point(COST, epoch as f64, cost),
            Event::Validation { epoch, cost, metrics, .. } => {
                self.point(VALIDATION_COST, epoch, cost);
                metrics.iter().for_each(|(name, value)| self.point(name, epoch, *value));
            }
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
    fn costs_and_metrics_are_kept_by_epoch_and_what_is_not_finite_is_left_out() {
        let (mut report, run) = (Report::default(), RunState::default());
        let metrics = [("accuracy".to_string(), 0.75)];
        for (epoch, cost) in [(1, 0.5), (2, f64::NAN), (3, 0.25)] {
            let step = 10 * epoch;
            report.notify(&Event::Epoch { epoch, step, cost, run }).unwrap();
            let epoch = epoch as f64;
            report.notify(&Event::Validation { epoch, step, cost, metrics: &metrics, run }).unwrap();
        }
        assert_eq!(report.curves()[COST], [(1.0, 0.5), (3.0, 0.25)]);
        assert_eq!(report.curves()[VALIDATION_COST], [(1.0, 0.5), (3.0, 0.25)]);
        assert_eq!(report.curves()["accuracy"], [(1.0, 0.75), (2.0, 0.75), (3.0, 0.75)]);
    }
}
