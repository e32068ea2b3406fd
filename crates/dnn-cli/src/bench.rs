//! `dnn bench`: the workloads, or the products in them, on each back end and number of threads, side by side.

use std::sync::Arc;
use std::time::Duration;

use dnn_blas::Threads;
use dnn_core::{Backend, Compute, Real};
use serde::Serialize;

use dnn_pipeline::measure::{self, Shape, Task, Times};
use dnn_pipeline::workload::{WORKLOADS, Workload};

/// What to measure.
#[derive(Clone)]
pub(crate) struct Choice {
    /// The workloads.
    pub(crate) workloads: Vec<Workload>,
    /// Numbers of threads.
    pub(crate) threads: Vec<usize>,
    /// Back ends, with the names they go by.
    pub(crate) backends: Vec<(String, Arc<dyn Backend>)>,
    /// Numbers of 64 bits instead of 32.
    pub(crate) double: bool,
    /// The products of the workloads instead of steps and predictions.
    pub(crate) products: bool,
    /// Rounds in which everything is measured once.
    pub(crate) rounds: usize,
    /// Length of one measurement in a round.
    pub(crate) slice: Duration,
}

/// What one measurement was of, and what came out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Measurement {
    /// Name of the workload; with its layer and formula for a product.
    pub(crate) workload: String,
    /// `step`, `predict` or `product`.
    pub(crate) pass: &'static str,
    /// The back end.
    pub(crate) backend: String,
    /// Threads that share the work.
    pub(crate) threads: usize,
    /// Examples in a step or a prediction; columns of the result for a product.
    pub(crate) batch: usize,
    /// `f32` or `f64`.
    pub(crate) precision: &'static str,
    /// Median.
    pub(crate) seconds: f64,
    /// Half the distance of the quartiles, as a share of the median.
    pub(crate) spread: f64,
    /// Multiplications and additions in 1e9 a second.
    pub(crate) gflops: f64,
    /// The rate of one 2048×2048×2048 product in f32 on one thread in the same run, by the fastest back end measured.
    pub(crate) reference_gflops: f64,
    /// For the prediction of one example, which reads every parameter once: how long one thread takes only to sum as many
    /// numbers, in the same run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sum_seconds: Option<f64>,
}

/// One measurement before it is made.
struct Case<'a> {
    workload: String,
    pass: &'static str,
    backend: &'a str,
    threads: usize,
    batch: usize,
    operations: f64,
}

/// Measures everything that `choice` names, in turn.
///
/// # Errors
/// If threads cannot be started, or buffers do not fit into memory.
pub(crate) fn run(choice: &Choice) -> Result<Vec<Measurement>, Box<dyn std::error::Error>> {
    let pools: Vec<Threads> = choice.threads.iter().map(|&n| Threads::new(n)).collect::<Result<_, _>>()?;
    let reference = Shape::square(2048);
    let mut tasks: Vec<Task<'_>> =
        choice.backends.iter().map(|(_, backend)| measure::products::<f32>(&**backend, reference)).collect();
    let cases = match choice.double {
        true => cases::<f64>(choice, &pools)?,
        false => cases::<f32>(choice, &pools)?,
    };
    let references = tasks.len();
    let sums = if choice.products { &[] } else { &choice.workloads[..] };
    for workload in sums {
        let parameters = workload.network()?.parameter_count();
        tasks.push(if choice.double {
            measure::sum::<f64>(parameters)
        } else {
            measure::sum::<f32>(parameters)
        });
    }
    let (cases, measured): (Vec<_>, Vec<_>) = cases.into_iter().unzip();
    tasks.extend(measured);
    let times = measure::side_by_side(&mut tasks, choice.rounds, choice.slice);
    let fastest = times[..references].iter().map(|times| times.median).fold(f64::INFINITY, f64::min);
    let reference_gflops = reference.operations() / fastest * 1e-9;
    let precision = if choice.double { f64::NAME } else { f32::NAME };
    let (sum_times, times) = times[references..].split_at(sums.len());
    let sum_seconds = |case: &Case<'_>| {
        let of_case = |workload: &Workload| workload.name == case.workload && case.batch == 1;
        sums.iter().position(of_case).map(|index| sum_times[index].median)
    };
    let measurement = |case, times| Measurement {
        sum_seconds: sum_seconds(case),
        ..measurement(case, times, reference_gflops, precision)
    };
    Ok(cases.iter().zip(times).map(|(case, times)| measurement(case, *times)).collect())
}

