//! Trains on a table, then answers requests for predictions from eight threads, as a service does.
//!
//! `cargo run --release --manifest-path examples/pipeline-service/Cargo.toml [-- MODEL REQUEST]`
//!
//! MODEL is a file that `dnn train` wrote, or the folder of its run, and REQUEST a row for it in JSON; without them the program
//! trains a model of its own. What to expect, or it fails: at least 95 % of fresh rows are told right, all threads give the same
//! answers, and a row that makes no sense is refused alone, in words.

use std::fmt::Write;
use std::path::Path;
use std::thread;

use dnn_pipeline::{Config, Model, Prediction};
use serde_json::{Value, json};

type Failure = Box<dyn std::error::Error>;

const THREADS: usize = 8;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments[..] {
        [] => demonstrate(),
        [model, request] => answer(model, request),
        _ => Err("expected MODEL and REQUEST, or nothing".into()),
    }
}

/// One request to a model that was trained before.
fn answer(model: &str, request: &str) -> Result<(), Failure> {
    let model = Model::load(model)?;
    for input in model.inputs() {
        println!("needs {}: {:?}", input.name, input.accepts);
    }
    let predictions = model.predict_json(&[serde_json::from_str(request)?])?;
    println!("{}", serde_json::to_string(&predictions)?);
    Ok(())
}

/// A whole service, from the table to the answers.
fn demonstrate() -> Result<(), Failure> {
    let folder = std::env::temp_dir().join(format!("pipeline-service-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let done = serve(&train(&folder)?);
    std::fs::remove_dir_all(&folder)?;
    done
}

/// Writes a table of flowers, and trains on it.
fn train(folder: &Path) -> Result<Model, Failure> {
    let table = folder.join("flowers.csv");
    let mut text = String::from("petal length,colour,species\n");
    for row in 0..300 {
        let (length, colour, species) = flower(row);
        writeln!(text, "{length:.2},{colour},{species}")?;
    }
    std::fs::write(&table, text)?;

    let run = Config::table(&table)
        .target("species")
        .set("training.epochs=60")?
        .set("data.test_share=0.2")?
        .job()
        .out(folder.join("run"))
        .notes(&mut |line| eprintln!("{line}"))
        .train()?;
    println!("trained in {:.1} s; {:?}", run.seconds, run.metrics["test"]);
    Ok(run.model()?)
}

/// Answers requests of raw values, from all threads at once.
fn serve(model: &Model) -> Result<(), Failure> {
    for input in model.inputs() {
        println!("needs {}: {:?}", input.name, input.accepts);
    }
    // As a request comes in: texts and numbers, or JSON.
    let flowers = model.predict_rows(&[["1.4", "white"], ["5.5", "blue"]])?;
    println!("{} {:.3}", flowers[0].label(), flowers[0].probability());
    let same =
        model.predict_json(&[json!({"colour": "white", "petal length": 1.4}), json!([5.5, "blue"])])?;
    expect(flowers == same, "JSON and texts mean the same")?;

    let requests: Vec<[Value; 2]> =
        (1000..1400).map(|row| [json!(flower(row).0), json!(flower(row).1)]).collect();
    let requests: Vec<Value> = requests.into_iter().map(|row| Value::Array(row.to_vec())).collect();
    let answers: Vec<Vec<Prediction>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(|| model.predict_json(&requests))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect::<Result<_, _>>()
    })?;
    expect(answers.iter().all(|answer| *answer == answers[0]), "all threads give the same answers")?;
    let right =
        answers[0].iter().zip(1000..).filter(|(answer, row)| answer.label() == flower(*row).2).count();
    println!("{right} of {} told right, by each of {THREADS} threads", requests.len());
    expect(100 * right >= 95 * requests.len(), "19 of 20 are told right")?;

    // A row is refused for what it is; another beside it is not.
    let refused = model.predict_rows(&[["long", "white"]]).expect_err("no number");
    println!("refused: {refused}");
    expect(refused.to_string().contains("petal length"), "the error names the column")?;
    Ok(())
}

/// A flower by its number: the short ones are daisies, and of the others the white ones lilies.
fn flower(row: usize) -> (f64, &'static str, &'static str) {
    let length = 0.5 + (row * 7919 % 600) as f64 / 100.0;
    let colour = ["white", "blue", "red"][row * 31 % 3];
    let species = match (length < 3.0, colour) {
        (true, _) => "daisy",
        (false, "white") => "lily",
        _ => "iris",
    };
    (length, colour, species)
}

fn expect(holds: bool, what: &str) -> Result<(), Failure> {
    if holds { Ok(()) } else { Err(format!("expected that {what}").into()) }
}
