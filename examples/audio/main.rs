//! Spoken words by two nets: on features that people designed, and on the bare waveform.
//!
//! `cargo run --release --example audio [-- --out FOLDER]`, and then `… --example audio -- some.wav` to have a WAV file
//! classified by the model that was saved.
//!
//! The recordings are the spoken digits of FSDD if they are there, else syllables in voices that the project draws itself. The
//! first net sees a recording as 24 frames of 40 mel bands; the second gets 64 ms of samples as they are, and answers for a
//! recording by all of its frames together. Takes 0–4 of every speaker's words are the test, the official split of FSDD; every
//! ninth take is held out to end training by, and settings were chosen on those alone. Then the first net is trained again
//! without each speaker, to hear somebody it has never heard.
//!
//! What to expect, or the program fails: on features at least 97 % of the digits of unheard takes right, and 95 % of the drawn
//! syllables, as the mean of three seeds; on waveforms at least 70 % and 85 %; and first-layer filters that have become bands:
//! half of a filter's power lies, in the median, within a band at most half as wide as in the random filters before training. A
//! WAV file classified by the saved model gets the answer of the net in memory. How well unheard speakers are understood is
//! reported as it is.

#![allow(clippy::print_stdout, clippy::print_stderr)] // an example speaks to a person

#[path = "../support/mod.rs"]
mod support;

mod classify;
mod data;
mod features;
mod figures;
mod filters;
mod waveform;

use std::path::Path;
use std::process::ExitCode;

use data::{Recordings, Split};
use dnn::prelude::*;
use features::{Features, Trained};
use filters::{Filter, filters, median_width};
use support::{Failure, claim, mean_and_spread};
use waveform::Heard;

/// Seeds of the net on features.
const SEEDS: u64 = 3;
/// The file of the model.
const MODEL: &str = "audio.dnn";

/// What was heard, and what was said.
#[derive(Default)]
struct Outcome {
    found: Vec<usize>,
    truth: Vec<usize>,
}

/// All that came out.
struct Results {
    classes: Vec<String>,
    rate: u32,
    test: Vec<usize>,
    /// The net on features, a run for each seed.
    trained: Vec<Trained>,
    by_take: Vec<Outcome>,
    /// The same without each speaker.
    by_speaker: Vec<(String, Outcome)>,
    heard: Heard,
    by_waveform: Outcome,
    /// The first layer on waveforms, before and after training.
    before: Vec<Filter>,
    after: Vec<Filter>,
}

fn main() -> ExitCode {
    support::finish(run())
}

fn run() -> Result<(), Failure> {
    let out = support::out("audio")?;
    let (choice, threads) = (dnn::blas::choose()?, Threads::default());
    let compute = Compute { backend: &*choice.backend, pool: &threads };
    if let Some(file) = classify::wanted()? {
        return classify::print(&out.join(MODEL), &file, compute);
    }
    let recordings = data::load()?;
    println!("data      {}", recordings.description.replace('\n', "\n          "));
    println!("products  {}\n", choice.backend.identity());
    let features = Features::of(&recordings, &threads)?;
    let results = train(&recordings, &features, compute)?;
    print_table(&results);
    save(&out, &results, &recordings, compute)?;
    figures::write(&out, &results, &features, compute)?;
    println!("\nmodel and pictures are in {}", out.display());
    check(&results, &recordings)
}

/// Trains all nets; each meets its test recordings once, when it is done.
fn train(recordings: &Recordings, features: &Features, compute: Compute<'_>) -> Result<Results, Failure> {
    let split = recordings.by_take();
    println!(
        "{} to learn from, {} held out, {} to be tested on",
        split.train.len(),
        split.held_out.len(),
        split.test.len()
    );
    let (mut trained, mut by_take, mut by_speaker) = (Vec::new(), Vec::new(), Vec::new());
    for seed in 0..SEEDS {
        let net = features.train(&split, seed, compute)?;
        if seed == 0 {
            println!("on features: {}, {} parameters", net.network, net.network.parameter_count());
        }
        by_take.push(test(features, &net, &split, compute)?);
        trained.push(net);
    }
    for speaker in recordings.speakers() {
        let split = recordings.without(&speaker);
        let net = features.train(&split, 0, compute)?;
        by_speaker.push((speaker, test(features, &net, &split, compute)?));
    }
    let heard = waveform::train(recordings, &split, compute)?;
    println!("on waveforms: {}, {} parameters", heard.network, heard.network.parameter_count());
    let found = heard.words(recordings, &split.test, compute)?;
    let first = heard.network.parts()[0].part.range.clone();
    let rate = recordings.sounds.mel().rate;
    Ok(Results {
        classes: recordings.sounds.classes.clone(),
        rate,
        trained,
        by_take,
        by_speaker,
        by_waveform: Outcome { found, truth: recordings.labels(&split.test) },
        before: filters(&heard.start[first.clone()], rate),
        after: filters(&heard.parameters[first], rate),
        heard,
        test: split.test,
    })
}