fn measurement(case: &Case<'_>, times: Times, reference_gflops: f64, precision: &'static str) -> Measurement {
    Measurement {
        workload: case.workload.clone(),
        pass: case.pass,
        backend: case.backend.into(),
        threads: case.threads,
        batch: case.batch,
        precision,
        seconds: times.median,
        spread: times.spread(),
        gflops: case.operations / times.median * 1e-9,
        reference_gflops,
        sum_seconds: None,
    }
}

/// Everything to measure, grouped so that what is compared stands together.
fn cases<'a, T: Real>(
    choice: &'a Choice,
    pools: &'a [Threads],
) -> Result<Vec<(Case<'a>, Task<'a>)>, Box<dyn std::error::Error>> {
    let mut cases = Vec::new();
    for &workload in &choice.workloads {
        if choice.products {
            cases.extend(products::<T>(choice, workload));
            continue;
        }
        for (name, backend) in &choice.backends {
            for pool in pools {
                let compute = Compute { backend: &**backend, pool };
                cases.extend(passes::<T>(workload, name, compute)?);
            }
        }
    }
    Ok(cases)
}

/// The step of a workload, and the predictions that the larger ones are measured by.
fn passes<'a, T: Real>(
    workload: Workload,
    backend: &'a str,
    compute: Compute<'a>,
) -> Result<Vec<(Case<'a>, Task<'a>)>, Box<dyn std::error::Error>> {
    let threads = compute.pool.threads();
    let case = |pass, batch, operations| Case {
        workload: workload.name.into(),
        pass,
        backend,
        threads,
        batch,
        operations,
    };
    let step = measure::steps::<T>(workload, compute)?;
    let mut cases = vec![(case("step", workload.batch, workload.step_operations()), step)];
    for batch in [1, 1000] {
        let prediction = measure::predictions::<T>(workload, batch, compute)?;
        cases.push((case("predict", batch, workload.predict_operations(batch)), prediction));
    }
    Ok(cases)
}

/// The products of a workload's layers, on one thread each, as in a step.
fn products<'a, T: Real>(choice: &'a Choice, workload: Workload) -> Vec<(Case<'a>, Task<'a>)> {
    let columns = workload.network().ok().and_then(|network| network.workspace::<T>(workload.batch).ok());
    let columns = columns.map_or(workload.batch, |workspace| workspace.block_columns());
    let shapes = Shape::of(workload, columns);
    let each = |(formula, shape): &(String, Shape)| {
        let case = |name: &'a str| Case {
            workload: formula.clone(),
            pass: "product",
            backend: name,
            threads: 1,
            batch: shape.n,
            operations: shape.operations(),
        };
        let on = |(name, backend): &'a (String, Arc<dyn Backend>)| {
            (case(name), measure::products::<T>(&**backend, *shape))
        };
        choice.backends.iter().map(on).collect::<Vec<_>>()
    };
    shapes.iter().flat_map(each).collect()
}

/// The workloads called `names`, or all.
///
/// # Errors
/// In words, for a name that is none.
pub(crate) fn workloads(names: &[String]) -> Result<Vec<Workload>, String> {
    if names.is_empty() {
        return Ok(WORKLOADS.to_vec());
    }
    let known = || WORKLOADS.map(|workload| workload.name).join(", ");
    names
        .iter()
        .map(|name| {
            Workload::named(name).ok_or_else(|| {
                format!("found the workload \"{name}\", expected one of {}: correct the name", known())
            })
        })
        .collect()
}

