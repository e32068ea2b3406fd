//! What a search looks for: plain data, which its journal begins with.

use serde::{Deserialize, Serialize};

use crate::outcome::Goal;
use crate::{Space, Strategy};

/// What is searched, and how: plain data, so that a file can state it.
///
/// ```
/// use dnn_core::Serial;
/// use dnn_search::{Pools, Search};
/// use dnn_train::Flow;
///
/// let search: Search = serde_json::from_str(r#"{
///     "space": { "rate": { "log_uniform": [1e-4, 1.0] } },
///     "strategy": { "name": "coarse_to_fine", "rounds": 3, "trials": 10 },
///     "goal": "lowest"
/// }"#)?;
/// let outcome = search.run(
///     &Pools::new(vec![Serial])?,
///     None,                                                            // or the path of a journal
///     |trial, _pool, _report| Ok((trial.get::<f64>("rate")? / 0.01).ln().abs()),
///     &mut |_| Flow::Continue,
/// )?;
/// let best = outcome.best().expect("30 trials");
/// assert!((0.008..0.0125).contains(&best.trial.get::<f64>("rate")?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// What may be tried.
    pub space: Space,
    /// What of it is tried, in which order.
    pub strategy: Strategy,
    /// Which objective is the better one.
    pub goal: Goal,
    /// What all draws depend on; 0.
    #[serde(default)]
    pub seed: u64,
    /// What else the objective depends on, such as the data, in words; a journal with another note is refused.
    #[serde(default)]
    pub note: String,
}

impl Search {
    /// The part in which two searches differ, if they do.
    pub(crate) fn difference(&self, other: &Self) -> Option<&'static str> {
        let parts = [
            (self.space == other.space, "space"),
            (self.strategy == other.strategy, "strategy"),
            (self.goal == other.goal, "goal"),
            (self.seed == other.seed, "seed"),
            (self.note == other.note, "note"),
        ];
        parts.into_iter().find(|(same, _)| !same).map(|(_, part)| part)
    }
}
