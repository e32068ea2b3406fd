//! Drawn recordings of ten syllables in many voices, for demonstrations and tests where no recordings are at hand.
//!
//! 8000 samples a second, about half a second each, like the spoken digits of FSDD. Vowels are pulses of a voice through
//! three formants, after them come glides from one vowel to another, consonants of noise, and a tone. Voices differ in
//! pitch, length of the vocal tract, breath and pace; recordings of one voice in loudness, melody, background noise and
//! how well each vowel is hit. These are drawings: what a network reaches on them says nothing about speech.

mod speaker;
mod tract;
mod word;

use dnn_core::random::{Key, Purpose, Stream};
use dnn_data::sound::{Recording, Sounds};
use dnn_data::{Error, Result};

use crate::length;
pub use speaker::RATE;
use speaker::Speaker;

/// What is said, by class number.
pub const CLASSES: [&str; 10] = ["a", "ai", "beep", "e", "i", "o", "sa", "ti", "u", "ua"];

/// Says every syllable `takes` times in each of `voices` voices. The groups are the voices, and the paths are those of no
/// files but names such as `sa_voice2_0.wav`: class, voice from 1 and take from 0, in this order.
///
/// A recording depends on `seed`, its class, its voice and its take alone.
///
/// # Errors
/// [`Error::Setting`] for more recordings than this machine can address.
pub fn generate(voices: usize, takes: usize, seed: u64) -> Result<Sounds> {
    let count = length(&[voices, takes, CLASSES.len(), RATE as usize]).ok_or_else(|| Error::Setting {
        name: "the number of recordings",
        found: format!("{voices} voices, {takes} takes of each syllable"),
        expected: "must leave them small enough to address",
    })? / RATE as usize;
    let mut sounds = Sounds {
        paths: Vec::with_capacity(count),
        recordings: Vec::with_capacity(count),
        labels: Vec::with_capacity(count),
        classes: CLASSES.map(String::from).to_vec(),
        groups: Vec::with_capacity(count),
    };
    for (class, name) in CLASSES.into_iter().enumerate() {
        for voice in 0..voices {
            let speaker = Speaker::random(&mut Stream::new(key(seed, voice)));
            for take in 0..takes {
                let group = format!("voice{}", voice + 1);
                let mut stream = Stream::new(key(seed, voice).layer(1 + class as u32).step(take as u64));
                sounds.paths.push(format!("{name}_{group}_{take}.wav").into());
                sounds.recordings.push(Recording { rate: RATE, samples: speaker.says(name, &mut stream) });
                sounds.labels.push(class);
                sounds.groups.push(group);
            }
        }
    }
    Ok(sounds)
}

/// Layer 0 of a voice's streams is for the voice, the others for what it says.
fn key(seed: u64, voice: usize) -> Key {
    Key::new(seed, Purpose::Data).epoch(voice as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dnn_data::sound::{Length, Mel, Spectrum};

    #[test]
    fn a_recording_depends_on_its_seed_class_voice_and_take_alone() {
        let (few, more) = (generate(2, 2, 1).unwrap(), generate(3, 4, 1).unwrap());
        for (path, recording) in few.paths.iter().zip(&few.recordings) {
            let place = more.paths.iter().position(|other| other == path).unwrap();
            assert_eq!(more.recordings[place], *recording, "{path:?}");
        }
        assert_ne!(generate(2, 2, 2).unwrap().recordings, few.recordings);
        let (first, rest) = more.recordings.split_first().unwrap();
        assert!(rest.iter().all(|other| other != first));
    }

    #[test]
    fn recordings_are_short_audible_and_never_clipped() {
        for (path, recording) in
            generate(4, 3, 7).unwrap().paths.iter().zip(generate(4, 3, 7).unwrap().recordings)
        {
            let seconds = recording.samples.len() as f64 / f64::from(RATE);
            let loudest = recording.samples.iter().fold(0.0_f32, |most, sample| most.max(sample.abs()));
            assert!((0.15..1.2).contains(&seconds), "{path:?} lasts {seconds} s");
            assert!((0.05..=1.0).contains(&loudest), "{path:?} reaches {loudest}");
        }
    }

    #[test]
    fn a_vowel_is_loud_at_its_formants() {
        // The mean spectrum of a vowel over many voices, whose formants lie around those of an adult.
        let sounds = generate(12, 4, 3).unwrap();
        let mut spectrum =
            Spectrum::new(Mel { length: Length::Spread, frames: 8, bands: 24, ..Mel::at(RATE) }).unwrap();
        let mut mean = |name: &str| -> Vec<f32> {
            let label = CLASSES.iter().position(|class| *class == name).unwrap();
            let mut sum = vec![0.0; 24];
            for (recording, _) in sounds.recordings.iter().zip(&sounds.labels).filter(|(_, l)| **l == label) {
                for (place, value) in spectrum.features(recording).into_iter().enumerate() {
                    sum[place % 24] += value;
                }
            }
            sum
        };
        let (open, front, back) = (mean("a"), mean("i"), mean("u"));
        // Band k of 24 has its peak at 85.9·(k+1) mel: 8 is near 700 Hz, 18 near 2300 Hz.
        assert!(open[7] > front[7] && open[7] > back[7], "a is loud near 700 Hz");
        assert!(front[18] > back[18] + 1.0, "i is loud near 2300 Hz, u is not");
    }

    #[test]
    fn sizes_out_of_reason_are_refused() {
        assert!(matches!(generate(usize::MAX, 2, 0), Err(Error::Setting { .. })));
        assert!(generate(0, 5, 0).unwrap().recordings.is_empty());
    }
}
