//! The model on its own: a WAV file in, a word out, by nothing but what the model file holds.

use std::path::{Path, PathBuf};

use dnn::data::Preprocessor;
use dnn::data::sound::Recording;
use dnn::prelude::*;

use crate::support::{self, Failure};

/// The section of the model file that says what becomes of a recording.
pub(crate) const PREPROCESSOR: &str = "dnn-data/preprocessor";

/// The file to classify, if the command line names one: alone, or behind `--classify`.
pub(crate) fn wanted() -> Result<Option<PathBuf>, Failure> {
    let first = std::env::args().nth(1).filter(|argument| !argument.starts_with("--"));
    Ok(support::option("--classify")?.or(first).map(PathBuf::from))
}

/// Says what the model at `model` hears in the file at `path`.
pub(crate) fn print(model: &Path, path: &Path, compute: Compute<'_>) -> Result<(), Failure> {
    if !model.is_file() {
        return Err(format!("{} is not there: run this example without a file first", model.display()).into());
    }
    println!("{} is, by {}:", path.display(), model.display());
    let heard = words(model, path, compute)?;
    heard.iter().take(3).for_each(|(word, share)| println!("{:>7.2} %  {word}", 100.0 * share));
    Ok(())
}

/// Every word the model knows with its probability, the most probable first.
pub(crate) fn words(model: &Path, path: &Path, compute: Compute<'_>) -> Result<Vec<(String, f32)>, Failure> {
    let model = Checkpoint::<f32>::load(model, &Registry::builtin())?;
    let preprocessor: Option<Preprocessor> = model.section(PREPROCESSOR)?;
    let preprocessor = preprocessor.ok_or("the model does not say what it takes in")?;
    let x = preprocessor.transform_file::<f32>(path)?;
    let a = model.network().predict(compute, model.parameters(), x.view())?;
    let names = preprocessor.target().classes().unwrap_or_default();
    let mut words: Vec<(String, f32)> = names.iter().cloned().zip(a.column(0).iter().copied()).collect();
    words.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    Ok(words)
}

/// A WAV file of 16 bits: the header of 44 bytes, then the samples.
pub(crate) fn wav(recording: &Recording) -> Vec<u8> {
    let (rate, bytes) = (recording.rate, 2 * recording.samples.len() as u32);
    let mut file = b"RIFF".to_vec();
    file.extend((36 + bytes).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    // PCM, one channel.
    file.extend([1_u16, 1].map(u16::to_le_bytes).concat());
    file.extend([rate, 2 * rate].map(u32::to_le_bytes).concat());
    // Bytes of a sample, and bits.
    file.extend([2_u16, 16].map(u16::to_le_bytes).concat());
    file.extend(b"data");
    file.extend(bytes.to_le_bytes());
    file.extend(recording.samples.iter().flat_map(|sample| ((32768.0 * sample) as i16).to_le_bytes()));
    file
}
