//! What looks at models and trainings, as a person or a script calls it: the program itself, its output and exit codes.
#![allow(clippy::unwrap_used)] // a test fails by panicking

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use dnn_core::{Network, Registry, Relu, Softmax};
use dnn_data::{Preprocessor, TableEncoder, table};
use dnn_io::Checkpoint;
use dnn_observe::{About, Outcome, RunFolder};
use serde_json::Value;
use tempfile::TempDir;

use common::Cube;

fn dnn(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dnn")).args(arguments).output().unwrap()
}

/// What the program prints where all goes well.
fn answer(arguments: &[&str]) -> String {
    let output = dnn(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn object(arguments: &[&str]) -> Value {
    serde_json::from_str(&answer(arguments)).unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A model for flowers: two columns of numbers, one of colours, three kinds.
fn flowers(folder: &Path) -> (PathBuf, Checkpoint<f32>) {
    let data = folder.join("flowers.csv");
    let rows = "width,colour,length,kind\n1,red,2,a\n2,blue,,b\n3,red,5,c\n4,blue,7,a\n";
    std::fs::write(&data, rows).unwrap();
    let table = table::read(&data, &Default::default()).unwrap();
    let encoder = TableEncoder::fit(&table, "kind", &Default::default()).unwrap();
    let network = Network::builder(encoder.features()).dense(8, Relu).dense(3, Softmax).build().unwrap();
    let parameters = (0..network.parameter_count()).map(|place| place as f32 / 64.0).collect();
    let mut model = Checkpoint::new(network, parameters).unwrap().computed_by("a back end");
    model.set_section("dnn-data/preprocessor", &Preprocessor::Table(encoder)).unwrap();
    model.set_section("dnn-train/settings", r#"{"batch":4,"optimizer":{"name":"adam"}}"#).unwrap();
    let path = folder.join("flowers.dnn");
    model.save(&path).unwrap();
    (path, model)
}

#[test]
fn a_model_is_told_in_words_and_in_json() {
    let folder = TempDir::new().unwrap();
    let (path, model) = flowers(folder.path());
    let told = answer(&["inspect", text(&path)]);
    for part in [
        "5-8-3, relu inside, softmax last",
        "75 parameters in f32, computed by a back end",
        "weight 8 × 5, bias 8 × 1",
        "memory of a training step with 4 examples",
        "colour         2  one of blue, red",
        "it predicts the class \"kind\", one of 3: a, b, c",
        "none is needed",
        "dnn/parameters",
    ] {
        assert!(told.contains(part), "{part:?} is not in\n{told}");
    }
    let found = object(&["inspect", text(&path), "--json", "--batch", "64"]);
    let model_found = &found["model"];
    assert!(found["run"].is_null());
    assert_eq!(model_found["bytes"], model.to_bytes().unwrap().len());
    assert_eq!((&model_found["parameters"], &model_found["layers"][1]["inputs"]), (&75.into(), &8.into()));
    let workspace = model.network().workspace_bytes::<f32>(64).unwrap();
    let memory = &model_found["memory"];
    assert_eq!((&memory["step"], &memory["optimizer"]), (&workspace.into(), &(2 * 75 * 4).into()));
    assert_eq!(model_found["takes"]["columns"][2]["missing"], true);
    assert_eq!(model_found["sections"].as_array().unwrap().len(), 4);
}

#[test]
fn a_model_whose_plug_in_is_missing_is_told_as_far_as_it_can_be() {
    let folder = TempDir::new().unwrap();
    let network = Network::builder(2).dense(3, Cube).dense(1, Relu).build().unwrap();
    let path = folder.path().join("cube.dnn");
    Checkpoint::new(network.clone(), network.starting_parameters::<f64>()).unwrap().save(&path).unwrap();
    let told = answer(&["inspect", text(&path)]);
    for part in ["activation elsewhere/cube: missing", "13 parameters in f64", "dense", "dnn/network"] {
        assert!(told.contains(part), "{part:?} is not in\n{told}");
    }
    let found = object(&["inspect", text(&path), "--json"]);
    assert!(found["model"]["network"].is_null() && found["model"]["memory"].is_null());
    assert_eq!(found["model"]["plug_ins"][0]["there"], false);
    assert!(found["model"]["notes"][0].as_str().unwrap().contains("unknown activation"));
}

#[test]
fn a_training_is_told_with_its_newest_model() {
    let folder = TempDir::new().unwrap();
    let run = RunFolder::create(folder.path().join("run")).unwrap();
    run.write_about(&About { name: "first".into(), ..About::default() }).unwrap();
    let (_, model) = flowers(folder.path());
    dnn_io::Series::new(run.checkpoints()).save(50, &model, None).unwrap();
    let told = answer(&["inspect", text(run.path())]);
    for part in
        ["unfinished", "checkpoints after steps: 50", "outcome.json is missing", "step-000000050.dnn: 5-8-3"]
    {
        assert!(told.contains(part), "{part:?} is not in\n{told}");
    }
    model.save(run.model_path()).unwrap();
    let metrics = [("test".to_owned(), [("accuracy".to_owned(), 0.75)].into())].into();
    run.write_outcome(&Outcome { steps: 60, metrics, ..Outcome::default() }).unwrap();
    let found = object(&["inspect", text(run.path()), "--json"]);
    assert_eq!((&found["run"]["state"], &found["run"]["step"]), (&"finished".into(), &60.into()));
    assert_eq!(found["run"]["metrics"]["test"]["accuracy"], 0.75);
    assert!(found["model"]["file"].as_str().unwrap().ends_with("model.dnn"));
}

#[test]
fn a_model_goes_to_each_kind_of_file_and_comes_back_the_same() {
    let folder = TempDir::new().unwrap();
    let (path, model) = flowers(folder.path());
    let out = folder.path().join("out.safetensors");
    let told = answer(&["export", text(&path), "--out", text(&out)]);
    assert!(told.contains("0.weight  8 × 5  layer 1's weight"), "{told}");
    let dict = dnn_io::safetensors::load::<f32>(&out).unwrap();
    let network = dict.described_network(&Registry::builtin()).unwrap();
    assert_eq!(dict.parameters(&network).unwrap(), model.parameters());
    let found = object(&["export", text(&path), "--to", "npz", "--json"]);
    assert_eq!(found["tensors"][1]["name"], "0.bias");
    let arrays = dnn_io::npz::load::<f32>(folder.path().join("flowers.npz")).unwrap();
    assert_eq!(arrays.parameters(model.network()).unwrap(), model.parameters());
    answer(&["export", text(&path), "--to", "onnx"]);
    assert_eq!(std::fs::read(folder.path().join("flowers.onnx")).unwrap()[..2], *b"\x08\x08");
}

#[test]
fn one_page_is_made_of_the_trainings_in_a_folder() {
    let folder = TempDir::new().unwrap();
    for name in ["a", "b"] {
        let run = RunFolder::create(folder.path().join("runs").join(name)).unwrap();
        run.write_about(&About { name: format!("training {name}"), ..About::default() }).unwrap();
    }
    std::fs::write(folder.path().join("runs/notes.txt"), "no run").unwrap();
    let (runs, page) = (folder.path().join("runs"), folder.path().join("page.html"));
    assert_eq!(answer(&["report", text(&runs), "--out", text(&page)]), format!("{}\n", page.display()));
    let html = std::fs::read_to_string(&page).unwrap();
    assert!(html.contains("training a") && html.contains("training b") && html.contains("2 trainings"));
    answer(&["report", text(&runs.join("a"))]);
    assert!(runs.join("a/plots/report.html").exists());
}

#[test]
fn every_shell_is_told_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = answer(&["completions", shell]);
        assert!(["inspect", "export", "report"].iter().all(|command| script.contains(command)), "{shell}");
    }
}

#[test]
fn help_speaks_of_the_field_and_not_of_the_code() {
    let commands = ["init", "train", "resume", "sweep", "report", "eval", "predict"];
    let others = ["inspect", "export", "check", "doctor", "bench", "completions"];
    for command in commands.into_iter().chain(others) {
        let help = answer(&[command, "--help"]).to_lowercase();
        for word in ["registry", "observer", "trait", "struct", "workspace", "buffer", "enum", "usize"] {
            assert!(!help.contains(word), "{word} in {help}");
        }
    }
}
