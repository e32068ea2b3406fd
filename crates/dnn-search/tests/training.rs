//! A search that trains real networks: the same bits on any number of pools and threads, and the settings that are right.

use dnn_blas::{PureRust, Threads};
use dnn_core::Softmax;
use dnn_core::random::{Key, Purpose, Stream};
use dnn_search::{
    Asha, COST, Dimension, Finished, Fit, Goal, Outcome, Pools, Recipe, Search, Space, Strategy,
    VALIDATION_COST,
};
use dnn_train::{Examples, Flow, Settings, metrics};
use ndarray::{Array2, ShapeBuilder};

/// Points of a square in two classes, by the quadrant: `x: (2, m)`, one-hot `y: (2, m)`, and the classes.
fn quadrants(seed: u64, count: usize) -> (Array2<f32>, Array2<f32>, Vec<usize>) {
    let mut stream = Stream::new(Key::new(seed, Purpose::Data));
    let x = Array2::from_shape_simple_fn((2, count).f(), || (2.0 * stream.uniform() - 1.0) as f32);
    let classes: Vec<usize> = x.columns().into_iter().map(|x| usize::from(x[0] * x[1] > 0.0)).collect();
    let y =
        Array2::from_shape_fn((2, count).f(), |(row, example)| f32::from(u8::from(classes[example] == row)));
    (x, y, classes)
}

fn search(learning_rate: Dimension) -> Search {
    let space = Space::new([
        ("learning_rate", learning_rate),
        ("hidden_layers", Dimension::Integer(1, 3)),
        ("hidden_units", Dimension::LogInteger(4, 96)),
        ("batch", Dimension::choice([16, 64])),
        ("dropout", Dimension::choice([0.0, 0.25])),
        ("optimizer", Dimension::choice(["adam", "momentum"])),
        ("schedule", Dimension::choice(["cosine", "constant"])),
        ("l2", Dimension::LogUniform(1e-7, 1e-2)),
    ]);
    Search {
        space: space.expect("sound ranges"),
        strategy: Strategy::Asha(Asha { trials: 18, least: 2, most: 18, eta: 3, together: 4 }),
        goal: Goal::Highest,
        seed: 1,
        note: String::new(),
    }
}

/// What comes of a search on pools of so many threads each.
fn outcome(search: &Search, threads: &[usize]) -> Outcome {
    let ((x, y, _), (x_held_out, y_held_out, classes)) = (quadrants(1, 300), quadrants(2, 200));
    let recipe = Recipe::new(2, 2, Softmax).settings(Settings { seed: Some(3), ..Settings::default() });
    let training = Examples::new(x.view(), y.view());
    let fit = Fit::new(&recipe, &PureRust, training, Examples::new(x_held_out.view(), y_held_out.view()))
        .metric(|a| metrics::accuracy(&metrics::classes(a), &classes, None));
    let pools = threads.iter().map(|&threads| Threads::new(threads).expect("threads")).collect();
    let pools = Pools::within(threads.iter().sum(), pools).expect("as many cores");
    search
        .run(&pools, None, |trial, pool, report| fit.evaluate(trial, pool, report), &mut |_| Flow::Continue)
        .expect("a sound search")
}

#[test]
fn every_bit_of_every_trial_is_the_same_on_any_number_of_pools_and_threads() {
    let search = search(Dimension::LogUniform(1e-5, 10.0));
    let results = |threads: &[usize]| {
        let outcome = outcome(&search, threads);
        let best = outcome.best().unwrap();
        assert!(best.value >= Some(0.95) && best.trial.budget == Some(18), "{best:?}");
        let timeless = |finished| Finished { seconds: 0.0, ..finished };
        outcome.finished.into_iter().map(timeless).collect::<Vec<_>>()
    };
    let alone = results(&[1]);
    for finished in &alone {
        let epochs = finished.trial.budget.map(|budget| budget as usize);
        for curve in [COST, VALIDATION_COST] {
            assert_eq!(Some(finished.curves[curve].len()), epochs, "{curve}");
        }
    }
    for threads in [&[2][..], &[1, 1], &[2, 1, 1]] {
        assert_eq!(results(threads), alone, "{threads:?}");
    }
}

#[test]
fn trials_that_diverge_come_to_nothing_and_do_not_end_the_search() {
    let outcome = outcome(&search(Dimension::LogUniform(1e37, 1e38)), &[1]);
    assert_eq!((outcome.complete, outcome.finished.len()), (true, 18));
    assert!(outcome.finished.iter().any(|finished| finished.value.is_none()));
}
