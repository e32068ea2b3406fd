//! What of a run the page gets, in the page's own words.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::measure::Measure;
use super::thinned::{Curve, rounded};
use crate::{About, CostPoint, Evaluation, Run, State};

/// Runs that are looked at closely, the best first: pictures make a page large.
const CLOSELY: usize = 24;

/// The data of a page.
#[derive(Debug, Serialize)]
pub(super) struct Data<'a> {
    title: &'a str,
    /// Seconds since 1970, UTC.
    written: f64,
    sweep: bool,
    measure: Option<&'a str>,
    higher: bool,
    runs: Vec<RunData<'a>>,
}

/// A run on the page. Numbers that are not finite are `null`.
#[derive(Debug, Serialize)]
struct RunData<'a> {
    name: &'a str,
    state: &'static str,
    reason: &'a str,
    notes: &'a [String],
    started: Option<f64>,
    seconds: f64,
    network: &'a str,
    parameters: usize,
    training: BTreeMap<&'static str, Curve>,
    validation: BTreeMap<&'a str, Curve>,
    metrics: BTreeMap<String, f64>,
    settings: Map<String, Value>,
    environment: Map<String, Value>,
    evaluation: Option<&'a Evaluation>,
}

impl<'a> Data<'a> {
    pub(super) fn new(
        title: &'a str,
        written: f64,
        sweep: bool,
        measure: Option<&'a Measure>,
        runs: &'a [Run],
    ) -> Self {
        let closely = best(runs, measure);
        let make = |(i, run)| RunData::new(run, runs.len(), closely.contains(&i));
        Self {
            title,
            written,
            sweep,
            measure: measure.map(|measure| measure.name.as_str()),
            higher: measure.is_some_and(|measure| measure.higher),
            runs: runs.iter().enumerate().map(make).collect(),
        }
    }
}

/// The numbers of the best runs that were evaluated.
fn best(runs: &[Run], measure: Option<&Measure>) -> Vec<usize> {
    let worth = |run: &Run| {
        let value = measure
            .and_then(|measure| metrics(run).get(&measure.name).copied())
            .filter(|value| value.is_finite());
        value.map_or(f64::NEG_INFINITY, |value| {
            if measure.is_some_and(|measure| measure.higher) { value } else { -value }
        })
    };
    let evaluated = runs.iter().enumerate().filter(|(_, run)| run.evaluation.is_some());
    let mut order: Vec<(usize, f64)> = evaluated.map(|(i, run)| (i, worth(run))).collect();
    order.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    order.into_iter().take(CLOSELY).map(|(i, _)| i).collect()
}

impl<'a> RunData<'a> {
    fn new(run: &'a Run, runs: usize, closely: bool) -> Self {
        let (about, outcome) = (run.about.as_ref(), run.outcome.as_ref());
        let network = about.map_or("", |about| &about.network);
        Self {
            name: run.name(),
            state: state(run),
            reason: outcome.map_or("", |outcome| &outcome.reason),
            notes: &run.notes,
            started: about.map(|about| about.started).filter(|&time| time > 0.0).or(run.metrics.started),
            seconds: outcome.map_or(run.metrics.seconds(), |outcome| outcome.seconds),
            network: if network.is_empty() { &run.metrics.network } else { network },
            parameters: about.map_or(0, |about| about.parameters),
            training: training(run, runs),
            validation: validation(run, runs),
            metrics: metrics(run),
            settings: about.map(|about| flat(&about.configuration)).unwrap_or_default(),
            environment: about.map(environment).unwrap_or_default(),
            evaluation: run.evaluation.as_ref().filter(|_| closely),
        }
    }
}

/// How the run ended, in a word.
fn state(run: &Run) -> &'static str {
    match run.outcome.as_ref().map(|outcome| outcome.state) {
        Some(State::Finished) => "finished",
        Some(State::Stopped) => "stopped",
        Some(State::Failed) => "failed",
        None if run.metrics.finished => "finished",
        None => "unfinished",
    }
}

fn training(run: &Run, runs: usize) -> BTreeMap<&'static str, Curve> {
    let epochs: Vec<CostPoint> = run.metrics.epochs.iter().map(|epoch| epoch.point).collect();
    let curves = [("cost", &run.metrics.steps), ("cost of epochs", &epochs)];
    curves
        .into_iter()
        .filter(|(_, points)| !points.is_empty())
        .map(|(name, points)| (name, Curve::new(points, runs)))
        .collect()
}

