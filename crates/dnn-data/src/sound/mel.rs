//! Log-mel features: the loudness of bands that lie as the ear tells tones apart, frame by frame.
//!
//! A frame of samples is weighted by a periodic Hann window and filled with zeros to a power of two, N; the power
//! `|DFT|²` of its `N/2 + 1` frequencies is summed under triangles whose corners are equally far apart in mel, with
//! `mel = 2595 log₁₀(1 + f/700)` (D. O'Shaughnessy, 1987; "HTK") and 1 at the peak; then `ln(max(sum, 10⁻¹⁰))`. So does
//! torchaudio's `MelSpectrogram` without centring, and librosa's with `htk=True, norm=None, center=False`.

use serde::{Deserialize, Serialize};

use super::fft::Fft;
use super::resample::resample;
use super::wav::Recording;
use crate::{Error, Result};

/// Quieter bands count as this loud.
const FLOOR: f32 = 1e-10;
/// No frame, and no more bands or frames a recording, than this many; more are taken for damage.
const MOST: usize = 1 << 16;

/// How features are made of sound. All of it is stored beside the network.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mel {
    /// Samples a second; recordings of another rate are resampled.
    pub rate: u32,
    /// Samples in a frame.
    pub frame: usize,
    /// Samples from the start of a frame to the start of the next, where they are not spread.
    pub hop: usize,
    /// Bands, from 0 to half of `rate`.
    pub bands: usize,
    /// Frames of a recording.
    pub frames: usize,
    /// How recordings of different lengths get equally many frames.
    pub length: Length,
}

/// How recordings of different lengths get equally many frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Length {
    /// Silence follows a shorter one, and the end of a longer one is cut off.
    Cut,
    /// The frames are spread evenly from its start to its end.
    Spread,
}

impl Mel {
    /// Settings for recordings of `rate` samples a second: frames of 32 ms, 40 bands, and 24 frames spread over a recording.
    pub fn at(rate: u32) -> Self {
        let frame = (rate as usize * 32 / 1000).max(2);
        Self { rate, frame, hop: frame.div_ceil(2), bands: 40, frames: 24, length: Length::Spread }
    }

    /// Shape of the features of a recording: frames, and bands in each.
    pub fn shape(&self) -> [usize; 2] {
        [self.frames, self.bands]
    }

    /// Checks that each setting is within its range.
    ///
    /// # Errors
    /// [`Error::Setting`].
    pub(crate) fn check(&self) -> Result<()> {
        let checks = [
            ("the number of samples a second", self.rate as usize, 100..=1_000_000, "must be 100 to 1000000"),
            ("the length of a frame", self.frame, 2..=MOST, "must be 2 to 65536 samples"),
            ("the distance of frames", self.hop, 1..=MOST, "must be 1 to 65536 samples"),
            ("the number of bands", self.bands, 1..=MOST, "must be 1 to 65536"),
            ("the number of frames", self.frames, 1..=MOST, "must be 1 to 65536"),
        ];
        match checks.into_iter().find(|(_, value, range, _)| !range.contains(value)) {
            Some((name, found, _, expected)) => {
                Err(Error::Setting { name, found: found.to_string(), expected })
            }
            None => Ok(()),
        }
    }
}

/// Settings with what follows from them, ready for many recordings.
pub struct Spectrum {
    mel: Mel,
    window: Vec<f32>,
    fft: Fft,
    /// For each band its first frequency and the weights from there on.
    triangles: Vec<(usize, Vec<f32>)>,
}

impl Spectrum {
    /// Prepares `mel`.
    ///
    /// # Errors
    /// [`Error::Setting`] for a setting outside its range.
    pub fn new(mel: Mel) -> Result<Self> {
        mel.check()?;
        let size = mel.frame.next_power_of_two();
        let angle = |n: usize| 2.0 * std::f64::consts::PI * n as f64 / mel.frame as f64;
        Ok(Self {
            mel,
            window: (0..mel.frame).map(|n| (0.5 - 0.5 * angle(n).cos()) as f32).collect(),
            fft: Fft::new(size),
            triangles: triangles(&mel, size),
        })
    }

    /// The settings.
    pub fn mel(&self) -> &Mel {
        &self.mel
    }

    /// Features of a recording, `frames · bands`: all bands of the first frame, then those of the next.
    pub fn features(&mut self, recording: &Recording) -> Vec<f32> {
        let samples = resample(&recording.samples, recording.rate, self.mel.rate);
        let mut features = Vec::with_capacity(self.mel.frames * self.mel.bands);
        for frame in 0..self.mel.frames {
            let samples = samples.get(self.start(frame, samples.len())..).unwrap_or_default();
            let weighted = samples.iter().zip(&self.window).map(|(sample, weight)| sample * weight);
            let power: Vec<f32> = self.fft.power(weighted).collect();
            features.extend(self.triangles.iter().map(|(first, weights)| {
                let sum: f32 =
                    power[*first..].iter().zip(weights).map(|(power, weight)| power * weight).sum();
                sum.max(FLOOR).ln()
            }));
        }
        features
    }

