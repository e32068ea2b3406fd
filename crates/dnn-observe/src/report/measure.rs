//! What runs came to, and what they are ranked by.

use std::collections::BTreeMap;

use dnn_train::metrics::builtin;

use crate::Run;

/// A metric of the runs' ends, and which way is better.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Measure {
    pub(super) name: String,
    pub(super) higher: bool,
}

/// Metrics in the order they are chosen in, before the costs.
const METRICS: [&str; 5] = ["accuracy", "roc_auc", "r2", "rmse", "mae"];

impl Measure {
    /// The first usual one that a run has: of the validation before the test, which nothing should be chosen by.
    pub(super) fn usual(runs: &[Run]) -> Option<Self> {
        let known: Vec<_> = runs.iter().map(metrics).collect();
        let higher = |name: &str| builtin().any(|metric| metric.name() == name && metric.larger_is_better());
        let all = METRICS.into_iter().chain(["cost", "loss"]).map(|name| (name, higher(name)));
        let splits = ["validation ", "test ", "train ", ""].into_iter();
        let mut names = splits
            .flat_map(|split| all.clone().map(move |(metric, higher)| (format!("{split}{metric}"), higher)));
        let found = names.find(|(name, _)| known.iter().any(|metrics| metrics.contains_key(name)));
        found.map(|(name, higher)| Self { name, higher })
    }
}

/// What a run came to, by `split metric`: its outcome's metrics, or the last validation; and the last cost of training.
pub(super) fn metrics(run: &Run) -> BTreeMap<String, f64> {
    let mut metrics = BTreeMap::new();
    let last = run.metrics.epochs.last().or(run.metrics.steps.last());
    metrics.extend(last.map(|point| ("cost".to_owned(), rounded(point.cost))));
    if let Some((point, measured)) = run.metrics.validations.last() {
        let all = measured.iter().map(|(name, &value)| (name.as_str(), value)).chain([("cost", point.cost)]);
        metrics.extend(all.map(|(name, value)| (format!("validation {name}"), rounded(value))));
    }
    for (split, measured) in run.outcome.iter().flat_map(|outcome| &outcome.metrics) {
        metrics.extend(measured.iter().map(|(name, &value)| (format!("{split} {name}"), rounded(value))));
    }
    metrics
}

/// Six digits: more than anyone reads.
pub(super) fn rounded(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(f64::NAN)
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

    #[test]
    fn the_outcome_says_more_than_the_last_validation() {
        let mut run = Run::named("run");
        let metrics_at = |accuracy| [("accuracy".to_owned(), accuracy)].into();
        run.metrics.add(Line::Validation {
            epoch: 1.0,
            step: 5,
            cost: 0.25,
            metrics: metrics_at(0.5),
            seconds: 1.0,
        });
        assert_eq!((metrics(&run)["validation accuracy"], metrics(&run)["validation cost"]), (0.5, 0.25));
        let outcome = [("validation".to_owned(), metrics_at(0.75))].into();
        run.outcome = Some(Outcome { metrics: outcome, ..Outcome::default() });
        assert_eq!((metrics(&run)["validation accuracy"], metrics(&run)["validation cost"]), (0.75, 0.25));
    }

    #[test]
    fn six_digits_are_kept() {
        assert_eq!((rounded(1.0 / 3.0), rounded(-123_456_789.0)), (0.333333, -123_457_000.0));
        assert!(rounded(f64::NAN).is_nan());
    }
}
