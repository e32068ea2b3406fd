//! The program as a person runs it: from data to a model, to predictions, through Ctrl-C and back.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// A folder of its own, in which the program runs.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dnn"));
        command.current_dir(self.0.path()).args(arguments).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// What it prints, if it ends well.
    fn prints(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "nobody watches, so it says nothing");
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.prints(arguments)).unwrap()
    }

    /// Exit code and error of a command that fails.
    fn fails(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.run(arguments);
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    }
}

/// Points whose colour is their quadrant, and whose height follows from where they are.
fn points(count: usize) -> String {
    let number = |i: usize, factor: usize| (i * factor % 199) as f64 / 99.5 - 1.0;
    let row = |i: usize| {
        let (x, y) = (number(i, 37), number(i, 61));
        let colour = if x * y > 0.0 { "red" } else { "blue" };
        format!("{x:.4},{y:.4},{colour},{:.4}\n", 10.0 + 3.0 * x - y)
    };
    "x,y,colour,height\n".to_owned() + &(0..count).map(row).collect::<String>()
}

#[test]
fn a_table_becomes_a_model_that_takes_raw_rows() {
    let place = Place::new();
    place.write("points.csv", points(600));
    place.write("test.csv", points(150));
    let trained = place.json(&[
        "train",
        "points.csv",
        "--target",
        "colour",
        "--test",
        "test.csv",
        "--set",
        "data.validation=0.2",
        "--set",
        "data.ignore=['height']",
        "--out",
        "run",
        "--json",
    ]);
    assert_eq!((&trained["run"], &trained["model"]), (&"run".into(), &"run/model.dnn".into()));
    assert!(trained["seconds"].as_f64().unwrap() > 0.0);
    for part in ["train", "validation", "test"] {
        assert!(trained["metrics"][part]["accuracy"].as_f64().unwrap() > 0.9, "{trained}");
    }
    for file in [
        "run.json",
        "dnn.toml",
        "metrics.jsonl",
        "log.txt",
        "outcome.json",
        "evaluation.json",
        "plots/cost.svg",
    ] {
        assert!(fs::metadata(place.path("run").join(file)).unwrap().len() > 0, "{file}");
    }

    let measured = place.json(&["eval", "run", "test.csv", "--json"]);
    assert_eq!(measured["metrics"], trained["metrics"]["test"]);
    // Columns in another order, one more, and no answer.
    place.write("new.csv", "note,y,x\nhigh,0.5,0.5\nlow,-0.5,0.5\n");
    let predicted = place.prints(&["predict", "run/model.dnn", "new.csv", "--json"]);
    let rows: Vec<Value> = predicted.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!([&rows[0]["prediction"], &rows[1]["prediction"]], ["red", "blue"]);
    assert_eq!(rows[1]["row"], 2);
    let shares = rows[0]["probabilities"].as_object().unwrap();
    assert!((shares.values().map(|share| share.as_f64().unwrap()).sum::<f64>() - 1.0).abs() < 1e-6);

    let mut child = place.command(&["predict", "run", "-"]);
    let mut child = child.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"x,y\n0.5,0.5\n").unwrap();
    let printed = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    assert!(printed.starts_with("prediction,probability of blue,probability of red\nred,"), "{printed}");

    let inspected = place.json(&["inspect", "run", "--json"]);
    let (memory, parameters) = (&inspected["model"]["memory"], &inspected["model"]["parameters"]);
    // Two vectors of AdamW, in f32.
    assert_eq!(memory["optimizer"].as_u64(), parameters.as_u64().map(|count| 8 * count));

    place.write("broken.csv", "x,y\n0.5,half\n");
    place.write("kept.csv", "of before\n");
    let refused = place.command(&["predict", "run", "broken.csv", "--out", "kept.csv"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(4));
    assert_eq!(fs::read_to_string(place.path("kept.csv")).unwrap(), "of before\n");
    // Nor does a fault far down, when much was written already.
    place.write("late.csv", String::from("x,y\n") + &"0.5,0.5\n".repeat(20_000) + "0.5,half\n");
    assert_eq!(place.fails(&["predict", "run", "late.csv", "--out", "kept.csv"]).0, 4);
    assert_eq!(fs::read_to_string(place.path("kept.csv")).unwrap(), "of before\n");
    assert!(!place.path("kept.csv.part").exists());
    place.prints(&["predict", "run", "new.csv", "--out", "kept.csv"]);
    assert!(fs::read_to_string(place.path("kept.csv")).unwrap().starts_with("prediction,"));

    let again = place.json(&["train", "--config", "run/dnn.toml", "--out", "again", "--json"]);
    assert_eq!(again["metrics"], trained["metrics"]);
    assert_eq!(
        fs::read(place.path("run/model.dnn")).unwrap(),
        fs::read(place.path("again/model.dnn")).unwrap()
    );
}

