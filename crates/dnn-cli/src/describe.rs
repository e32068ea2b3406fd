//! A training in words: what was decided, for the screen and the log, and what `run.json` keeps.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use dnn_data::Intake;
use dnn_data::recipe::{Features, Target, Unused};
use dnn_observe::{About, RunFolder};
use serde::Serialize;

use crate::config::Training;
use crate::flags::cores;
use crate::session::Session;
use crate::table::listed;
use crate::{Error, Result};

/// Names that are listed.
const LISTED: usize = 8;

/// What people call the run in `folder`.
pub(crate) fn name(folder: &RunFolder) -> String {
    folder.path().file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// What was decided, a line for each matter, and how to change it.
pub(crate) fn decisions(session: &Session<'_>, folder: &RunFolder) -> Vec<String> {
    let Session { prepared, network, config, .. } = session;
    let mut lines = vec![predicts(&prepared.intake)];
    lines.extend(unused(&prepared.intake));
    lines.extend(decimal_commas(&prepared.intake));
    lines.push(examples(session));
    lines.push(format!("network: {network}; {} parameters", network.parameter_count()));
    lines.push(training(&config.training));
    let backend = session.machine.backend.identity();
    lines.push(format!("computed by {backend}; run: {}", folder.path().display()));
    lines
}

fn training(training: &Training) -> String {
    let named = [name_of(&training.optimizer), name_of(&training.schedule)].into_iter().flatten();
    let mut parts: Vec<String> = named.collect();
    parts.extend(training.learning_rate.map(|rate| format!("learning rate {rate}")));
    parts.extend(training.batch.map(|batch| format!("batches of {batch}")));
    parts.extend(training.epochs.map(|epochs| format!("{epochs} epochs")));
    parts.extend(training.steps.map(|steps| format!("{steps} steps")));
    let early = training.early_stopping.as_ref().filter(|early| early.patience > 0);
    parts.extend(early.map(|early| format!("stops {} looks after the best", early.patience)));
    format!("training: {}; all of it stands in dnn.toml", parts.join(", "))
}

/// The name of a choice that has one.
fn name_of(choice: &impl Serialize) -> Option<String> {
    let choice = serde_json::to_value(choice).ok()?;
    Some(choice.get("name")?.as_str()?.to_owned())
}

fn predicts(intake: &Intake) -> String {
    let what = match intake {
        Intake::Rows(recipe) => format!("{:?}", recipe.target_name()),
        _ => "the answer".into(),
    };
    match intake.target() {
        Target::Number { mean, deviation } => format!(
            "predicts {what} as a number (mean {mean:.4}, deviation {deviation:.4}); for classes instead: --set data.task=classes"
        ),
        target => {
            let classes = target.classes().unwrap_or_default();
            let numbers = classes.iter().all(|class| class.parse::<f64>().is_ok());
            let change = if numbers { "; for a number instead: --set data.task=number" } else { "" };
            format!(
                "predicts {what} as one of {} classes ({}){change}",
                classes.len(),
                listed(classes, LISTED)
            )
        }
    }
}

/// Columns that nothing is predicted from, and why.
fn unused(intake: &Intake) -> Option<String> {
    let Intake::Rows(recipe) = intake else { return None };
    let why = |why| match why {
        Unused::Empty => "empty",
        Unused::Constant => "always the same",
        _ => "as asked",
    };
    let unused: Vec<String> = recipe
        .unused()
        .filter(|(_, why)| *why != Unused::Target)
        .map(|(name, reason)| format!("{name} ({})", why(reason)))
        .collect();
    (!unused.is_empty()).then(|| format!("left out: {}", unused.join(", ")))
}

/// Columns taken for categories whose every text looks like a number with a decimal comma.
fn decimal_commas(intake: &Intake) -> Option<String> {
    let Intake::Rows(recipe) = intake else { return None };
    let number =
        |text: &String| text.matches(',').count() == 1 && text.replace(',', ".").parse::<f64>().is_ok();
    let suspect = |features: &Features| match features {
        Features::Categories { names, .. } => names.len() > 2 && names.iter().all(number),
        _ => false,
    };
    let found: Vec<&str> =
        recipe.columns().filter(|(_, features)| suspect(features)).map(|(name, _)| name).collect();
    (!found.is_empty()).then(|| {
        format!(
            "note: texts like 1,5 are categories ({}): if they are numbers, write a decimal point",
            found.join(", ")
        )
    })
}

fn examples(session: &Session<'_>) -> String {
    let purpose = |name| match name {
        "train" => "to train on",
        "validation" => "to validate",
        _ => "to test",
    };
    let counts: Vec<String> =
        session.counts().map(|(name, count)| format!("{count} {}", purpose(name))).collect();
    let hint = match session.prepared.test {
        Some(_) => "",
        None => "; to test too: --test FILE, or --set data.test_share=0.2",
    };
    format!("examples: {} of {} features{hint}", counts.join(", "), session.prepared.intake.features())
}

/// What `run.json` keeps.
///
/// # Errors
/// [`Error::Other`] for a configuration that JSON cannot hold.
pub(crate) fn about(session: &Session<'_>) -> Result<About> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let data = &session.config.data;
    let path = |path: &Option<std::path::PathBuf>| path.as_ref().map(|path| path.display().to_string());
    let mut described: BTreeMap<String, String> =
        session.counts().map(|(name, count)| (format!("{name} examples"), count.to_string())).collect();
    described.extend(path(&data.train).map(|path| ("train".into(), path)));
    described.extend(path(&data.test).map(|path| ("test".into(), path)));
    described.extend(data.train.as_deref().and_then(fingerprint).map(|print| (FINGERPRINT.into(), print)));
    described.insert("predicted".into(), predicts(&session.prepared.intake));
    let machine = [
        ("system", std::env::consts::OS.to_owned()),
        ("architecture", std::env::consts::ARCH.to_owned()),
        ("cores", cores().to_string()),
    ];
    Ok(About {
        started: now.as_secs_f64(),
        command: std::env::args().collect(),
        versions: [("dnn".to_owned(), env!("CARGO_PKG_VERSION").to_owned())].into(),
        seed: session.config.run.seed.unwrap_or(0),
        backend: session.machine.backend.identity().to_string(),
        threads: session.machine.compute().pool.threads(),
        machine: machine.map(|(name, value)| (name.to_owned(), value)).into(),
        network: session.network.to_string(),
        parameters: session.network.parameter_count(),
        data: described,
        configuration: serde_json::to_value(&session.config).map_err(|error| Error::Other(error.into()))?,
        ..About::default()
    })
}

/// What `run.json` calls the fingerprint of the file that is trained on.
pub(crate) const FINGERPRINT: &str = "train file";

/// What tells a file from another: its length, and a checksum of its first and last mebibyte. None for a folder, and for what
/// cannot be read.
pub(crate) fn fingerprint(path: &Path) -> Option<String> {
    let mut file = File::open(path).ok().filter(|_| path.is_file())?;
    let length = file.metadata().ok()?.len();
    let mut ends = Vec::new();
    (&mut file).take(ENDS).read_to_end(&mut ends).ok()?;
    file.seek(SeekFrom::Start(length.saturating_sub(ENDS))).ok()?;
    file.take(ENDS).read_to_end(&mut ends).ok()?;
    Some(format!("{length} bytes, CRC32C {:08x} of both ends", crc32c::crc32c(&ends)))
}

/// Bytes of either end of a file that are looked at.
const ENDS: u64 = 1 << 20;
