//! Momentum and Nesterov: the direction of the steps before is kept in part, as velocity `v`.

use dnn_core::{Real, State, widest};
use serde::{Deserialize, Serialize};

use super::{AnyOptimizer, Optimizer, Step, share_fault};

/// `v ← momentum · v + g`, `p ← p − rate · v` (B. T. Polyak, 1964, in the form of PyTorch's `SGD`)
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Momentum {
    /// How much of the last direction is kept, from 0 to below 1; 0.9.
    pub momentum: f64,
}

impl Momentum {
    pub(crate) fn faults(self) -> impl Iterator<Item = String> {
        share_fault("momentum", self.momentum, 0.9).into_iter()
    }
}

impl Default for Momentum {
    fn default() -> Self {
        Self { momentum: 0.9 }
    }
}

impl<T: Real> Optimizer<T> for Momentum {
    fn step(&self, step: Step, parameters: &mut [T], gradient: &[T], mut state: State<'_, T>) {
        let (rate, momentum) = (T::of(step.rate), T::of(self.momentum));
        let [velocity] = state.vectors();
        widest(
            #[inline(always)]
            || {
                for ((p, v), &g) in parameters.iter_mut().zip(velocity).zip(gradient) {
                    *v = momentum * *v + g;
                    *p -= rate * *v;
                }
            },
        );
    }
}

impl AnyOptimizer for Momentum {
    fn name(&self) -> &str {
        "momentum"
    }

    fn state_vectors(&self) -> usize {
        1
    }
}

/// `v ← momentum · v + g`, `p ← p − rate · (g + momentum · v)` (Yu. Nesterov, 1983, in the form of PyTorch's `SGD` with
/// `nesterov`, from I. Sutskever et al., 2013)
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Nesterov {
    /// How much of the last direction is kept, from 0 to below 1; 0.9.
    pub momentum: f64,
}

impl Nesterov {
    pub(crate) fn faults(self) -> impl Iterator<Item = String> {
        share_fault("momentum", self.momentum, 0.9).into_iter()
    }
}

impl Default for Nesterov {
    fn default() -> Self {
        Self { momentum: 0.9 }
    }
}

impl<T: Real> Optimizer<T> for Nesterov {
    fn step(&self, step: Step, parameters: &mut [T], gradient: &[T], mut state: State<'_, T>) {
        let (rate, momentum) = (T::of(step.rate), T::of(self.momentum));
        let [velocity] = state.vectors();
        widest(
            #[inline(always)]
            || {
                for ((p, v), &g) in parameters.iter_mut().zip(velocity).zip(gradient) {
                    *v = momentum * *v + g;
                    *p -= rate * (g + momentum * *v);
                }
            },
        );
    }
}

impl AnyOptimizer for Nesterov {
    fn name(&self) -> &str {
        "nesterov"
    }

    fn state_vectors(&self) -> usize {
        1
    }
}