fn validation(run: &Run, runs: usize) -> BTreeMap<&str, Curve> {
    let mut curves: BTreeMap<&str, Vec<CostPoint>> = BTreeMap::new();
    for validation in &run.metrics.validations {
        curves.entry("cost").or_default().push(validation.point);
        for (name, &cost) in &validation.metrics {
            curves.entry(name).or_default().push(CostPoint { cost, ..validation.point });
        }
    }
    curves.into_iter().map(|(name, points)| (name, Curve::new(&points, runs))).collect()
}

/// What a run came to, by `split metric`: its outcome's metrics, or the last validation; and the last cost of training.
pub(super) fn metrics(run: &Run) -> BTreeMap<String, f64> {
    let mut metrics = BTreeMap::new();
    let epoch = run.metrics.epochs.last().map(|epoch| epoch.point.cost);
    if let Some(cost) = epoch.or_else(|| run.metrics.steps.last().map(|point| point.cost)) {
        metrics.insert("cost".to_owned(), rounded(cost));
    }
    if let Some(last) = run.metrics.validations.last() {
        let all = last.metrics.iter().map(|(name, &value)| (name.as_str(), value));
        metrics.extend(
            all.chain([("cost", last.point.cost)])
                .map(|(name, value)| (format!("validation {name}"), rounded(value))),
        );
    }
    for (split, measured) in run.outcome.iter().flat_map(|outcome| &outcome.metrics) {
        metrics.extend(measured.iter().map(|(name, &value)| (format!("{split} {name}"), rounded(value))));
    }
    metrics
}

/// Tables within tables as one, their names joined by dots; a list is one value. What has a `name`, such as
/// `optimizer = { name = "adam", … }`, goes by it: `optimizer` is `adam`.
fn flat(value: &Value) -> Map<String, Value> {
    fn add(flat: &mut Map<String, Value>, name: String, value: &Value) {
        match value {
            Value::Object(table) => {
                let join = |key: &str| match (name.as_str(), key) {
                    ("", key) => key.to_owned(),
                    (name, "name") => name.to_owned(),
                    (name, key) => format!("{name}.{key}"),
                };
                table.iter().for_each(|(key, value)| add(flat, join(key), value));
            }
            Value::Array(_) => drop(flat.insert(name, Value::String(value.to_string()))),
            _ => drop(flat.insert(name, value.clone())),
        }
    }
    let mut names = Map::new();
    add(&mut names, String::new(), value);
    names
}

/// Where and by what a run was done.
fn environment(about: &About) -> Map<String, Value> {
    let tables = [("versions", &about.versions), ("machine", &about.machine), ("data", &about.data)];
    let tables = tables.into_iter().flat_map(|(table, facts)| {
        facts.iter().map(move |(name, fact)| (format!("{table}: {name}"), fact.clone()))
    });
    let own = [
        ("command", about.command.join(" ")),
        ("network", about.network.clone()),
        ("parameters", about.parameters.to_string()),
        ("seed", about.seed.to_string()),
        ("back end", about.backend.clone()),
        ("threads", about.threads.to_string()),
    ];
    let own = own.into_iter().map(|(name, fact)| (name.to_owned(), fact));
    own.chain(tables)
        .filter(|(_, fact)| !fact.is_empty())
        .map(|(name, fact)| (name, Value::String(fact)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Line, Outcome};
    use serde_json::json;

    #[test]
    fn tables_of_settings_become_names_with_dots() {
        let settings =
            flat(&json!({"seed": 7, "optimizer": {"name": "adam", "beta1": 0.9}, "layers": [32, 16]}));
        let expected = json!({"seed": 7, "optimizer": "adam", "optimizer.beta1": 0.9, "layers": "[32,16]"});
        assert_eq!(Value::Object(settings), expected);
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
    fn the_best_runs_are_looked_at_closely() {
        let run = |accuracy: f64| {
            let metrics = [("test".to_owned(), [("accuracy".to_owned(), accuracy)].into())].into();
            let mut run = Run::named("run");
            run.outcome = Some(Outcome { metrics, ..Outcome::default() });
            run.evaluation = Some(Evaluation::default());
            run
        };
        let runs: Vec<Run> =
            (0..30).map(|i| run(f64::from(i))).chain([run(f64::NAN), Run::named("none")]).collect();
        let measure = Measure { name: "test accuracy".into(), higher: true };
        assert_eq!(best(&runs, Some(&measure)), (6..30).rev().collect::<Vec<_>>());
    }
}
