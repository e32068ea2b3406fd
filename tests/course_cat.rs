//! The course's cat network gives the course's numbers, on every back end of this machine.
#![allow(clippy::unwrap_used)] // a test fails by panicking

#[path = "../examples/cat/course.rs"]
mod course;
#[path = "../examples/support/mod.rs"]
mod support;

use std::io::Write;

use dnn::prelude::*;

#[test]
fn every_back_end_gives_the_costs_of_the_course() {
    let Some(course) = course::Course::load().unwrap() else {
        // Past the test harness, which keeps what a passing test prints.
        return std::io::stderr().write_all(format!("{}\n", course::MISSING).as_bytes()).unwrap();
    };
    let threads = Threads::default();
    for found in dnn::blas::available() {
        println!("{}", found.backend.identity());
        let run = course.train(Compute { backend: &*found.backend, pool: &threads }).unwrap();
        course.check(&run).unwrap();
    }
}
