//! OpenBLAS, loaded or linked: its version, its kernel and its threads.
//!
//! Invariant, relied on by the `unsafe` below: the functions are OpenBLAS's own, all of one library that is never
//! unloaded, and are called under the lock of discovery.
#![allow(unsafe_code)]

use std::ffi::{c_char, c_int};

use crate::alone::{Alone, OpenMp, Setter};
use crate::kernel::{self, CoreName, Switch, WIDE};
use crate::library::{Fault, Known, open_mp};
use crate::load::Symbols;

/// What OpenBLAS says of itself.
pub(crate) struct OpenBlas {
    /// `openblas_get_config`: version, options and kernel in one line.
    pub(crate) config: unsafe extern "C" fn() -> *const c_char,
    /// `openblas_get_corename`.
    pub(crate) core: Option<CoreName>,
    /// `openblas_get_parallel`.
    pub(crate) parallel: Option<unsafe extern "C" fn() -> c_int>,
    /// `openblas_set_num_threads`.
    pub(crate) set_threads: Option<unsafe extern "C" fn(c_int)>,
    /// In builds for many chips, where these functions can be found.
    pub(crate) switch: Option<Switch>,
    /// The OpenMP library it uses, if any.
    pub(crate) open_mp: Option<OpenMp>,
}

/// What `openblas_get_parallel` says of a build without threads, and of one with OpenMP.
const WITHOUT_THREADS: c_int = 0;
const WITH_OPEN_MP: c_int = 2;

impl OpenBlas {
    /// The functions of an open library, if it is OpenBLAS.
    pub(crate) fn of(symbols: &Symbols) -> Option<Self> {
        let core = symbols.get(c"openblas_get_corename");
        Some(Self {
            config: symbols.get(c"openblas_get_config")?,
            core,
            parallel: symbols.get(c"openblas_get_parallel"),
            set_threads: symbols.get(c"openblas_set_num_threads"),
            switch: core.and_then(|core| switch(symbols, core)),
            open_mp: open_mp(symbols),
        })
    }

    /// Sees to the kernel and the threads.
    pub(crate) fn settle(self, kernel_chosen: bool) -> Result<Known, Fault> {
        // SAFETY: see the head of this module.
        let config = unsafe { kernel::text((self.config)()) };
        if config.split_whitespace().any(|word| word == "USE64BITINT") {
            return Err(Fault::long_integers("OpenBLAS"));
        }
        let better = kernel::better(kernel::has_avx512(), &self.core_name(), kernel_chosen);
        let kernel_advice = better.and_then(|better| self.change(better, &config));
        // SAFETY: as above.
        let parallel = self.parallel.map(|parallel| unsafe { parallel() });
        let one_by_one = parallel == Some(WITHOUT_THREADS);
        let thread_advice = one_by_one.then(|| {
            "this OpenBLAS was built without threads, so it computes one product at a time: install its build with threads (Debian: libopenblas0-pthread)"
                .to_string()
        });
        // An OpenMP build would take the number for a setting of the calling thread, and not put it back.
        let setter = self.set_threads.filter(|_| parallel != Some(WITH_OPEN_MP)).map(Setter::Int);
        // Others in this program may have brought one that this library does not use.
        let open_mp = self.open_mp.filter(|_| parallel.is_none_or(|kind| kind == WITH_OPEN_MP));
        let advice: Vec<String> = kernel_advice.into_iter().chain(thread_advice).collect();
        Ok(Known {
            library: "OpenBLAS",
            version: version(&config),
            kernel: self.core_name(),
            alone: Alone::new(setter, open_mp, one_by_one),
            advice: (!advice.is_empty()).then(|| advice.join("; ")),
        })
    }

    /// Changes to the kernel `better`, or says what the user can do.
    fn change(&self, better: &str, config: &str) -> Option<String> {
        if self.switch.is_some_and(|switch| switch.to(better)) {
            return None;
        }
        Some(advice(&self.core_name(), self.switch.is_some(), config))
    }

    fn core_name(&self) -> String {
        // SAFETY: see the head of this module.
        self.core.map_or_else(String::new, |core| unsafe { kernel::text(core()) })
    }
}

pub(crate) fn switch(symbols: &Symbols, core: CoreName) -> Option<Switch> {
    let (quit, init) = (symbols.get(c"gotoblas_dynamic_quit")?, symbols.get(c"gotoblas_dynamic_init")?);
    Some(Switch { quit, init, core })
}

