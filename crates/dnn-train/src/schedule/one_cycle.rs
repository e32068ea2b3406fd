//! One cycle: up to the full rate, then down to almost nothing.

use std::f64::consts::PI;

use dnn_core::{Constant, Named};

use super::rate::{Clock, Plateau, Schedule};

/// Up from `1 / start` to 1 in the share `rise` of the run, then down to `1 / (start · end)`, both along half a cosine
/// (L. N. Smith and N. Topin, arXiv:1708.07120, in the form of PyTorch's `OneCycleLR`). The learning rate is the highest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OneCycle {
    /// Share of the run in which the rate rises, above 0 and up to 1; 0.3.
    pub rise: f64,
    /// How much lower the first rate is than the highest, from 1; 25.
    pub start: f64,
    /// How much lower the last rate is than the first, from 1; 10,000.
    pub end: f64,
}

impl Default for OneCycle {
    fn default() -> Self {
        Self { rise: 0.3, start: 25.0, end: 1e4 }
    }
}

impl Named for OneCycle {
    const NAME: &'static str = "one_cycle";

    fn constants(&mut self) -> Vec<Constant<'_>> {
        vec![
            Constant::new("rise", &mut self.rise, Constant::SHARE),
            Constant::new("start", &mut self.start, 1.0..),
            Constant::new("end", &mut self.end, 1.0..),
        ]
    }
}

impl Schedule for OneCycle {
    fn factor(&self, clock: Clock, _plateau: &Plateau) -> f64 {
        let (first, last) = (1.0 / self.start, 1.0 / (self.start * self.end));
        let (top, end) = ((self.rise * clock.steps - 1.0).max(0.0), clock.steps - 1.0);
        let along = |from: f64, to: f64, done: f64| to + (from - to) * (1.0 + (PI * done).cos()) / 2.0;
        if clock.step < top {
            along(first, 1.0, clock.step / top)
        } else if end > top {
            along(1.0, last, ((clock.step - top) / (end - top)).min(1.0))
        } else {
            1.0
        }
    }
}
