//! What each syllable is made of: phones one after another.
//!
//! Formants are the means of men in G. E. Peterson and H. L. Barney, "Control methods used in a study of the vowels", Journal
//! of the Acoustical Society of America 24, 1952, table II; other numbers were set by ear and eye.

/// A stretch of one kind of sound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Phone {
    /// Its length at an ordinary pace.
    pub(super) seconds: f64,
    pub(super) source: Source,
    /// The formants it starts and ends with, in hertz.
    pub(super) from: [f64; 3],
    pub(super) to: [f64; 3],
}

/// What excites the formants.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Source {
    /// Pulses of the voice, with some breath.
    Voice,
    /// Noise, as in s.
    Hiss,
    /// Noise that dies away at once, as when t is released.
    Burst,
    /// A tone of this many times the lowest, and no formants.
    Tone,
}

const A: [f64; 3] = [730.0, 1090.0, 2440.0];
const E: [f64; 3] = [530.0, 1840.0, 2480.0];
const I: [f64; 3] = [270.0, 2290.0, 3010.0];
const O: [f64; 3] = [570.0, 840.0, 2410.0];
const U: [f64; 3] = [300.0, 870.0, 2240.0];
/// Where the noise of consonants is loudest.
const S: [f64; 3] = [2700.0, 3200.0, 3600.0];
const T: [f64; 3] = [1800.0, 2600.0, 3400.0];

impl Phone {
    fn still(seconds: f64, source: Source, formants: [f64; 3]) -> Self {
        Self { seconds, source, from: formants, to: formants }
    }

    fn glide(seconds: f64, from: [f64; 3], to: [f64; 3]) -> Self {
        Self { seconds, source: Source::Voice, from, to }
    }
}

/// The phones of a syllable of [`super::CLASSES`]; those of a vowel for any other name.
pub(super) fn phones(name: &str) -> Vec<Phone> {
    let vowel = |formants| vec![Phone::still(0.32, Source::Voice, formants)];
    match name {
        "ai" => vec![Phone::still(0.1, Source::Voice, A), Phone::glide(0.24, A, I)],
        "ua" => vec![Phone::still(0.08, Source::Voice, U), Phone::glide(0.26, U, A)],
        "sa" => vec![Phone::still(0.14, Source::Hiss, S), Phone::still(0.26, Source::Voice, A)],
        "ti" => vec![Phone::still(0.05, Source::Burst, T), Phone::still(0.26, Source::Voice, I)],
        "beep" => vec![Phone::still(0.3, Source::Tone, A)],
        "e" => vowel(E),
        "i" => vowel(I),
        "o" => vowel(O),
        "u" => vowel(U),
        _ => vowel(A),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_syllables_are_the_same() {
        let all = super::super::CLASSES.map(phones);
        for (place, phones) in all.iter().enumerate() {
            assert!(all[..place].iter().all(|other| other != phones), "{place}");
        }
    }
}
