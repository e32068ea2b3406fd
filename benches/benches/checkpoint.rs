//! Checkpoints of the workloads' networks: to bytes, from bytes, to disk with every check, and back:
//! `cargo bench --bench checkpoint`.
#![allow(missing_docs)] // criterion's macros make public functions

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dnn_core::Registry;
use dnn_io::Checkpoint;
use dnn_pipeline::workload::WORKLOADS;
use dnn_train::Initialisation;

fn every_network(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let registry = Registry::builtin();
    for workload in WORKLOADS {
        let network = workload.network().expect("a workload's network");
        let parameters: Vec<f32> = Initialisation::draw(None, &network, 1);
        let checkpoint = Checkpoint::new(network, parameters).expect("parameters of the network");
        let bytes = checkpoint.to_bytes().expect("its bytes");
        let file = folder.path().join(workload.name);
        let mut group = criterion.benchmark_group(workload.name);
        group.sample_size(10).throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function("to bytes", |bencher| bencher.iter(|| checkpoint.to_bytes()));
        group.bench_function("from bytes", |bencher| {
            bencher.iter(|| Checkpoint::<f32>::from_bytes(&bytes, &registry));
        });
        group.bench_function("save", |bencher| bencher.iter(|| checkpoint.save(&file)));
        group.bench_function("load", |bencher| bencher.iter(|| Checkpoint::<f32>::load(&file, &registry)));
        group.finish();
    }
}

criterion_group!(benches, every_network);
criterion_main!(benches);
