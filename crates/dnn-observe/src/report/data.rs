//! What of a run the page gets, in the page's own words.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::measure::{Measure, metrics, rounded};
use crate::thinning::Thinning;
use crate::{About, CostPoint, Evaluation, Run, State};

/// Runs that are looked at closely, the best first: pictures make a page large.
const CLOSELY: usize = 24;
/// Points in all curves of a kind together: what a browser draws at once without a pause.
const POINTS: usize = 40_000;

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

/// A curve as the page draws it: lists of the same length.
#[derive(Debug, PartialEq, Default, Serialize)]
struct Curve {
    steps: Vec<u64>,
    seconds: Vec<f64>,
    ys: Vec<f64>,
}

impl Curve {
    /// The points, neighbours averaged where they are more than one of `runs` curves may have.
    fn new(points: &[CostPoint], runs: usize) -> Self {
        let (mut curve, mut thinning) =
            (Self::default(), Thinning::new((POINTS / runs.max(1)).clamp(100, 1000) as u64));
        thinning.begin(points.len() as u64);
        for (i, point) in (1..).zip(points) {
            let mean = thinning.push(i, point.cost);
            let last = || if i == points.len() as u64 { thinning.rest() } else { None };
            if let Some(mean) = mean.or_else(last) {
                curve.steps.push(point.step);
                curve.seconds.push(rounded(point.seconds));
                curve.ys.push(rounded(mean));
            }
        }
        curve
    }
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
    let curves = [("cost", &run.metrics.steps), ("cost of epochs", &run.metrics.epochs)];
    let curves = curves.into_iter().filter(|(_, points)| !points.is_empty());
    curves.map(|(name, points)| (name, Curve::new(points, runs))).collect()
}

fn validation(run: &Run, runs: usize) -> BTreeMap<&str, Curve> {
    let mut curves: BTreeMap<&str, Vec<CostPoint>> = BTreeMap::new();
    for (point, metrics) in &run.metrics.validations {
        curves.entry("cost").or_default().push(*point);
        for (name, &cost) in metrics {
            curves.entry(name).or_default().push(CostPoint { cost, ..*point });
        }
    }
    curves.into_iter().map(|(name, points)| (name, Curve::new(&points, runs))).collect()
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
    use crate::Outcome;
    use serde_json::json;

    fn points(count: u64) -> Vec<CostPoint> {
        (1..=count).map(|step| CostPoint { step, cost: step as f64, seconds: 0.1 * step as f64 }).collect()
    }

    #[test]
    fn a_long_curve_is_averaged_and_keeps_its_end() {
        let curve = Curve::new(&points(100_000), 100);
        assert_eq!((curve.ys.len(), curve.ys[0], curve.steps[399]), (400, 125.5, 100_000));
        assert_eq!(Curve::new(&points(7), 100).ys, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
        assert_eq!(Curve::new(&[], 1), Curve::default());
    }

    #[test]
    fn tables_of_settings_become_names_with_dots() {
        let settings =
            flat(&json!({"seed": 7, "optimizer": {"name": "adam", "beta1": 0.9}, "layers": [32, 16]}));
        let expected = json!({"seed": 7, "optimizer": "adam", "optimizer.beta1": 0.9, "layers": "[32,16]"});
        assert_eq!(Value::Object(settings), expected);
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