/// What a net on features hears in the test recordings.
fn test(features: &Features, net: &Trained, split: &Split, compute: Compute<'_>) -> Result<Outcome, Failure> {
    let test = features.plain(&split.test)?;
    let x = net.scaling.transform(test.examples())?;
    let a = net.network.predict(compute, &net.parameters, x.view())?;
    Ok(Outcome { found: metrics::classes(a.view()), truth: test.labels().to_vec() })
}

impl Outcome {
    /// The share that is right.
    fn accuracy(&self) -> f64 {
        let right = self.found.iter().zip(&self.truth).filter(|(found, truth)| found == truth).count();
        right as f64 / self.truth.len().max(1) as f64
    }

    /// Both together.
    fn and(mut self, other: &Self) -> Self {
        self.found.extend(&other.found);
        self.truth.extend(&other.truth);
        self
    }
}

impl Results {
    /// Mean and spread over the seeds of what the net on features gets right.
    fn takes(&self) -> (f64, f64) {
        mean_and_spread(&self.by_take.iter().map(Outcome::accuracy).collect::<Vec<_>>())
    }
}

fn print_table(results: &Results) {
    let (mean, spread) = results.takes();
    println!("\nright, in %\n");
    println!(
        "log-mel features, unheard takes     {:5.1} ± {:.1}, {SEEDS} seeds",
        100.0 * mean,
        100.0 * spread
    );
    println!("waveform, unheard takes             {:5.1}", 100.0 * results.by_waveform.accuracy());
    for (speaker, outcome) in &results.by_speaker {
        println!("log-mel features without {speaker:10} {:5.1}", 100.0 * outcome.accuracy());
    }
    let speakers: Vec<f64> = results.by_speaker.iter().map(|(_, outcome)| outcome.accuracy()).collect();
    let (mean, spread) = mean_and_spread(&speakers);
    println!(
        "log-mel features, unheard speakers  {:5.1} ± {:.1}, {} speakers",
        100.0 * mean,
        100.0 * spread,
        speakers.len()
    );
    println!(
        "\nhalf of a filter's power lies within {:.0} Hz, and within {:.0} Hz before training, in the median",
        median_width(&results.after),
        median_width(&results.before)
    );
}

/// Keeps the net on features of the first seed with what turns a recording into what it takes in, and a test recording beside
/// it, whose file must get the answer that the net in memory gave.
fn save(out: &Path, results: &Results, recordings: &Recordings, compute: Compute<'_>) -> Result<(), Failure> {
    let Trained { network, parameters, preprocessor, .. } = &results.trained[0];
    let backend = compute.backend.identity().to_string();
    let mut checkpoint = Checkpoint::new(network.clone(), parameters.clone())?.computed_by(&backend);
    checkpoint.set_section(classify::PREPROCESSOR, preprocessor)?;
    let (model, file) = (out.join(MODEL), out.join("recording.wav"));
    checkpoint.save(&model)?;
    // One from the middle: takes of the same word stand together.
    let place = results.test.len() / 2;
    std::fs::write(&file, classify::wav(recordings.recording(results.test[place])))?;
    let heard = classify::words(&model, &file, compute)?;
    let outcome = &results.by_take[0];
    println!(
        "\n{}: “{}” was said and “{}” is heard",
        file.display(),
        results.classes[outcome.truth[place]],
        heard[0].0
    );
    let expected = &results.classes[outcome.found[place]];
    claim(
        heard[0].0 == *expected,
        format!("the saved model hears {:?}, but the net in memory {expected:?}", heard[0].0),
    )
}

/// Fails if what the head of this file promises did not come out.
fn check(results: &Results, recordings: &Recordings) -> Result<(), Failure> {
    let [features, waveform] = recordings.expected;
    let right = results.takes().0;
    claim(
        right >= features,
        format!(
            "{right:.4} of the test recordings are right by their features, but at least {features} was expected"
        ),
    )?;
    let right = results.by_waveform.accuracy();
    claim(
        right >= waveform,
        format!(
            "{right:.4} of the test recordings are right by their waveforms, but at least {waveform} was expected"
        ),
    )?;
    let (before, after) = (median_width(&results.before), median_width(&results.after));
    claim(
        after <= 0.5 * before,
        format!(
            "half of a filter's power lies within {after:.0} Hz, and within {before:.0} Hz before training"
        ),
    )
}
