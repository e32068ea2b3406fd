//! What a trial tells of its way: curves that are kept in the journal and come back with the result.

use std::collections::BTreeMap;

use dnn_train::{Event, Flow, Observer, ObserverError};

/// Points (x, y) by the name of what was measured.
pub type Curves = BTreeMap<String, Vec<(f64, f64)>>;

/// The name of the curve of training cost.
pub const COST: &str = "cost";

/// The curves of a trial that is going on. As an observer of a run it keeps the cost of each epoch under [`COST`].
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
        if let Event::Epoch { epoch, cost, .. } = *event {
            self.point(COST, epoch as f64, cost);
        }
        Ok(Flow::Continue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cost_of_each_epoch_is_kept_and_what_is_not_finite_left_out() {
        let mut report = Report::default();
        for (epoch, cost) in [(1, 0.5), (2, f64::NAN), (3, 0.25)] {
            report.notify(&Event::Epoch { epoch, step: 10 * epoch, cost }).unwrap();
        }
        assert_eq!(report.curves()[COST], [(1.0, 0.5), (3.0, 0.25)]);
    }
}
