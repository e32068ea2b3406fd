//! A face detector: learns to tell faces from other pictures, and shows what it has learnt.
//!
//! `cargo run --release --example faces [-- --out FOLDER] [--threads N]`
//!
//! Logistic regression, one hidden layer and a deep net are trained side by side, five seeds each, on the MIT CBCL faces
//! if they are there and else on drawn ones. The recipe was fixed beforehand: each picture's pixels replaced by their
//! ranks, a fifth held out, mirrored copies made of the rest, and the settings of [`settings`]; nothing is chosen on the
//! test set.
//!
//! What to expect on CBCL: an area under the ROC curve on the (much harder) test pictures of at least 0.88 for the deep net
//! as the mean of five seeds, and at least 99 % of the held-out fifth right. On drawn faces: at least 0.99 and 95 %. The
//! program fails if that does not come out. Whether depth helps is for the printed spread to say.

#![allow(clippy::print_stdout, clippy::print_stderr)] // an example speaks to a person

#[path = "../support/mod.rs"]
mod support;

mod data;
mod figures;

use std::path::Path;
use std::process::ExitCode;

use dnn::observe::{History, Progress};
use dnn::prelude::*;
use support::{Failure, mean_and_spread};

/// Seeds of the runs.
const SEEDS: u64 = 5;

fn main() -> ExitCode {
    support::finish(run())
}

/// The hyper-parameters of every net.
fn settings(seed: u64) -> Settings {
    Settings {
        batch: Some(64),
        learning_rate: Some(0.1),
        epochs: Some(30),
        seed: Some(seed),
        ..Settings::default()
    }
}

