//! What a strategy decides from, what it decides, and the faults of its numbers.

use crate::outcome::Goal;
use crate::{Finished, Space, Trial};

/// What a strategy decides from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) space: &'a Space,
    pub(crate) goal: Goal,
    pub(crate) seed: u64,
    /// What was decided, in order.
    pub(crate) decided: &'a [Trial],
    /// What came of the first of these, in the same order; there may be fewer, never more.
    pub(crate) finished: &'a [Finished],
}

impl Known<'_> {
    /// A trial with the next number that draws from the whole space.
    pub(super) fn drawn(&self, number: u64, budget: Option<u64>) -> Trial {
        Trial { number, budget, values: self.space.draw(self.seed, number) }
    }
}

/// What a strategy decides.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Next {
    /// To try this.
    Try(Trial),
    /// Nothing, before another result is known.
    Wait,
    /// That all was tried.
    Done,
}

/// The fault of a strategy's number outside its range.
pub(super) fn fault(
    name: &str,
    found: impl std::fmt::Display,
    right: bool,
    expected: &str,
) -> Option<String> {
    (!right).then(|| format!("{name} of the strategy is {found}, but must be {expected}"))
}

/// Whether a strategy has any trials.
pub(super) fn no_trials(trials: u64) -> Option<String> {
    fault("trials", trials, trials > 0, "1 or more: 20 is a usual start")
}
