//! The plan's metrics of examples, from their predictions, which are gathered batch by batch.

use std::sync::Arc;

use dnn_core::{AnyLayer, Network, Real};
use ndarray::{ArrayView2, ShapeBuilder};

use crate::cost::Link;
use crate::{Metric, Plan, Result};

/// Metrics and what they are computed from. The buffers grow once and are then reused.
pub(crate) struct Measures<T> {
    /// The last layer, if its activation is folded into the cost.
    pub(crate) last: Option<Arc<dyn AnyLayer>>,
    /// Outputs of a batch.
    outputs: Vec<T>,
    /// Outputs and targets of all examples, `(n[L], m)`.
    a: Vec<f64>,
    y: Vec<f64>,
    /// Each metric's name, and its value of the examples evaluated last.
    pub(crate) values: Vec<(String, f64)>,
}

/// The last layer of `network`, if the plan's cost folds its activation in.
pub(crate) fn folded(plan: &Plan, network: &Network) -> Option<Arc<dyn AnyLayer>> {
    network.layers().last().filter(|_| plan.cost.link() != Link::Identity).cloned()
}

impl<T: Real> Measures<T> {
    pub(crate) fn new(plan: &Plan, last: Option<Arc<dyn AnyLayer>>) -> Self {
        let values = plan.metrics.iter().map(|metric| (metric.name().to_owned(), f64::NAN)).collect();
        Self { last, outputs: Vec::new(), a: Vec::new(), y: Vec::new(), values }
    }

    /// Forgets the examples gathered so far.
    pub(crate) fn begin(&mut self) {
        self.a.clear();
        self.y.clear();
    }

    /// Takes a batch's scores and targets, `(units, m)`, unless there is nothing to measure.
    pub(crate) fn gather(&mut self, units: usize, z: &[T], y: &[T]) {
        if self.values.is_empty() {
            return;
        }
        self.outputs.clear();
        self.outputs.extend_from_slice(z);
        if let Some(link) = self.last.as_ref().and_then(|layer| layer.activation()) {
            T::half(link).forward(units, &[], &mut self.outputs);
        }
        self.a.extend(self.outputs.iter().map(|a| a.wide()));
        self.y.extend(y.iter().map(|y| y.wide()));
    }

    /// The value of each of `metrics` for all examples gathered.
    pub(crate) fn measure(
        &mut self,
        metrics: &[Arc<dyn Metric>],
        units: usize,
        weights: Option<&[f64]>,
    ) -> Result<()> {
        let shape = (units, self.y.len() / units);
        let matrix =
            |values| ArrayView2::from_shape(shape.f(), values).expect("units × m numbers were gathered");
        let (a, y) = (matrix(&self.a), matrix(&self.y));
        for (metric, value) in metrics.iter().zip(&mut self.values) {
            value.1 = metric.value(a, y, weights)?;
        }
        Ok(())
    }
}
