//! A plug-in in a shared library, as a person uses it: `--plugin` with any command, and exit codes where it is wrong.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::path::Path;
use std::process::{Command, Output};

use dnn_testkit::compiler::{Compiler, say_skipped};
use serde_json::Value;

fn dnn(arguments: &[&dyn AsRef<std::ffi::OsStr>]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dnn")).args(arguments).output().unwrap()
}

/// The exit code, and the words beside it.
fn fault(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8(output.stderr.clone()).unwrap())
}

/// A training with the plug-in's activation, in `folder/run`.
fn train(plugin: &Path, folder: &Path) -> Output {
    let rows = (0..60).map(|row| format!("{},{},{}\n", row % 7, row % 5, ["even", "odd"][row % 2]));
    std::fs::write(folder.join("table.csv"), format!("a,b,kind\n{}", rows.collect::<String>())).unwrap();
    let configuration = "network.hidden = [3]\nnetwork.activation = { name = \"plugin-shared/softsign\", limit = 2.0 }\ntraining.epochs = 3\n";
    std::fs::write(folder.join("dnn.toml"), configuration).unwrap();
    let [table, file, run] = ["table.csv", "dnn.toml", "run"].map(|name| folder.join(name));
    dnn(&[&"--plugin", &plugin, &"train", &table, &"--config", &file, &"--out", &run, &"--target", &"kind"])
}

#[test]
fn a_model_that_needs_a_plug_in_is_trained_and_read_with_it_alone() {
    let folder = tempfile::tempdir().unwrap();
    let Some(compiler) = Compiler::new(folder.path()) else {
        return say_skipped("a_model_that_needs_a_plug_in_is_trained_and_read_with_it_alone");
    };
    let (plugin, file) = (compiler.example("plugin.so", "", ""), folder.path().join("run/model.dnn"));
    assert_eq!(fault(&train(&plugin, folder.path())).0, Some(0));

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

#[test]
fn a_configuration_loads_no_library() {
    let folder = tempfile::tempdir().unwrap();
    let [table, file] = ["table.csv", "dnn.toml"].map(|name| folder.path().join(name));
    std::fs::write(&table, "a,kind\n1,x\n2,y\n3,x\n4,y\n").unwrap();
    let refused = |arguments: &[&dyn AsRef<std::ffi::OsStr>]| {
        let (code, words) = fault(&dnn(arguments));
        assert!(code == Some(3) && words.contains("only --backend may name one"), "{code:?}: {words}");
    };
    for library in ["/lib/libevil.so", "libevil.so", "evil\\\\evil"] {
        std::fs::write(&file, format!("run.backend = \"{library}\"\n")).unwrap();
        refused(&[&"train", &table, &"--config", &file, &"--target", &"kind"]);
        // Nor does the folder of a sweep.
        std::fs::create_dir_all(folder.path().join("trials")).unwrap();
        refused(&[&"resume", &folder.path()]);
    }
}
