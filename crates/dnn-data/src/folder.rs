//! A folder of pictures with a sub-folder for each class: PNG, JPEG, BMP, PGM and PPM, all of one size.
//!
//! ```text
//! people/
//!   anna/   1.png  2.jpg
//!   boris/  holiday.pgm
//! ```
//! Classes and pictures come in the order of their names' bytes, the same on every machine. Hidden entries are skipped,
//! and so is every file beside the sub-folders. Pictures are told by their content, and never resized or cropped here.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use dnn_core::Real;
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader};
use serde::{Deserialize, Serialize};

use crate::{Dataset, Error, Examples, Result};

/// What to keep of the colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Colour {
    /// One number a pixel, the luma of a coloured picture (ITU-R BT.709): shape `[height, width]`.
    Grey,
    /// Red, green and blue of each pixel side by side: shape `[height, width, 3]`.
    Rgb,
}

/// Reads the pictures below `path`, values 0 to 255; transparency is dropped, 16 bits are cut to 8.
///
/// # Errors
/// [`Error::Missing`] if there is no such folder, [`Error::Empty`] for one without a sub-folder and for a sub-folder
/// without a picture, [`Error::PictureSize`] if two pictures differ in size, [`Error::Format`] for an entry of a
/// sub-folder that is no picture, and [`Error::Read`].
pub fn read<T: Real>(path: impl AsRef<Path>, colour: Colour) -> Result<Dataset<T>> {
    let path = path.as_ref();
    let (mut pictures, mut labels, mut classes) = (Pictures::new(colour), Vec::new(), Vec::new());
    for folder in class_folders(path)? {
        for picture in picture_files(&folder)? {
            pictures.push(picture)?;
            labels.push(classes.len());
        }
        classes.push(name(&folder)?);
    }
    let (shape, values) = pictures.into_parts();
    let counted: Vec<usize> = [labels.len()].into_iter().chain(shape).collect();
    Dataset::new(Examples::new(path, &counted, values)?, labels, classes)
}

/// Reads the picture at `path` or, if that is a folder, all pictures in it or in its sub-folders, in the order of their names.
///
/// # Errors
/// As [`read`].
pub fn read_pictures<T: Real>(path: impl AsRef<Path>, colour: Colour) -> Result<Examples<T>> {
    let path = path.as_ref();
    let mut pictures = Pictures::new(colour);
    let files = files_below("a picture", path)?;
    let count = files.len();
    files.into_iter().try_for_each(|file| pictures.push(file))?;
    let (shape, values) = pictures.into_parts();
    let counted: Vec<usize> = [count].into_iter().chain(shape).collect();
    Examples::new(path, &counted, values)
}

/// What the first picture below `path` has: colours, or only shades of grey.
///
/// # Errors
/// As [`read_pictures`].
pub(crate) fn colour(path: impl AsRef<Path>) -> Result<Colour> {
    let files = files(path)?;
    let decoder = decoder(&files[0])?;
    Ok(if decoder.color_type().has_color() { Colour::Rgb } else { Colour::Grey })
}

/// The picture in the bytes of a file, which messages call `name`.
///
/// # Errors
/// As [`read`].
pub(crate) fn decode<T: Real>(name: impl AsRef<Path>, bytes: &[u8], colour: Colour) -> Result<Examples<T>> {
    let (name, mut pictures) = (name.as_ref(), Pictures::new(colour));
    pictures.add(name, decoder_of(name, ImageReader::new(io::Cursor::new(bytes)))?)?;
    let (shape, values) = pictures.into_parts();
    Examples::new(name, &[&[1], &shape[..]].concat(), values)
}

/// The picture at `path`, of which only the header has been read.
fn decoder(path: &Path) -> Result<impl ImageDecoder + use<>> {
    let reader = ImageReader::open(path).map_err(|error| Error::reading("a picture", path, error))?;
    decoder_of(path, reader)
}

fn decoder_of<'a, R: io::BufRead + io::Seek + 'a>(
    path: &Path,
    reader: ImageReader<R>,
) -> Result<impl ImageDecoder + use<'a, R>> {
    let reader = reader.with_guessed_format().map_err(|error| Error::reading("a picture", path, error))?;
    reader.into_decoder().map_err(|error| refused(path, error))
}

/// The files that are read at `path`, in their order.
///
/// # Errors
/// [`Error::Missing`] and [`Error::Read`]; [`Error::Empty`] for a folder without a file; [`Error::Format`] for folders in
/// sub-folders.
pub fn files(path: impl AsRef<Path>) -> Result<Vec<PathBuf>> {
    files_below("a picture", path.as_ref())
}

/// `path` itself if it is a file; the files of a folder, or of all its sub-folders if it has any.
pub(crate) fn files_below(what: &'static str, path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.into()]);
    }
    let found = entries(what, path)?;
    let folders: Vec<&PathBuf> = found.iter().filter(|entry| entry.is_dir()).collect();
    if folders.is_empty() {
        return not_empty(path, "file", "put the files there", found);
    }
    let mut files = Vec::new();
    for folder in folders {
        files.append(&mut picture_files(folder)?);
    }
    Ok(files)
}

