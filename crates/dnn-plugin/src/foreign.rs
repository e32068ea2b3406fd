//! The one module that meets the other language: it opens a library, reads its description, and calls its functions.
//!
//! What the `unsafe` below relies on. A plug-in keeps to `dnn-plugin.h`; nothing can check that, so whoever loads one vouches
//! for it, as for any program they start:
//! 1. `dnn_plugin_describe` has the type of the header. What it points to begins with the version of its interface, whatever
//!    that is, and never changes or goes away.
//! 2. If that version is ours, all of it is as the header says: pointers are null or good, counts are right, texts end.
//! 3. The functions of an activation read and write only what they are given, on any thread, and return.
//!
//! What this module does for its part: a library is never closed, so what was taken from it stays; no pointer is followed
//! before it was found not to be null; a function is told the length of the very slices it is given, which do not overlap.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char};
use std::mem::ManuallyDrop;
use std::path::Path;

use dnn_core::{Both, Real, Saved};

use crate::c;
use crate::{Error, Result};

/// What a plug-in says of itself.
pub(crate) struct Description {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) activations: Vec<Foreign>,
}

/// An activation of a plug-in, for any constants.
#[derive(Debug, Clone)]
pub(crate) struct Foreign {
    pub(crate) name: String,
    pub(crate) constants: Vec<String>,
    pub(crate) saved: Saved,
    pub(crate) functions: BothFunctions,
    refuse: Option<c::Refuse>,
}

/// The functions of an activation in both precisions.
#[derive(Debug, Clone)]
pub(crate) struct BothFunctions {
    narrow: Functions<f32>,
    wide: Functions<f64>,
}

impl Both for BothFunctions {
    type Half<T: Real> = Functions<T>;

    fn f32(&self) -> &Functions<f32> {
        &self.narrow
    }

    fn f64(&self) -> &Functions<f64> {
        &self.wide
    }
}

/// The functions of an activation in one precision.
#[derive(Debug, Clone)]
pub(crate) struct Functions<T> {
    forward: c::Forward<T>,
    backward: c::Backward<T>,
}

impl<T> Functions<T> {
    /// `a = g(z)`, in place.
    pub(crate) fn forward(&self, constants: &[f64], z: &mut [T]) {
        // SAFETY: invariant 3; z has as many numbers as said.
        unsafe { (self.forward)(constants.as_ptr(), z.len(), z.as_mut_ptr()) }
    }

    /// `dZ = dA * g'(z)`, in place.
    pub(crate) fn backward(&self, constants: &[f64], saved: &[T], delta: &mut [T]) {
        let count = saved.len().min(delta.len());
        // SAFETY: invariant 3; both have as many numbers as said, and one is borrowed alone.
        unsafe { (self.backward)(constants.as_ptr(), count, saved.as_ptr(), delta.as_mut_ptr()) }
    }
}

impl Foreign {
    /// What is expected of the constants, if these will not do.
    pub(crate) fn refuse(&self, constants: &[f64]) -> Option<String> {
        // SAFETY: invariants 2 and 3; there are as many constants as the activation has names for.
        let expected = unsafe { self.refuse?(constants.as_ptr()) };
        text(expected).map(|expected| expected.unwrap_or_else(|| "takes other constants".into()))
    }
}

/// Opens `path` and reads its description. Its start-up code runs.
pub(crate) fn open(path: &Path) -> Result<Description> {
    let fault = |found: String, remedy| Error::Library { path: path.into(), found, remedy };
    // A bare name would be looked for in the system's folders; a file is meant.
    let file =
        path.canonicalize().map_err(|error| fault(format!("no file there ({error})"), "correct the path"))?;
    // SAFETY: the user vouches for the library's start-up code (see the head of this module).
    let library = unsafe { libloading::Library::new(&file) }.map_err(|error| {
        let reason = std::error::Error::source(&error).map_or(error.to_string(), ToString::to_string);
        let found = format!("what the system's loader refuses (\"{reason}\")");
        fault(
            found,
            "build it as a shared library (cc -shared -fPIC), and see that the libraries it needs are there",
        )
    })?;
    let library = ManuallyDrop::new(library);
    type Describe = unsafe extern "C" fn() -> *const c::Plugin;
    // SAFETY: invariant 1.
    let describe = unsafe { library.get::<Describe>(c"dnn_plugin_describe".to_bytes_with_nul()) };
    let describe = describe.map_err(|_| Error::NoPlugin { path: path.into() })?;
    // SAFETY: invariant 1.
    let plugin = unsafe { describe() };
    if plugin.is_null() {
        return Err(Error::Unwilling { path: path.into() });
    }
    // SAFETY: invariant 1: the version, before anything else is believed.
    let interface = unsafe { (&raw const (*plugin).interface).read() };
    if interface != c::INTERFACE {
        return Err(Error::Interface { path: path.into(), found: interface, expected: c::INTERFACE });
    }
    // SAFETY: invariant 2.
    describe_plugin(unsafe { &*plugin }).map_err(|(found, expected)| Error::Description {
        path: path.into(),
        found,
        expected,
    })
}