    /// The first sample of a frame, in a recording of `count` samples.
    fn start(&self, frame: usize, count: usize) -> usize {
        match self.mel.length {
            Length::Cut => frame * self.mel.hop,
            Length::Spread => {
                let last = count.saturating_sub(self.mel.frame);
                frame * last / self.mel.frames.saturating_sub(1).max(1)
            }
        }
    }
}

/// The triangles of `mel.bands` bands over the frequencies of a DFT of `size` samples.
fn triangles(mel: &Mel, size: usize) -> Vec<(usize, Vec<f32>)> {
    let top = to_mel(f64::from(mel.rate) / 2.0);
    let corner = |band: usize| to_hertz(top * band as f64 / (mel.bands + 1) as f64);
    let hertz = |place: usize| place as f64 * f64::from(mel.rate) / size as f64;
    let triangle = |band: usize| {
        let (low, peak, high) = (corner(band), corner(band + 1), corner(band + 2));
        let weight =
            |place: usize| ((hertz(place) - low) / (peak - low)).min((high - hertz(place)) / (high - peak));
        let inside: Vec<usize> = (0..=size / 2).filter(|&place| weight(place) > 0.0).collect();
        let weights = inside.iter().map(|&place| weight(place) as f32).collect();
        (inside.first().copied().unwrap_or(0), weights)
    };
    (0..mel.bands).map(triangle).collect()
}

fn to_mel(hertz: f64) -> f64 {
    2595.0 * (1.0 + hertz / 700.0).log10()
}

fn to_hertz(mel: f64) -> f64 {
    700.0 * (10_f64.powf(mel / 2595.0) - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording(rate: u32, count: i64) -> Recording {
        let sample = |n: i64| ((3 * n * n + 17 * n) % 20011 - 10005) as f32 / 32768.0;
        Recording { rate, samples: (0..count).map(sample).collect() }
    }

    #[test]
    fn features_are_those_of_numpy_and_librosa() {
        // Written by reference.py beside it, from the same samples, in double precision.
        let reference = include_str!("../../tests/mel/reference.txt").split_whitespace();
        let reference: Vec<f32> = reference.map(|number| number.parse().unwrap()).collect();
        let mel = Mel { rate: 8000, frame: 200, hop: 80, bands: 12, frames: 6, length: Length::Cut };
        let features = Spectrum::new(mel).unwrap().features(&recording(8000, 500));
        assert_eq!(features.len(), reference.len());
        // A power is a sum of 200 squares in f32, so its logarithm is good to about 200 ε; the smallest of a frame is a
        // thousandth of the largest and loses as much more.
        let distance = features.iter().zip(&reference).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(distance < 1e-3, "{distance}");
    }

    #[test]
    fn the_same_sound_at_another_rate_has_nearly_the_same_features() {
        let tone = |rate: u32| Recording {
            rate,
            samples: (0..rate / 2)
                .map(|n| (n as f32 * std::f32::consts::TAU * 700.0 / rate as f32).sin())
                .collect(),
        };
        let mut spectrum = Spectrum::new(Mel::at(8000)).unwrap();
        let (same, other) = (spectrum.features(&tone(8000)), spectrum.features(&tone(22_050)));
        // The loudest band of each frame, where the tone is.
        for (same, other) in same.chunks(40).zip(other.chunks(40)) {
            let loudest = |bands: &[f32]| bands.iter().copied().fold(f32::MIN, f32::max);
            assert!((loudest(same) - loudest(other)).abs() < 0.05, "{same:?} {other:?}");
        }
    }

    #[test]
    fn every_length_gives_as_many_features() {
        for length in [Length::Cut, Length::Spread] {
            let mut spectrum = Spectrum::new(Mel { length, ..Mel::at(8000) }).unwrap();
            for count in [1, 100, 256, 3000, 20_000] {
                let features = spectrum.features(&recording(8000, count));
                assert!(
                    features.len() == 24 * 40 && features.iter().all(|value| value.is_finite()),
                    "{count}"
                );
            }
        }
        let mut spread = Spectrum::new(Mel { frames: 2, ..Mel::at(8000) }).unwrap();
        let (whole, end) = (recording(8000, 3000), recording(8000, 3000).samples.split_off(3000 - 256));
        let end = spread.features(&Recording { rate: 8000, samples: end });
        assert_eq!(spread.features(&whole)[40..], end[..40]);
    }

    #[test]
    fn settings_outside_their_range_are_refused() {
        let mel = Mel::at(16_000);
        assert_eq!((mel.frame, mel.hop, mel.shape()), (512, 256, [24, 40]));
        for wrong in [Mel { rate: 0, ..mel }, Mel { bands: 0, ..mel }, Mel { frame: 1 << 20, ..mel }] {
            assert!(matches!(Spectrum::new(wrong), Err(Error::Setting { .. })), "{wrong:?}");
        }
    }
}
