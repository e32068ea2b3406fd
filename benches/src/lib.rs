//! Criterion benches of dnn, apart so that criterion stays out of every other build. There is nothing in here: see
//! `benches/`, and `dnn bench` for the same workloads side by side.
