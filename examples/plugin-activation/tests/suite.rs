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
fn each_takes_fewer_than_30_lines() {
    let code = |line: &&str| !(line.is_empty() || line.starts_with("//") || line.starts_with("use "));
    let (limited, prelu) = include_str!("../src/lib.rs").split_once("pub struct PRelu").unwrap();
    for source in [limited, prelu] {
        let count = source.lines().map(str::trim).filter(code).count();
        assert!(count < 30, "{count} lines");
    }
}
