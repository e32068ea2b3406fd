//! The suite that dnn's own activations pass.

use dnn_core::IntoActivation;
use dnn_testkit::activation::check_activation;
use plugin_activation::{Limited, PRelu};

#[test]
fn both_activations_pass_the_suite() {
    check_activation(&*Limited { limit: 1.5 }.into_activation());
    check_activation(&*Limited { limit: 0.3 }.into_activation());
    check_activation(&PRelu);
}

#[test]
fn both_take_fewer_than_40_lines() {
    let lines = include_str!("../src/lib.rs").lines().map(str::trim);
    let code = lines.filter(|line| !(line.is_empty() || line.starts_with("//") || line.starts_with("use ")));
    let count = code.count();
    assert!(count < 40, "{count} lines");
}
