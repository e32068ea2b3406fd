//! A training by the command with plug-ins, and what plain `dnn` says of it.

use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Output};

const PROGRAM: &str = env!("CARGO_BIN_EXE_plugin-program");
const PLAIN: &str = env!("CARGO_BIN_EXE_plain");

const CONFIGURATION: &str = r#"
[network]
hidden = [16, 16]
activation = { name = "plugin-activation/limited", limit = 1.5 }
input_dropout = 0.0

[training]
optimizer = { name = "plugin-optimizer/lion", beta2 = 0.95 }
learning_rate = 0.003
batch = 32
epochs = 150
"#;

/// Points of the plane, and whether they lie in a ring around the origin.
fn ring() -> String {
    let mut table = "east,north,where\n".to_owned();
    for example in 0..600 {
        // Fractions of multiples of two irrational numbers fill the square evenly.
        let [x, y] =
            [0.754_877_666, 0.569_840_291].map(|step| 4.0 * (f64::from(example) * step).fract() - 2.0);
        let place = if (0.7..1.5).contains(&f64::hypot(x, y)) { "ring" } else { "outside" };
        writeln!(table, "{x},{y},{place}").unwrap();
    }
    table
}

fn call(program: &str, folder: &Path, arguments: &[&str]) -> Output {
    Command::new(program).current_dir(folder).args(arguments).output().unwrap()
}

/// What it printed, which must be a JSON object.
fn answer(output: &Output) -> serde_json::Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn it_trains_saves_and_inspects_and_plain_dnn_says_what_it_lacks() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("ring.csv"), ring()).unwrap();
    std::fs::write(folder.join("dnn.toml"), CONFIGURATION).unwrap();
    let train = ["train", "ring.csv", "--target", "where", "--config", "dnn.toml", "--out", "run", "--json"];

    let (code, words) = fault(&call(PLAIN, folder, &train));
    assert!(code == Some(3) && words.contains("unknown activation \"plugin-activation/limited\""), "{words}");
    let trained = answer(&call(PROGRAM, folder, &train));
    let right = trained["metrics"]["train"]["accuracy"].as_f64().unwrap();
    assert!(right > 0.9, "{trained}");

    let travel = std::fs::read_to_string(folder.join("run/travel.csv")).unwrap();
    assert!(travel.starts_with("epoch,cost,way,distance\n1,") && travel.lines().count() > 10, "{travel}");

    let inspect = ["inspect", "run/model.dnn", "--json"];
    let plug_in = |program| answer(&call(program, folder, &inspect))["model"]["plug_ins"][0].clone();
    assert_eq!(plug_in(PROGRAM)["there"], true);
    assert_eq!(plug_in(PLAIN)["there"], false);

    let predict = ["predict", "run/model.dnn", "ring.csv"];
    assert!(call(PROGRAM, folder, &predict).status.success());
    let (code, words) = fault(&call(PLAIN, folder, &predict));
    assert!(code == Some(5) && words.contains("unknown activation \"plugin-activation/limited\""), "{words}");
}

/// The exit code, and the words beside it.
fn fault(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}
