//! Trains a sweep of small nets on drawn faces, writes the folder of each run, and reports: `one.html` about the best,
//! `sweep.html` about all, and `hundred.html` about a hundred runs with made-up curves.
//!
//! `cargo run --release -p dnn-observe --example report -- FOLDER` (`target/report` if none is named)

use std::collections::BTreeMap;
use std::path::PathBuf;

use dnn_blas::{PureRust, Threads};
use dnn_core::{Compute, Network, Relu, Sigmoid};
use dnn_data::{Dataset, ranks};
use dnn_figures::Picture;
use dnn_observe::{
    About, Evaluation, Example, Gallery, Line, Outcome, Report, Run, RunFolder, ScoreCurve, State,
    ValueHistogram,
};
use dnn_synthetic::faces;
use dnn_train::{Adam, Examples, GradientDescent, Settings, Trainer, metrics};
use ndarray::{Array2, ArrayView2};

/// Pixels in a row of a picture, and rows.
const SIDE: usize = 16;
/// Pictures that are shown.
const SHOWN: usize = 16;

type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

/// Pictures as a network takes them: `x: (pixels, m)`, `y: (1, m)`.
struct Pictures {
    set: Dataset<f32>,
    /// Each pixel by its rank among the picture's, from −1 to 1.
    x: Array2<f32>,
    y: Array2<f32>,
}

impl Pictures {
    fn new(count: usize, seed: u64) -> Result<Self> {
        let set = faces::generate::<f32>(count, SIDE, seed)?;
        let (x, y) = (ranks(set.examples()), set.binary()?);
        Ok(Self { set, x, y })
    }

    fn examples(&self) -> Examples<'_, f32> {
        Examples::new(self.x.view(), self.y.view())
    }
}

fn main() -> Result<()> {
    let place = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "target/report".to_owned()));
    let sets = [Pictures::new(600, 1)?, Pictures::new(300, 2)?, Pictures::new(300, 3)?];
    let mut runs = Vec::new();
    for units in [8, 64] {
        for adam in [false, true] {
            for learning_rate in [0.0003, 0.003, 0.03, 0.3] {
                let folder = RunFolder::create(place.join(format!("runs/trial-{:02}", runs.len() + 1)))?;
                train(&folder, units, adam, learning_rate, &sets)?;
                runs.push(Run::read(folder.path())?);
            }
        }
    }
    let best = runs.iter().max_by(|a, b| accuracy(a).total_cmp(&accuracy(b))).cloned().unwrap_or_default();
    Report::new("Faces or not").run(best).write(place.join("one.html"))?;
    runs.into_iter()
        .fold(Report::new("Faces or not: a sweep").sweep(), Report::run)
        .write(place.join("sweep.html"))?;
    hundred().write(place.join("hundred.html"))?;
    Ok(())
}

fn accuracy(run: &Run) -> f64 {
    let measured = run.outcome.as_ref().and_then(|outcome| outcome.metrics.get("validation"));
    measured.and_then(|measured| measured.get("accuracy")).copied().unwrap_or(0.0)
}

/// One run of the sweep, with all that belongs into its folder.
fn train(
    folder: &RunFolder,
    units: usize,
    adam: bool,
    learning_rate: f64,
    sets: &[Pictures; 3],
) -> Result<()> {
    let [training, validation, test] = sets;
    let network = Network::builder(SIDE * SIDE).dense(units, Relu).dense(1, Sigmoid).build()?;
    let optimizer = match adam {
        true => Adam::default().into(),
        false => GradientDescent.into(),
    };
    let settings = Settings {
        batch: Some(20),
        learning_rate: Some(learning_rate),
        epochs: Some(20),
        optimizer: Some(optimizer),
        seed: Some(7),
        ..Settings::default()
    };
    let (backend, threads) = (PureRust, Threads::new(1)?);
    let compute = Compute { backend: &backend, pool: &threads };
    folder.write_about(&about(&settings, &network, compute)?)?;

    let (mut lines, mut board) = (folder.metrics()?, folder.tensorboard()?.parameters_of(&network));
    let mut trainer = Trainer::<f32>::new(&network, settings.plan(&network, training.set.count())?, compute)?;
    let trained =
        trainer.train(training.examples(), Some(validation.examples()), &mut [&mut lines, &mut board]);
    let parameters = trainer.parameters();
    let measured = |pictures: &Pictures| -> Result<BTreeMap<String, f64>> {
        let a = network.predict(compute, parameters, pictures.x.view())?;
        let right = metrics::accuracy(&metrics::classes(a.view()), pictures.set.labels(), None)?;
        Ok([("accuracy".to_owned(), right)].into())
    };
    let names = ["train", "validation", "test"].into_iter().zip(sets);
    let metrics = names.map(|(name, set)| Ok((name.to_owned(), measured(set)?))).collect::<Result<_>>()?;
    let (state, reason) = match &trained {
        Ok(_) => (State::Finished, String::new()),
        Err(error) => (State::Failed, error.to_string()),
    };
    let seconds = trained.map_or(0.0, |summary| summary.seconds);
    folder.write_outcome(&Outcome { state, reason, steps: trainer.state().step, seconds, metrics })?;
    folder.write_evaluation(&evaluate(&network, parameters, test, compute)?)?;
    Ok(())
}

