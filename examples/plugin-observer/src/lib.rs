//! An observer of one's own: how far the parameters went in an epoch, and how far that brought them.

use std::io::Write;

use dnn_core::Real;
use dnn_train::{Event, Flow, Numbers, Observer, ObserverError};

/// Writes a line of CSV for each epoch, and ends the run when its steps only go to and fro.
///
/// The way of an epoch is `Σ ‖pₜ − pₜ₋₁‖` over its steps, its distance `‖p_last − p_first‖`. Far from a minimum the two are alike;
/// near one, each batch pulls elsewhere, and nothing but a lower rate brings the cost down (after S. Pesme et al.,
/// arXiv:2007.00534). The first step of the run is not on the way: an observer first sees what it left.
#[derive(Debug)]
pub struct Travel<W> {
    share: f64,
    lines: W,
    /// Where the parameters were after the last step, and at the end of the last epoch.
    at: Vec<f64>,
    began: Vec<f64>,
    way: f64,
}

impl<W: Write> Travel<W> {
    /// Ends the run after an epoch whose distance is less than `share` of its way; lines go to `lines`.
    pub fn new(share: f64, lines: W) -> Self {
        Self { share, lines, at: Vec::new(), began: Vec::new(), way: 0.0 }
    }

    fn walk<T: Real>(&mut self, parameters: &[T]) {
        if self.at.is_empty() {
            self.at = parameters.iter().map(|p| p.wide()).collect();
            self.began.clone_from(&self.at);
        }
        let mut squares = 0.0;
        for (at, now) in self.at.iter_mut().zip(parameters) {
            squares += (now.wide() - *at).powi(2);
            *at = now.wide();
        }
        self.way += squares.sqrt();
    }

    fn end_epoch(&mut self, epoch: u64, cost: f64) -> Result<Flow, ObserverError> {
        let squares = self.at.iter().zip(&self.began).map(|(at, began)| (at - began).powi(2));
        let (way, distance) = (self.way, squares.sum::<f64>().sqrt());
        writeln!(self.lines, "{epoch},{cost},{way},{distance}")?;
        self.began.copy_from_slice(&self.at);
        self.way = 0.0;
        Ok(if distance < self.share * way { Flow::Stop } else { Flow::Continue })
    }
}

impl<W: Write> Observer for Travel<W> {
    fn notify(&mut self, event: &Event<'_>) -> Result<Flow, ObserverError> {
        match *event {
            Event::Started { .. } => writeln!(self.lines, "epoch,cost,way,distance")?,
            Event::Step { run, .. } => match run.parameters {
                Numbers::F32(parameters) => self.walk(parameters),
                Numbers::F64(parameters) => self.walk(parameters),
            },
            Event::Epoch { epoch, cost, .. } => return self.end_epoch(epoch, cost),
            _ => {}
        }
        Ok(Flow::Continue)
    }
}
