//! TensorBoard's event files: what of a run goes into them, and when. `event` says how one is written.

mod event;

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::ops::Range;
use std::path::Path;

use dnn_core::{Network, NetworkPart};
use dnn_io::protobuf::Message;
use dnn_train::{Event, Flow, Numbers, Observer, ObserverError};

use crate::json_lines::now;
use crate::thinning::Thinning;
use crate::{Error, Result};

/// Costs of steps in a run, where nothing else is asked for: TensorBoard itself shows 1000 of a curve.
const SCALARS: u64 = 1000;

/// Writes an event file for TensorBoard: `cost/steps` (thinned), `cost/epochs`, `cost/validation` and what else a validation
/// measured, after each epoch the parameters of [`TensorBoard::parameters_of`], and whatever is passed to
/// [`TensorBoard::scalar`] and [`TensorBoard::histogram`].
///
/// Each event is handed to the system whole, so a run that is killed leaves a file that can be read. Each start of a run
/// writes a file of its own, as TensorBoard expects.
///
/// ```
/// use dnn_observe::TensorBoard;
///
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path();
/// let mut tensorboard = TensorBoard::create(folder)?;
/// tensorboard.scalar("accuracy/test", 100, 0.97)?;
/// tensorboard.histogram("weights/layer 1", 100, [0.1_f32, -0.2, 0.3])?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct TensorBoard {
    writer: Box<dyn Write + Send>,
    thinning: Thinning,
    clock: fn() -> f64,
    /// Tag and place of each part of the parameters.
    parts: Vec<(String, Range<usize>)>,
    /// The last step seen.
    step: u64,
}

impl TensorBoard {
    /// A new event file in `folder`, which is made if it is not there.
    ///
    /// # Errors
    /// [`Error::RunFile`] if it cannot be made.
    pub fn create(folder: impl AsRef<Path>) -> Result<Self> {
        let folder = folder.as_ref();
        let file = fs::create_dir_all(folder).and_then(|()| new_file(folder, now() as u64));
        let file = file.map_err(|source| Error::run_file("make an event file in", folder, source))?;
        Self::new(file, now)
    }

    /// An event file into `writer`, its times by `clock` in seconds since 1970.
    ///
    /// # Errors
    /// [`Error::Line`] if it cannot be written.
    pub fn new(writer: impl Write + Send + 'static, clock: fn() -> f64) -> Result<Self> {
        let (writer, thinning) = (Box::new(writer), Thinning::new(SCALARS));
        let mut board = Self { writer, thinning, clock, parts: Vec::new(), step: 0 };
        board.write(event::version(clock()))?;
        Ok(board)
    }

    /// Writes how the weights, biases and other parts of this network are distributed, after each epoch.
    #[must_use]
    pub fn parameters_of(mut self, network: &Network) -> Self {
        let tag = |part: &NetworkPart| format!("layer {}/{}", part.layer, part.part.name);
        self.parts = network.parts().into_iter().map(|part| (tag(&part), part.part.range)).collect();
        self
    }

    /// Writes a number at a step; curves with the same text before a `/` stand together.
    ///
    /// # Errors
    /// [`Error::Line`] if it cannot be written.
    pub fn scalar(&mut self, tag: &str, step: u64, value: f64) -> Result<()> {
        self.write(event::scalar((self.clock)(), step, tag, value))
    }

    /// Writes how values are distributed at a step: weights, gradients, activations. Those not finite are left out.
    ///
    /// # Errors
    /// [`Error::Line`] if it cannot be written.
    pub fn histogram<T: Copy + Into<f64>>(
        &mut self,
        tag: &str,
        step: u64,
        values: impl IntoIterator<Item = T, IntoIter: Clone>,
    ) -> Result<()> {
        self.write(event::histogram((self.clock)(), step, tag, values.into_iter().map(Into::into)))
    }

    /// A histogram of each part; parts beyond the parameters are those of another network, and left out.
    fn parts(&mut self, step: u64, parameters: Numbers<'_>) -> Result<()> {
        for i in 0..self.parts.len() {
            let (tag, range) = (self.parts[i].0.clone(), self.parts[i].1.clone());
            match parameters {
                Numbers::F32(all) => {
                    self.histogram(&tag, step, all.get(range).into_iter().flatten().copied())?
                }
                Numbers::F64(all) => {
                    self.histogram(&tag, step, all.get(range).into_iter().flatten().copied())?
                }
            }
        }
        Ok(())
    }

    fn write(&mut self, event: Message) -> Result<()> {
        let written =
            self.writer.write_all(&event::framed(event.as_ref())).and_then(|()| self.writer.flush());
        written.map_err(|source| Error::Line { source })
    }
}

/// A file that was not there: TensorBoard reads those of a folder in the order of their names.
fn new_file(folder: &Path, seconds: u64) -> io::Result<File> {
    for number in 0..1000 {
        let path = folder.join(format!("events.out.tfevents.{seconds:010}.dnn.{number:03}"));
        match OpenOptions::new().append(true).create_new(true).open(path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            opened => return opened,
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

impl Observer for TensorBoard {
    fn notify(&mut self, event: &Event<'_>) -> Result<Flow, ObserverError> {
        match *event {
            Event::Started { steps, .. } => self.thinning.begin(steps),
            Event::Step { step, cost, .. } => {
                self.step = step;
                if let Some(cost) = self.thinning.push(step, cost) {
                    self.scalar("cost/steps", step, cost)?;
                }
            }
            Event::Epoch { step, cost, run, .. } => {
                self.scalar("cost/epochs", step, cost)?;
                self.parts(step, run.parameters)?;
            }
            Event::Validation { step, cost, metrics, .. } => {
                self.scalar("cost/validation", step, cost)?;
                for (name, value) in metrics {
                    self.scalar(&format!("{name}/validation"), step, *value)?;
                }
            }
            Event::Finished { .. } => {
                if let Some(cost) = self.thinning.rest() {
                    self.scalar("cost/steps", self.step, cost)?;
                }
            }
            _ => {}
        }
        Ok(Flow::Continue)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Seek};

    use super::*;

    #[test]
    fn the_bytes_are_those_of_tensorboard_itself() {
        let mut file = tempfile::tempfile().unwrap();
        let mut board = TensorBoard::new(file.try_clone().unwrap(), || 1.5).unwrap();
        board.scalar("accuracy/test", 300, 0.96875).unwrap();
        board.histogram("layer 1/weight", 300, [-1.0, 0.5, 0.5, 2.0]).unwrap();
        let mut written = Vec::new();
        file.rewind().unwrap();
        file.read_to_end(&mut written).unwrap();
        assert_eq!(written, include_bytes!("../../tests/tensorboard/golden.tfevents"));
    }

    #[test]
    fn each_start_has_a_file_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        for _ in 0..3 {
            TensorBoard::create(folder.path().join("deep")).unwrap();
        }
        assert_eq!(fs::read_dir(folder.path().join("deep")).unwrap().count(), 3);
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_an_error_in_words() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = TensorBoard::create(file.path().join("tensorboard")).err().unwrap().to_string();
        assert!(error.starts_with("cannot make an event file in "), "{error}");
    }
}
