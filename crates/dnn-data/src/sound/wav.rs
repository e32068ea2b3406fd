//! WAV files as samples: PCM of 8 to 32 bits or f32, any number of channels, mixed down to one.

use std::io::{self, Cursor, Read};
use std::path::Path;

use hound::{SampleFormat, WavReader};

use crate::{Error, Result};

/// One channel of sound.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    /// Samples a second.
    pub rate: u32,
    /// The samples, from −1 to 1.
    pub samples: Vec<f32>,
}

/// Reads a file. Of several channels the mean is taken.
///
/// # Errors
/// [`Error::Missing`] and [`Error::Read`]; [`Error::Format`] for another kind of file, one that ends before its samples do,
/// and one without any.
pub fn read(path: impl AsRef<Path>) -> Result<Recording> {
    let path = path.as_ref();
    samples(path, WavReader::open(path).map_err(|error| refused(path, error))?)
}

/// The recording in the bytes of a file, which messages call `name`.
///
/// # Errors
/// As [`read`].
pub(crate) fn decode(name: impl AsRef<Path>, bytes: &[u8]) -> Result<Recording> {
    let name = name.as_ref();
    samples(name, WavReader::new(Cursor::new(bytes)).map_err(|error| refused(name, error))?)
}

fn samples(path: &Path, mut reader: WavReader<impl Read>) -> Result<Recording> {
    let spec = reader.spec();
    let values: Result<Vec<f32>, hound::Error> = match spec.sample_format {
        SampleFormat::Float => reader.samples::<f32>().collect(),
        SampleFormat::Int => {
            let one = (1_i64 << (spec.bits_per_sample - 1)) as f32;
            reader.samples::<i32>().map(|sample| sample.map(|sample| sample as f32 / one)).collect()
        }
    };
    let values = values.map_err(|error| refused(path, error))?;
    if values.is_empty() || spec.sample_rate == 0 {
        return Err(format(path, "no samples".into(), "leave the file out, or record it again"));
    }
    if values.iter().any(|value| !value.is_finite()) {
        return Err(format(path, "samples that are no numbers".into(), "leave the file out"));
    }
    let channels = usize::from(spec.channels);
    let mix = |channels: &[f32]| channels.iter().sum::<f32>() / channels.len() as f32;
    let samples = if channels == 1 { values } else { values.chunks_exact(channels).map(mix).collect() };
    Ok(Recording { rate: spec.sample_rate, samples })
}

fn refused(path: &Path, error: hound::Error) -> Error {
    match error {
        hound::Error::IoError(source) if source.kind() == io::ErrorKind::UnexpectedEof => {
            format(path, "fewer bytes than its header announces".into(), "fetch it again, it is cut short")
        }
        hound::Error::IoError(source) if source.kind() != io::ErrorKind::Other => {
            Error::reading("a WAV file", path, source)
        }
        // So hound tells that the file ends within a sample.
        hound::Error::IoError(_) => {
            format(path, "fewer bytes than its header announces".into(), "fetch it again, it is cut short")
        }
        error => format(path, format!("content that cannot be decoded ({error})"), "convert it to WAV"),
    }
}

fn format(path: &Path, found: String, remedy: &'static str) -> Error {
    Error::Format { path: path.into(), found, expected: "a WAV file with samples".into(), remedy }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use hound::{WavSpec, WavWriter};

    /// Writes `samples` (of all channels in turn) of 16 bits.
    pub(crate) fn write(path: &Path, rate: u32, channels: u16, samples: &[i16]) {
        let spec =
            WavSpec { channels, sample_rate: rate, bits_per_sample: 16, sample_format: SampleFormat::Int };
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut writer = WavWriter::create(path, spec).unwrap();
        samples.iter().for_each(|&sample| writer.write_sample(sample).unwrap());
        writer.finalize().unwrap();
    }

    #[test]
    fn samples_are_fractions_of_the_loudest() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        write(&path, 8000, 1, &[0, 16384, -32768, 1]);
        let recording = read(&path).unwrap();
        assert_eq!(recording, Recording { rate: 8000, samples: vec![0.0, 0.5, -1.0, 1.0 / 32768.0] });
    }

    #[test]
    fn channels_are_mixed_down() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        write(&path, 8000, 2, &[16384, 0, -16384, 16384]);
        assert_eq!(read(&path).unwrap().samples, [0.25, 0.0]);
    }

    #[test]
    fn files_without_sound_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let message = || read(&path).unwrap_err().to_string();
        assert!(message().starts_with("looked for a WAV file at"), "{}", message());
        write(&path, 8000, 1, &[]);
        assert!(message().contains("has no samples"), "{}", message());
        write(&path, 8000, 1, &[1; 100]);
        let bytes = std::fs::read(&path).unwrap();
        for end in 0..bytes.len() {
            std::fs::write(&path, &bytes[..end]).unwrap();
            let message = message();
            assert!(
                message.contains("fewer bytes than") || message.contains("be decoded"),
                "{end}: {message}"
            );
        }
        std::fs::write(&path, b"no sound at all, but text").unwrap();
        assert!(message().contains("cannot be decoded"), "{}", message());
    }
}