/// The measurements as a table for people, with each rate as a share of the reference.
pub(crate) fn table(measurements: &[Measurement]) -> String {
    let width =
        |of: fn(&Measurement) -> &str| measurements.iter().map(|m| of(m).chars().count()).max().unwrap_or(0);
    let (name, backend) = (width(|m| &m.workload).max(8), width(|m| &m.backend).max(8));
    let mut text = format!(
        "{:name$}  {:7}  {:backend$}  {:>7}  {:>6}  {:>11}  {:>6}  {:>8}  {:>6}\n",
        "workload", "pass", "back end", "threads", "batch", "median", "spread", "GFLOP/s", "of R"
    );
    for m in measurements {
        text += &format!(
            "{:name$}  {:7}  {:backend$}  {:>7}  {:>6}  {:>11}  {:>5.1}%  {:>8.1}  {:>6.2}\n",
            m.workload,
            m.pass,
            m.backend,
            m.threads,
            m.batch,
            duration(m.seconds),
            100.0 * m.spread,
            m.gflops,
            m.gflops / m.reference_gflops
        );
    }
    let singles = measurements.iter().filter_map(|m| Some((m, m.sum_seconds?)));
    for (index, (m, sum)) in singles.enumerate() {
        if index == 0 {
            text += "\nOne example reads every parameter once. As a share of the rate at which one thread sums them:\n";
        }
        text += &format!(
            "{:name$}  {:backend$}  {:>7}  {:>11} to sum  {:>5.2}\n",
            m.workload,
            m.backend,
            m.threads,
            duration(sum),
            sum / m.seconds
        );
    }
    if let Some(first) = measurements.first() {
        text += &format!(
            "\nR = {:.1} GFLOP/s: one 2048×2048×2048 product in f32 on one thread, in the same run, by the fastest back end \
             above.\nAll were measured in turn; spread is half the distance of the quartiles.\n",
            first.reference_gflops
        );
    }
    text
}

/// `1.23 ms`, in the unit that leaves one to three digits before the point.
fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 1e-6 => format!("{:.0} ns", s * 1e9),
        s if s < 1e-3 => format!("{:.2} µs", s * 1e6),
        s if s < 1.0 => format!("{:.2} ms", s * 1e3),
        s => format!("{s:.2} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(products: bool) -> Choice {
        Choice {
            workloads: workloads(&["tiny".into()]).unwrap(),
            threads: vec![1, 2],
            backends: vec![("pure".into(), Arc::new(dnn_blas::PureRust))],
            double: false,
            products,
            rounds: 1,
            slice: Duration::from_micros(10),
        }
    }

    #[test]
    fn every_pass_is_measured_on_every_number_of_threads() {
        let measured = run(&choice(false)).unwrap();
        let passes: Vec<_> = measured.iter().map(|m| (m.pass, m.threads, m.batch)).collect();
        let expected = [1, 2].map(|n| [("step", n, 32), ("predict", n, 1), ("predict", n, 1000)]);
        assert_eq!(passes, expected.concat());
        assert!(measured.iter().all(|m| m.gflops > 0.0 && m.reference_gflops > 0.0));
        assert!(table(&measured).contains("of R"));
    }

    #[test]
    fn products_are_named_by_layer_and_formula() {
        let measured = run(&choice(true)).unwrap();
        assert_eq!(measured[0].workload, "tiny layer 1 W A");
    }

    #[test]
    fn an_unknown_workload_is_refused_with_the_known_ones() {
        assert_eq!(
            workloads(&["tinny".into()]).unwrap_err(),
            "found the workload \"tinny\", expected one of wide, fashion, deep, cat, tiny: correct the name"
        );
    }

    #[test]
    fn durations_have_fitting_units() {
        assert_eq!([5e-9, 1.5e-6, 0.25, 3.0].map(duration), ["5 ns", "1.50 µs", "250.00 ms", "3.00 s"]);
    }
}
