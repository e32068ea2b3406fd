//! A model from a table to its predictions, as a program makes and uses it.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::fmt::Write;
use std::path::Path;
use std::thread;

use dnn_core::{Network, Relu, Softmax};
use dnn_io::Checkpoint;
use dnn_pipeline::{Accepts, Config, Error, Input, Model, Prediction, RawValue, Stop, Trained};
use dnn_train::Initialisation;
use serde_json::json;

/// A number with a gap, a text, a number that is never used, and what follows from the first two.
fn rows(folder: &Path) -> std::path::PathBuf {
    let mut text = String::from("width,colour,same,kind\n");
    for row in 0..90 {
        let (width, colour) = (row % 9, ["red", "blue", "green"][row % 3]);
        let kind = if width < 4 || colour == "red" { "a" } else { "b" };
        let width = if row == 40 { String::new() } else { format!("{width}.5") };
        writeln!(text, "{width},{colour},7,{kind}").unwrap();
    }
    let path = folder.join("rows.csv");
    std::fs::write(&path, text).unwrap();
    path
}

fn trained(folder: &Path, set: &str) -> Trained {
    let config = Config::table(rows(folder)).target("kind").set(set).unwrap();
    config.set("epochs=40").unwrap().job().out(folder.join("run")).train().unwrap()
}

#[test]
fn raw_rows_are_predicted_as_the_same_rows_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let run = trained(folder.path(), "data.test_share=0.2");
    assert!(run.metrics["test"]["accuracy"] > 0.6, "{:?}", run.metrics);
    let model = run.model().unwrap();
    let names = ["blue", "green", "red"].map(String::from).to_vec();
    let inputs = [("width", Accepts::Number), ("colour", Accepts::Category(names))];
    assert_eq!(model.inputs(), inputs.map(|(name, accepts)| Input { name: name.into(), accepts }));

    let file = folder.path().join("new.csv");
    std::fs::write(&file, "colour,width\nred,3.5\npink,\n").unwrap();
    let expected = model.predict_table(&file).unwrap();
    let texts = model.predict_rows(&[["3.5", "red"], ["", "pink"]]).unwrap();
    let all: [[RawValue<'_>; 3]; 2] =
        [[3.5.into(), "red".into(), 7.into()], ["NA".into(), "pink".into(), "".into()]];
    let named =
        model.predict_records(&[[("colour", "red"), ("width", "3.5")], [("colour", "pink"), ("width", "?")]]);
    let json = model.predict_json(&[json!({"width": 3.5, "colour": "red"}), json!([null, "pink"])]);
    for found in [texts, model.predict_rows(&all).unwrap(), named.unwrap(), json.unwrap()] {
        assert_eq!(found, expected);
    }
    let sum: f64 = expected[0].probabilities().map(|(_, probability)| probability).sum();
    assert!((sum - 1.0).abs() < 1e-6 && expected[0].probability() >= 0.5 && expected[0].label() == "a");
    let told = serde_json::to_value(&expected[0]).unwrap();
    assert_eq!(told["prediction"], "a");
    assert_eq!(model.evaluate(rows(folder.path())).unwrap().examples, 90);
}

#[test]
fn a_row_is_refused_for_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let model = trained(folder.path(), "data.unknown=refuse").model().unwrap();
    let alone = model.predict_rows(&[["3.5", "red"]]).unwrap();
    for (wrong, word) in
        [(["wide", "red"], "\"wide\""), (["3.5", "pink"], "\"pink\""), (["inf", "red"], "inf")]
    {
        let error = model.predict_rows(&[["3.5", "red"], wrong]).unwrap_err();
        assert!(matches!(error, Error::Data(_)), "{error:?}");
        assert!(error.to_string().contains("row 2") && error.to_string().contains(word), "{error}");
    }
    assert_eq!(model.predict_rows(&[["3.5", "red"], ["1", "blue"]]).unwrap()[0].label(), alone[0].label());
    let error = model.predict_json(&[json!({"width": [1], "colour": "red"})]).unwrap_err().to_string();
    assert!(error.starts_with("row 1 has [1]"), "{error}");
    assert!(model.predict_rows(&[["3.5"]]).is_err());
}

#[test]
fn many_threads_share_one_model() {
    let folder = tempfile::tempdir().unwrap();
    let model = trained(folder.path(), "hidden=[16]").model().unwrap();
    let rows: Vec<[String; 2]> = (0..50).map(|row| [row.to_string(), "blue".into()]).collect();
    let predict = || model.predict_rows(&rows).unwrap();
    let expected = predict();
    thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(predict)).collect();
        assert!(threads.into_iter().all(|thread| thread.join().unwrap() == expected));
    });
}

#[test]
fn a_model_that_a_library_saved_takes_numbers_and_gives_its_outputs() {
    let folder = tempfile::tempdir().unwrap();
    let network = Network::builder(3).dense(4, Relu).dense(2, Softmax).build().unwrap();
    let parameters = Initialisation::draw::<f64>(None, &network, 1);
    let path = folder.path().join("library.dnn");
    Checkpoint::new(network, parameters).unwrap().save(&path).unwrap();
    let model = Model::load(&path).unwrap();
    assert_eq!(model.inputs()[0].accepts, Accepts::Array(vec![3]));
    let found = model.predict_rows(&[["0.5", "1", "-2"]]).unwrap();
    assert_eq!(found, model.predict_json(&[json!([0.5, 1, -2])]).unwrap());
    let Prediction::Outputs(outputs) = &found[0] else { panic!("{found:?}") };
    assert!((outputs.iter().sum::<f32>() - 1.0).abs() < 1e-6);
    let error = model.predict_rows(&[[1.0, 2.0]]).unwrap_err().to_string();
    assert_eq!(error, "row 1 has 2 values, expected 3 numbers: correct it");
    assert!(
        model.predict_table("rows.csv").unwrap_err().to_string().contains("does not say what data it takes")
    );
}

#[test]
fn a_stopped_training_says_where_it_is_saved() {
    let folder = tempfile::tempdir().unwrap();
    let stop = Stop::new();
    stop.request();
    let config = Config::table(rows(folder.path())).target("kind");
    let stopped = config.job().out(folder.path().join("run")).stop(&stop).train().unwrap_err();
    assert!(matches!(stopped, Error::Stopped { .. }), "{stopped:?}");
    let error = Model::load(folder.path().join("run")).unwrap_err();
    assert!(error.to_string().contains("has no model yet: its training was stopped"), "{error}");
}

#[test]
fn a_file_names_no_library_to_load() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::table(rows(folder.path())).target("kind").set("run.backend=./evil.so").unwrap();
    let error = config.job().out(folder.path().join("run")).train().unwrap_err();
    assert!(
        matches!(&error, Error::Configuration(_)) && error.to_string().contains("expected a name"),
        "{error}"
    );
}
