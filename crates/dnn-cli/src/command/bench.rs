//! `dnn bench`, its flags and what it prints.

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use dnn_core::Backend;
use dnn_figures::BarChart;

use crate::flags::cores;
use crate::output::{print, print_json, say};
use crate::{Error, Result, bench};

/// Measure training steps and predictions on each back end and number of threads, side by side
#[derive(Debug, Args)]
pub(crate) struct Bench {
    /// Only this workload: wide, fashion, deep, cat or tiny; may be given several times
    #[arg(long, value_name = "NAME")]
    workload: Vec<String>,
    /// Only this number of threads; may be given several times [default: 1 and the number of cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Vec<u16>,
    /// Only this back end: pure, openblas, mkl, blis, linked, auto, or the path of a library; may be given several times
    /// [default: all that are found]
    #[arg(long, value_name = "NAME")]
    backend: Vec<String>,
    /// Numbers of 64 bits instead of 32
    #[arg(long)]
    double: bool,
    /// The matrix products inside the workloads, one by one, instead of steps and predictions
    #[arg(long)]
    products: bool,
    /// How often everything is measured, in turn
    #[arg(long, value_name = "N", default_value_t = 9, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// Print an array of JSON objects instead of a table
    #[arg(long)]
    json: bool,
    /// Also draw the rates to this SVG file
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
}

impl Bench {
    /// Measures and prints.
    ///
    /// # Errors
    /// [`Error::Usage`] for an unknown workload or back end; [`Error::Other`] if buffers do not fit into memory.
    pub(crate) fn run(self) -> Result<()> {
        let choice = bench::Choice {
            workloads: bench::workloads(&self.workload).map_err(|words| Error::Usage(words.into()))?,
            threads: threads(&self.threads),
            backends: backends(&self.backend)?,
            double: self.double,
            products: self.products,
            rounds: self.rounds.into(),
            slice: Duration::from_millis(40),
        };
        if io::stderr().is_terminal() {
            let names: Vec<&str> = choice.workloads.iter().map(|workload| workload.name).collect();
            say(&format!("measuring {} in {} rounds ...", names.join(", "), choice.rounds));
        }
        let measurements = bench::run(&choice).map_err(|error| Error::Other(error.to_string().into()))?;
        match self.json {
            true => print_json(&measurements)?,
            false => print(&bench::table(&measurements))?,
        }
        if let Some(file) = &self.plot {
            plot(&measurements).write(file)?;
        }
        Ok(())
    }
}

/// As asked, or else one and as many as there are cores.
fn threads(asked: &[u16]) -> Vec<usize> {
    if !asked.is_empty() {
        return asked.iter().map(|&n| n.into()).collect();
    }
    match cores() {
        1 => vec![1],
        cores => vec![1, cores],
    }
}

/// As asked, or else all that are found, under names that tell them apart.
fn backends(asked: &[String]) -> Result<Vec<(String, Arc<dyn Backend>)>> {
    let found = match asked {
        [] => dnn_blas::available(),
        names => names
            .iter()
            .map(|name| if name == "auto" { dnn_blas::choose() } else { dnn_blas::by_name(name) })
            .collect::<Result<_, _>>()?,
    };
    Ok(found.into_iter().map(|found| (name(&*found.backend), found.backend)).collect())
}

fn name(backend: &dyn Backend) -> String {
    let identity = backend.identity();
    match identity.library.as_str() {
        "dnn" => "pure".into(),
        library => format!("{library} {}", identity.version),
    }
}

fn plot(measurements: &[bench::Measurement]) -> BarChart {
    let reference = measurements.first().map_or(1.0, |first| first.reference_gflops);
    let chart = BarChart::new("Rates of the workloads")
        .subtitle(format!("R = {reference:.1} GFLOP/s, a 2048×2048×2048 product on one thread"))
        .axis("GFLOP/s");
    measurements.iter().fold(chart, |chart, m| {
        let threads = if m.threads == 1 { "1 thread".into() } else { format!("{} threads", m.threads) };
        chart.bar(format!("{} {} of {}, {}, {threads}", m.workload, m.pass, m.batch, m.backend), [m.gflops])
    })
}