#[test]
fn numbers_are_predicted_in_the_units_of_the_data() {
    let place = Place::new();
    place.write("points.csv", points(400));
    let trained = place.json(&["train", "points.csv", "--target", "4", "--set", "epochs=60", "--json"]);
    assert_eq!(trained["run"], "runs/points-1");
    let metrics = &trained["metrics"]["train"];
    assert!(metrics["r2"].as_f64().unwrap() > 0.95 && metrics["rmse"].as_f64() > metrics["mae"].as_f64());
    assert_eq!(trained["metrics"].as_object().unwrap().len(), 1);
    place.write("new.csv", "x,y,colour\n0,0,red\n");
    let predicted = place.prints(&["predict", "runs/points-1", "new.csv", "--out", "out.csv"]);
    assert_eq!(predicted, "");
    let written = fs::read_to_string(place.path("out.csv")).unwrap();
    let number: f64 = written.strip_prefix("prediction\n").unwrap().trim().parse().unwrap();
    assert!((number - 10.0).abs() < 1.0, "{number}");
    place.prints(&["train", "points.csv", "--target", "4", "--set", "epochs=1"]);
    assert!(place.path("runs/points-2/model.dnn").is_file(), "an earlier run is never overwritten");
}

/// A recording of a tone, 16 bits at 8 kHz.
fn tone(pitch: f64) -> Vec<u8> {
    let samples: Vec<u8> =
        (0..1600).flat_map(|i| ((8000.0 * (pitch * f64::from(i)).sin()) as i16).to_le_bytes()).collect();
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + samples.len() as u32).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    bytes.extend(8000_u32.to_le_bytes());
    bytes.extend(16000_u32.to_le_bytes());
    bytes.extend(b"\x02\0\x10\0data");
    bytes.extend((samples.len() as u32).to_le_bytes());
    bytes.extend(samples);
    bytes
}

/// An IDX file of bytes.
fn idx(sizes: &[u32], bytes: &[u8]) -> Vec<u8> {
    let mut file = vec![0, 0, 8, sizes.len() as u8];
    file.extend(sizes.iter().flat_map(|size| size.to_be_bytes()));
    file.extend(bytes);
    file
}

#[test]
fn pictures_recordings_arrays_and_json_lines_train_without_a_word() {
    let place = Place::new();
    let pixels = |class: usize, i: usize| -> Vec<u8> {
        (0..16).map(|pixel| if (pixel % 4 < 2) == (class == 0) { 200 + i as u8 } else { i as u8 }).collect()
    };
    let mut lines = String::new();
    for i in 0..20 {
        let class = i % 2;
        let name = ["left", "right"][class];
        place.write(
            &format!("pictures/{name}/{i}.pgm"),
            [b"P5 4 4 255\n".to_vec(), pixels(class, i)].concat(),
        );
        place.write(&format!("tones/{class}_anna_{i}.wav"), tone(0.2 + class as f64 + 0.01 * i as f64));
        lines += &format!("{{\"x\":{},\"kind\":\"{name}\"}}\n", class as f64 + 0.01 * i as f64);
    }
    place.write("lines.jsonl", lines);
    let all: Vec<u8> = (0..20).flat_map(|i| pixels(i % 2, i)).collect();
    let labels: Vec<u8> = (0..20).map(|i| i % 2).collect();
    for part in ["train", "t10k"] {
        place.write(&format!("idx/{part}-images-idx3-ubyte"), idx(&[20, 4, 4], &all));
        place.write(&format!("idx/{part}-labels-idx1-ubyte"), idx(&[20], &labels));
    }
    for (data, new, target) in [
        ("pictures", "pictures/right", &[][..]),
        ("tones", "tones/1_anna_1.wav", &[]),
        ("idx", "idx/t10k-images-idx3-ubyte", &[]),
        ("lines.jsonl", "lines.jsonl", &["--target", "kind"]),
    ] {
        let trained =
            place.json(&[&["train", data, "--out", &format!("run-{data}"), "--json"], target].concat());
        assert!(trained["metrics"]["train"]["accuracy"].as_f64().unwrap() > 0.9, "{data}: {trained}");
        assert_eq!(trained["metrics"]["test"].is_object(), data == "idx", "{data}");
        let model = format!("run-{data}/model.dnn");
        let measured = place.json(&["eval", &model, data, "--json"]);
        assert_eq!(measured["metrics"]["accuracy"], trained["metrics"]["train"]["accuracy"], "{data}");
        assert!(place.prints(&["predict", &model, new]).lines().count() > 1, "{data}");
    }
}

