//! The five workloads, one and two threads, on the pure-Rust products: whole steps, and forward pass, backward pass and
//! update apart: `cargo bench --bench step`.
#![allow(missing_docs)] // criterion's macros make public functions

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use dnn_blas::{PureRust, Threads};
use dnn_core::Compute;
use dnn_pipeline::measure::steps;
use dnn_pipeline::workload::{WORKLOADS, Workload};
use dnn_train::Initialisation;

fn every_workload(criterion: &mut Criterion) {
    for threads in [1, 2] {
        let pool = Threads::new(threads).expect("threads");
        let compute = Compute { backend: &PureRust, pool: &pool };
        for workload in WORKLOADS {
            whole(criterion, workload, compute);
            apart(criterion, workload, compute);
        }
    }
}

fn name(workload: Workload, compute: Compute<'_>) -> String {
    format!("{}, {} threads", workload.name, compute.pool.threads())
}

fn whole(criterion: &mut Criterion, workload: Workload, compute: Compute<'_>) {
    let mut task = steps::<f32>(workload, compute).expect("a workload's step");
    criterion.bench_function(&format!("{}/step", name(workload, compute)), |bencher| {
        bencher.iter_custom(|times| Duration::from_secs_f64(task(times)));
    });
}

/// The same work through the passes that a step joins: what they cost together is more than a step.
fn apart(criterion: &mut Criterion, workload: Workload, compute: Compute<'_>) {
    let network = workload.network().expect("a workload's network");
    let mut parameters: Vec<f32> = Initialisation::draw(None, &network, 1);
    let (x, y) = workload.examples::<f32>(workload.batch);
    let mut space = network.workspace::<f32>(workload.batch).expect("its buffers");
    let mut gradient = vec![0.0; parameters.len()];
    let mut group = criterion.benchmark_group(name(workload, compute));
    group.bench_function("forward", |bencher| {
        bencher.iter(|| network.forward(compute, &parameters, x.view(), &mut space).map(|_| ()));
    });
    group.bench_function("backward", |bencher| {
        bencher
            .iter(|| network.backward(compute, &parameters, x.view(), &mut space, y.view(), &mut gradient));
    });
    group.bench_function("update", |bencher| {
        bencher.iter(|| {
            dnn_core::widest(|| parameters.iter_mut().zip(&gradient).for_each(|(p, g)| *p -= 1e-9 * g));
        });
    });
    group.finish();
}

criterion_group!(benches, every_workload);
criterion_main!(benches);
