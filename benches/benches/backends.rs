//! Matrix products at the shapes of the workloads, on every back end of this machine: `cargo bench --bench backends`.
#![allow(missing_docs)] // criterion's macros make public functions

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dnn_core::Real;
use dnn_pipeline::measure::{Shape, products};
use dnn_pipeline::workload::WORKLOADS;

fn every_shape(criterion: &mut Criterion) {
    for workload in WORKLOADS {
        let network = workload.network().expect("a workload's network");
        let columns = network.workspace::<f32>(workload.batch).expect("its buffers").block_columns();
        for (name, shape) in Shape::of(workload, columns) {
            one_shape::<f32>(criterion, &name, shape);
        }
    }
    one_shape::<f32>(criterion, "square 2048", Shape::square(2048));
    one_shape::<f64>(criterion, "square 2048", Shape::square(2048));
}

fn one_shape<T: Real>(criterion: &mut Criterion, name: &str, shape: Shape) {
    let Shape { m, n, k, .. } = shape;
    let mut group = criterion.benchmark_group(format!("{name}, {m}×{n}×{k}, {}", T::NAME));
    group.throughput(Throughput::Elements(shape.operations() as u64));
    for found in dnn_blas::available() {
        let mut task = products::<T>(&*found.backend, shape);
        group.bench_function(found.backend.identity().to_string(), |bencher| {
            bencher.iter_custom(|times| std::time::Duration::from_secs_f64(task(times)));
        });
    }
    group.finish();
}

criterion_group!(benches, every_shape);
criterion_main!(benches);
