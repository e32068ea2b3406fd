//! Spoken digits of the world, in the folder that `DNN_DATASETS` names, or in the project's `datasets`.
#![allow(clippy::unwrap_used)] // a test fails by panicking

mod support;

use dnn_data::sound::{self, Names, Options};
use dnn_data::{InputKind, Preprocessor, Scaling, split_groups};
use support::dataset;

#[test]
fn spoken_digits_are_told_by_the_names_of_their_files() {
    let Some(path) = dataset("fsdd").map(|path| path.join("recordings")) else { return };
    let names = Some(Names::parse("{digit}_{speaker}_{index}.wav").unwrap());
    let options = Options { names, class: Some("digit".into()), group: Some("speaker".into()) };
    let sounds = sound::read_folder(&path, &options).unwrap();
    // SOURCE.md: 10 digits × 6 speakers × 50, at 8000 Hz, 1148 to 18262 samples.
    assert_eq!((sounds.recordings.len(), sounds.classes.len(), sounds.mel().rate), (3000, 10, 8000));
    let lengths = || sounds.recordings.iter().map(|recording| recording.samples.len());
    assert_eq!((lengths().min(), lengths().max()), (Some(1148), Some(18262)));
    assert!((0..10).all(|digit| sounds.labels.iter().filter(|&&label| label == digit).count() == 300));
    let split = split_groups(&sounds.groups, 0.16, 1).unwrap();
    assert!(split.held_out.iter().all(|&i| sounds.groups[i] == sounds.groups[split.held_out[0]]));
    assert_eq!(split.held_out.len(), 500);

    let mel = sounds.mel();
    let dataset = sounds.dataset::<f32>(mel).unwrap();
    assert_eq!((dataset.shape(), dataset.count()), (&mel.shape()[..], 3000));
    let preprocessor = Preprocessor::fit(&dataset, InputKind::Sounds(mel), &[Scaling::Standardise]).unwrap();
    let stored = serde_json::to_string(&preprocessor).unwrap();
    let preprocessor: Preprocessor = serde_json::from_str(&stored).unwrap();
    let x = preprocessor.transform_file::<f32>(path.join("7_theo_31.wav")).unwrap();
    let place = sounds.paths.iter().position(|path| path.ends_with("7_theo_31.wav")).unwrap();
    let (mut all, label) = (dataset.select(&[place]).unwrap().into_parts().0.values, sounds.labels[place]);
    dnn_data::Scaler::fit(&[Scaling::Standardise], dataset.examples())
        .unwrap()
        .transform_in_place(all.view_mut())
        .unwrap();
    assert_eq!((x, label), (all, 7));
    // Without a pattern, the class is what stands before the first `_`.
    assert_eq!(sound::read_folder(&path, &Options::default()).unwrap().labels, sounds.labels);
}