/// What to do about a kernel that could not be changed.
fn advice(core: &str, tried: bool, config: &str) -> String {
    let remedy = if tried {
        format!("install an OpenBLAS that has the {WIDE} kernel")
    } else if config.contains("DYNAMIC_ARCH") {
        format!("set OPENBLAS_CORETYPE={WIDE} before the program starts")
    } else {
        "install an OpenBLAS built for many chips (DYNAMIC_ARCH=1)".into()
    };
    format!("OpenBLAS uses its kernel {core}, but this chip has AVX-512: {remedy}")
}

/// The version in a text like "OpenBLAS 0.3.21 NO_AFFINITY DYNAMIC_ARCH Zen MAX_THREADS=64".
fn version(config: &str) -> String {
    let mut words = config.split_whitespace();
    let version = words.next().filter(|&word| word == "OpenBLAS").and_then(|_| words.next());
    version.unwrap_or("unknown").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_stands_behind_the_name() {
        assert_eq!(version("OpenBLAS 0.3.21 NO_AFFINITY DYNAMIC_ARCH Zen MAX_THREADS=64"), "0.3.21");
        assert_eq!(version("DYNAMIC_ARCH NO_AFFINITY Haswell"), "unknown");
    }

    #[test]
    fn the_advice_names_what_helps() {
        assert!(
            advice("Zen", false, "OpenBLAS 0.3.30 DYNAMIC_ARCH").contains("set OPENBLAS_CORETYPE=SkylakeX")
        );
        assert!(advice("Zen", false, "OpenBLAS 0.3.30").contains("DYNAMIC_ARCH=1"));
        assert!(advice("Zen", true, "OpenBLAS 0.3.30 DYNAMIC_ARCH").contains("has the SkylakeX kernel"));
    }

    /// Set for a child process: the library to switch, and the kernel to switch it to.
    const CHILD: &str = "DNN_BLAS_SWITCH_CHILD";
    /// A kernel that no OpenBLAS has: the library's own choice must come back.
    const UNKNOWN: &str = "Unheard";

    #[test]
    fn another_kernel_is_chosen_and_its_products_are_right() {
        if let Ok(task) = std::env::var(CHILD) {
            let (core, path) = task.split_once(' ').unwrap();
            return switched(path, core);
        }
        let paths = std::env::var("DNN_TEST_BLAS").unwrap_or_default();
        // One for 64-bit integers is listed to be refused.
        let usable = |path: &&str| path.contains("openblas") && !path.contains("openblas64");
        let mut builds: Vec<&str> = paths.split(':').filter(usable).collect();
        if cfg!(feature = "openblas-system") {
            builds.push("libopenblas.so.0");
        }
        if builds.is_empty() || !cfg!(target_arch = "x86_64") {
            return println!("skipped: no OpenBLAS in DNN_TEST_BLAS");
        }
        for path in builds {
            for core in ["Nehalem", "Prescott", "Sandybridge", UNKNOWN] {
                let name = "openblas::tests::another_kernel_is_chosen_and_its_products_are_right";
                let child = std::process::Command::new(std::env::current_exe().unwrap())
                    .args(["--exact", name, "--nocapture"])
                    .env(CHILD, format!("{core} {path}"))
                    .env_remove("OPENBLAS_CORETYPE")
                    .output()
                    .unwrap();
                assert!(child.status.success(), "{path} to {core}: {child:?}");
            }
        }
    }

    fn switched(path: &str, core: &str) {
        let symbols = Symbols::open(path).unwrap();
        let open_blas = OpenBlas::of(&symbols).unwrap();
        let own = open_blas.core_name();
        let blas = crate::Cblas::load(path).unwrap();
        let wide = kernel::better(kernel::has_avx512(), &own, false).unwrap_or(&own);
        assert_eq!(dnn_core::Backend::identity(&blas).kernel, wide);

        let expected = if core == UNKNOWN { &own } else { core };
        assert_eq!(open_blas.switch.unwrap().to(core), core != UNKNOWN);
        assert!(std::env::var_os(crate::environment::CORE_TYPE).is_none());
        assert!(open_blas.core_name().eq_ignore_ascii_case(expected));
        dnn_testkit::backend::check_backend(&blas);
    }
}