#[test]
fn decimal_commas_are_noted() {
    let place = Place::new();
    let rows = (0..60).map(|row| format!("{},{};{}\n", row % 7, row % 3, ["a", "b"][row % 2]));
    place.write("euro.csv", String::from("size;kind\n") + &rows.collect::<String>());
    place.json(&["train", "euro.csv", "--target", "kind", "--set", "epochs=1", "--out", "run", "--json"]);
    let log = fs::read_to_string(place.path("run/log.txt")).unwrap();
    assert!(log.contains("note: texts like 1,5 are categories (size)"), "{log}");
}

#[test]
fn groups_of_a_column_are_held_out_whole() {
    let place = Place::new();
    // Who it was tells the answer: known people are told apart, others only by chance.
    let rows = (0..400).map(|row| format!("{},{},{}\n", row % 20, (row * 7919) % 13, (row % 20) % 3 % 2));
    place.write("people.csv", String::from("who,x,y\n") + &rows.collect::<String>());
    let train = |run: &'static str, more: &[&'static str]| {
        let flags = [
            "train",
            "people.csv",
            "--target",
            "y",
            "--set",
            "test_share=0.25",
            "--set",
            "epochs=2",
            "--out",
            run,
            "--json",
        ];
        place.json(&[&flags[..], more].concat())
    };
    train("apart", &["--set", "data.group=who"]);
    let about: Value = serde_json::from_slice(&fs::read(place.path("apart/run.json")).unwrap()).unwrap();
    // 5 of 20 people, and nothing is predicted from who they are.
    assert_eq!(about["data"]["test examples"], "100");
    let inspected = place.json(&["inspect", "apart", "--json"]);
    assert_eq!(inspected["model"]["takes"]["features"], 1, "{inspected}");
}

#[test]
fn data_to_validate_on_can_be_given_in_memory_and_streamed() {
    let place = Place::new();
    place.write("points.csv", points(300));
    place.write("more.csv", points(77));
    for (run, stream) in [("memory", "data.stream=false"), ("stream", "data.stream=true")] {
        let flags = [
            "--target",
            "colour",
            "--set",
            "data.validation_data=more.csv",
            "--set",
            stream,
            "--set",
            "epochs=30",
        ];
        let trained = place.json(&[&["train", "points.csv", "--out", run, "--json"], &flags[..]].concat());
        let measured = place.json(&["eval", run, "more.csv", "--json"]);
        assert_eq!(measured["metrics"], trained["metrics"]["validation"], "{run}");
        assert_eq!(measured["examples"], 77);
    }

    let (all, few) = ([7_u8; 30].map(|_| 0), (0..20).map(|i| i % 2).collect::<Vec<u8>>());
    place.write("x", idx(&[20, 2], &few.iter().flat_map(|&i| [i * 200, 3]).collect::<Vec<u8>>()));
    place.write("y", idx(&[20], &few));
    place.write("x2", idx(&[30, 2], &[all, [9; 30]].concat()));
    place.write("y2", idx(&[30], &all));
    let files =
        ["data.labels=y", "data.test_labels=y2", "data.validation_data=x2", "data.validation_labels=y2"];
    let sets: Vec<&str> = files.iter().flat_map(|file| ["--set", file]).collect();
    let trained = place.json(&[&["train", "x", "--test", "x2", "--json"], &sets[..]].concat());
    assert_eq!(trained["metrics"].as_object().unwrap().len(), 3, "{trained}");
}

