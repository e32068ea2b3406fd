//! OpenBLAS, loaded or linked: its version, its kernel and its threads.
//!
//! Invariant, relied on by the `unsafe` below: the functions are OpenBLAS's own, all of one library that is never
//! unloaded, and are called before anybody was given it to compute with (see `load::ready_once`).
#![allow(unsafe_code)]

use std::ffi::{c_char, c_int};

use crate::alone::{Alone, OpenMp, Setter};
use crate::cblas::Known;
use crate::environment;
use crate::kernel::{self, CoreName, Switch, WIDE};
use crate::symbols::{Fault, Symbols, open_mp};

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
    pub(crate) fn settle(self) -> Result<Known, Fault> {
        // SAFETY: see the head of this module.
        let config = unsafe { kernel::text((self.config)()) };
        if config.split_whitespace().any(|word| word == "USE64BITINT") {
            return Err(Fault::long_integers("OpenBLAS"));
        }
        let better = kernel::better(kernel::has_avx512(), &self.core_name(), environment::kernel_chosen());
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

    /// Set for a child process: the library to look at, and what else the test wants to know.
    const CHILD: &str = "DNN_BLAS_KERNEL_CHILD";
    /// A kernel that no OpenBLAS has: the library's own choice must come back.
    const UNKNOWN: &str = "Unheard";
    /// Stands for the OpenBLAS of this program.
    const LINKED: &str = "linked";

    /// The OpenBLAS builds to test: linked, found by the loader, and named in `DNN_TEST_BLAS`.
    fn builds() -> Vec<String> {
        let named = std::env::var("DNN_TEST_BLAS").unwrap_or_default();
        // One for 64-bit integers is listed to be refused.
        let usable = |path: &&str| path.contains("openblas") && !path.contains("openblas64");
        let named = named.split(':').filter(usable).map(String::from);
        let linked = cfg!(feature = "openblas-system").then(|| LINKED.to_string());
        let found = Some("libopenblas.so.0".to_string()).filter(|name| Symbols::open(name).is_ok());
        linked.into_iter().chain(found).chain(named).collect()
    }

    /// Says what is left out, past the test harness, which keeps what a passing test prints.
    fn skip(why: &str) {
        use std::io::Write;
        writeln!(std::io::stderr(), "skipped: {why}").unwrap();
    }

    /// Runs the test `name` again in a process of its own, since a kernel is of a whole process.
    fn in_child(name: &str, task: &str, core_type: Option<&str>) {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", &format!("openblas::tests::{name}"), "--nocapture"]).env(CHILD, task);
        match core_type {
            Some(core) => child.env("OPENBLAS_CORETYPE", core),
            None => child.env_remove("OPENBLAS_CORETYPE"),
        };
        let child = child.output().unwrap();
        assert!(child.status.success(), "{task}: {child:?}");
    }

    /// The task of this process, if it is a child.
    fn task() -> Option<(String, String)> {
        let task = std::env::var(CHILD).ok()?;
        task.split_once(' ').map(|(what, path)| (what.into(), path.into()))
    }

    /// The library as the user gets it, and its own functions.
    fn open(path: &str) -> (OpenBlas, impl Fn() -> crate::cblas::Cblas) {
        // The linked one is the instance that the loader gives for its name.
        let file = if path == LINKED { "libopenblas.so.0" } else { path };
        let path = path.to_string();
        let ready = move || {
            #[cfg(feature = "openblas-system")]
            if path == LINKED {
                return crate::cblas::Cblas::linked().unwrap();
            }
            crate::load::load(&path, &path).unwrap()
        };
        (OpenBlas::of(&Symbols::open(file).unwrap()).unwrap(), ready)
    }

    fn kernel_of(blas: &crate::cblas::Cblas) -> String {
        dnn_core::Backend::identity(blas).kernel
    }

    #[test]
    fn another_kernel_is_chosen_and_its_products_are_right() {
        if let Some((core, path)) = task() {
            return switched(&path, &core);
        }
        let builds = builds();
        if builds.is_empty() || !cfg!(target_arch = "x86_64") {
            return skip(
                "change of kernel, for want of an OpenBLAS (install it, or name one in DNN_TEST_BLAS)",
            );
        }
        for path in builds {
            for core in ["Nehalem", "Prescott", "Sandybridge", UNKNOWN] {
                let name = "another_kernel_is_chosen_and_its_products_are_right";
                in_child(name, &format!("{core} {path}"), None);
            }
        }
    }

    fn switched(path: &str, core: &str) {
        let (open_blas, ready) = open(path);
        let own = open_blas.core_name();
        let blas = ready();
        let wide = kernel::better(kernel::has_avx512(), &own, false).unwrap_or(&own);
        assert_eq!(kernel_of(&blas), wide);
        assert!(std::sync::Arc::ptr_eq(&blas.table, &ready().table), "a library is made ready once");

        let expected = if core == UNKNOWN { &own } else { core };
        assert_eq!(open_blas.switch.unwrap().to(core), core != UNKNOWN);
        assert!(std::env::var_os(crate::environment::CORE_TYPE).is_none());
        assert!(open_blas.core_name().eq_ignore_ascii_case(expected));
        dnn_testkit::backend::check_backend(&blas);
    }

    /// As on a chip that OpenBLAS takes for one without AVX-512: it is brought to *Haswell* before it is asked for.
    #[test]
    fn a_narrow_kernel_is_replaced_once_where_there_is_avx512() {
        if let Some((choice, path)) = task() {
            return if choice == "own" { replaced(&path) } else { kept(&path) };
        }
        let builds = builds();
        if builds.is_empty() || !kernel::has_avx512() {
            return skip("kernels for AVX-512, for want of an OpenBLAS or of a chip that has it");
        }
        for path in builds {
            let name = "a_narrow_kernel_is_replaced_once_where_there_is_avx512";
            in_child(name, &format!("own {path}"), None);
            in_child(name, &format!("users {path}"), Some("Haswell"));
        }
    }

    fn replaced(path: &str) {
        let (open_blas, ready) = open(path);
        assert!(open_blas.switch.unwrap().to("Haswell"));
        let blas = ready();
        assert_eq!((kernel_of(&blas).as_str(), open_blas.core_name().as_str()), (WIDE, WIDE));
        assert!(std::env::var_os(crate::environment::CORE_TYPE).is_none());
        dnn_testkit::backend::check_backend(&blas);

        // Whoever asks later may find others computing: the kernel is not touched again.
        assert!(open_blas.switch.unwrap().to("Haswell"));
        drop(ready());
        assert_eq!(open_blas.core_name(), "Haswell");
    }

    fn kept(path: &str) {
        let (open_blas, ready) = open(path);
        assert_eq!((kernel_of(&ready()).as_str(), open_blas.core_name().as_str()), ("Haswell", "Haswell"));
    }
}
