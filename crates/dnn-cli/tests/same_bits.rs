//! The parameters of every workload have the same bits on any number of threads, on an idle machine and on a loaded one.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::process::{Child, Command};

use dnn_blas::{PureRust, Threads};
use dnn_core::{Backend, Compute};
use dnn_pipeline::workload::{WORKLOADS, Workload};
use dnn_train::{Initialisation, Settings, Trainer};

/// Another process that does nothing but load a core, until it is dropped.
struct Load(Child);

impl Load {
    fn start() -> Option<Self> {
        Command::new("sh").args(["-c", "while :; do :; done"]).spawn().ok().map(Self)
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The wide net takes 30 times as long as all others together.
fn is_long(workload: Workload) -> bool {
    workload.name == "wide"
}

/// Steps enough for a wrong bit to spread into all parameters.
fn steps(workload: Workload) -> u64 {
    if is_long(workload) { 2 } else { 200 }
}

fn parameters(workload: Workload, backend: &dyn Backend, threads: usize) -> Vec<u32> {
    let network = workload.network().unwrap();
    let settings =
        Settings { steps: Some(steps(workload)), learning_rate: Some(0.01), ..Settings::default() };
    let (pool, (x, y)) = (Threads::new(threads).unwrap(), workload.examples::<f32>(workload.batch));
    let compute = Compute { backend, pool: &pool };
    let plan = settings.plan(&network, workload.batch).unwrap();
    let mut trainer = Trainer::<f32>::new(&network, plan, compute).unwrap();
    trainer.run(x.view(), y.view(), &mut []).unwrap();
    trainer.parameters().iter().map(|p| p.to_bits()).collect()
}

fn check(backend: &dyn Backend, thread_counts: &[usize]) {
    for workload in WORKLOADS {
        let alone = parameters(workload, backend, 1);
        let counts = if is_long(workload) { &thread_counts[..1] } else { thread_counts };
        for &threads in counts {
            let load = (threads % 2 == 1).then(Load::start);
            let same = parameters(workload, backend, threads) == alone;
            assert!(same, "{}, {}, {threads} threads", backend.identity(), workload.name);
            drop(load);
        }
    }
}

#[test]
fn every_workload_ends_in_the_same_bits_on_any_number_of_threads() {
    check(&PureRust, &[3, 2, 4, 7, 8, 16]);
}

/// What the workload predicts for one example, in both precisions.
fn predicted(workload: Workload, backend: &dyn Backend, threads: usize) -> (Vec<u32>, Vec<u64>) {
    let (network, pool) = (workload.network().unwrap(), Threads::new(threads).unwrap());
    let compute = Compute { backend, pool: &pool };
    let single = Initialisation::draw::<f32>(None, &network, 1);
    let double = Initialisation::draw::<f64>(None, &network, 1);
    let single = network.predict(compute, &single, workload.examples::<f32>(1).0.view()).unwrap();
    let double = network.predict(compute, &double, workload.examples::<f64>(1).0.view()).unwrap();
    (single.iter().map(|a| a.to_bits()).collect(), double.iter().map(|a| a.to_bits()).collect())
}

#[test]
fn one_example_is_predicted_with_the_same_bits_on_any_number_of_threads() {
    for workload in WORKLOADS {
        for found in dnn_blas::available() {
            let alone = predicted(workload, &*found.backend, 1);
            for threads in [2, 3, 8] {
                let same = predicted(workload, &*found.backend, threads) == alone;
                assert!(same, "{}, {}, {threads} threads", found.backend.identity(), workload.name);
            }
        }
    }
}

#[test]
fn so_it_does_on_every_library_of_this_machine() {
    for found in dnn_blas::available() {
        check(&*found.backend, &[3]);
    }
}
