//! `dnn-plugin.h` in Rust's words, field by field; a test compares their sizes and places with what a C compiler says.

use std::ffi::c_char;

/// The version of the interface, `DNN_PLUGIN_INTERFACE`.
pub(crate) const INTERFACE: u32 = 1;

/// `DNN_SAVED_INPUT`: backward reads z.
pub(crate) const SAVED_INPUT: u32 = 0;

/// `DNN_SAVED_OUTPUT`: backward reads a.
pub(crate) const SAVED_OUTPUT: u32 = 1;

/// What refuses constants: null if they will do, else what is expected of them.
pub(crate) type Refuse = unsafe extern "C" fn(constants: *const f64) -> *const c_char;

/// `a = g(z)`, in place.
pub(crate) type Forward<T> = unsafe extern "C" fn(constants: *const f64, count: usize, z: *mut T);

/// `dZ = dA * g'(z)`, in place.
pub(crate) type Backward<T> =
    unsafe extern "C" fn(constants: *const f64, count: usize, saved: *const T, delta: *mut T);

/// `struct dnn_activation`.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct Activation {
    /// `"plug-in/activation"`.
    pub(crate) name: *const c_char,
    /// How many constants it has.
    pub(crate) constant_count: usize,
    /// Their names; may be null if there are none.
    pub(crate) constant_names: *const *const c_char,
    /// What refuses constants, if not all will do.
    pub(crate) refuse: Option<Refuse>,
    /// [`SAVED_INPUT`] or [`SAVED_OUTPUT`].
    pub(crate) saved: u32,
    /// In f32.
    pub(crate) forward_f32: Option<Forward<f32>>,
    /// In f64.
    pub(crate) forward_f64: Option<Forward<f64>>,
    /// In f32.
    pub(crate) backward_f32: Option<Backward<f32>>,
    /// In f64.
    pub(crate) backward_f64: Option<Backward<f64>>,
}

/// `struct dnn_plugin`.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct Plugin {
    /// [`INTERFACE`]; stands first in every version.
    pub(crate) interface: u32,
    /// The plug-in's name.
    pub(crate) name: *const c_char,
    /// Its version.
    pub(crate) version: *const c_char,
    /// How many activations it has.
    pub(crate) activation_count: usize,
    /// They, one after another.
    pub(crate) activations: *const Activation,
}

#[cfg(test)]
mod tests {
    use std::mem::{offset_of, size_of};
    use std::process::Command;

    use dnn_testkit::compiler::{Compiler, say_skipped};

    #[test]
    fn c_and_rust_have_the_same_layout() {
        let folder = tempfile::tempdir().unwrap();
        let Some(compiler) = Compiler::new(folder.path()) else {
            return say_skipped("c_and_rust_have_the_same_layout");
        };
        let activation = [
            "name",
            "constant_count",
            "constant_names",
            "refuse",
            "saved",
            "forward_f32",
            "forward_f64",
            "backward_f32",
            "backward_f64",
        ];
        let plugin = ["interface", "name", "version", "activation_count", "activations"];
        let places = |of: &str, fields: &[&str]| {
            let places =
                fields.iter().map(|field| format!("printf(\"%zu \", offsetof(struct {of}, {field}));"));
            format!("printf(\"%zu \", sizeof(struct {of}));{}", places.collect::<String>())
        };
        let source = format!(
            "#include <stdio.h>\n#include \"dnn-plugin.h\"\nint main(void) {{ printf(\"%u \", DNN_PLUGIN_INTERFACE); {} {} return 0; }}\n",
            places("dnn_activation", &activation),
            places("dnn_plugin", &plugin)
        );
        let answer = Command::new(compiler.program("layout", &source)).output().unwrap().stdout;
        let found: Vec<usize> =
            String::from_utf8(answer).unwrap().split_whitespace().map(|n| n.parse().unwrap()).collect();
        use super::{Activation as A, Plugin as P};
        let expected = [
            super::INTERFACE as usize,
            size_of::<A>(),
            offset_of!(A, name),
            offset_of!(A, constant_count),
            offset_of!(A, constant_names),
            offset_of!(A, refuse),
            offset_of!(A, saved),
            offset_of!(A, forward_f32),
            offset_of!(A, forward_f64),
            offset_of!(A, backward_f32),
            offset_of!(A, backward_f64),
            size_of::<P>(),
            offset_of!(P, interface),
            offset_of!(P, name),
            offset_of!(P, version),
            offset_of!(P, activation_count),
            offset_of!(P, activations),
        ];
        assert_eq!(found, expected);
    }
}