#[test]
fn recordings_are_named_otherwise_for_the_run_and_for_the_model() {
    let place = Place::new();
    for i in 0..20 {
        place.write(
            &format!("tones/anna_{}_{i}.wav", i % 2),
            tone(0.2 + f64::from(i % 2) + 0.01 * f64::from(i)),
        );
    }
    let named = ["--set", "data.names={speaker}_{digit}_{take}", "--set", "data.class=digit"];
    let trained = place.json(&[&["train", "tones", "--out", "run", "--json"], &named[..]].concat());
    let measured = place.json(&["eval", "run", "tones", "--json"]);
    assert_eq!(measured["metrics"], trained["metrics"]["train"]);
    assert_eq!(place.json(&[&["eval", "run/model.dnn", "tones", "--json"], &named[..]].concat()), measured);
}

/// Waits until `path` holds something.
fn wait_for(path: &Path, content: &str) {
    let start = Instant::now();
    while !fs::read_to_string(path).is_ok_and(|text| text.contains(content)) {
        assert!(start.elapsed() < Duration::from_secs(60), "no {content} in {}", path.display());
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(unix)]
#[test]
fn a_training_stopped_by_ctrl_c_and_resumed_ends_in_the_same_bytes() {
    let place = Place::new();
    place.write("points.csv", points(500));
    let flags = ["--target", "colour", "--set", "epochs=4000", "--set", "batch=20", "--set", "hidden=[24]"];
    let train = |run: &'static str| [&["train", "points.csv", "--out", run, "--json"], &flags[..]].concat();
    place.prints(&train("whole"));

    let child = place.command(&train("stopped")).stderr(Stdio::piped()).spawn().unwrap();
    wait_for(&place.path("stopped/metrics.jsonl"), "\"epoch\":5,");
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.starts_with("stopped at step ") && said.contains("dnn resume stopped goes on"), "{said}");
    assert!(!place.path("stopped/model.dnn").exists());

    let rows = fs::read(place.path("points.csv")).unwrap();
    place.write("points.csv", points(500).replace("red", "Red"));
    let (code, said) = place.fails(&["resume", "stopped"]);
    assert!(code == 5 && said.contains("is not the file that the run began with"), "{said}");
    place.write("points.csv", rows);

    let resumed = place.json(&["resume", "stopped", "--json"]);
    assert_eq!(resumed["model"], "stopped/model.dnn");
    let bytes = |run: &str| fs::read(place.path(run).join("model.dnn")).unwrap();
    assert!(bytes("whole") == bytes("stopped"), "the bytes of both models");
    assert_eq!(place.json(&["resume", "stopped", "--json"])["metrics"], resumed["metrics"], "it is finished");
    fs::remove_file(place.path("stopped/model.dnn")).unwrap();
    place.json(&["resume", "stopped", "--json"]);
    assert!(bytes("whole") == bytes("stopped"), "the model is made again from the last checkpoint");
}

#[test]
fn what_is_wrong_is_said_with_its_exit_code_and_leaves_no_run() {
    let place = Place::new();
    place.write("points.csv", points(60));
    place.write("bad.toml", "[training]\nepochs = 5\nlearning_rte = 0.1\n");
    let train =
        |flags: &[&str]| place.fails(&[&["train", "points.csv", "--target", "colour"], flags].concat());
    let expected = "error: bad.toml, line 3: unknown key `learning_rte`: did you mean `learning_rate`?\n";
    assert_eq!(train(&["--config", "bad.toml"]), (3, expected.into()));
    for (flags, code, words) in [
        (&["--set", "batch=0"][..], 3, "batch is 0, but a step needs at least 1 example"),
        (&["--set", "network.activation=rlu"], 3, "unknown activation \"rlu\""),
        (&["--set", "cost=huber"], 3, "training.cost is huber"),
        (&["--set", "learning_rate=1e30", "--set", "optimizer=gradient_descent"], 6, "the cost became"),
        (&["--test", "nowhere.csv"], 4, "nothing is there"),
        (&["--backend", "nonsense"], 2, "nonsense"),
        (&["--nonsense"], 2, "--nonsense"),
    ] {
        let (found, said) = train(flags);
        assert!(found == code && said.contains(words), "{flags:?}: {found} {said}");
    }
    assert!(place.fails(&["train", "points.csv"]).1.contains("--target, as one of x, y, colour, height"));
    assert_eq!(place.fails(&["predict", "points.csv", "points.csv"]).0, 5);
    assert_eq!(place.fails(&["resume", "nowhere"]).0, 5);
    // Only the training that failed on the way has left a run, and says so.
    assert_eq!(fs::read_dir(place.path("runs")).unwrap().count(), 1);
    assert!(fs::read_to_string(place.path("runs/points-1/outcome.json")).unwrap().contains("\"failed\""));
}