/// The three nets, over `inputs` pixels.
fn networks(inputs: usize) -> Result<[(&'static str, Network); 3], Failure> {
    Ok([
        ("logistic regression", Network::builder(inputs).dense(1, Sigmoid).build()?),
        ("one hidden layer", Network::builder(inputs).dense(32, Relu).dense(1, Sigmoid).build()?),
        (
            "deep",
            Network::builder(inputs)
                .dense(256, Relu)
                .dense(128, Relu)
                .dense(64, Relu)
                .dense(1, Sigmoid)
                .build()?,
        ),
    ])
}

/// One trained net and how it did.
struct Run {
    /// The parameters before the first step, and after the last.
    start: Vec<f32>,
    parameters: Vec<f32>,
    curve: Vec<(f64, f64)>,
    held_out_accuracy: f64,
    /// Scores of the test pictures.
    scores: Vec<f64>,
    accuracy: f64,
    area: f64,
    /// Detection rates at 1 % and 5 % false alarms.
    detections: [f64; 2],
}

fn run() -> Result<(), Failure> {
    let out = support::out("faces")?;
    let threads = match support::option("--threads")? {
        Some(number) => {
            Threads::new(number.parse().map_err(|_| format!("--threads {number}: expected a number"))?)?
        }
        None => Threads::default(),
    };
    let pictures = data::load()?;
    let choice = dnn::blas::choose()?;
    println!("data      {}", pictures.description.replace('\n', "\n          "));
    println!("products  {}", choice.backend.identity());
    println!("threads   {}\n", threads.threads());

    let compute = Compute { backend: &*choice.backend, pool: &threads };
    let mut results = Vec::new();
    for (name, network) in networks(pictures.train.features())? {
        println!("{name}: {network}, {} parameters", network.parameter_count());
        let runs = (0..SEEDS)
            .map(|seed| train(name, &network, seed, &pictures, compute))
            .collect::<Result<Vec<_>, _>>()?;
        results.push((name, network, runs));
    }
    print_table(&results);
    save(&out, &results, &pictures, &choice.backend.identity().to_string())?;
    figures::write(&out, &results, &pictures, compute)?;
    println!("\nmodel and pictures are in {}", out.display());
    check(&results, &pictures)
}

/// Trains one net from one seed and measures it.
fn train(
    name: &str,
    network: &Network,
    seed: u64,
    pictures: &data::Pictures,
    compute: Compute<'_>,
) -> Result<Run, Failure> {
    let (train, held_out) = pictures.train.split_stratified(0.2, seed)?;
    let train = train.with_mirrored()?;
    let (x, y) = (data::inputs(&train), train.binary::<f32>()?);
    let mut trainer = Trainer::<f32>::new(network, settings(seed).plan(network, train.count())?, compute)?;
    let start = trainer.parameters().to_vec();
    let (mut progress, mut history) = (Progress::auto(format!("{name}, seed {seed}")), History::default());
    trainer.run(x.view(), y.view(), &mut [&mut progress, &mut history])?;

    let predict =
        |dataset: &Dataset<f32>| network.predict(compute, trainer.parameters(), data::inputs(dataset).view());
    let held_out_accuracy =
        metrics::accuracy(&metrics::classes(predict(&held_out)?.view()), held_out.labels(), None)?;
    let a = predict(&pictures.test)?;
    let scores: Vec<f64> = a.iter().map(|&a| f64::from(a)).collect();
    let truth: Vec<bool> = pictures.test.labels().iter().map(|&class| class == 1).collect();
    let at = |false_alarms| metrics::detection_rate(&scores, &truth, false_alarms, None);
    Ok(Run {
        held_out_accuracy,
        accuracy: metrics::accuracy(&metrics::classes(a.view()), pictures.test.labels(), None)?,
        area: metrics::roc_auc(&scores, &truth, None)?,
        detections: [at(0.01)?, at(0.05)?],
        scores,
        curve: history.epochs().to_vec(),
        start,
        parameters: trainer.parameters().to_vec(),
    })
}

type Results = [(&'static str, Network, Vec<Run>)];

/// Mean ± standard deviation of each measure over the seeds.
fn print_table(results: &Results) {
    println!("\nmean ± standard deviation of {SEEDS} seeds, in %; where faces are rare, accuracy");
    println!("says little: the area under the ROC curve (AUC) and the faces found at a rate");
    println!("of false alarms (f. a.) say more\n");
    let heads = [
        ["", "held out", "test", "test", "found at", "found at"],
        ["", "accuracy", "accuracy", "AUC", "1 % f. a.", "5 % f. a."],
    ];
    for [name, cells @ ..] in heads {
        println!("{name:20}{}", cells.map(|cell| format!("{cell:>12}")).concat());
    }
    for (name, _, runs) in results {
        let cell = |measure: fn(&Run) -> f64| {
            let (mean, spread) = mean_and_spread(&runs.iter().map(measure).collect::<Vec<_>>());
            format!("{:>12}", format!("{:.1} ± {:.1}", 100.0 * mean, 100.0 * spread))
        };
        println!(
            "{name:20}{}{}{}{}{}",
            cell(|run| run.held_out_accuracy),
            cell(|run| run.accuracy),
            cell(|run| run.area),
            cell(|run| run.detections[0]),
            cell(|run| run.detections[1])
        );
    }
}

/// Keeps the deep net of the first seed, with the scaling of its pixels.
fn save(out: &Path, results: &Results, pictures: &data::Pictures, backend: &str) -> Result<(), Failure> {
    let (_, network, runs) = &results[results.len() - 1];
    let mut checkpoint = Checkpoint::new(network.clone(), runs[0].parameters.clone())?.computed_by(backend);
    let scaling = Scaler::fit(&[Scaling::Ranks], pictures.train.examples())?;
    checkpoint.set_section("faces/scaling", &scaling)?;
    Ok(checkpoint.save(out.join("faces.dnn"))?)
}

/// Fails if what the head of this file promises did not come out.
fn check(results: &Results, pictures: &data::Pictures) -> Result<(), Failure> {
    let (_, _, runs) = &results[results.len() - 1];
    let mean = |measure: fn(&Run) -> f64| mean_and_spread(&runs.iter().map(measure).collect::<Vec<_>>()).0;
    let (area, held_out) = (mean(|run| run.area), mean(|run| run.held_out_accuracy));
    let [area_expected, held_out_expected] = pictures.expected;
    if area < area_expected || held_out < held_out_expected {
        return Err(format!(
            "the deep net has a test AUC of {area:.3} and {held_out:.4} of the held-out pictures right, but at least {area_expected} and {held_out_expected} were expected"
        )
        .into());
    }
    Ok(())
}
