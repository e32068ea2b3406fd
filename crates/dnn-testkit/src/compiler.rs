//! The machine's C compiler, for tests of what is loaded as a shared library.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder in which C is compiled against `dnn-plugin.h`.
#[derive(Debug)]
pub struct Compiler {
    folder: PathBuf,
    include: PathBuf,
}

impl Compiler {
    /// The compiler `cc`, which writes into `folder`; `None` if this machine has none.
    pub fn new(folder: &Path) -> Option<Self> {
        Command::new("cc").arg("--version").output().ok().filter(|answer| answer.status.success())?;
        let include = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dnn-plugin/include");
        Some(Self { folder: folder.into(), include })
    }

    /// The shared library of `source`.
    ///
    /// # Panics
    /// If it does not compile.
    pub fn library(&self, name: &str, source: &str) -> PathBuf {
        self.compile(name, source, &["-shared", "-fPIC"])
    }

    /// The program of `source`.
    ///
    /// # Panics
    /// If it does not compile.
    pub fn program(&self, name: &str, source: &str) -> PathBuf {
        self.compile(name, source, &[])
    }

    /// The plug-in of `examples/plugin-shared`, with `from` in its source replaced by `to`, which it must hold.
    ///
    /// # Panics
    /// If it does not compile, or has no `from`.
    pub fn example(&self, name: &str, from: &str, to: &str) -> PathBuf {
        let source = include_str!("../../../examples/plugin-shared/plugin.c");
        assert!(source.contains(from), "the example has no {from}");
        self.library(name, &source.replace(from, to))
    }

    fn compile(&self, name: &str, source: &str, flags: &[&str]) -> PathBuf {
        let (from, to) = (self.folder.join(name).with_extension("c"), self.folder.join(name));
        std::fs::write(&from, source).expect("the folder can be written");
        let mut cc = Command::new("cc");
        cc.args(["-std=c99", "-Wall", "-Wextra", "-Werror", "-O3"]).args(flags);
        cc.arg("-I").arg(&self.include).arg("-o").arg(&to).arg(&from).arg("-lm");
        let answer = cc.output().expect("cc was there a moment ago");
        assert!(answer.status.success(), "{name}: {}", String::from_utf8_lossy(&answer.stderr));
        to
    }
}

/// Says past the test harness, which keeps what a passing test prints, that there is no compiler.
pub fn say_skipped(test: &str) {
    let line = format!("skipped: {test} needs a C compiler, cc\n");
    // Nobody is there to be told if this fails.
    drop(std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes()));
}
