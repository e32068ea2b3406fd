//! `dnn-plugin.h` in Rust's words, field by field; a test compares their sizes and places with what a C compiler says.

use std::ffi::c_char;

/// The version of the interface, `DNN_PLUGIN_INTERFACE`.
pub const INTERFACE: u32 = 1;

/// `DNN_SAVED_INPUT`: backward reads z.
pub const SAVED_INPUT: u32 = 0;

/// `DNN_SAVED_OUTPUT`: backward reads a.
pub const SAVED_OUTPUT: u32 = 1;

/// What refuses constants: null if they will do, else what is expected of them.
pub type Refuse = unsafe extern "C" fn(constants: *const f64) -> *const c_char;

/// `a = g(z)`, in place.
pub type Forward<T> = unsafe extern "C" fn(constants: *const f64, count: usize, z: *mut T);

/// `dZ = dA * g'(z)`, in place.
pub type Backward<T> =
    unsafe extern "C" fn(constants: *const f64, count: usize, saved: *const T, delta: *mut T);

/// `struct dnn_activation`.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct Activation {
    /// `"plug-in/activation"`.
    pub name: *const c_char,
    /// How many constants it has.
    pub constant_count: usize,
    /// Their names; may be null if there are none.
    pub constant_names: *const *const c_char,
    /// What refuses constants, if not all will do.
    pub refuse: Option<Refuse>,
    /// [`SAVED_INPUT`] or [`SAVED_OUTPUT`].
    pub saved: u32,
    /// In f32.
    pub forward_f32: Option<Forward<f32>>,
    /// In f64.
    pub forward_f64: Option<Forward<f64>>,
    /// In f32.
    pub backward_f32: Option<Backward<f32>>,
    /// In f64.
    pub backward_f64: Option<Backward<f64>>,
}

/// `struct dnn_plugin`.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct Plugin {
    /// [`INTERFACE`]; stands first in every version.
    pub interface: u32,
    /// The plug-in's name.
    pub name: *const c_char,
    /// Its version.
    pub version: *const c_char,
    /// How many activations it has.
    pub activation_count: usize,
    /// They, one after another.
    pub activations: *const Activation,
}
