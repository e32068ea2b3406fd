//! A voice, and how it says a syllable.

use std::f64::consts::TAU;

use dnn_core::random::Stream;

use super::tract::Tract;
use super::word::{Phone, Source, phones};

/// Samples a second.
pub const RATE: u32 = 8000;

/// Time over which loudness rises and falls at the ends of a phone.
const EDGE: f64 = 0.012;

/// What all recordings of one voice have in common.
pub(super) struct Speaker {
    /// Pulses a second.
    pitch: f64,
    /// Formants as multiples of the usual ones: high for a short vocal tract.
    tract: f64,
    /// Width of the lowest formant, in hertz.
    bandwidth: f64,
    /// Noise among the pulses.
    breath: f64,
    /// Length of phones, as a multiple of the usual one.
    pace: f64,
}

/// One recording on its way: what stays from sample to sample.
struct Saying<'a> {
    stream: &'a mut Stream,
    tract: Tract,
    /// Where the pulse, or the tone, stands in its period, 0 to 1.
    phase: f64,
    samples: Vec<f64>,
}

impl Speaker {
    /// High voices have short vocal tracts more often than not.
    pub(super) fn random(stream: &mut Stream) -> Self {
        let size = stream.uniform();
        Self {
            pitch: 95.0 + 130.0 * size + 10.0 * stream.normal(),
            tract: 0.93 + 0.2 * size + 0.03 * stream.normal(),
            bandwidth: 60.0 + 50.0 * stream.uniform(),
            breath: 0.03 + 0.15 * stream.uniform(),
            pace: 0.8 + 0.4 * stream.uniform(),
        }
    }

    /// The samples of one recording, from −1 to 1.
    pub(super) fn says(&self, name: &str, stream: &mut Stream) -> Vec<f32> {
        let pitch = self.pitch * (1.0 + 0.06 * stream.normal());
        // The melody of the whole syllable: pitch at its end, as a multiple of that at its start.
        let fall = 1.0 - 0.15 * stream.uniform() + 0.05 * stream.normal();
        let pace = self.pace * (1.0 + 0.12 * stream.normal()).max(0.5);
        // Formants are hit by a few percent, all of them too high or low, and each on its own.
        let all = self.tract * (1.0 + 0.02 * stream.normal());
        let miss: [f64; 3] = std::array::from_fn(|_| all * (1.0 + 0.04 * stream.normal()));
        let mut saying = Saying { stream, tract: Tract::new(RATE), phase: 0.0, samples: Vec::new() };
        for phone in phones(name) {
            let hit = |formants: [f64; 3]| std::array::from_fn(|k| formants[k] * miss[k]);
            let phone =
                Phone { seconds: pace * phone.seconds, from: hit(phone.from), to: hit(phone.to), ..phone };
            self.append(&mut saying, &phone, (pitch, pitch * fall));
        }
        let (loudness, noise) = (0.25 + 0.65 * saying.stream.uniform(), 0.004 * saying.stream.uniform());
        finished(saying, loudness, noise)
    }

    /// One phone at the end of what was said so far, with the pitch at its two ends.
    fn append(&self, saying: &mut Saying<'_>, phone: &Phone, pitch: (f64, f64)) {
        let count = (phone.seconds * f64::from(RATE)) as usize;
        for sample in 0..count {
            let along = sample as f64 / count as f64;
            let mix = |from: f64, to: f64| from + along * (to - from);
            saying.tract.shape(std::array::from_fn(|k| mix(phone.from[k], phone.to[k])), self.bandwidth);
            let (hertz, noise) = (mix(pitch.0, pitch.1), saying.stream.normal());
            let seconds = sample as f64 / f64::from(RATE);
            let loudness = (seconds / EDGE).min((phone.seconds - seconds) / EDGE).clamp(0.0, 1.0);
            let sound = match phone.source {
                Source::Voice => {
                    let pulse = saying.turn(hertz);
                    saying.tract.next(loudness * (pulse + self.breath * noise))
                }
                Source::Hiss => 0.5 * saying.tract.next(loudness * noise),
                Source::Burst => 2.0 * saying.tract.next((-along * 9.0).exp() * noise),
                Source::Tone => {
                    // Five times the pitch: as high as the lower formants.
                    saying.turn(5.0 * hertz);
                    0.8 * loudness * (TAU * saying.phase).sin()
                }
            };
            saying.samples.push(sound);
        }
    }
}

impl Saying<'_> {
    /// Goes one sample on in a period of `hertz`; gives a pulse whose power falls with frequency, as a voice's does.
    fn turn(&mut self, hertz: f64) -> f64 {
        self.phase = (self.phase + hertz / f64::from(RATE)).fract();
        // Open for 0.6 of the period, rising slowly and closing at once; its mean, 0.2, is taken away.
        let open = (self.phase / 0.6).min(1.0);
        if open < 1.0 { 1.5 * open * open - 0.3 } else { -0.3 }
    }
}

/// The sound at this loudness over background noise.
fn finished(saying: Saying<'_>, loudness: f64, noise: f64) -> Vec<f32> {
    let most = saying.samples.iter().fold(1e-9_f64, |most, sample| most.max(sample.abs()));
    let Saying { stream, samples, .. } = saying;
    let sample = |sample: f64| (loudness * sample / most + noise * stream.normal()).clamp(-1.0, 1.0) as f32;
    samples.into_iter().map(sample).collect()
}
