//! Random numbers that depend on what they are for, and on nothing else.
//!
//! Each [`Key`] opens a stream of its own (ChaCha with 8 rounds, the key as cipher key, the position as counter; D. J.
//! Bernstein, "ChaCha, a variant of Salsa20", 2008). Nothing is carried from one draw to the next, so neither the number
//! of threads, nor the order of blocks, nor a stop and resume can change one, and no generator state is ever saved.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What a stream of random numbers is for.
///
/// The numbers are part of every saved result: never change or reuse one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[repr(u32)]
pub enum Purpose {
    /// Starting weights.
    Initialisation = 1,
    /// The order of examples in an epoch.
    Shuffle = 2,
    /// Which examples are held out.
    Split = 3,
    /// Generated data.
    Data = 4,
    /// Units dropped in a step.
    Dropout = 5,
    /// Hyper-parameters of a search's trials.
    Search = 6,
}

/// Names one stream of random numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// The seed of the run.
    pub seed: u64,
    /// What the numbers are for.
    pub purpose: Purpose,
    /// Epoch, from 0; or any other number that tells streams apart.
    pub epoch: u64,
    /// Step, from 0.
    pub step: u64,
    /// Layer, from 0.
    pub layer: u32,
}

impl Key {
    /// The stream of `seed` for `purpose`, at epoch, step and layer 0.
    pub fn new(seed: u64, purpose: Purpose) -> Self {
        Self { seed, purpose, epoch: 0, step: 0, layer: 0 }
    }

    /// The same in another epoch.
    #[must_use]
    pub fn epoch(self, epoch: u64) -> Self {
        Self { epoch, ..self }
    }

    /// The same in another step.
    #[must_use]
    pub fn step(self, step: u64) -> Self {
        Self { step, ..self }
    }

    /// The same for another layer.
    #[must_use]
    pub fn layer(self, layer: u32) -> Self {
        Self { layer, ..self }
    }
}

/// A stream of random numbers.
///
/// ```
/// use dnn_core::random::{Key, Purpose, Stream};
///
/// let key = Key::new(7, Purpose::Data).epoch(3);
/// assert_eq!(Stream::new(key).uniform(), Stream::new(key).uniform());
/// assert_ne!(Stream::new(key).uniform(), Stream::new(key.epoch(4)).uniform());
/// ```
#[derive(Debug, Clone)]
pub struct Stream(ChaCha8Rng);

impl Stream {
    /// The stream that `key` names, from its start.
    pub fn new(key: Key) -> Self {
        let mut cipher_key = [0; 32];
        cipher_key[..8].copy_from_slice(&key.seed.to_le_bytes());
        cipher_key[8..16].copy_from_slice(&key.epoch.to_le_bytes());
        cipher_key[16..24].copy_from_slice(&key.step.to_le_bytes());
        cipher_key[24..28].copy_from_slice(&key.layer.to_le_bytes());
        cipher_key[28..].copy_from_slice(&(key.purpose as u32).to_le_bytes());
        Self(ChaCha8Rng::from_seed(cipher_key))
    }

    /// Goes to draw number `position`, where a draw is one `uniform` or one `bits`.
    pub fn seek(&mut self, position: u64) {
        self.0.set_word_pos(2 * u128::from(position));
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number from `[0, 1)`, in steps of 2⁻⁵³.
    pub fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// A number of the standard normal distribution (G. E. P. Box and M. E. Muller, 1958; the cosine half).
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// A whole number from `0..end`; the bias is below `end · 2⁻⁶⁴`.
    ///
    /// # Panics
    /// If `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        assert!(end > 0, "no number lies below 0");
        ((u128::from(self.bits()) * end as u128) >> 64) as usize
    }

    /// Puts `items` in random order (R. A. Fisher and F. Yates, in R. Durstenfeld's form, 1964).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: Key = Key { seed: 1, purpose: Purpose::Data, epoch: 2, step: 3, layer: 4 };

    #[test]
    fn every_part_of_the_key_opens_another_stream() {
        let first = |key| Stream::new(key).bits();
        let others = [
            Key { seed: 9, ..KEY },
            Key { purpose: Purpose::Split, ..KEY },
            KEY.epoch(9),
            KEY.step(9),
            KEY.layer(9),
        ];
        assert!(others.iter().all(|&key| first(key) != first(KEY)));
    }

    #[test]
    fn seeking_gives_the_same_numbers_as_drawing_up_to_there() {
        let mut drawn = Stream::new(KEY);
        for _ in 0..1000 {
            drawn.bits();
        }
        let mut sought = Stream::new(KEY);
        sought.seek(1000);
        assert_eq!(drawn.bits(), sought.bits());
    }

    #[test]
    fn uniform_and_normal_have_their_moments() {
        let (mut stream, n) = (Stream::new(KEY), 100_000);
        let moments = |values: Vec<f64>| {
            let mean = values.iter().sum::<f64>() / n as f64;
            (mean, values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n as f64)
        };
        // Four standard errors: 4/√n for the normal's mean, 4·√2/√n for its variance; the uniform's are smaller.
        let (mean, variance) = moments((0..n).map(|_| stream.normal()).collect());
        assert!(mean.abs() < 0.013 && (variance - 1.0).abs() < 0.018, "{mean} {variance}");
        let (mean, variance) = moments((0..n).map(|_| stream.uniform()).collect());
        assert!((mean - 0.5).abs() < 0.004 && (variance - 1.0 / 12.0).abs() < 0.001, "{mean} {variance}");
    }

    #[test]
    fn a_shuffle_is_a_permutation() {
        let mut items: Vec<usize> = (0..100).collect();
        Stream::new(KEY).shuffle(&mut items);
        assert_ne!(items, (0..100).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