#[cfg(unix)]
#[test]
fn a_streamed_table_trains_and_is_resumed_between_two_chunks() {
    let place = Place::new();
    // Two chunks of 65536 rows at most, once a tenth is held out.
    place.write("points.csv", points(80_000));
    place.write("test.csv", points(200));
    let flags =
        ["--target", "colour", "--test", "test.csv", "--set", "data.stream=true", "--set", "epochs=3"];
    let train = |run: &'static str| [&["train", "points.csv", "--out", run, "--json"], &flags[..]].concat();
    let trained = place.json(&train("whole"));
    assert!(trained["metrics"]["test"]["accuracy"].as_f64().unwrap() > 0.95, "{trained}");

    let mut child = place.command(&train("stopped")).stderr(Stdio::null()).spawn().unwrap();
    wait_for(&place.path("stopped/metrics.jsonl"), "\"epoch\":1,");
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    place.prints(&["resume", "stopped"]);
    let bytes = |run: &str| fs::read(place.path(run).join("model.dnn")).unwrap();
    assert!(bytes("whole") == bytes("stopped"), "the bytes of both models");
}

#[test]
fn a_stream_holds_rows_out_stops_early_and_is_swept() {
    let place = Place::new();
    let rows = points(6000);
    place.write("points.csv", rows.replace(',', ";"));
    let flags = ["points.csv", "--target", "colour", "--delimiter", ";", "--set", "data.stream=true"];
    let run = |command: &'static str, more: &[&'static str]| {
        place.json(&[&[command], &flags[..], more, &["--json"]].concat())
    };
    let shares = [
        "--set",
        "test_share=0.2",
        "--set",
        "validation=0.1",
        "--set",
        "epochs=200",
        "--set",
        "early_stopping.patience=2",
    ];
    let trained = run("train", &[&shares[..], &["--out", "run"]].concat());
    for part in ["validation", "test"] {
        assert!(trained["metrics"][part]["accuracy"].as_f64().unwrap() > 0.95, "{trained}");
    }
    let about: Value = serde_json::from_slice(&fs::read(place.path("run/run.json")).unwrap()).unwrap();
    let counts = ["train", "validation", "test"]
        .map(|part| about["data"][format!("{part} examples")].as_str().unwrap().parse::<usize>().unwrap());
    assert_eq!(counts.iter().sum::<usize>(), 6000);
    assert!(counts[1].abs_diff(480) < 110 && counts[2].abs_diff(1200) < 160, "{counts:?}");
    let metrics = fs::read_to_string(place.path("run/metrics.jsonl")).unwrap();
    let epochs = metrics.lines().filter(|line| line.contains("\"epoch\"")).count();
    assert!(epochs < 200 && metrics.contains("validation"), "{epochs} epochs");

    let swept = run("sweep", &["--trials", "3", "--set", "epochs=2", "--out", "sweep"]);
    assert!(swept["trials"] == 3 && swept["metrics"]["validation"]["accuracy"].is_number(), "{swept}");

    let parts = ["part", "train", "test", "dev", "training"];
    let divided = rows.lines().enumerate();
    let divided: String = divided
        .map(|(row, line)| format!("{line},{}\n", parts[if row == 0 { 0 } else { 1 + row % 4 }]))
        .collect();
    place.write("divided.csv", divided);
    let told = place.json(&[
        "train",
        "divided.csv",
        "--target",
        "colour",
        "--set",
        "data.stream=true",
        "--set",
        "split_column=part",
        "--set",
        "epochs=2",
        "--json",
    ]);
    assert_eq!(told["metrics"].as_object().unwrap().len(), 3, "{told}");
}
