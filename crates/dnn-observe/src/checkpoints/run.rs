//! What a checkpoint holds of a run besides the parameters: its sections, which FORMAT.md of
//! `dnn-io` lists.

use dnn_core::{Network, Real};
use dnn_io::{Checkpoint, Newest};
use dnn_train::{Numbers, RunState, Settings, Trainer, TrainerState};

use crate::{Error, Result};

/// What the optimizer keeps, as raw numbers.
const STATE: &str = "dnn-train/optimizer-state";
/// The best parameters so far, as raw numbers, where the plan keeps them.
const BEST_PARAMETERS: &str = "dnn-train/best-parameters";
/// [`TrainerState`].
const MEMORY: &str = "dnn-train/memory";
/// [`Settings`] as one text, in JSON: written for people, they leave out what is not set.
const SETTINGS: &str = "dnn-train/settings";

/// Where a run goes on.
#[derive(Debug)]
#[non_exhaustive]
pub struct Resumed {
    /// Steps taken until then.
    pub step: u64,
    /// What whoever resumes should know: newer checkpoints that are damaged, another back end, other settings.
    pub notes: Vec<String>,
}

/// What is the same in every checkpoint of a run.
pub(super) struct Description {
    network: Network,
    settings: Option<String>,
    /// Empty if it was not noted.
    pub(super) backend: String,
}

impl Description {
    pub(super) fn new(network: &Network) -> Self {
        Self { network: network.clone(), settings: None, backend: String::new() }
    }

    pub(super) fn note_settings(&mut self, settings: &Settings) {
        self.settings =
            Some(serde_json::to_string(settings).expect("texts and numbers can always be written"));
    }

    /// A copy of the run as it stands.
    pub(super) fn snapshot<T: Real>(&self, run: RunState<'_>) -> Result<Checkpoint<T>> {
        let numbers = |numbers: Numbers<'_>| numbers.get::<T>().unwrap_or_default().to_vec();
        let parameters = Checkpoint::new(self.network.clone(), numbers(run.parameters))?;
        let mut checkpoint = parameters.computed_by(&self.backend);
        checkpoint.set_numbers(STATE, run.optimizer_state.get::<T>().unwrap_or_default())?;
        if let Some(parameters) = run.best.and_then(Numbers::get::<T>) {
            checkpoint.set_numbers(BEST_PARAMETERS, parameters)?;
        }
        checkpoint.set_section(MEMORY, run.state)?;
        if let Some(settings) = &self.settings {
            checkpoint.set_section(SETTINGS, settings)?;
        }
        Ok(checkpoint)
    }

    /// Has `trainer` go on from `newest`.
    pub(super) fn resume<T: Real>(&self, newest: Newest<T>, trainer: &mut Trainer<'_, T>) -> Result<Resumed> {
        let Newest { step, checkpoint, damaged } = newest;
        let (found, expected) = (checkpoint.network(), &self.network);
        if found.specification() != expected.specification() {
            return Err(Error::OtherRun { step, found: found.to_string(), expected: expected.to_string() });
        }
        let memory: TrainerState = checkpoint.section(MEMORY)?.ok_or_else(|| lacks(step, MEMORY))?;
        let state = checkpoint.numbers(STATE)?.ok_or_else(|| lacks(step, STATE))?;
        let best_parameters = checkpoint.numbers(BEST_PARAMETERS)?;
        trainer.resume(RunState {
            parameters: Numbers::of(checkpoint.parameters()),
            optimizer_state: Numbers::of(&state),
            best: best_parameters.as_deref().map(Numbers::of),
            state: &memory,
            ..RunState::default()
        })?;
        let skipped = damaged.iter().map(|error| format!("skipped a damaged checkpoint: {error}"));
        let notes = skipped.chain(self.differences(&checkpoint)?).collect();
        Ok(Resumed { step, notes })
    }

    /// What is not as it was when the checkpoint was saved, where both are known.
    fn differences<T: Real>(&self, checkpoint: &Checkpoint<T>) -> Result<Vec<String>> {
        let saved: Option<String> = checkpoint.section(SETTINGS)?;
        let backends = [checkpoint.backend().to_owned(), self.backend.clone()];
        let settings = [saved.unwrap_or_default(), self.settings.clone().unwrap_or_default()];
        let differ = |what: &str, [found, expected]: [String; 2], effect: &str| {
            let known = !found.is_empty() && !expected.is_empty();
            (known && found != expected)
                .then(|| format!("the checkpoint was saved with {what} {found}, and the run goes on with {expected}: {effect}"))
        };
        let bits = "the bits may differ from those of a run that never stopped";
        let plan = "the run ends otherwise than one that never stopped";
        let both = [differ("the back end", backends, bits), differ("the settings", settings, plan)];
        Ok(both.into_iter().flatten().collect())
    }
}

fn lacks(step: u64, name: &str) -> Error {
    let found = format!("a checkpoint without section {name:?}");
    Error::OtherRun { step, found, expected: "that of a run".into() }
}
