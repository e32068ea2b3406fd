//! Observers behind one trait.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use dnn_observe::{History, Progress};
use dnn_train::{Event, Flow, Observer, RunState};

#[test]
fn observers_let_the_run_go_on() {
    let mut progress = Progress::lines("run", std::io::sink());
    let mut history = History::new(8);
    let run = RunState::default();
    let observers: [&mut dyn Observer; 2] = [&mut progress, &mut history];
    for observer in observers {
        for event in [
            Event::Step { step: 1, cost: f64::NAN, run },
            Event::Started { network: "2-1", steps: 0, steps_per_epoch: 0 },
            Event::Step { step: 7, cost: 0.5, run },
            Event::Epoch { epoch: 1, step: 7, cost: 0.5, run },
            Event::Validation { epoch: 1.0, step: 7, cost: f64::NAN, metrics: &[], run },
            Event::Finished { step: 7, cost: 0.5, seconds: 0.0, run },
        ] {
            assert_eq!(observer.notify(&event).unwrap(), Flow::Continue);
        }
    }
}
