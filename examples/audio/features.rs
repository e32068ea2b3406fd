//! The net on log-mel features: recordings as pictures of time and pitch, each in several variants, and how it learns.

use std::sync::OnceLock;

use dnn::core::random::{Key, Purpose, Stream};
use dnn::data::sound::{Mel, Recording, Spectrum};
use dnn::data::{Examples as Columns, InputKind, Preprocessor};
use dnn::observe::History;
use dnn::prelude::*;
use dnn::train::{AdamW, Cosine, EarlyStopping};
use ndarray::{Array2, ShapeBuilder};

use crate::data::{Recordings, Split};
use crate::support::Failure;

/// Variants of each recording to learn from, beside itself.
const VARIANTS: usize = 3;
/// Speeds of the variants, and so their pitch and formants: multiples of the recording's own.
const SPEEDS: [f64; 5] = [0.9, 0.95, 1.0, 1.05, 1.1];

/// The largest share of a variant's recording that is cut off at each end.
const CUT: f64 = 0.05;

/// All recordings as features, variant by variant: example `v · count + r` is variant v of recording r, and variant 0 the
/// recording as it is.
pub(crate) struct Features {
    all: Dataset<f32>,
    mel: Mel,
    count: usize,
}

/// A net that was trained, and what the way there cost.
pub(crate) struct Trained {
    pub(crate) network: Network,
    pub(crate) parameters: Vec<f32>,
    /// What turns a recording into what the net takes in.
    pub(crate) preprocessor: Preprocessor,
    /// The part of it that turns features into inputs.
    pub(crate) scaling: Scaler,
    pub(crate) history: History,
}

impl Features {
    pub(crate) fn of(recordings: &Recordings, pool: &dyn Pool) -> Result<Self, Failure> {
        let sounds = &recordings.sounds;
        let (mel, count) = (sounds.mel(), sounds.recordings.len());
        let variant = |variant: usize| -> Result<Vec<f32>, dnn::data::Error> {
            let mut spectrum = Spectrum::new(mel)?;
            let numbered = sounds.recordings.iter().enumerate();
            Ok(numbered.flat_map(|(number, r)| spectrum.features(&varied(r, variant, number))).collect())
        };
        let made: Vec<OnceLock<_>> = (0..=VARIANTS).map(|_| OnceLock::new()).collect();
        pool.run(made.len(), &|number| {
            made[number].get_or_init(|| variant(number));
        });
        let mut all = Vec::new();
        for variant in made {
            all.extend(variant.into_inner().ok_or("a variant was not made")??);
        }
        let (examples, features) = ((1 + VARIANTS) * count, mel.frames * mel.bands);
        let values = Array2::from_shape_vec((features, examples).f(), all)?;
        let columns = Columns { values, shape: mel.shape().to_vec() };
        let labels = sounds.labels.repeat(1 + VARIANTS);
        Ok(Self { all: Dataset::new(columns, labels, sounds.classes.clone())?, mel, count })
    }

    /// Frames, and bands in each.
    pub(crate) fn shape(&self) -> [usize; 2] {
        self.mel.shape()
    }

    /// These recordings as they are.
    pub(crate) fn plain(&self, numbers: &[usize]) -> Result<Dataset<f32>, Failure> {
        Ok(self.all.select(numbers)?)
    }

    /// These recordings in all variants.
    fn variants(&self, numbers: &[usize]) -> Result<Dataset<f32>, Failure> {
        let all: Vec<usize> =
            (0..=VARIANTS).flat_map(|v| numbers.iter().map(move |number| v * self.count + number)).collect();
        Ok(self.all.select(&all)?)
    }

    /// Learns from `split.train` until `split.held_out` gains nothing more; never looks at `split.test`.
    pub(crate) fn train(&self, split: &Split, seed: u64, compute: Compute<'_>) -> Result<Trained, Failure> {
        let (train, held_out) = (self.variants(&split.train)?, self.plain(&split.held_out)?);
        let preprocessor = Preprocessor::fit(&train, InputKind::Sounds(self.mel), &[Scaling::Standardise])?;
        let scaling = Scaler::fit(&[Scaling::Standardise], train.examples())?;
        let (x, y) = (scaling.transform(train.examples())?, train.one_hot()?);
        let (held_x, held_y) = (scaling.transform(held_out.examples())?, held_out.one_hot()?);
        let network = network(x.nrows(), y.nrows())?;
        let plan = settings(seed).plan(&network, x.ncols())?;
        let (mut trainer, mut history) = (Trainer::<f32>::new(&network, plan, compute)?, History::default());
        let held_out = Examples::new(held_x.view(), held_y.view());
        trainer.train(Examples::new(x.view(), y.view()), Some(held_out), &mut [&mut history])?;
        let parameters = trainer.parameters().to_vec();
        Ok(Trained { network, parameters, preprocessor, scaling, history })
    }
}

/// Two hidden layers, each with units left out while it learns.
fn network(inputs: usize, classes: usize) -> Result<Network, Failure> {
    let network = Network::builder(inputs)
        .dropout(0.1)
        .dense(256, Relu)
        .dropout(0.3)
        .dense(128, Relu)
        .dropout(0.3)
        .dense(classes, Softmax);
    Ok(network.build()?)
}

fn settings(seed: u64) -> Settings {
    Settings {
        batch: Some(128),
        learning_rate: Some(0.001),
        epochs: Some(20),
        seed: Some(seed),
        optimizer: Some(AdamW { weight_decay: 0.05, ..AdamW::default() }.into()),
        schedule: Some(Cosine::default().into()),
        early_stopping: Some(EarlyStopping { patience: 8, ..EarlyStopping::default() }),
        ..Settings::default()
    }
}

/// Variant 0 is the recording itself; the others are faster or slower, louder or softer, cut at both ends, and noisier.
fn varied(recording: &Recording, variant: usize, number: usize) -> Recording {
    if variant == 0 {
        return recording.clone();
    }
    let mut stream = Stream::new(Key::new(0, Purpose::Data).epoch(variant as u64).step(number as u64));
    let count = recording.samples.len() as f64;
    let mut cut = || (CUT * count * stream.uniform()) as usize;
    let (start, end) = (cut(), recording.samples.len() - cut());
    let gain = 2.0_f64.powf(2.0 * stream.uniform() - 1.0) as f32;
    let loudest = recording.samples.iter().fold(0.0_f32, |most, sample| most.max(sample.abs()));
    let noise = 0.01 * loudest * stream.uniform().powi(2) as f32;
    // Played at another rate, the same samples are faster and higher.
    let rate = (f64::from(recording.rate) * SPEEDS[stream.below(SPEEDS.len())]).round() as u32;
    let sample = |&sample: &f32| gain * (sample + noise * stream.normal() as f32);
    Recording { rate, samples: recording.samples[start..end].iter().map(sample).collect() }
}
