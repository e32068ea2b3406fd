//! A sweep by the program itself: it can be stopped, goes on, and ends as one that was never stopped; and what `init` writes
//! and `check` finds of the same data.
#![allow(clippy::unwrap_used)] // a test fails by panicking
#![cfg(unix)]

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

fn command(folder: &Path, line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dnn"));
    command.args(line.split(' ')).current_dir(folder);
    command
}

fn dnn(folder: &Path, line: &str) -> Output {
    command(folder, line).output().unwrap()
}

/// What the program prints where all goes well.
fn answer(folder: &Path, line: &str) -> String {
    let output = dnn(folder, line);
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Points in a square, inside of a circle or not.
fn circle() -> TempDir {
    let folder = TempDir::new().unwrap();
    let point = |i: u32| {
        let (x, y) = (f64::from(i * 37 % 101) / 50.0 - 1.0, f64::from(i * 71 % 103) / 51.0 - 1.0);
        format!("{x:.3},{y:.3},{}\n", if x * x + y * y < 0.6 { "in" } else { "out" })
    };
    let rows: String = (0..600).map(point).collect();
    std::fs::write(folder.path().join("circle.csv"), format!("east,north,place\n{rows}")).unwrap();
    folder
}

/// The results in a sweep's journal, by trial, without the time they took.
fn results(folder: &Path) -> Vec<(u64, Value, Value)> {
    let journal = std::fs::read_to_string(folder.join("journal.jsonl")).unwrap();
    let lines = journal.lines().skip(1).map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut results: Vec<_> = lines
        .map(|line| {
            let trial = &line["trial"];
            (trial["number"].as_u64().unwrap(), trial["values"].clone(), line["value"].clone())
        })
        .collect();
    results.sort_by_key(|result| result.0);
    results
}

#[test]
fn a_sweep_stopped_by_ctrl_c_goes_on_and_ends_as_one_never_stopped() {
    let folder = circle();
    let line = "sweep circle.csv --target place --trials 6 --set epochs=60 --set data.test_share=0.2 --space \
                learning_rate=log:1e-3..1e-1 --space hidden=8,16 --out stopped --json";
    let mut child = command(folder.path(), line).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    let (journal, start) = (folder.path().join("stopped/journal.jsonl"), Instant::now());
    // Two results are there, and more to come.
    while std::fs::read_to_string(&journal).map_or(0, |text| text.lines().count()) < 3 {
        assert!(start.elapsed() < Duration::from_secs(60), "no result in a minute");
        std::thread::sleep(Duration::from_millis(2));
    }
    let signal = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let status = child.wait().unwrap();
    assert!(signal.success() && status.code() == Some(130), "{status}");
    let stopped = results(&folder.path().join("stopped"));
    assert!((2..6).contains(&stopped.len()), "{stopped:?}");
    let told = dnn(folder.path(), "report stopped --out stopped.html");
    assert!(told.status.success());

    let swept: Value = serde_json::from_str(&answer(folder.path(), "resume stopped --json")).unwrap();
    let never = line.replace("stopped", "never");
    let expected: Value = serde_json::from_str(&answer(folder.path(), &never)).unwrap();
    assert_eq!(results(&folder.path().join("stopped")), results(&folder.path().join("never")));
    assert_eq!((&swept["best"], &swept["metrics"]), (&expected["best"], &expected["metrics"]));
    let models =
        ["stopped", "never"].map(|name| std::fs::read(folder.path().join(name).join("model.dnn")).unwrap());
    assert_eq!(models[0], models[1]);
    let page = std::fs::read_to_string(folder.path().join("stopped/report.html")).unwrap();
    assert!(page.contains("as-configured") && page.contains("trial-006"));
    // The same command again finds everything done, and another is refused.
    assert_eq!(results(&folder.path().join("never")).len(), 6);
    answer(folder.path(), &never);
    let other = dnn(folder.path(), &never.replace("epochs=60", "epochs=61"));
    assert_eq!(other.status.code(), Some(5), "{}", String::from_utf8_lossy(&other.stderr));
}

#[test]
fn what_init_writes_is_what_train_and_sweep_take() {
    let folder = circle();
    let told = answer(folder.path(), "init circle.csv");
    assert!(
        told.contains("600 rows of 3 columns") && told.contains("one of 2 classes is predicted: in, out"),
        "{told}"
    );
    answer(folder.path(), "train --config dnn.toml --set epochs=3 --out run");
    let found = |line: &str| std::fs::read_to_string(folder.path().join("dnn.toml")).unwrap().contains(line);
    assert!(found("target = \"place\"") && found("# ignore = "));
    let again = dnn(folder.path(), "init circle.csv");
    assert_eq!(again.status.code(), Some(3));
    answer(folder.path(), "init circle.csv --target east --set network.hidden=[4] --force");
    assert!(found("task = \"number\"") && found("hidden = [4]"));
    answer(folder.path(), "sweep --config dnn.toml --set epochs=2 --trials 2 --strategy asha --parallel 1");
    assert!(folder.path().join("runs/circle-sweep/report.html").exists());
}

#[test]
fn the_gradient_of_a_network_on_its_data_is_checked() {
    let folder = circle();
    let line = "check circle.csv --target place --set penalty.l2=0.01 --set activation=gelu --set dropout=0.2 --json";
    let checked: Value = serde_json::from_str(&answer(folder.path(), line)).unwrap();
    assert_eq!((&checked["right"], &checked["examples"]), (&true.into(), &32.into()));
    assert!(
        checked["parts"].as_array().unwrap().iter().all(|part| part["distance"].as_f64().unwrap() < 1e-6)
    );
}
