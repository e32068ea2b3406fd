//! What is trained, saved and loaded again predicts the same bits, its scaling included.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use dnn::prelude::*;
use ndarray::Array2;

/// The predictions for `pictures`, before a save and after a load from disk.
fn before_and_after<T: Real>(compute: Compute<'_>) -> [Array2<T>; 2] {
    let pictures = dnn_synthetic::faces::generate::<T>(120, 12, 3).unwrap();
    let scaling = Scaler::fit(&[Scaling::Ranks, Scaling::Standardise], pictures.examples()).unwrap();
    let (x, y) = (scaling.transform(pictures.examples()).unwrap(), pictures.binary::<T>().unwrap());
    let network = Network::builder(x.nrows()).dense(20, LeakyRelu { slope: 0.1 }).dense(9, Tanh);
    let network = network.dense(1, Sigmoid).build().unwrap();
    let settings = Settings { batch: Some(16), epochs: Some(5), ..Settings::default() };
    let plan = settings.plan(&network, x.ncols()).unwrap();
    let mut trainer = Trainer::<T>::new(&network, plan, compute).unwrap();
    trainer.run(x.view(), y.view(), &mut []).unwrap();

    let mut model = Checkpoint::new(network.clone(), trainer.parameters().to_vec()).unwrap();
    model.set_section("dnn-data/scaling", &scaling).unwrap();
    let folder = std::env::temp_dir().join(format!("dnn-restored-{}-{}", T::NAME, std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("model.dnn");
    model.save(&path).unwrap();
    let loaded = Checkpoint::<T>::load(&path, &Registry::builtin()).unwrap();
    std::fs::remove_dir_all(folder).unwrap();

    let restored: Scaler = loaded.section("dnn-data/scaling").unwrap().unwrap();
    let x_restored = restored.transform(pictures.examples()).unwrap();
    [
        network.predict(compute, trainer.parameters(), x.view()).unwrap(),
        loaded.network().predict(compute, loaded.parameters(), x_restored.view()).unwrap(),
    ]
}

#[test]
fn a_restored_network_and_its_scaling_predict_the_same_bits() {
    let (backend, threads) = (dnn::blas::auto().unwrap(), Threads::default());
    let compute = Compute { backend: &*backend, pool: &threads };
    let [before, after] = before_and_after::<f32>(compute).map(|a| a.mapv(f32::to_bits));
    assert_eq!(before, after);
    let [before, after] = before_and_after::<f64>(compute).map(|a| a.mapv(f64::to_bits));
    assert_eq!(before, after);
    assert!(before.iter().any(|bits| *bits != before[[0, 0]]), "the network tells pictures apart");
}
