//! The cost's derivative against central differences, and the optimizer against its formulas, number by number.

use dnn_core::{Compute, Identity, Naive, Network};
use dnn_testkit::gradient::distance;
use dnn_train::{AnyOptimizer, Cost, Settings, Trainer};
use ndarray::array;
use plugin_optimizer::{Lion, Quantile};

#[test]
fn the_cost_has_the_derivative_of_its_formula() {
    let (z, y) = ([0.3, -1.2, 2.0, 0.7], [1.0, -2.0, 2.5, -0.4]);
    for share in [0.1, 0.5, 0.9] {
        let mut dz = [f64::NAN; 4];
        Quantile { share }.cost(2, &z, &y, Some(&mut dz));
        let apart = distance(&z, &dz, 0..4, |z| Quantile { share }.cost(2, z, &y, None));
        assert!(apart < 1e-8, "{share}: {apart:e}");
    }
    assert_eq!(Quantile { share: 0.9 }.cost(1, &[1.0_f64], &[3.0], None), 1.8);
}

#[test]
fn the_optimizer_follows_its_formulas() {
    // One weight and one bias; a = w x + b, cost (a − y)², so g = 2 (a − y) x and 2 (a − y).
    let network = Network::builder(1).dense(1, Identity).build().unwrap();
    let (lion, steps, rate) = (Lion::default(), 5, 0.1);
    let settings = Settings { learning_rate: Some(rate), steps: Some(steps), ..Settings::default() };
    let plan = settings.plan(&network, 1).unwrap().with_optimizer(lion.into_optimizer());
    let mut trainer = Trainer::<f64>::new(&network, plan, Compute::serial(&Naive)).unwrap();
    trainer.start_from(&[0.5, 0.0]).unwrap();
    trainer.run(array![[-2.0]].view(), array![[1.0]].view(), &mut []).unwrap();

    let (mut p, mut v) = ([0.5_f64, 0.0], [0.0_f64; 2]);
    for _ in 0..steps {
        let error = 2.0 * (p[0] * -2.0 + p[1] - 1.0);
        for (i, g) in [error * -2.0, error].into_iter().enumerate() {
            p[i] -= rate * (0.9 * v[i] + 0.1 * g).signum();
            v[i] = 0.99 * v[i] + 0.01 * g;
        }
    }
    assert!(trainer.parameters().iter().zip(p).all(|(found, p)| (found - p).abs() < 1e-12), "{p:?}");
}
