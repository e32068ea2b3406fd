//! Folders of WAV files, and log-mel features of them: all of one size, whatever the recordings' rates and lengths.
//!
//! ```text
//! words/                       or    digits/
//!   yes/  1.wav  2.wav                 7_theo_0.wav
//!   no/   anna.wav                     7_theo_1.wav
//! ```
//! Sub-folders are classes. Without any, the files' names tell the class, by a pattern or, if none is given, by what stands
//! before their first `_` or `-`. Classes and files come in the order of their names' bytes. Hidden entries are skipped, and
//! so is every file that is not called `.wav`.

mod fft;
mod mel;
mod names;
mod resample;
mod wav;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use dnn_core::Real;

use crate::folder::{entries, files_below, name, not_empty};
use crate::{Dataset, Error, Examples, Result};
pub use mel::{Length, Mel, Spectrum};
pub use names::Names;
pub(crate) use wav::decode;
pub use wav::{Recording, read};

/// What the names of files tell, where there are no sub-folders.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Options {
    /// The pattern of their names.
    pub names: Option<Names>,
    /// The part of the pattern that is the class; else the first.
    pub class: Option<String>,
    /// The part of the pattern that tells groups apart, as speakers, which a split must not divide.
    pub group: Option<String>,
}

/// Recordings with their classes.
#[derive(Debug, Clone, PartialEq)]
pub struct Sounds {
    /// The files.
    pub paths: Vec<PathBuf>,
    /// The recording of each file.
    pub recordings: Vec<Recording>,
    /// Its class number.
    pub labels: Vec<usize>,
    /// The names of the classes, by number.
    pub classes: Vec<String>,
    /// For each recording its group, where one was asked for.
    pub groups: Vec<String>,
}

/// Reads all recordings of a folder.
///
/// # Errors
/// [`Error::Missing`] if there is no such folder, [`Error::Empty`] for one without a recording; [`Error::Format`] for a file
/// that cannot be decoded, has no samples, or has a name that does not fit; [`Error::Setting`] for a part of names that the
/// pattern lacks.
pub fn read_folder(path: impl AsRef<Path>, options: &Options) -> Result<Sounds> {
    let path = path.as_ref();
    let mut folders = entries("a folder of recordings", path)?;
    folders.retain(|entry| entry.is_dir());
    let files = if folders.is_empty() { by_name(path, options)? } else { by_folder(&folders)? };
    let classes: Vec<String> =
        files.iter().map(|file| file.class.clone()).collect::<BTreeSet<_>>().into_iter().collect();
    let label = |file: &File| classes.iter().position(|class| *class == file.class).unwrap_or(0);
    Ok(Sounds {
        recordings: files.iter().map(|file| read(&file.path)).collect::<Result<_>>()?,
        labels: files.iter().map(label).collect(),
        groups: files.iter().filter_map(|file| file.group.clone()).collect(),
        paths: files.into_iter().map(|file| file.path).collect(),
        classes,
    })
}

/// Log-mel features of the WAV file at `path` or, if that is a folder, of all in it or in its sub-folders, in the order of their
/// names.
///
/// # Errors
/// As [`read`], and [`Sounds::dataset`].
pub(crate) fn read_features<T: Real>(path: impl AsRef<Path>, mel: Mel) -> Result<Examples<T>> {
    let (path, mut spectrum) = (path.as_ref(), Spectrum::new(mel)?);
    let files = files_below("a WAV file", path)?;
    let mut values = Vec::new();
    for file in &files {
        values.extend(spectrum.features(&read(file)?).into_iter().map(|value| T::of(value.into())));
    }
    Examples::new(path, &[files.len(), mel.frames, mel.bands], values)
}

impl Sounds {
    /// [`Mel::at`] the rate that lies in the middle of those of the recordings.
    pub fn mel(&self) -> Mel {
        let mut rates: Vec<u32> = self.recordings.iter().map(|recording| recording.rate).collect();
        rates.sort_unstable();
        Mel::at(rates.get(rates.len() / 2).copied().unwrap_or(16_000))
    }

    /// Log-mel features of each recording as an example of shape `[frames, bands]`.
    ///
    /// # Errors
    /// [`Error::Setting`] for a setting of `mel` outside its range, [`Error::TooLarge`] for more numbers than fit.
    pub fn dataset<T: Real>(&self, mel: Mel) -> Result<Dataset<T>> {
        let mut spectrum = Spectrum::new(mel)?;
        let features = self.recordings.iter().flat_map(|recording| spectrum.features(recording));
        let values = features.map(|value| T::of(value.into())).collect();
        let path = self.paths.first().cloned().unwrap_or_default();
        let examples = Examples::new(&path, &[self.labels.len(), mel.frames, mel.bands], values)?;
        Dataset::new(examples, self.labels.clone(), self.classes.clone())
    }
}

