//! The metrics of a run as JSON lines, while it goes. What the lines say is [`Line`]'s concern; reading them back that of
//! [`crate::Run`].

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use dnn_train::{Event, Flow, Observer, ObserverError};

use crate::run::Line;
use crate::thinning::Thinning;
use crate::{Error, Result};

/// Lines of steps in a run where nothing else is asked for: what a figure can show.
const LINES: u64 = 2000;

/// Writes one JSON object a line for what happens in a run, as [`Line`] describes it.
///
/// Each line is handed to the system whole, so a run that is killed leaves whole lines behind. A run of many steps gets
/// the mean cost of every so many of them.
///
/// ```
/// use dnn_observe::JsonLines;
/// use dnn_train::{Event, Observer, RunState};
///
/// let file = tempfile::NamedTempFile::new()?;
/// let mut lines = JsonLines::append(file.path())?;
/// lines.notify(&Event::Epoch { epoch: 1, step: 10, cost: 0.5, run: RunState::default() })?;
/// let text = std::fs::read_to_string(file.path())?;
/// assert!(text.starts_with(r#"{"event":"epoch","epoch":1,"step":10,"cost":0.5,"seconds":"#) && text.ends_with("}\n"));
/// # Ok::<(), dnn_train::ObserverError>(())
/// ```
pub struct JsonLines {
    writer: Box<dyn Write + Send>,
    thinning: Thinning,
    began: Instant,
    /// The last step seen.
    step: u64,
    line: Vec<u8>,
}

impl JsonLines {
    /// Lines into `writer`, each written and flushed at once.
    pub fn new(writer: impl Write + Send + 'static) -> Self {
        let thinning = Thinning::new(LINES);
        Self { writer: Box::new(writer), thinning, began: Instant::now(), step: 0, line: Vec::new() }
    }

    /// Lines behind those of `path`, which is made if it is not there; a last line that was cut is ended first.
    ///
    /// # Errors
    /// [`Error::RunFile`] if the file cannot be opened.
    pub fn append(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        whole_lines(path).map(Self::new).map_err(|source| Error::run_file("append to", path, source))
    }

    /// About `limit` lines for the steps of a run; those of epochs and validations are all written.
    #[must_use]
    pub fn lines(mut self, limit: u64) -> Self {
        self.thinning = Thinning::new(limit);
        self
    }

    fn write(&mut self, line: &Line) -> Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, line).map_err(|error| Error::Line { source: error.into() })?;
        self.line.push(b'\n');
        let written = self.writer.write_all(&self.line).and_then(|()| self.writer.flush());
        written.map_err(|source| Error::Line { source })
    }

    /// The steps since the last line, before something else is written.
    fn write_rest(&mut self) -> Result<()> {
        let (step, seconds) = (self.step, self.seconds());
        self.thinning.rest().map_or(Ok(()), |cost| self.write(&Line::Step { step, cost, seconds }))
    }

    fn seconds(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }
}

/// Opens `path` for appending, its last line ended.
fn whole_lines(path: &Path) -> io::Result<File> {
    let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
    let mut last = [b'\n'];
    if file.metadata()?.len() > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    if last != *b"\n" {
        file.write_all(b"\n")?;
    }
    Ok(file)
}

/// Seconds since 1970, UTC; 0 where the clock stands before that.
pub(crate) fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

impl Observer for JsonLines {
    fn notify(&mut self, event: &Event<'_>) -> Result<Flow, ObserverError> {
        match *event {
            Event::Started { network, steps, steps_per_epoch } => {
                (self.began, self.step) = (Instant::now(), 0);
                self.thinning.begin(steps);
                self.write(&Line::Started {
                    time: now(),
                    network: network.to_owned(),
                    steps,
                    steps_per_epoch,
                })?;
            }
            Event::Step { step, cost, .. } => {
                self.step = step;
                if let Some(cost) = self.thinning.push(step, cost) {
                    self.write(&Line::Step { step, cost, seconds: self.seconds() })?;
                }
            }
            Event::Epoch { epoch, step, cost, .. } => {
                self.write(&Line::Epoch { epoch, step, cost, seconds: self.seconds() })?;
            }
            Event::Validation { epoch, step, cost, metrics, .. } => {
                let (metrics, seconds) = (metrics.iter().cloned().collect(), self.seconds());
                self.write(&Line::Validation { epoch, step, cost, metrics, seconds })?;
            }
            Event::Finished { step, cost, seconds, .. } => {
                self.write_rest()?;
                self.write(&Line::Finished { step, cost, seconds })?;
            }
            _ => {}
        }
        Ok(Flow::Continue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Metrics;
    use dnn_train::RunState;

    fn run(lines: &mut JsonLines, from: u64, to: u64, steps: u64) {
        lines.notify(&Event::Started { network: "2-1", steps, steps_per_epoch: 10 }).unwrap();
        for step in from..=to {
            lines.notify(&Event::Step { step, cost: step as f64, run: RunState::default() }).unwrap();
        }
    }

    #[test]
    fn a_long_run_has_as_many_lines_as_asked_for_and_every_step_counts() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut lines = JsonLines::append(file.path()).unwrap().lines(10);
        run(&mut lines, 1, 95, 100);
        let run = RunState::default();
        lines.notify(&Event::Finished { step: 95, cost: 95.0, seconds: 1.0, run }).unwrap();
        let metrics = Metrics::read(file.path()).unwrap();
        let costs: Vec<(u64, f64)> = metrics.steps.iter().map(|point| (point.step, point.cost)).collect();
        assert_eq!((costs.len(), costs[0], costs[9]), (10, (10, 5.5), (95, 93.0)));
        assert!(metrics.finished && metrics.skipped == 0);
    }

    #[test]
    fn a_resumed_run_goes_on_behind_a_line_that_was_cut() {
        let file = tempfile::NamedTempFile::new().unwrap();
        run(&mut JsonLines::append(file.path()).unwrap(), 1, 5, 8);
        let text = std::fs::read_to_string(file.path()).unwrap();
        std::fs::write(file.path(), &text[..text.len() - 9]).unwrap();
        run(&mut JsonLines::append(file.path()).unwrap(), 4, 8, 8);
        let metrics = Metrics::read(file.path()).unwrap();
        assert_eq!(
            metrics.steps.iter().map(|point| point.step).collect::<Vec<_>>(),
            [1, 2, 3, 4, 5, 6, 7, 8]
        );
        assert_eq!(metrics.skipped, 1);
    }

    #[test]
    fn a_cost_that_is_not_finite_is_null() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut lines = JsonLines::append(file.path()).unwrap();
        lines.notify(&Event::Step { step: 1, cost: f64::NAN, run: RunState::default() }).unwrap();
        assert!(std::fs::read_to_string(file.path()).unwrap().contains("\"cost\":null"));
        assert!(Metrics::read(file.path()).unwrap().steps[0].cost.is_nan());
    }
}
