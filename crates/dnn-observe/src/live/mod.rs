//! A live view of a run in a terminal: curves, the last numbers, the rate, the time left. `numbers` keeps what is shown,
//! `screen` draws it; here are the terminal and the keys.

mod numbers;
mod screen;

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use dnn_train::{Event, Flow, Observer, ObserverError};
use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event as Input, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::{Error, Result};
use numbers::Numbers;

/// Least time between two pictures: ten a second.
const UPDATE: Duration = Duration::from_millis(100);

/// Shows a run on the whole terminal while it goes: cost curves, what validations measured, steps a second, time left.
///
/// `q`, Escape or Ctrl-C stop the run in good order; `l` switches to a logarithmic scale. The terminal is given back as it
/// was when the run ends, and when this is dropped. A step costs one comparison between two pictures.
///
/// ```no_run
/// # fn run(trainer: &mut dnn_train::Trainer<'_, f32>, x: ndarray::ArrayView2<'_, f32>, y: ndarray::ArrayView2<'_, f32>)
/// # -> Result<(), Box<dyn std::error::Error>> {
/// let mut live = dnn_observe::Live::new("faces")?;
/// trainer.run(x, y, &mut [&mut live])?;
/// drop(live);
/// println!("done");
/// # Ok(())
/// # }
/// ```
pub struct Live {
    terminal: Option<DefaultTerminal>,
    numbers: Numbers,
    logarithmic: bool,
    began: Instant,
    drawn: Duration,
    /// No step below this one is looked at.
    next: u64,
    /// Whether a person has asked for the end.
    stopped: bool,
}

impl Live {
    /// Takes the terminal over; `label` names the run.
    ///
    /// # Errors
    /// [`Error::Terminal`] if the standard output is no terminal, or cannot be taken over.
    pub fn new(label: impl Into<String>) -> Result<Self> {
        if !std::io::stdout().is_terminal() {
            return Err(Error::Terminal { source: std::io::Error::other("the output is not a terminal") });
        }
        let terminal = ratatui::try_init().map_err(|source| Error::Terminal { source })?;
        Ok(Self {
            terminal: Some(terminal),
            numbers: Numbers::new(label.into()),
            logarithmic: false,
            began: Instant::now(),
            drawn: Duration::ZERO,
            next: 0,
            stopped: false,
        })
    }

    /// Whether a person has stopped the run.
    pub fn stopped(&self) -> bool {
        self.stopped
    }

    fn step(&mut self, step: u64) -> Result<()> {
        if step < self.next {
            return Ok(());
        }
        let now = self.began.elapsed();
        if now >= self.drawn + UPDATE {
            self.keys()?;
            self.draw(now)?;
        }
        // Four looks at the clock between two pictures, by the pace so far.
        let pace = self.numbers.steps_here() as f64 / now.as_secs_f64().max(1e-9);
        self.next = step + (pace * UPDATE.as_secs_f64() / 4.0) as u64 + 1;
        Ok(())
    }

    fn draw(&mut self, now: Duration) -> Result<()> {
        self.drawn = now;
        let (numbers, logarithmic) = (&self.numbers, self.logarithmic);
        let Some(terminal) = &mut self.terminal else { return Ok(()) };
        let drawn = terminal.draw(|frame| screen::draw(frame, numbers, logarithmic, now.as_secs_f64()));
        drawn.map(drop).map_err(|source| Error::Terminal { source })
    }

    /// Takes the keys that were pressed since the last look.
    fn keys(&mut self) -> Result<()> {
        let fault = |source| Error::Terminal { source };
        while event::poll(Duration::ZERO).map_err(fault)? {
            match event::read().map_err(fault)? {
                Input::Key(key) if key.kind == KeyEventKind::Press => self.key(key),
                _ => {}
            }
        }
        Ok(())
    }

    fn key(&mut self, key: KeyEvent) {
        match key.code {
            KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => self.stopped = true,
            KeyCode::Char('q') | KeyCode::Esc => self.stopped = true,
            KeyCode::Char('l') => self.logarithmic = !self.logarithmic,
            _ => {}
        }
    }

    fn give_back(&mut self) {
        if self.terminal.take().is_some() {
            // There is nobody left to tell, and the run's own outcome matters more.
            let _ = ratatui::try_restore();
        }
    }
}

impl Observer for Live {
    fn notify(&mut self, event: &Event<'_>) -> Result<Flow, ObserverError> {
        self.numbers.add(event);
        match *event {
            Event::Started { .. } => {
                (self.began, self.next, self.stopped) = (Instant::now(), 0, false);
                self.draw(Duration::ZERO)?;
            }
            Event::Step { step, .. } => self.step(step)?,
            Event::Finished { .. } => self.give_back(),
            _ => {}
        }
        Ok(if self.stopped { Flow::Stop } else { Flow::Continue })
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.give_back();
    }
}
