//! The curves a person looks at.

use std::path::Path;

use dnn::figures::LineChart;
use dnn::search::{COST, Outcome, VALIDATION_COST};

use crate::support::Failure;

pub(crate) fn write(out: &Path, sweep: &Outcome, runs: &Outcome) -> Result<(), Failure> {
    learning_rates(sweep)?.write(out.join("learning-rates.svg"))?;
    let curves =
        |name: &str| runs.finished.iter().filter_map(|run| run.curves.get(name).cloned()).collect::<Vec<_>>();
    LineChart::new("The chosen settings, three seeds")
        .subtitle(
            "thin: one seed, bold: the mean; training costs are those with dropout, so they can lie above",
        )
        .axes("epoch", "cross-entropy")
        .runs("training", curves(COST))
        .runs("validation", curves(VALIDATION_COST))
        .write(out.join("validation.svg"))?;
    Ok(())
}

/// The training cost under each learning rate.
fn learning_rates(sweep: &Outcome) -> Result<LineChart, Failure> {
    let chart = LineChart::new("What the learning rate does")
        .subtitle("the chosen settings with other learning rates: mean training cost of each epoch")
        .axes("epoch", "cross-entropy")
        .logarithmic();
    sweep.finished.iter().try_fold(chart, |chart, finished| {
        let rate: f64 = finished.trial.get("learning_rate")?;
        let curve = finished.curves.get(COST).cloned().unwrap_or_default();
        Ok(chart.line(format!("rate {rate:e}"), curve))
    })
}
