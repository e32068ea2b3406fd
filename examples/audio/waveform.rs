//! The net on raw waveforms: a frame of samples goes in as it is, and the first layer has to find out by itself that sounds
//! are told apart by their frequencies.

use dnn::core::random::{Key, Purpose, Stream};
use dnn::observe::History;
use dnn::prelude::*;
use dnn::train::{AdamW, Cosine};
use ndarray::{Array2, ShapeBuilder};

use crate::data::{Recordings, Split};
use crate::support::Failure;

/// Samples in a frame: 64 ms at 8000 a second.
pub(crate) const FRAME: usize = 512;
/// Frames of each recording in a chunk of training; each chunk has frames of its own.
const FRAMES: usize = 16;
/// Chunks of training.
const CHUNKS: u64 = 25;
/// Samples from one frame of a recording to the next when it is classified.
const HOP: usize = 80;
/// Frames with less than this share of the mean power of their recording say nothing.
const QUIET: f32 = 0.1;

/// The net, before and after it was trained, and what the way there cost.
pub(crate) struct Heard {
    pub(crate) network: Network,
    pub(crate) start: Vec<f32>,
    pub(crate) parameters: Vec<f32>,
    pub(crate) training: Vec<(f64, f64)>,
    pub(crate) held_out: Vec<(f64, f64)>,
}

/// Frames as columns, with the recording each is of, by its place in the list they were asked for with.
pub(crate) struct Frames {
    pub(crate) x: Array2<f32>,
    pub(crate) places: Vec<usize>,
}

/// Learns from frames at random places, new ones in each of [`CHUNKS`] rounds.
pub(crate) fn train(recordings: &Recordings, split: &Split, compute: Compute<'_>) -> Result<Heard, Failure> {
    let classes = recordings.sounds.classes.len();
    let network = Network::builder(FRAME)
        .dense(256, Relu)
        .dropout(0.2)
        .dense(128, Relu)
        .dropout(0.2)
        .dense(classes, Softmax)
        .build()?;
    // So strong a decay that nothing is left of the random start but what the task keeps up.
    let optimizer = AdamW { weight_decay: 1.0, ..AdamW::default() };
    let examples = FRAMES * split.train.len();
    let settings = Settings {
        batch: Some(256),
        learning_rate: Some(0.002),
        epochs: Some(CHUNKS),
        optimizer: Some(optimizer.into()),
        schedule: Some(Cosine::default().into()),
        ..Settings::default()
    };
    let mut trainer = Trainer::<f32>::new(&network, settings.plan(&network, examples)?, compute)?;
    let start = trainer.parameters().to_vec();
    let held_out = even(recordings, &split.held_out);
    let held_y = targets(&recordings.labels(&split.held_out), &held_out.places, classes)?;
    let (mut history, mut looks) = (History::default(), Vec::new());
    for chunk in 1..=CHUNKS {
        let frames = random(recordings, &split.train, chunk);
        let y = targets(&recordings.labels(&split.train), &frames.places, classes)?;
        trainer.feed(Examples::new(frames.x.view(), y.view()), &mut [&mut history])?;
        let cost = trainer.evaluate(Examples::new(held_out.x.view(), held_y.view()))?;
        looks.push((trainer.state().step as f64, cost));
    }
    let parameters = trainer.parameters().to_vec();
    Ok(Heard { network, start, parameters, training: history.steps(), held_out: looks })
}

impl Heard {
    /// The word of each recording in `numbers`: that with the highest product of its probabilities in all frames.
    pub(crate) fn words(
        &self,
        recordings: &Recordings,
        numbers: &[usize],
        compute: Compute<'_>,
    ) -> Result<Vec<usize>, Failure> {
        let frames = even(recordings, numbers);
        let a = self.network.predict(compute, &self.parameters, frames.x.view())?;
        let mut sums = Array2::<f64>::zeros((self.network.outputs(), numbers.len()).f());
        for (&place, a) in frames.places.iter().zip(a.columns()) {
            let mut sum = sums.column_mut(place);
            sum += &a.mapv(|a| f64::from(a).max(1e-9).ln());
        }
        Ok(metrics::classes(sums.view()))
    }
}

/// Frames at random places, equally many of each recording.
fn random(recordings: &Recordings, numbers: &[usize], chunk: u64) -> Frames {
    let places = |place: usize, starts: usize| {
        let mut stream = Stream::new(Key::new(0, Purpose::Data).epoch(chunk).step(numbers[place] as u64));
        (0..FRAMES).map(|_| stream.below(starts)).collect()
    };
    frames(recordings, numbers, places)
}

/// Frames at equal distances, from the start of each recording to its end.
fn even(recordings: &Recordings, numbers: &[usize]) -> Frames {
    frames(recordings, numbers, |_, starts| (0..starts).step_by(HOP).collect())
}

/// For each recording those frames that begin at the samples `places` names, which is told the recording's place and how
/// many beginnings there are; each of mean square 1, and without the quiet ones.
fn frames(recordings: &Recordings, numbers: &[usize], begins: impl Fn(usize, usize) -> Vec<usize>) -> Frames {
    let (mut values, mut places) = (Vec::new(), Vec::new());
    for (place, &number) in numbers.iter().enumerate() {
        let samples = &recordings.recording(number).samples;
        let loudness = power(samples);
        for begin in begins(place, samples.len().saturating_sub(FRAME) + 1) {
            let frame = &samples[begin..samples.len().min(begin + FRAME)];
            let power = power(frame);
            if power < QUIET * loudness {
                continue;
            }
            let scale = 1.0 / power.max(f32::MIN_POSITIVE).sqrt();
            values.extend(frame.iter().map(|sample| scale * sample));
            values.resize(FRAME * (places.len() + 1), 0.0);
            places.push(place);
        }
    }
    let x = Array2::from_shape_vec((FRAME, places.len()).f(), values).expect("as many frames as places");
    Frames { x, places }
}

/// The mean square.
fn power(samples: &[f32]) -> f32 {
    samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len().max(1) as f32
}

/// One column for each frame, 1 at the class of its recording.
fn targets(labels: &[usize], places: &[usize], classes: usize) -> Result<Array2<f32>, Failure> {
    let labels: Vec<usize> = places.iter().map(|&place| labels[place]).collect();
    Ok(dnn::data::one_hot(&labels, classes)?)
}
