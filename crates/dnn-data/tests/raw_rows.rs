//! What a program hands over without a file becomes the same bits as a file of the same content.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::path::Path;

use dnn_data::{Data, DataSettings, Preprocessor, RawValue};
use ndarray::Array2;

fn learn(path: &Path, target: Option<&str>) -> Data {
    let mut settings = DataSettings { train: Some(path.into()), ..DataSettings::default() };
    settings.target = target.map(String::from);
    Data::load(&mut settings, 7).unwrap()
}

fn bits(x: &Array2<f32>) -> Vec<u32> {
    x.iter().map(|value| value.to_bits()).collect()
}

/// Compares rows of a CSV file with the same rows as texts, with the target and without.
fn compare(preprocessor: &Preprocessor, folder: &Path, rows: &[&str]) -> Array2<f32> {
    let path = folder.join("raw.csv");
    std::fs::write(&path, format!("width,height,colour,kind\n{}\n", rows.join("\n"))).unwrap();
    let from_file: Array2<f32> = preprocessor.transform_file(&path).unwrap();
    let texts: Vec<Vec<&str>> = rows.iter().map(|row| row.split(',').collect()).collect();
    let without: Vec<&[&str]> = texts.iter().map(|row| &row[..3]).collect();
    for x in [preprocessor.transform_rows(&texts).unwrap(), preprocessor.transform_rows(&without).unwrap()] {
        assert_eq!((x.dim(), bits(&x)), (from_file.dim(), bits(&from_file)));
    }
    from_file
}

#[test]
fn a_raw_row_gives_the_bits_of_the_same_row_of_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("train.csv");
    let rows =
        ["0.1,7,red,a", ",-3e-7,blue,b", "12345.678,1e12,,a", "3,5, red ,b", "?,0.3333333333333333,blue,a"];
    std::fs::write(&path, format!("width,height,colour,kind\n{}\n", rows.join("\n"))).unwrap();
    let data = learn(&path, Some("kind"));
    let x = compare(&data.preprocessor, folder.path(), &rows);
    assert_eq!(bits(&x), bits(&data.train.x));
    // Width and that it is missing, height, two colours and that there is none.
    assert_eq!(x.nrows(), 6);
    // What training had not: another category, missing values elsewhere, numbers written otherwise.
    let other = ["1e-1,NA,green,a", "-0,+7.0,RED,a", "NaN,null,n/a,b", ".5,5.,red,b"];
    let x = compare(&data.preprocessor, folder.path(), &other);
    assert!([0, 1].iter().all(|&row| (3..6).all(|feature| x[[feature, row]] == 0.0)), "{x}");

    let values: [[RawValue<'_>; 3]; 4] = [
        [0.1.into(), None::<f64>.into(), "green".into()],
        [(-0.0).into(), 7.into(), "RED".into()],
        [f64::NAN.into(), RawValue::Missing, None::<&str>.into()],
        [0.5_f32.into(), 5_u8.into(), String::from("red").into()],
    ];
    assert_eq!(bits(&data.preprocessor.transform_rows(&values).unwrap()), bits(&x));
}

/// Compares the bytes of each file with the file, and with the example that training made of it.
fn compare_files(folder: &Path, files: &[&str]) {
    let data = learn(folder, None);
    assert_eq!(data.count(), files.len());
    for (place, file) in files.iter().enumerate() {
        let path = folder.join(file);
        let from_file: Array2<f32> = data.preprocessor.transform_file(&path).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let from_bytes = data.preprocessor.transform_bytes::<f32>(file, &bytes).unwrap();
        assert_eq!((from_bytes.dim(), bits(&from_bytes)), (from_file.dim(), bits(&from_file)), "{file}");
        let trained_on = data.train.x.column(place).iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&from_bytes), trained_on, "{file}");
    }
}

#[test]
fn the_bytes_of_a_picture_give_the_bits_of_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let files = ["cat/1.png", "cat/2.pgm", "dog/1.png", "dog/2.bmp"];
    for (place, file) in (0..).zip(files) {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let pixel = |x: u32, y: u32| [(37 * x + 91 * y + 53 * place) as u8].into();
        image::GrayImage::from_fn(4, 3, pixel).save(path).unwrap();
    }
    compare_files(folder.path(), &files);
}

#[cfg(feature = "sound")]
#[test]
fn the_bytes_of_a_recording_give_the_bits_of_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let files = ["no/1.wav", "no/2.wav", "yes/1.wav", "yes/2.wav"];
    for (place, file) in (1..).zip(files) {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(
            path,
            wav(8000, (0..4000 + 100 * place).map(|i| ((i * i * place) % 20_011 - 10_000) as i16)),
        )
        .unwrap();
    }
    compare_files(folder.path(), &files);
}

/// A WAV file of one channel of 16 bits.
#[cfg(feature = "sound")]
fn wav(rate: u32, samples: impl Iterator<Item = i16>) -> Vec<u8> {
    let data: Vec<u8> = samples.flat_map(i16::to_le_bytes).collect();
    let size = data.len() as u32;
    let mut bytes = [&b"RIFF"[..], &(36 + size).to_le_bytes(), b"WAVEfmt ", &16_u32.to_le_bytes()].concat();
    bytes.extend([1_u16, 1].iter().flat_map(|number| number.to_le_bytes()));
    bytes.extend([rate, 2 * rate].iter().flat_map(|number| number.to_le_bytes()));
    bytes.extend([2_u16, 16].iter().flat_map(|number| number.to_le_bytes()));
    bytes.extend(*b"data");
    bytes.extend(size.to_le_bytes());
    bytes.extend(data);
    bytes
}
