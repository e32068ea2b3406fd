//! What the patches beside this add, named by settings as people write them: `run` compiles it where they are applied.

use dnn_core::{Compute, IntoActivation, Naive, Network};
use dnn_testkit::activation::check_activation;
use dnn_train::{Metric, Plateau, Settings, Trainer};
use ndarray::array;

#[test]
fn what_was_added_is_chosen_by_name() {
    let registry = dnn_train::registry();
    let softsign = registry.activation(&"softsign".into()).unwrap();
    check_activation(&*softsign);
    let network = Network::builder(1).dense(1, softsign.into_activation()).build().unwrap();
    let settings: Settings = serde_json::from_str(
        r#"{ "optimizer": { "name": "signs", "ignore": 0.001 }, "schedule": { "name": "linear", "end": 0.5 },
             "metrics": ["max_error"], "steps": 2 }"#,
    )
    .unwrap();
    let plan = settings.plan_with(&registry, &network, 1).unwrap();
    assert!(plan.cost().name() == "mean_squared_error");
    let rates = [0, 1].map(|step| plan.schedule().rate(step, &Plateau::default()));
    assert_eq!(rates, [0.25, 0.1875], "the optimizer's usual rate, and three quarters of it");
    let mut trainer = Trainer::<f64>::new(&network, plan, Compute::serial(&Naive)).unwrap();
    trainer.start_from(&[2.0, 0.0]).unwrap();
    trainer.run(array![[1.0]].view(), array![[9.0]].view(), &mut []).unwrap();
    assert_eq!(trainer.parameters(), [2.4375, 0.4375]);
    let wrong = registry.make::<dyn Metric>(&"max_eror".into()).unwrap_err().to_string();
    assert!(wrong.contains("take \"max_error\" if that is meant"), "{wrong}");
}
