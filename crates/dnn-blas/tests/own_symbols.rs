//! Several libraries in one process: each calls its own functions, and none those of another.
//!
//! The loader writes the address of each function that a library calls by name into the library's table of
//! relocations. This test reads these tables: whatever a library defines itself, its calls must go to.
#![allow(clippy::print_stdout, clippy::unwrap_used)]
#![cfg(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64"))]
#![allow(unsafe_code)]

mod libraries;

use std::ffi::{CStr, CString, c_char, c_void};

use dnn_blas::by_name;

/// `struct link_map` of `link.h`.
#[repr(C)]
struct LinkMap {
    base: usize,
    name: *const c_char,
    dynamic: *const [usize; 2],
}

/// `Elf64_Sym` and `Elf64_Rela` of `elf.h`.
#[repr(C)]
struct Symbol {
    name: u32,
    info: u8,
    other: u8,
    section: u16,
    value: usize,
    size: usize,
}
#[repr(C)]
struct Relocation {
    place: usize,
    info: usize,
    addend: usize,
}

/// Tags of the dynamic section, and kinds of relocation.
const STRINGS: usize = 5;
const SYMBOLS: usize = 6;
const TABLES: [(usize, usize); 2] = [(7, 8), (23, 2)];
const ADDRESS: usize = 1;
const DATA: usize = 6;
const CALL: usize = 7;

fn open(path: &str, flags: i32) -> *mut c_void {
    let name = CString::new(path).unwrap();
    // SAFETY: a library of the tester's choice.
    let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW | flags) };
    assert!(!handle.is_null(), "{path}");
    handle
}

/// How many of its own names the library calls by name, and which of them go elsewhere.
fn bindings(handle: *mut c_void) -> (usize, Vec<String>) {
    let mut map: *const LinkMap = std::ptr::null();
    // SAFETY: asks for the loader's record of an open library.
    let found = unsafe { libc::dlinfo(handle, libc::RTLD_DI_LINKMAP, (&raw mut map).cast()) };
    assert_eq!(found, 0);
    // SAFETY: the record lives as long as the library, which is never closed.
    let map = unsafe { &*map };
    // SAFETY: the section ends with tag 0; glibc has made its addresses absolute.
    let entry = |tag| unsafe {
        let entries = (0..).map(|i| *map.dynamic.add(i)).take_while(|entry| entry[0] != 0);
        entries.filter(|entry| entry[0] == tag).map(|entry| entry[1]).next()
    };
    let (strings, symbols) = (entry(STRINGS).unwrap(), entry(SYMBOLS).unwrap() as *const Symbol);
    let (mut own, mut elsewhere) = (0, Vec::new());
    for (start, bytes) in TABLES.map(|(start, bytes)| (entry(start), entry(bytes))) {
        let (Some(start), Some(bytes)) = (start, bytes) else { continue };
        // SAFETY: the table as the section describes it.
        let table = unsafe {
            std::slice::from_raw_parts(start as *const Relocation, bytes / size_of::<Relocation>())
        };
        for relocation in table {
            // SAFETY: the symbol that the relocation names by its number.
            let symbol = unsafe { &*symbols.add(relocation.info >> 32) };
            let kind = relocation.info & 0xFFFF_FFFF;
            if symbol.section == 0 || ![ADDRESS, DATA, CALL].contains(&kind) {
                continue;
            }
            let expected = map.base + symbol.value + if kind == ADDRESS { relocation.addend } else { 0 };
            // SAFETY: the place the loader wrote, and the symbol's name.
            let (bound, name) = unsafe {
                let name = CStr::from_ptr((strings + symbol.name as usize) as *const c_char);
                (*((map.base + relocation.place) as *const usize), name.to_string_lossy())
            };
            own += 1;
            if bound != expected {
                elsewhere.push(name.into_owned());
            }
        }
    }
    (own, elsewhere)
}

/// Whether a shared OpenBLAS is linked: then its names are there for everybody.
const LINKED: bool = cfg!(all(feature = "openblas-system", not(feature = "openblas-static")));

#[test]
fn each_library_calls_itself_although_another_is_linked() {
    let paths = libraries::files();
    let Some((first, others)) = paths.split_first().filter(|(_, others)| LINKED || !others.is_empty()) else {
        return libraries::say(
            "skipped: libraries side by side, for want of two (name files in DNN_TEST_BLAS)",
        );
    };
    let others = if LINKED { &paths[..] } else { others };
    if !LINKED {
        // As if the first were linked.
        open(first, libc::RTLD_GLOBAL);
    }
    for path in others {
        let blas = by_name(path).unwrap();
        assert_eq!(blas.file.unwrap().canonicalize().unwrap(), std::fs::canonicalize(path).unwrap());
        let (own, elsewhere) = bindings(open(path, libc::RTLD_NOLOAD));
        println!("{path}: {own} names of its own, {} bound elsewhere", elsewhere.len());
        assert_eq!(elsewhere, [""; 0], "{path}");
    }

    // That the test can fail: a copy of each, opened as everybody else would.
    let stolen: usize = others.iter().map(|path| stolen_names(path).len()).sum();
    if stolen == 0 {
        // Libraries can be built so that nobody takes their names.
        libraries::say(&format!(
            "skipped: that this test can fail, for no plain copy of {others:?} calls another"
        ));
    }
}

/// The names of a copy of the library that go elsewhere when it is opened without its own names first.
fn stolen_names(path: &str) -> Vec<String> {
    let folder = std::env::temp_dir().join(format!("dnn-own-symbols-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    // Another name: the loader takes a known one for the library it has.
    let copy =
        folder.join(format!("lib{:x}.so", path.len() * 31 + path.bytes().map(usize::from).sum::<usize>()));
    std::fs::copy(path, &copy).unwrap();
    // MKL's parts lie beside it, so its copy does not open everywhere; it is not needed here.
    let name = CString::new(copy.to_str().unwrap()).unwrap();
    // SAFETY: a copy of a library of the tester's choice.
    let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
    std::fs::remove_dir_all(&folder).unwrap();
    if handle.is_null() {
        return Vec::new();
    }
    let (own, elsewhere) = bindings(handle);
    println!("a plain copy of {path}: {own} names of its own, {} bound elsewhere", elsewhere.len());
    elsewhere
}
