//! What the `dnn` command is made of: the workloads that every bench of dnn uses, and how they are measured.
//!
//! Flags, printing and exit codes are the program's own.

#[allow(missing_docs)]
pub mod bench;
#[allow(missing_docs)]
pub mod doctor;
pub mod measure;
pub mod workload;
