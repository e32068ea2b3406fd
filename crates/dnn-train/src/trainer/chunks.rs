//! A run over examples that are had anew in each epoch, chunk after chunk: data larger than memory.

use std::time::Instant;

use dnn_core::Real;
use ndarray::Array2;

use super::{Ended, Summary, Trainer};
use crate::event::{Flow, Observer};
use crate::{Error, Examples, Result};

/// Why a chunk could not be had, whatever it is.
pub type ChunkError = Box<dyn std::error::Error + Send + Sync>;

impl<T: Real> Trainer<'_, T> {
    /// [`train`](Self::train) on examples that are had anew in each epoch: `chunks` gives those of an epoch, from 0, as
    /// `x: (n[0], m)` and `y: (n[L], m)`, both stored column by column. All chunks of an epoch together have as many examples as
    /// the plan, and each but the last has a whole number of batches.
    ///
    /// Within a chunk an order is drawn unless the plan does not shuffle, and weights are relative to the mean of the chunk.
    /// Validation examples are looked at after a chunk in which a look was due. Observers hear of the last step of each chunk
    /// alone, with the mean cost of the chunk's examples, for there a run can go on: one that is stopped, and resumed on the
    /// same chunks, ends in the same bytes.
    ///
    /// ```
    /// use dnn_core::{Compute, Naive, Network, Sigmoid, Tanh, column_major};
    /// use dnn_train::{Settings, Trainer};
    /// use ndarray::Array2;
    ///
    /// let network = Network::builder(2).dense(4, Tanh).dense(1, Sigmoid).build()?;
    /// let settings = Settings { batch: Some(8), epochs: Some(3), ..Settings::default() };
    /// let mut trainer = Trainer::<f64>::new(&network, settings.plan(&network, 40)?, Compute::serial(&Naive))?;
    ///
    /// let read = |chunk: usize| {
    ///     let x = Array2::from_shape_fn((2, [16, 16, 8][chunk]), |(row, i)| ((3 * chunk + row + i) % 7) as f64 / 7.0);
    ///     let y = Array2::from_shape_fn((1, x.ncols()), |(_, i)| f64::from(u8::from(x[[0, i]] > x[[1, i]])));
    ///     Ok((column_major(&x.view()), y))                            // or an error, which ends the run
    /// };
    /// let summary = trainer.train_chunks(|_epoch| Ok((0..3).map(read)), None, &mut [])?;
    /// assert_eq!(summary.step, 15);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Settings`] if the plan uses L-BFGS or holds out a share; [`Error::Chunk`] for a chunk that could not be had or
    /// has another number of examples than it should; else as for [`train`](Self::train).
    pub fn train_chunks<C>(
        &mut self,
        mut chunks: impl FnMut(u64) -> Result<C, ChunkError>,
        validation: Option<Examples<'_, T>>,
        observers: &mut [&mut dyn Observer],
    ) -> Result<Summary>
    where
        C: Iterator<Item = Result<(Array2<T>, Array2<T>), ChunkError>>,
    {
        self.check_chunks()?;
        self.check_validation(validation)?;
        let weights = self.validation_weights(validation)?;
        let validation = validation.map(|examples| Examples { weights: weights.as_deref(), ..examples });
        let start = Instant::now();
        let (mut flow, mut cost) = (self.begin(observers)?, f64::NAN);
        while self.is_over().is_none() && flow == Flow::Continue {
            let (epoch, done) = self.place();
            let mut passed = 0;
            for chunk in chunks(epoch).map_err(|source| self.no_chunk(source))? {
                let (x, y) = chunk.map_err(|source| self.no_chunk(source))?;
                passed += x.ncols();
                // Those that the run saw before it was saved.
                if self.steps_of(passed) <= done {
                    continue;
                }
                self.check_chunk(passed - x.ncols(), passed)?;
                let before = self.memory.step;
                cost = self.pass(Examples::new(x.view(), y.view()))?;
                flow = self.after_steps(self.memory.step - before, cost, validation, observers)?;
                if flow == Flow::Stop || self.is_over().is_some() {
                    break;
                }
            }
            if flow == Flow::Continue && self.is_over().is_none() {
                self.check_epoch(passed)?;
            }
        }
        self.end(self.is_over().unwrap_or(Ended::ByObserver), cost, start, observers)
    }

    /// Takes the steps of a chunk, or as many as the plan has left: the mean cost of their examples.
    fn pass(&mut self, chunk: Examples<'_, T>) -> Result<f64> {
        let weights = self.open_chunk(chunk)?;
        let chunk = Examples { weights: weights.as_deref(), ..chunk };
        let steps = self.steps_of(chunk.count()).min(self.plan.steps - self.memory.step);
        let (mut cost, mut examples) = (0.0, 0);
        for within in 0..steps {
            let first = self.place().1 == 0;
            let batch = self.plan.batch.min(chunk.count() - within as usize * self.plan.batch);
            cost += self.take_step(within, first, self.rate(), chunk)?.cost * batch as f64;
            examples += batch;
        }
        Ok(cost / examples as f64)
    }

    fn check_chunks(&self) -> Result<()> {
        let wrong =
            |wrong| Error::Settings(vec![format!("{wrong}, but these come chunk after chunk: leave it out")]);
        self.needs_all().map_or(Ok(()), |needs| Err(wrong(needs)))
    }

    /// Checks a chunk that goes from example `start` of its epoch to `end`.
    fn check_chunk(&self, start: usize, end: usize) -> Result<()> {
        let (planned, seen) = (self.plan.examples, self.place().1 as usize * self.plan.batch);
        let fault = match start {
            _ if end > planned => {
                format!(
                    "there are {end} or more, but the plan has {planned}: make it for as many as there are"
                )
            }
            start if start != seen => format!(
                "a chunk begins at example {start} of its epoch, but the run stands at {seen}: give whole batches, and after a stop the same chunks"
            ),
            _ => return Ok(()),
        };
        Err(self.no_chunk(fault.into()))
    }

    /// Checks that an epoch has had all of its examples.
    fn check_epoch(&self, passed: usize) -> Result<()> {
        match self.plan.examples {
            examples if passed == examples => Ok(()),
            examples => Err(self.no_chunk(
                format!("there are {passed}, but the plan has {examples}: make it for as many as there are")
                    .into(),
            )),
        }
    }

    fn no_chunk(&self, source: ChunkError) -> Error {
        Error::Chunk { step: self.memory.step, source }
    }
}
