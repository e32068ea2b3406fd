//! What kind of data lies at a path: told by the first bytes of a file, and by what a folder holds.

use std::path::{Path, PathBuf};

use crate::folder::entries;
use crate::source::Source;
use crate::{Error, Result};

/// A kind of data, and so the reader for it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DataFormat {
    /// A table in text: CSV, TSV, JSON lines ([`crate::table`]).
    Table,
    /// An array in an NPY file ([`crate::npy`]).
    Npy,
    /// Arrays in an NPZ file ([`crate::npz`]).
    Npz,
    /// An IDX file ([`crate::idx`]).
    Idx,
    /// A picture, or a folder of them ([`crate::folder`]).
    Pictures,
    /// A recording, or a folder of them ([`crate::sound`]).
    Sounds,
    /// A folder of two: one to train on, and maybe one to test with; MNIST's files, or sub-folders called so.
    TrainTest {
        /// What begins with `train`.
        train: PathBuf,
        /// What begins with `test` or `t10k`.
        test: Option<PathBuf>,
    },
}

impl DataFormat {
    /// Looks at `path`. A folder is one of recordings if it, or its first sub-folder, has a file called `.wav`, and one of
    /// pictures if its first file is one; a text file is a table.
    ///
    /// # Errors
    /// [`Error::Missing`] and [`Error::Read`]; [`Error::Empty`] for a folder with nothing in it.
    pub fn of(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        if path.is_dir() { of_folder(path) } else { of_file(path) }
    }
}

fn of_file(path: &Path) -> Result<DataFormat> {
    if is_wav(path) {
        return Ok(DataFormat::Sounds);
    }
    let mut start = Vec::new();
    Source::open("data", path)?.read(8, &mut start)?;
    Ok(DataFormat::of_start(&start))
}

impl DataFormat {
    /// What a file holds that begins with these bytes, 8 at least if it has as many, once unpacked.
    fn of_start(start: &[u8]) -> Self {
        match start {
            [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => Self::Npy,
            [b'P', b'K', 3 | 5, ..] => Self::Npz,
            [0, 0, 0x08..=0x0e, axes, ..] if *axes > 0 => Self::Idx,
            [0x89, b'P', b'N', b'G', ..] | [0xff, 0xd8, 0xff, ..] => Self::Pictures,
            [b'P', b'1'..=b'6', b' ' | b'\n' | b'\r' | b'\t', ..] => Self::Pictures,
            [b'B', b'M', _, _, _, _, 0, 0] => Self::Pictures,
            [b'R', b'I', b'F', b'F', ..] => Self::Sounds,
            _ => Self::Table,
        }
    }
}

fn of_folder(path: &Path) -> Result<DataFormat> {
    let found = entries("a folder of data", path)?;
    let begins = |starts: &[&str]| {
        found.iter().find(|entry| {
            let name = entry.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
            let part = starts.iter().any(|start| name.starts_with(start));
            part && (entry.is_dir() || name.contains("idx") && !name.contains("label"))
        })
    };
    if let Some(train) = begins(&["train"]) {
        return Ok(DataFormat::TrainTest { train: train.clone(), test: begins(&["test", "t10k"]).cloned() });
    }
    let inner = found.iter().find(|entry| entry.is_dir()).map(|folder| entries("a folder of data", folder));
    let files = inner.transpose()?.unwrap_or(found);
    match files.iter().find(|file| is_wav(file)).or(files.first()) {
        Some(file) if is_wav(file) => Ok(DataFormat::Sounds),
        Some(file) if file.is_file() && of_file(file)? == DataFormat::Pictures => Ok(DataFormat::Pictures),
        _ => Err(Error::Empty {
            path: path.into(),
            what: "picture or WAV file, nor a sub-folder with one",
            remedy: "give a sub-folder for each class with its pictures or recordings",
        }),
    }
}

fn is_wav(path: &Path) -> bool {
    path.extension().is_some_and(|end| end.eq_ignore_ascii_case("wav"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::tests::{file, gzip};

    #[test]
    fn files_are_told_by_their_first_bytes() {
        for (bytes, form) in [
            (&b"1,2\n"[..], DataFormat::Table),
            (b"{\"a\":1}", DataFormat::Table),
            (b"\x93NUMPY\x01\x00", DataFormat::Npy),
            (b"PK\x03\x04", DataFormat::Npz),
            (b"\x00\x00\x08\x03", DataFormat::Idx),
            (b"\x89PNG\r\n", DataFormat::Pictures),
            (b"P5 3 2", DataFormat::Pictures),
            (b"RIFF....WAVE", DataFormat::Sounds),
            (b"", DataFormat::Table),
        ] {
            let ((_a, plain), (_b, zipped)) = (file(bytes), file(&gzip(bytes)));
            assert_eq!(
                (DataFormat::of(plain).unwrap(), DataFormat::of(zipped).unwrap()),
                (form.clone(), form)
            );
        }
        assert!(matches!(DataFormat::of("no/such/file"), Err(Error::Missing { .. })));
    }

    #[test]
    fn folders_are_told_by_what_they_hold() {
        let folder = |files: &[&str]| {
            let folder = tempfile::tempdir().unwrap();
            for file in files {
                let path = folder.path().join(file);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, if file.ends_with(".png") { &b"\x89PNG\r\n"[..] } else { b"" }).unwrap();
            }
            folder
        };
        let form = |files: &[&str]| DataFormat::of(folder(files).path());
        assert_eq!(form(&["cat/1.png", "dog/1.png"]).unwrap(), DataFormat::Pictures);
        assert_eq!(form(&["1.png", "2.png"]).unwrap(), DataFormat::Pictures);
        assert_eq!(form(&["yes/1.wav", "no/1.wav"]).unwrap(), DataFormat::Sounds);
        assert_eq!(form(&["0_theo_1.WAV", "README"]).unwrap(), DataFormat::Sounds);
        assert!(matches!(form(&["README"]), Err(Error::Empty { .. })));
        for (files, test) in [
            (
                &["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz"][..],
                true,
            ),
            (&["trainset/a/1.png", "testset/a/1.png"], true),
            (&["train/a/1.png", "other/1.png"], false),
        ] {
            let folder = folder(files);
            let DataFormat::TrainTest { train, test: found } = DataFormat::of(folder.path()).unwrap() else {
                panic!("{files:?}")
            };
            assert!(!train.to_string_lossy().contains("labels"));
            assert_eq!(found.is_some(), test, "{files:?}");
        }
    }
}
