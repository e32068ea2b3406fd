//! The kernel of OpenBLAS: which one suits this chip, and how to make the library change it.
//!
//! OpenBLAS up to 0.3.34 takes its *Haswell* kernels (AVX2) on AMD's Zen 5 and on chips with AVX-512 that it does not know:
//! 125 instead of 250 GFLOP/s on one Zen 5 core. Its *SkylakeX* kernels run on every chip with AVX-512. Zen 4 has units of
//! half the width: there OpenBLAS takes *Cooperlake*, and *Haswell* and *SkylakeX* are equally fast (106 and 103).
//!
//! Invariant, relied on by the `unsafe` below: [`Switch::to`] runs once for a library, before anybody was given
//! it to compute with (see `load::ready_once`); the variable it sets is gone when it returns.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char};

use crate::environment::CORE_TYPE;

/// The kernels for chips with AVX-512 that every OpenBLAS since 0.3.0 knows.
pub(crate) const WIDE: &str = "SkylakeX";

/// Kernels without AVX-512 that OpenBLAS was seen to choose, or may, where there is AVX-512.
const NARROW: [&str; 9] = [
    "Haswell",
    "Zen",
    "Excavator",
    "Steamroller",
    "Piledriver",
    "Bulldozer",
    "Sandybridge",
    "Nehalem",
    "Prescott",
];

/// The kernel to use instead of `core`, the one OpenBLAS chose; `None` to let it be.
///
/// A name that is not known to be narrow is newer than this list, and kept.
pub(crate) fn better(avx512: bool, core: &str, chosen_by_user: bool) -> Option<&'static str> {
    let narrow = NARROW.iter().any(|name| name.eq_ignore_ascii_case(core));
    (avx512 && narrow && !chosen_by_user).then_some(WIDE)
}

/// Whether this chip has the parts of AVX-512 that the *SkylakeX* kernels use.
#[cfg(target_arch = "x86_64")]
pub(crate) fn has_avx512() -> bool {
    use std::arch::is_x86_feature_detected as has;
    has!("avx512f") && has!("avx512cd") && has!("avx512bw") && has!("avx512dq") && has!("avx512vl")
}

/// Whether this chip has the parts of AVX-512 that the *SkylakeX* kernels use.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn has_avx512() -> bool {
    false
}

/// The name of the kernel in use, as OpenBLAS reports it.
pub(crate) type CoreName = unsafe extern "C" fn() -> *const c_char;

/// The functions by which OpenBLAS forgets its kernel and chooses again; only in builds for many chips.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Switch {
    /// `gotoblas_dynamic_quit`.
    pub(crate) quit: unsafe extern "C" fn(),
    /// `gotoblas_dynamic_init`, which reads `OPENBLAS_CORETYPE`.
    pub(crate) init: unsafe extern "C" fn(),
    /// `openblas_get_corename`.
    pub(crate) core: CoreName,
}

impl Switch {
    /// Changes to the kernel `core`, and back to the library's own choice if it does not have it. Says whether it has.
    pub(crate) fn to(&self, core: &str) -> bool {
        // SAFETY: discovery is documented to come before threads that read the environment through C (see `auto`), and
        // Rust's own readers take the lock that this takes.
        unsafe { std::env::set_var(CORE_TYPE, core) };
        self.choose_again();
        // SAFETY: as above.
        unsafe { std::env::remove_var(CORE_TYPE) };
        let changed = self.core_name().eq_ignore_ascii_case(core);
        if !changed {
            self.choose_again();
        }
        changed
    }

    fn choose_again(&self) {
        // SAFETY: OpenBLAS's own functions, of one library, while it computes nothing (see the head of this module).
        unsafe {
            (self.quit)();
            (self.init)();
        }
    }

    /// The kernel in use.
    pub(crate) fn core_name(&self) -> String {
        // SAFETY: OpenBLAS returns a text that is never freed.
        unsafe { text((self.core)()) }
    }
}

/// A copy of a text from C; empty for a null pointer.
///
/// # Safety
/// `text` is null or ends in a zero, and nobody writes it meanwhile.
pub(crate) unsafe fn text(text: *const c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: the caller's promise.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_narrow_kernel_on_a_wide_chip_is_replaced_and_never_against_the_users_choice() {
        for core in NARROW.into_iter().chain(["ZEN", "haswell"]) {
            assert_eq!(better(true, core, false), Some(WIDE));
            assert_eq!(better(true, core, true), None);
            assert_eq!(better(false, core, false), None);
        }
        for core in ["SkylakeX", "Cooperlake", "SapphireRapids", "Zen9", "unknown", ""] {
            assert_eq!(better(true, core, false), None);
        }
    }
}
