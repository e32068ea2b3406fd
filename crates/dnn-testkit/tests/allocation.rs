//! A step takes no memory after the first, with the pure-Rust products and on several threads. Alone in its file: the
//! allocator counts for the whole process.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::sync::Barrier;
use std::time::Duration;

use dnn_blas::{PureRust, Threads};
use dnn_core::{Compute, Network, Pool, Relu, Sigmoid};
use dnn_testkit::allocation::Counting;
use dnn_train::{
    Adam, ClassWeights, Clipping, EarlyStopping, Event, Examples, Flow, Observer, ObserverError, Penalty,
    Settings, Trainer,
};
use ndarray::{Array2, ShapeBuilder};

#[global_allocator]
static ALLOCATOR: Counting = Counting::new();

/// Notes the allocator's count at each step.
struct Watch(Vec<usize>);

impl Observer for Watch {
    fn notify(&mut self, event: &Event<'_>) -> Result<Flow, ObserverError> {
        if let Event::Step { .. } = event {
            self.0.push(ALLOCATOR.count());
        }
        Ok(Flow::Continue)
    }
}

#[test]
fn no_step_after_the_first_takes_memory() {
    // The harness's own thread takes memory for a moment after it has started this one.
    std::thread::sleep(Duration::from_millis(300));
    for (units, threads) in [(16, 1), (60, 2), (200, 3)] {
        let network =
            Network::builder(300).dense(units, Relu).dense(units, Relu).dense(1, Sigmoid).build().unwrap();
        let x = Array2::from_shape_fn((300, 230).f(), |(row, example)| ((row * example) % 7) as f32 - 3.0);
        let y = Array2::from_shape_fn((1, 230).f(), |(_, example)| (example % 2) as f32);
        let pool = Threads::new(threads).unwrap();
        // A thread that starts takes memory of its own; each task here waits until all threads have one.
        let all_here = Barrier::new(threads);
        pool.run(threads, &|_| {
            all_here.wait();
        });
        let compute = Compute { backend: &PureRust, pool: &pool };
        let two_meetings =
            Settings { batch: Some(100), epochs: Some(20), learning_rate: Some(0.01), ..Settings::default() };
        let three_meetings = Settings {
            optimizer: Some(Adam::default().into()),
            clipping: Some(Clipping::GlobalNorm(1.0)),
            penalty: Some(Penalty { l1: 1e-4, l2: 1e-4 }),
            ..two_meetings.clone()
        };
        let weighted = Settings { class_weights: Some(ClassWeights::Balanced), ..two_meetings.clone() };
        let validated = Settings {
            validate_every: Some(1),
            early_stopping: Some(EarlyStopping { patience: 1000, ..EarlyStopping::default() }),
            ..two_meetings.clone()
        };
        for settings in [two_meetings, three_meetings, weighted, validated] {
            let mut trainer =
                Trainer::<f32>::new(&network, settings.plan(&network, 230).unwrap(), compute).unwrap();
            let mut watch = Watch(Vec::with_capacity(100));
            let examples = Examples::new(x.view(), y.view());
            let weights: Vec<f64> = (0..230).map(|example| f64::from(example % 3)).collect();
            let examples =
                if settings.class_weights.is_some() { examples.weighted(&weights) } else { examples };
            let validation = settings.early_stopping.is_some().then_some(examples);
            trainer.train(examples, validation, &mut [&mut watch]).unwrap();
            let counts = &watch.0;
            assert!(
                counts.iter().all(|count| *count == counts[0]),
                "{units} units, {threads} threads, {settings:?}: {counts:?}"
            );
        }
    }
}
