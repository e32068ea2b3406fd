//! Training on a table that is read chunk after chunk, while the chunk before is trained on.
//!
//! The order of a chunk's examples follows from seed, epoch and place, so that a run which is stopped between two chunks and
//! resumed ends in the same bytes.

use std::sync::mpsc;
use std::thread;

use dnn_data::Intake;
use dnn_train::{ChunkError, Observer, Summary, Trainer};

use crate::data::{Part, Stream};
use crate::session::Session;
use crate::{Error, Result};

/// Takes the epochs that are left.
///
/// # Errors
/// [`Error::Data`] if the file cannot be read any more; else as for a training in memory.
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
    let seed = session.config.run.seed.unwrap_or(0);
    let rows = Stream::rows(session.settings.batch.unwrap_or(1));
    let validation = session.prepared.validation.as_ref().map(Part::examples);
    thread::scope(|scope| {
        let ahead = |epoch: u64| {
            let chunks = stream.chunks(recipe, rows, seed, epoch)?;
            let (send, received) = mpsc::sync_channel(1);
            // Until the trainer takes no more.
            let read = move || {
                chunks.map(|chunk| chunk.map_err(ChunkError::from)).all(|chunk| send.send(chunk).is_ok());
            };
            thread::Builder::new().spawn_scoped(scope, read)?;
            Ok(received.into_iter())
        };
        Ok(trainer.train_chunks(ahead, validation, observers)?)
    })
}
