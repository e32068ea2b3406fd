//! A plug-in in C, compiled here: it trains, passes the suite, is saved and found again; and what is wrong with a file is said.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::path::Path;

use dnn_blas::PureRust;
use dnn_core::{Compute, NamedConfig, Network, Registry, Sigmoid, column_major};
use dnn_io::Checkpoint;
use dnn_plugin::Plugin;
use dnn_testkit::activation::check_activation;
use dnn_testkit::compiler::{Compiler, say_skipped};
use dnn_train::{Settings, Trainer};
use ndarray::{Array2, array};

/// Does `test` with a compiler, if there is one.
fn compiling(name: &str, test: impl FnOnce(&Compiler)) {
    let folder = tempfile::tempdir().unwrap();
    match Compiler::new(folder.path()) {
        Some(compiler) => test(&compiler),
        None => say_skipped(name),
    }
}

/// Everything built in, and the plug-in at `path`.
fn registry(path: &Path) -> Registry {
    let mut registry = Registry::builtin();
    Plugin::load(path).unwrap().register(&mut registry).unwrap();
    registry
}

fn softsign(limit: f64) -> NamedConfig {
    NamedConfig::from("plugin-shared/softsign").with("limit", limit)
}

fn bent() -> NamedConfig {
    NamedConfig::from("plugin-shared/bent")
}

#[test]
fn it_passes_the_suite_of_activations() {
    compiling("it_passes_the_suite_of_activations", |compiler| {
        let path = compiler.example("suite.so", "", "");
        let plugin = Plugin::load(&path).unwrap();
        assert_eq!(plugin.to_string(), "plugin-shared 1.0.0: plugin-shared/softsign, plugin-shared/bent");
        let registry = registry(&path);
        for found in [softsign(1.0), softsign(0.3), bent()] {
            check_activation(&*registry.activation(&found).unwrap());
        }
    });
}

#[test]
fn it_trains_and_is_found_again() {
    compiling("it_trains_and_is_found_again", |compiler| {
        let registry = registry(&compiler.example("train.so", "", ""));
        let [first, second] = [softsign(2.0), bent()].map(|found| registry.activation(&found).unwrap());
        let network = Network::builder(2).dense(8, first).dense(8, second).dense(1, Sigmoid).build().unwrap();
        let x = column_major(&array![[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]].view());
        let y = array![[0.0, 1.0, 1.0, 0.0]];
        let settings = Settings { learning_rate: Some(0.3), epochs: Some(500), ..Settings::default() };
        let (plan, compute) = (settings.plan(&network, 4).unwrap(), Compute::serial(&PureRust));
        let mut trainer = Trainer::<f32>::new(&network, plan, compute).unwrap();
        let cost = trainer.run(x.view(), y.view(), &mut []).unwrap().cost;
        assert!(cost < 0.05, "{cost}");

        let a = network.predict(compute, trainer.parameters(), x.view()).unwrap();
        let bytes = Checkpoint::new(network, trainer.parameters().to_vec()).unwrap().to_bytes().unwrap();
        let load = |registry: &Registry| Checkpoint::<f32>::from_bytes(&bytes, registry);
        let loaded = load(&registry).unwrap();
        let again: Array2<f32> = loaded.network().predict(compute, loaded.parameters(), x.view()).unwrap();
        assert_eq!(again, a);

        let missing = load(&Registry::builtin()).err().unwrap().to_string();
        assert!(missing.contains("unknown activation \"plugin-shared/softsign\""), "{missing}");
        let other = compiler.example("other.so", "1.0 + fabs", "1.01 + fabs");
        let changed = load(&self::registry(&other)).err().unwrap().to_string();
        assert!(changed.contains("another version of the plug-in"), "{changed}");
    });
}