/// The pictures read so far, one after the other.
struct Pictures<T> {
    colour: Colour,
    first: Option<(PathBuf, (usize, usize))>,
    values: Vec<T>,
}

impl<T: Real> Pictures<T> {
    fn new(colour: Colour) -> Self {
        Self { colour, first: None, values: Vec::new() }
    }

    /// Decodes the picture at `path`.
    fn push(&mut self, path: PathBuf) -> Result<()> {
        self.add(&path, decoder(&path)?)
    }

    /// Takes a picture, whose size is checked before its pixels are decoded.
    fn add(&mut self, path: &Path, decoder: impl ImageDecoder) -> Result<()> {
        let (width, height) = decoder.dimensions();
        self.check_size(path, (width as usize, height as usize))?;
        let picture = DynamicImage::from_decoder(decoder).map_err(|error| refused(path, error))?;
        let bytes = match self.colour {
            Colour::Grey => picture.into_luma8().into_raw(),
            Colour::Rgb => picture.into_rgb8().into_raw(),
        };
        self.values.extend(bytes.into_iter().map(|byte| T::of(byte.into())));
        Ok(())
    }

    /// The first picture sets the size of all.
    fn check_size(&mut self, path: &Path, found: (usize, usize)) -> Result<()> {
        let (first, expected) = self.first.get_or_insert_with(|| (path.into(), found));
        match *expected == found {
            true => Ok(()),
            false => Err(Error::PictureSize {
                path: path.into(),
                found,
                first: first.clone(),
                expected: *expected,
            }),
        }
    }

    /// Shape of one picture, and all values.
    fn into_parts(self) -> (Vec<usize>, Vec<T>) {
        let (width, height) = self.first.map_or((0, 0), |(_, size)| size);
        let shape = match self.colour {
            Colour::Grey => vec![height, width],
            Colour::Rgb => vec![height, width, 3],
        };
        (shape, self.values)
    }
}

fn refused(path: &Path, error: ImageError) -> Error {
    match error {
        ImageError::IoError(source) if source.kind() != io::ErrorKind::UnexpectedEof => {
            Error::Read { path: path.into(), source }
        }
        error => Error::Format {
            path: path.into(),
            found: format!("content that cannot be decoded ({error})"),
            expected: "a picture (PNG, JPEG, BMP, PGM or PPM)".into(),
            remedy: "convert it, or take it out of the folder",
        },
    }
}

/// The sub-folders of `path`, in order.
fn class_folders(path: &Path) -> Result<Vec<PathBuf>> {
    let mut folders = entries("a folder of pictures", path)?;
    folders.retain(|entry| entry.is_dir());
    not_empty(path, "sub-folder", "put the pictures of each class into a sub-folder named after it", folders)
}

/// The files of a class, in order; a folder among them is not passed over in silence.
fn picture_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let files = entries("a folder of pictures", folder)?;
    if let Some(inner) = files.iter().find(|entry| entry.is_dir()) {
        return Err(Error::Format {
            path: folder.into(),
            found: format!("a folder {:?} inside", inner.file_name().unwrap_or_default()),
            expected: "only pictures".into(),
            remedy: "give the folder whose sub-folders hold the pictures themselves",
        });
    }
    not_empty(folder, "picture", "put pictures there, or remove the folder", files)
}

/// What `path` holds, hidden entries aside, in the order of the names' bytes.
pub(crate) fn entries(what: &'static str, path: &Path) -> Result<Vec<PathBuf>> {
    let failed = |source| Error::reading(what, path, source);
    let entries: io::Result<Vec<_>> = fs::read_dir(path).map_err(failed)?.collect();
    let visible = |entry: &fs::DirEntry| !entry.file_name().as_encoded_bytes().starts_with(b".");
    let mut paths: Vec<_> =
        entries.map_err(failed)?.iter().filter(|e| visible(e)).map(fs::DirEntry::path).collect();
    paths.sort_unstable_by(|a, b| a.as_os_str().as_encoded_bytes().cmp(b.as_os_str().as_encoded_bytes()));
    Ok(paths)
}

pub(crate) fn not_empty(
    path: &Path,
    what: &'static str,
    remedy: &'static str,
    entries: Vec<PathBuf>,
) -> Result<Vec<PathBuf>> {
    match entries.is_empty() {
        true => Err(Error::Empty { path: path.into(), what, remedy }),
        false => Ok(entries),
    }
}