/// A file and what its place or name tells.
struct File {
    path: PathBuf,
    class: String,
    group: Option<String>,
}

fn by_folder(folders: &[PathBuf]) -> Result<Vec<File>> {
    let mut files = Vec::new();
    for folder in folders {
        let class = name(folder)?;
        let remedy = "put recordings there, or remove the folder";
        for path in not_empty(folder, "WAV file", remedy, recordings(folder)?)? {
            files.push(File { path, class: class.clone(), group: None });
        }
    }
    Ok(files)
}

fn by_name(folder: &Path, options: &Options) -> Result<Vec<File>> {
    let remedy = "put the recordings there, or those of each class into a sub-folder named after it";
    let paths = not_empty(folder, "WAV file", remedy, recordings(folder)?)?;
    paths.into_iter().map(|path| by_one_name(path, options)).collect()
}

/// What the name of one file tells.
fn by_one_name(path: PathBuf, options: &Options) -> Result<File> {
    let file = name(&path)?;
    let misfit = |expected: &str| Error::Format {
        path: path.clone(),
        found: format!("the name {file:?}"),
        expected: expected.into(),
        remedy: "rename it, give another pattern, or put each class into a sub-folder",
    };
    let Some(names) = &options.names else {
        let class = file.split_once(['_', '-']).filter(|(class, _)| !class.is_empty());
        let (class, _) = class.ok_or_else(|| misfit("a class, `_`, and more"))?;
        return Ok(File { class: class.into(), group: None, path });
    };
    let parts = names.read(&file).ok_or_else(|| misfit("one that fits the pattern"))?;
    let part = |name: &Option<String>| name.as_ref().map(|name| names.position(name)).transpose();
    Ok(File {
        class: parts[part(&options.class)?.unwrap_or(0)].into(),
        group: part(&options.group)?.map(|place| parts[place].into()),
        path,
    })
}

/// The files called `.wav` of a folder, in order.
fn recordings(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = entries("a folder of recordings", folder)?;
    files.retain(|path| path.extension().is_some_and(|end| end.eq_ignore_ascii_case("wav")));
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::wav::tests::write;
    use super::*;

    #[test]
    fn sub_folders_are_classes() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        write(&root.join("yes/b.wav"), 8000, 1, &[3; 500]);
        write(&root.join("yes/a.WAV"), 16000, 2, &[2; 500]);
        write(&root.join("no/a.wav"), 8000, 1, &[1; 5000]);
        std::fs::write(root.join("no/notes.txt"), "skipped").unwrap();
        let sounds = read_folder(root, &Options::default()).unwrap();
        assert_eq!(
            (&sounds.labels[..], &sounds.classes[..]),
            (&[0, 1, 1][..], &["no", "yes"].map(String::from)[..])
        );
        assert_eq!((sounds.mel().rate, sounds.recordings[1].samples.len()), (8000, 250));
        let dataset = sounds.dataset::<f32>(sounds.mel()).unwrap();
        assert_eq!((dataset.shape(), dataset.count()), (&[24, 40][..], 3));
        assert!(dataset.examples().iter().all(|value| value.is_finite()));
    }

    #[test]
    fn names_tell_classes_and_groups() {
        let folder = tempfile::tempdir().unwrap();
        for file in ["1_anna_0.wav", "1_ben_0.wav", "0_anna_0.wav"] {
            write(&folder.path().join(file), 8000, 1, &[1; 300]);
        }
        let read = |options: &Options| read_folder(folder.path(), options);
        let plain = read(&Options::default()).unwrap();
        assert_eq!((&plain.labels[..], plain.groups.len()), (&[0, 1, 1][..], 0));
        let names = Some(Names::parse("{digit}_{speaker}_{index}").unwrap());
        let options = Options { names, class: Some("digit".into()), group: Some("speaker".into()) };
        assert_eq!(read(&options).unwrap().groups, ["anna", "anna", "ben"]);
        let speakers = Options { class: Some("speaker".into()), ..options };
        assert_eq!(read(&speakers).unwrap().classes, ["anna", "ben"]);
        write(&folder.path().join("noise.wav"), 8000, 1, &[1; 300]);
        for options in [speakers, Options::default()] {
            let message = read(&options).unwrap_err().to_string();
            assert!(message.contains("noise.wav\" has the name \"noise.wav\", but"), "{message}");
        }
    }

    #[test]
    fn a_folder_without_recordings_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let message = || read_folder(folder.path(), &Options::default()).unwrap_err().to_string();
        assert!(message().contains("has no WAV file, but needs at least one"));
        std::fs::create_dir(folder.path().join("yes")).unwrap();
        assert!(message().contains("yes\" has no WAV file"));
    }
}
