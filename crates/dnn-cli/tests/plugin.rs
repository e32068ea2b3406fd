//! A plug-in in a shared library, as a person uses it: `--plugin` with any command, and exit codes where it is wrong.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::path::Path;
use std::process::{Command, Output};

use dnn_core::{ActivationSpecification, Network, Registry, Sigmoid};
use dnn_io::Checkpoint;
use dnn_plugin::Plugin;
use dnn_testkit::compiler::{Compiler, say_skipped};
use serde_json::Value;

fn dnn(arguments: &[&dyn AsRef<std::ffi::OsStr>]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dnn")).args(arguments).output().unwrap()
}

/// The exit code, and the words beside it.
fn fault(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8(output.stderr.clone()).unwrap())
}

/// A model with the plug-in's activations.
fn model(plugin: &Path, file: &Path) {
    let mut registry = Registry::builtin();
    Plugin::load(plugin).unwrap().register(&mut registry).unwrap();
    let settings = vec![("limit".into(), 2.0)];
    let found = ActivationSpecification { name: "plugin-shared/softsign".into(), settings };
    let activation = registry.activation(&found).unwrap();
    let network = Network::builder(2).dense(3, activation).dense(1, Sigmoid).build().unwrap();
    let parameters = network.starting_parameters::<f32>();
    Checkpoint::new(network, parameters).unwrap().save(file).unwrap();
}

#[test]
fn a_model_that_needs_a_plug_in_is_read_with_it_alone() {
    let folder = tempfile::tempdir().unwrap();
    let Some(compiler) = Compiler::new(folder.path()) else {
        return say_skipped("a_model_that_needs_a_plug_in_is_read_with_it_alone");
    };
    let (plugin, file) = (compiler.example("plugin.so", "", ""), folder.path().join("model.dnn"));
    model(&plugin, &file);

    let there = |output: Output| -> Value {
        assert!(output.status.success(), "{output:?}");
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        told["model"]["plug_ins"][0]["there"].clone()
    };
    assert_eq!(there(dnn(&[&"--plugin", &plugin, &"inspect", &file, &"--json"])), true);
    assert_eq!(there(dnn(&[&"inspect", &file, &"--json", &"--plugin", &plugin])), true);
    assert_eq!(there(dnn(&[&"inspect", &file, &"--json"])), false);

    let export: [&dyn AsRef<std::ffi::OsStr>; 4] = [&"export", &file, &"--to", &"npz"];
    let (code, words) = fault(&dnn(&export));
    assert!(code == Some(5) && words.contains("unknown activation \"plugin-shared/softsign\""), "{words}");
    let (code, words) = fault(&dnn(&[&export[..], &[&"--plugin", &plugin]].concat()));
    assert_eq!((code, words.as_str()), (Some(0), ""));
}

#[test]
fn what_is_no_plug_in_is_a_wrong_argument() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("plugin.so");
    std::fs::write(&text, "no library").unwrap();
    for (path, expected) in [
        (text.as_path(), "expected a shared library for this system"),
        (&folder.path().join("none.so"), "found no file there"),
    ] {
        let (code, words) = fault(&dnn(&[&"doctor", &"--plugin", &path]));
        assert!(
            code == Some(2) && words.starts_with("error: ") && words.contains(expected),
            "{code:?}: {words}"
        );
    }

    let Some(compiler) = Compiler::new(folder.path()) else {
        return say_skipped("what_is_no_plug_in_is_a_wrong_argument");
    };
    let plugin = compiler.example("good.so", "", "");
    let (code, words) = fault(&dnn(&[&"--plugin", &plugin, &"--plugin", &plugin, &"doctor"]));
    assert!(code == Some(2) && words.contains("is registered already"), "{code:?}: {words}");
    let other = compiler.example("other.so", ".interface = DNN_PLUGIN_INTERFACE", ".interface = 9");
    let (code, words) = fault(&dnn(&[&"--plugin", &other, &"doctor"]));
    assert!(code == Some(2) && words.contains("for version 9 of the interface"), "{code:?}: {words}");
}