/// What was found, and what was expected.
type Fault = (String, &'static str);

fn describe_plugin(plugin: &c::Plugin) -> Result<Description, Fault> {
    let activations = array(plugin.activations, plugin.activation_count)
        .ok_or_else(|| (format!("{} activations at null", plugin.activation_count), "an array of them"))?;
    Ok(Description {
        name: named(plugin.name, "the plug-in's name")?,
        version: named(plugin.version, "the plug-in's version")?,
        activations: activations.iter().map(describe_activation).collect::<Result<_, _>>()?,
    })
}

fn describe_activation(found: &c::Activation) -> Result<Foreign, Fault> {
    let name = named(found.name, "an activation's name")?;
    if !name.split_once('/').is_some_and(|(plugin, own)| !plugin.is_empty() && !own.is_empty()) {
        return Err((format!("an activation named \"{name}\""), "a name like \"plug-in/activation\""));
    }
    let constants = array(found.constant_names, found.constant_count)
        .ok_or_else(|| (format!("{} constants of {name} at null", found.constant_count), "their names"))?;
    let constants = constants.iter().map(|&constant| named(constant, "the name of a constant"));
    let saved = match found.saved {
        c::SAVED_INPUT => Saved::Input,
        c::SAVED_OUTPUT => Saved::Output,
        other => {
            return Err((format!("{other} as what {name} saves"), "DNN_SAVED_INPUT or DNN_SAVED_OUTPUT"));
        }
    };
    let constants = constants.collect::<Result<_, _>>()?;
    let functions = BothFunctions {
        narrow: functions(&name, found.forward_f32, found.backward_f32)?,
        wide: functions(&name, found.forward_f64, found.backward_f64)?,
    };
    Ok(Foreign { name, constants, saved, functions, refuse: found.refuse })
}

fn functions<T: Real>(
    name: &str,
    forward: Option<c::Forward<T>>,
    backward: Option<c::Backward<T>>,
) -> Result<Functions<T>, Fault> {
    let (forward, backward) = forward.zip(backward).ok_or_else(|| {
        (format!("null for a function of {name} in {}", T::NAME), "forward and backward in both precisions")
    })?;
    Ok(Functions { forward, backward })
}

/// The array of `count` at `start`; `None` if it should have something but is null.
fn array<'a, T>(start: *const T, count: usize) -> Option<&'a [T]> {
    match (start.is_null(), count) {
        (_, 0) => Some(&[]),
        (true, _) => None,
        // SAFETY: invariant 2, and the library is never closed.
        (false, _) => Some(unsafe { std::slice::from_raw_parts(start, count) }),
    }
}

/// The text at `start`, as a name: UTF-8, and not empty.
fn named(start: *const c_char, what: &'static str) -> Result<String, Fault> {
    let text = text(start).ok_or_else(|| (format!("null for {what}"), "a text"))?;
    let text = text.ok_or_else(|| (format!("{what} that is not UTF-8"), "UTF-8"))?;
    if text.is_empty() { Err((format!("nothing for {what}"), "a text")) } else { Ok(text) }
}

/// The text at `start`: `None` if that is null, and within it if it is not UTF-8.
fn text(start: *const c_char) -> Option<Option<String>> {
    // SAFETY: invariant 2.
    (!start.is_null()).then(|| unsafe { CStr::from_ptr(start) }.to_str().ok().map(Into::into))
}
