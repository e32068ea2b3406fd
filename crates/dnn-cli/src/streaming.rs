//! Training on a table that is read chunk after chunk: the loop over epochs and chunks, and what its observers hear.
//!
//! They hear of the last step of each chunk alone, for there a run can go on: the order of a chunk's examples follows from
//! seed, epoch and place, so that a run which is stopped between two chunks and resumed ends in the same bytes.

use std::time::Instant;

use dnn_data::Intake;
use dnn_train::{Ended, Event, Examples, Flow, Observer, RunState, Summary, Trainer};

use crate::data::Stream;
use crate::session::Session;
use crate::{Error, Result};

/// Takes the epochs that are left.
///
/// # Errors
/// [`Error::Data`] if the file cannot be read any more; [`Error::Training`] if numbers become infinite or NaN;
/// [`Error::Other`] if an observer fails.
pub(crate) fn train(
    session: &Session<'_>,
    stream: &Stream,
    trainer: &mut Trainer<'_, f32>,
    observers: &mut [&mut dyn Observer],
) -> Result<Summary> {
    let Intake::Rows(recipe) = &session.prepared.intake else {
        return Err(Error::Data(
            "found no table, but only tables are streamed: set data.stream=false".into(),
        ));
    };
    let (start, seed) = (Instant::now(), session.config.run.seed.unwrap_or(0));
    let (steps, steps_per_epoch) = (trainer.plan().steps(), trainer.plan().steps_per_epoch());
    let rows = Stream::rows(session.settings.batch.unwrap_or(1));
    let chunk_steps = (rows / session.settings.batch.unwrap_or(1)) as u64;
    let mut flow =
        tell(observers, &Event::Started { network: &session.network.to_string(), steps, steps_per_epoch })?;
    let mut cost = f64::NAN;
    while flow == Flow::Continue && trainer.steps_taken() < steps {
        let (epoch, done) =
            (trainer.steps_taken() / steps_per_epoch, trainer.steps_taken() % steps_per_epoch);
        let mut sum = Mean::default();
        for chunk in stream.chunks(recipe, rows, seed, epoch)?.skip((done / chunk_steps) as usize) {
            let (x, y) = chunk?;
            cost = trainer.feed(Examples::new(x.view(), y.view()), &mut [&mut sum])?.cost;
            let step = trainer.steps_taken();
            let ends = step.is_multiple_of(steps_per_epoch);
            let run = RunState { epoch_cost: ends.then(|| sum.mean()), ..trainer.run_state() };
            flow = tell(observers, &Event::Step { step, cost: sum.mean(), run })?;
            if ends {
                let event = Event::Epoch { epoch: epoch + 1, step, cost: sum.mean(), run };
                flow = flow.and(tell(observers, &event)?);
            }
            if flow == Flow::Stop {
                break;
            }
        }
    }
    let (step, seconds) = (trainer.steps_taken(), start.elapsed().as_secs_f64());
    tell(observers, &Event::Finished { step, cost, seconds, run: trainer.run_state() })?;
    let ended = if step < steps { Ended::ByObserver } else { Ended::Complete };
    Ok(Summary { step, cost, seconds, ended })
}

fn tell(observers: &mut [&mut dyn Observer], event: &Event<'_>) -> Result<Flow> {
    observers.iter_mut().try_fold(Flow::Continue, |flow, observer| {
        Ok(flow.and(observer.notify(event).map_err(Error::Other)?))
    })
}

/// The mean cost of the steps of an epoch so far.
#[derive(Default)]
struct Mean {
    sum: f64,
    steps: u64,
}

impl Mean {
    fn mean(&self) -> f64 {
        self.sum / self.steps as f64
    }
}

impl Observer for Mean {
    fn notify(&mut self, event: &Event<'_>) -> Result<Flow, dnn_train::ObserverError> {
        if let Event::Step { cost, .. } = event {
            self.sum += cost;
            self.steps += 1;
        }
        Ok(Flow::Continue)
    }
}
