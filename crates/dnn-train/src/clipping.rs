//! Clipping: a bound on the gradient, the penalty's share included.

use dnn_core::{Real, widest};
use serde::{Deserialize, Serialize};

/// How the gradient is kept from becoming too large.
///
/// Both norms need the whole gradient before the first parameter changes, which costs each step a third meeting point.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Clipping {
    /// Each number to at most this magnitude.
    Value(f64),
    /// Each tensor by itself: `g ← g · limit / ‖g‖` if its norm ‖g‖ is above this limit.
    Norm(f64),
    /// All tensors together, by the norm of the whole gradient (R. Pascanu, T. Mikolov and Y. Bengio, arXiv:1211.5063,
    /// algorithm 1).
    GlobalNorm(f64),
}

impl Clipping {
    /// Whether it must see the whole gradient first.
    pub(crate) fn needs_whole_gradient(self) -> bool {
        !matches!(self, Self::Value(_))
    }

    pub(crate) fn faults(self) -> Option<String> {
        let (Self::Value(limit) | Self::Norm(limit) | Self::GlobalNorm(limit)) = self;
        (!(limit.is_finite() && limit > 0.0)).then(|| {
            format!(
                "the limit of clipping is {limit}, but must be a number above 0: 1 is usual, or leave clipping out"
            )
        })
    }
}

/// What a gradient with this sum of squares is multiplied by to have at most the norm `limit`.
pub(crate) fn factor(limit: f64, squares: f64) -> f64 {
    let norm = squares.sqrt();
    if norm > limit { limit / norm } else { 1.0 }
}

/// Each number of `gradient` to at most `limit` in magnitude. NaN stays.
pub(crate) fn clamp<T: Real>(gradient: &mut [T], limit: f64) {
    let limit = T::of(limit);
    widest(
        #[inline(always)]
        || {
            for g in gradient {
                *g = if *g > limit {
                    limit
                } else if *g < -limit {
                    -limit
                } else {
                    *g
                };
            }
        },
    );
}