#[test]
fn a_file_that_is_no_plug_in_is_refused_in_words() {
    compiling("a_file_that_is_no_plug_in_is_refused_in_words", |compiler| {
        let refused = |path: &Path| {
            let words = Plugin::load(path).unwrap_err().to_string();
            words
                .strip_prefix(&format!("{}: ", path.display()))
                .unwrap_or_else(|| panic!("{words}"))
                .to_owned()
        };
        let no_plugin = compiler.library("none.so", "int other(void) { return 1; }");
        assert_eq!(
            refused(&no_plugin),
            "found a shared library without the function dnn_plugin_describe, expected a plug-in of dnn: name the file that was built with dnn-plugin.h"
        );
        let text = no_plugin.with_extension("c");
        assert!(refused(&text).starts_with("found what the system's loader refuses ("), "{}", refused(&text));
        let missing = no_plugin.with_extension("missing");
        assert!(refused(&missing).starts_with("found no file there ("), "{}", refused(&missing));

        let broken = |name: &str, from: &str, to: &str| refused(&compiler.example(name, from, to));
        assert_eq!(
            broken("version.so", ".interface = DNN_PLUGIN_INTERFACE", ".interface = 7"),
            "found a plug-in for version 7 of the interface, expected version 1: build it again with the dnn-plugin.h of this dnn"
        );
        // A description of another version may end anywhere: nothing beyond its first number is read.
        let short = "#include \"dnn-plugin.h\"\nstatic const uint32_t only = 2;\nDNN_PLUGIN_EXPORT const struct dnn_plugin *dnn_plugin_describe(void) { return (const void *)&only; }\n";
        assert!(refused(&compiler.library("short.so", short)).starts_with("found a plug-in for version 2"));
        assert_eq!(
            broken("null.so", "return &plugin;", "(void)plugin; return 0;"),
            "found a plug-in that describes nothing, expected its description: ask those who made it what it needs"
        );
    });
}

#[test]
fn a_description_that_lacks_something_is_refused_in_words() {
    compiling("a_description_that_lacks_something_is_refused_in_words", |compiler| {
        for (number, (from, to, expected)) in [
            (
                ".backward_f64 = bent_back_f64",
                ".backward_f64 = 0 ? bent_back_f64 : 0",
                "found null for a function of plugin-shared/bent in f64, expected forward and backward in both precisions",
            ),
            (
                "\"plugin-shared/bent\"",
                "\"bent\"",
                "found an activation named \"bent\", expected a name like \"plug-in/activation\"",
            ),
            ("\"plugin-shared/bent\"", "0", "found null for an activation's name, expected a text"),
            ("\"1.0.0\"", "\"\\xff\"", "found the plug-in's version that is not UTF-8, expected UTF-8"),
            (
                ".saved = DNN_SAVED_INPUT",
                ".saved = 2",
                "found 2 as what plugin-shared/bent saves, expected DNN_SAVED_INPUT or DNN_SAVED_OUTPUT",
            ),
            (
                ".saved = DNN_SAVED_INPUT",
                ".constant_count = 3, .saved = DNN_SAVED_INPUT",
                "found 3 constants of plugin-shared/bent at null, expected their names",
            ),
        ]
        .into_iter()
        .enumerate()
        {
            let path = compiler.example(&format!("broken-{number}.so"), from, to);
            let words = Plugin::load(&path).unwrap_err().to_string();
            assert_eq!(words, format!("{}: {expected}: correct the plug-in's description", path.display()));
        }
    });
}

#[test]
fn constants_that_will_not_do_are_refused() {
    compiling("constants_that_will_not_do_are_refused", |compiler| {
        let registry = registry(&compiler.example("constants.so", "", ""));
        let words = |found| registry.activation(&found).err().unwrap().to_string();
        assert_eq!(
            words(softsign(-1.0)),
            "activation plugin-shared/softsign: has constants {\"limit\": -1.0}, but takes a limit above 0: correct them, or use the version that wrote them"
        );
        let expected = "but takes finite values for [\"limit\"] and nothing else";
        assert!(words(softsign(f64::NAN)).contains(expected));
        assert!(words(NamedConfig::from("plugin-shared/softsign")).contains(expected));
        assert!(words(NamedConfig::from("plugin-shared/softsign").with("other", 1.0)).contains(expected));
    });
}

#[test]
fn a_plug_in_that_was_added_before_is_refused() {
    compiling("a_plug_in_that_was_added_before_is_refused", |compiler| {
        let path = compiler.example("twice.so", "", "");
        let again = Plugin::load(&path).unwrap().register(&mut registry(&path)).unwrap_err().to_string();
        assert!(again.starts_with("activation \"plugin-shared/softsign\" is registered already"), "{again}");
    });
}
