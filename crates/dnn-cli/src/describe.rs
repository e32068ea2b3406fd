//! What was decided about a training, in words, for the screen and the log.

use dnn_data::{Encoding, Preprocessor, SchemaColumn, Target, Unused};
use dnn_observe::RunFolder;
use dnn_pipeline::Session;
use dnn_pipeline::config::Training;
use serde::Serialize;

use crate::table::listed;

/// Registry that are listed.
const LISTED: usize = 8;

/// What was decided, a line for each matter, and how to change it.
pub(crate) fn decisions(session: &Session<'_>, folder: &RunFolder) -> Vec<String> {
    let Session { prepared, network, config, .. } = session;
    let mut lines = vec![predicts(&prepared.preprocessor)];
    lines.extend(unused(&prepared.preprocessor));
    lines.extend(decimal_commas(&prepared.preprocessor));
    lines.push(examples(session));
    lines.push(format!("network: {network}; {} parameters", network.parameter_count()));
    lines.push(training(&config.training));
    let backend = session.machine.compute().backend.identity();
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

fn predicts(preprocessor: &Preprocessor) -> String {
    let what = match preprocessor {
        Preprocessor::Table(encoder) => format!("{:?}", encoder.target_name()),
        _ => "the answer".into(),
    };
    match preprocessor.target() {
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
fn unused(preprocessor: &Preprocessor) -> Option<String> {
    let Preprocessor::Table(encoder) = preprocessor else { return None };
    let why = |why| match why {
        Unused::Empty => "empty",
        Unused::Constant => "always the same",
        _ => "as asked",
    };
    let unused = encoder.columns().iter().filter_map(|column| match column.encoding {
        Encoding::Unused(Unused::Target) => None,
        Encoding::Unused(reason) => Some(format!("{} ({})", column.name, why(reason))),
        _ => None,
    });
    let unused: Vec<String> = unused.collect();
    (!unused.is_empty()).then(|| format!("left out: {}", unused.join(", ")))
}

/// Columns taken for categories whose every text looks like a number with a decimal comma.
fn decimal_commas(preprocessor: &Preprocessor) -> Option<String> {
    let Preprocessor::Table(encoder) = preprocessor else { return None };
    let number =
        |text: &String| text.matches(',').count() == 1 && text.replace(',', ".").parse::<f64>().is_ok();
    let suspect = |column: &&SchemaColumn| match &column.encoding {
        Encoding::Categories { names, .. } => names.len() > 2 && names.iter().all(number),
        _ => false,
    };
    let found = encoder.columns().iter().filter(suspect);
    let found: Vec<&str> = found.map(|column| column.name.as_str()).collect();
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
    format!("examples: {} of {} features{hint}", counts.join(", "), session.prepared.preprocessor.features())
}