/// The class a folder stands for. Names outside Unicode could coincide once replaced, so they are refused.
pub(crate) fn name(folder: &Path) -> Result<String> {
    let name = folder.file_name().and_then(|name| name.to_str());
    name.map(String::from).ok_or_else(|| Error::Format {
        path: folder.into(),
        found: "a name that is not Unicode".into(),
        expected: "the name of a class".into(),
        remedy: "rename the folder",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{GrayImage, ImageFormat, Rgb, RgbImage};
    use ndarray::array;

    fn grey(path: PathBuf, size: (u32, u32), value: u8) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        GrayImage::from_fn(size.0, size.1, |x, y| [value + (10 * y + x) as u8].into()).save(path).unwrap();
    }

    #[test]
    fn sub_folders_are_classes_and_names_give_the_order() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        grey(root.join("b/2.bmp"), (2, 3), 50);
        grey(root.join("b/10.pgm"), (2, 3), 100);
        grey(root.join("a/x.PNG"), (2, 3), 0);
        fs::create_dir(root.join(".git")).unwrap();
        fs::write(root.join("a/.DS_Store"), "hidden").unwrap();
        fs::write(root.join("README"), "beside the classes").unwrap();
        let dataset = read::<f32>(root, Colour::Grey).unwrap();
        assert_eq!((dataset.labels(), dataset.shape()), (&[0, 1, 1][..], &[3, 2][..]));
        assert_eq!(dataset.classes(), ["a", "b"]);
        assert_eq!(dataset.examples().column(0), array![0.0, 1.0, 10.0, 11.0, 20.0, 21.0]);
        assert_eq!(dataset.examples().row(0), array![0.0, 100.0, 50.0]);
    }

    #[test]
    fn colours_are_kept_or_made_grey() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("a")).unwrap();
        RgbImage::from_pixel(1, 2, Rgb([200, 100, 0])).save(folder.path().join("a/1.png")).unwrap();
        let rgb = read::<f64>(folder.path(), Colour::Rgb).unwrap();
        assert_eq!(rgb.examples().column(0), array![200.0, 100.0, 0.0, 200.0, 100.0, 0.0]);
        assert_eq!(rgb.shape(), [2, 1, 3]);
        // 0.2126 · 200 + 0.7152 · 100 = 114.04
        assert_eq!(
            read::<f64>(folder.path(), Colour::Grey).unwrap().examples().column(0),
            array![114.0, 114.0]
        );
    }

    #[test]
    fn a_jpeg_under_another_name_is_told_by_its_content() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/1.png");
        fs::create_dir(path.parent().unwrap()).unwrap();
        GrayImage::from_pixel(8, 8, [90].into()).save_with_format(&path, ImageFormat::Jpeg).unwrap();
        let picture = read::<f32>(folder.path(), Colour::Grey).unwrap();
        assert!(picture.examples().iter().all(|&value| (value - 90.0).abs() <= 2.0));
    }

    #[test]
    fn a_pgm_of_fewer_grey_levels_is_stretched() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("a")).unwrap();
        fs::write(folder.path().join("a/1.pgm"), b"P5 2 1 15\n\x00\x0f").unwrap();
        assert_eq!(read::<f32>(folder.path(), Colour::Grey).unwrap().examples(), array![[0.0], [255.0]]);
    }

    #[test]
    fn the_picture_of_another_size_is_named_with_both_sizes() {
        let folder = tempfile::tempdir().unwrap();
        grey(folder.path().join("a/1.png"), (2, 3), 0);
        grey(folder.path().join("b/odd.png"), (4, 3), 0);
        let message = read::<f32>(folder.path(), Colour::Grey).unwrap_err().to_string();
        for part in ["odd.png\" is 4 × 3 pixels", "1.png\" is 2 × 3", "bring all"] {
            assert!(message.contains(part), "{message}");
        }
    }

    #[test]
    fn missing_and_empty_folders_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let message = |path: &Path| read::<f32>(path, Colour::Grey).unwrap_err().to_string();
        assert!(
            message(&folder.path().join("datasets/orl-faces")).ends_with("run `datasets/fetch orl-faces`")
        );
        assert!(message(folder.path()).contains("has no sub-folder"));
        fs::create_dir(folder.path().join("a")).unwrap();
        assert!(message(folder.path()).contains("a\" has no picture"));
    }

    #[test]
    fn an_entry_that_is_no_picture_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        grey(folder.path().join("a/1.png"), (2, 3), 0);
        let cut = fs::read(folder.path().join("a/1.png")).unwrap();
        for bytes in [&b"text"[..], b"", &cut[..cut.len() / 2]] {
            fs::write(folder.path().join("a/2.png"), bytes).unwrap();
            let message = read::<f32>(folder.path(), Colour::Grey).unwrap_err().to_string();
            assert!(message.contains("a/2.png\" has content that cannot be decoded"), "{message}");
        }
        fs::remove_file(folder.path().join("a/2.png")).unwrap();
        fs::create_dir(folder.path().join("a/inner")).unwrap();
        assert!(matches!(read::<f32>(folder.path(), Colour::Grey), Err(Error::Format { .. })));
    }
}
