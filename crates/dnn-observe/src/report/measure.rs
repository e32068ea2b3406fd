//! What runs are ranked by.

use super::data::metrics;
use crate::Run;

/// A metric of the runs' ends, and which way is better.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Measure {
    pub(super) name: String,
    pub(super) higher: bool,
}

/// Metrics in the order they are chosen in, and whether higher is better.
const METRICS: [(&str, bool); 7] = [
    ("accuracy", true),
    ("auc", true),
    ("r2", true),
    ("rmse", false),
    ("mae", false),
    ("cost", false),
    ("loss", false),
];

impl Measure {
    /// The first usual one that a run has: of the validation before the test, which nothing should be chosen by.
    pub(super) fn usual(runs: &[Run]) -> Option<Self> {
        let known: Vec<_> = runs.iter().map(metrics).collect();
        let names = ["validation ", "test ", "train ", ""].into_iter();
        let mut names =
            names.flat_map(|split| METRICS.map(|(metric, higher)| (format!("{split}{metric}"), higher)));
        let found = names.find(|(name, _)| known.iter().any(|metrics| metrics.contains_key(name)));
        found.map(|(name, higher)| Self { name, higher })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Line, Outcome};

    #[test]
    fn validation_comes_before_test_and_cost_is_the_last_resort() {
        let mut run = Run::named("run");
        assert_eq!(Measure::usual(&[run.clone()]), None);
        run.metrics.add(Line::Step { step: 1, cost: 0.5, seconds: 0.0 });
        let usual = |run: &Run| {
            Measure::usual(std::slice::from_ref(run)).map(|measure| (measure.name, measure.higher))
        };
        assert_eq!(usual(&run), Some(("cost".into(), false)));
        let metrics = [("test", "accuracy"), ("validation", "rmse")];
        let metrics = metrics.map(|(split, metric)| (split.to_owned(), [(metric.to_owned(), 0.5)].into()));
        run.outcome = Some(Outcome { metrics: metrics.into(), ..Outcome::default() });
        assert_eq!(usual(&run), Some(("validation rmse".into(), false)));
    }
}