fn about(settings: &Settings, network: &Network, compute: Compute<'_>) -> Result<About> {
    let mut configuration = serde_json::to_value(settings)?;
    configuration["hidden_units"] = network.layers()[0].outputs().into();
    Ok(About {
        command: vec!["cargo run --release -p dnn-observe --example report".to_owned()],
        versions: [("dnn".to_owned(), env!("CARGO_PKG_VERSION").to_owned())].into(),
        seed: settings.seed.unwrap_or(0),
        backend: compute.backend.identity().to_string(),
        threads: 1,
        network: network.to_string(),
        parameters: network.parameter_count(),
        data: [(
            "source".to_owned(),
            "drawn faces, 600 to learn from, 300 to validate, 300 to test".to_owned(),
        )]
        .into(),
        configuration,
        ..About::default()
    })
}

/// What the trained network does on the test pictures.
fn evaluate(
    network: &Network,
    parameters: &[f32],
    test: &Pictures,
    compute: Compute<'_>,
) -> Result<Evaluation> {
    let (x, labels) = (test.x.view(), test.set.labels());
    let a = network.predict(compute, parameters, x)?;
    let (scores, truth): (Vec<f64>, Vec<bool>) =
        a.iter().zip(labels).map(|(&a, &class)| (f64::from(a), class == 1)).unzip();
    let mut evaluation = Evaluation::of_classes("test", faces::CLASSES, &metrics::classes(a.view()), labels)?;
    evaluation.curves = vec![ScoreCurve::new("face", &scores, &truth)?];
    evaluation.worst = worst(&test.set, &scores)?;
    evaluation.galleries = vec![first_layer(network, parameters)?];
    for part in network.parts() {
        let values = parameters[part.part.range.clone()].iter().copied();
        evaluation
            .weights
            .push(ValueHistogram::new(format!("layer {}, {}", part.layer, part.part.name), values));
    }
    for layer in 1..=network.layers().len() {
        evaluation.activations.push(activations(network, layer, parameters, x, compute)?);
    }
    Ok(evaluation)
}

fn activations(
    network: &Network,
    layer: usize,
    parameters: &[f32],
    x: ArrayView2<'_, f32>,
    compute: Compute<'_>,
) -> Result<ValueHistogram> {
    let below = Network::new(network.layers()[..layer].to_vec())?;
    let a = below.predict(compute, &parameters[..below.parameter_count()], x)?;
    Ok(ValueHistogram::new(format!("layer {layer}"), a.iter().copied()))
}

/// The pictures whose scores are furthest from the truth.
fn worst(set: &Dataset<f32>, scores: &[f64]) -> Result<Vec<Example>> {
    let right = |i: usize| if set.labels()[i] == 1 { scores[i] } else { 1.0 - scores[i] };
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| right(a).total_cmp(&right(b)));
    let example = |i: usize| {
        let (truth, other) = (set.labels()[i], usize::from(set.labels()[i] == 0));
        let found = if right(i) < 0.5 { other } else { truth };
        let picture = Picture::stretched(&set.examples().column(i).to_vec(), SIDE, SIDE)?;
        let text = |class: usize| faces::CLASSES[class].to_owned();
        let (name, cost) = (format!("picture {}", i + 1), -right(i).max(1e-12).ln());
        Ok(Example { name, truth: text(truth), found: text(found), cost, ..Example::default() }
            .picture(&picture)?)
    };
    order.into_iter().take(SHOWN).map(example).collect()
}

/// The weights of the first units, as pictures.
fn first_layer(network: &Network, parameters: &[f32]) -> Result<Gallery> {
    let (units, weights) =
        (network.layers()[0].outputs(), &parameters[network.parts()[0].part.range.clone()]);
    let gallery =
        Gallery::new("What the first layer looks for", "weights of a unit: blue below zero, red above");
    (0..units.min(SHOWN)).try_fold(gallery, |gallery, unit| {
        let row: Vec<f32> = weights.iter().copied().skip(unit).step_by(units).collect();
        let largest = row.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
        Ok(gallery.tile(&Picture::signed(&row, SIDE, SIDE)?, format!("unit {}, ±{largest:.2}", unit + 1))?)
    })
}

/// A hundred runs that never were, two thousand lines each.
fn hundred() -> Report {
    let run = |i: u32| {
        let mut run = Run::named(format!("run {i:03}"));
        let (rate, units) = (0.001 * 1.06_f64.powi(i as i32), 8 << (i % 4));
        let configuration = serde_json::json!({ "learning_rate": rate, "hidden_units": units });
        run.about = Some(About { configuration, network: format!("20-{units}-1"), ..About::default() });
        for step in 1..=2000_u64 {
            let (seconds, wave) = (0.001 * step as f64, (step as f64 * 0.37 + f64::from(i)).sin());
            let cost = 0.7 * (-(step as f64) * rate * 0.05).exp() + 0.02 * (1.0 + wave);
            run.metrics.add(Line::Step { step, cost, seconds });
            if step % 100 == 0 {
                let metrics = [("accuracy".to_owned(), 1.0 - 0.5 * cost)].into();
                run.metrics.add(Line::Validation {
                    epoch: step as f64 / 100.0,
                    step,
                    cost: 1.1 * cost,
                    metrics,
                    seconds,
                });
            }
        }
        run.metrics.finished = true;
        run
    };
    (0..100).map(run).fold(Report::new("A hundred runs").sweep(), Report::run)
}
