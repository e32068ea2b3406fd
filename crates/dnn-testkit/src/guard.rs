//! Numbers between two pages that nobody may touch, so that a kernel which reads or writes one number too far crashes
//! the test and does not pass it by luck.
//!
//! Invariant, relied on by the `unsafe` below: the numbers are one private mapping of whole pages, zeroed by the system,
//! owned by the [`Guarded`] and unmapped when it is dropped. Where there is no `mmap`, a plain vector stands in.
#![allow(unsafe_code)]

use dnn_core::Real;

/// Where a slice lies between the guard pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// Right behind the first guard page: reading before the slice crashes.
    Start,
    /// Right before the second guard page: reading beyond the slice crashes.
    End,
}

/// Room for numbers, with a guard page on each side.
#[derive(Debug)]
pub(crate) struct Guarded<T: Real> {
    room: room::Room<T>,
}

impl<T: Real> Guarded<T> {
    /// Room for at least `capacity` numbers.
    pub(crate) fn new(capacity: usize) -> Self {
        Self { room: room::Room::new(capacity) }
    }

    /// `len` numbers that touch the guard page on `side`. Old contents are kept.
    pub(crate) fn slice(&mut self, len: usize, side: Side) -> &mut [T] {
        let all = self.room.all();
        let start = if side == Side::Start { 0 } else { all.len() - len };
        &mut all[start..start + len]
    }
}

#[cfg(unix)]
mod room {
    use std::ffi::c_void;
    use std::marker::PhantomData;
    use std::ptr;

    use dnn_core::Real;

    /// One mapping: a guard page, whole pages of numbers, a guard page.
    #[derive(Debug)]
    pub(super) struct Room<T> {
        start: *mut c_void,
        page: usize,
        pages: usize,
        numbers: PhantomData<T>,
    }

    impl<T: Real> Room<T> {
        pub(super) fn new(capacity: usize) -> Self {
            // SAFETY: asks for a number.
            let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as usize;
            let pages = (capacity * size_of::<T>()).div_ceil(page).max(1);
            let (bytes, flags) = ((pages + 2) * page, libc::MAP_PRIVATE | libc::MAP_ANON);
            // SAFETY: a fresh mapping touches no other memory.
            let start = unsafe { libc::mmap(ptr::null_mut(), bytes, libc::PROT_NONE, flags, -1, 0) };
            assert_ne!(start, libc::MAP_FAILED, "mmap of {bytes} bytes");
            // SAFETY: the inner pages of the mapping just made.
            let opened =
                unsafe { libc::mprotect(start.add(page), pages * page, libc::PROT_READ | libc::PROT_WRITE) };
            assert_eq!(opened, 0, "mprotect");
            Self { start, page, pages, numbers: PhantomData }
        }

        pub(super) fn all(&mut self) -> &mut [T] {
            let len = self.pages * self.page / size_of::<T>();
            // SAFETY: the inner pages are ours alone, aligned, and any bytes are a number (see the head).
            unsafe { std::slice::from_raw_parts_mut(self.start.add(self.page).cast(), len) }
        }
    }

    impl<T> Drop for Room<T> {
        fn drop(&mut self) {
            // SAFETY: the mapping made in `new`, and no slice of it outlives the owner.
            unsafe { libc::munmap(self.start, (self.pages + 2) * self.page) };
        }
    }
}

#[cfg(not(unix))]
mod room {
    use dnn_core::Real;

    /// No guard pages here.
    #[derive(Debug)]
    pub(super) struct Room<T>(Vec<T>);

    impl<T: Real> Room<T> {
        pub(super) fn new(capacity: usize) -> Self {
            Self(vec![T::zero(); capacity])
        }

        pub(super) fn all(&mut self) -> &mut [T] {
            &mut self.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_hold_what_is_written() {
        let mut numbers = Guarded::<f64>::new(1000);
        numbers.slice(3, Side::Start).fill(1.0);
        numbers.slice(3, Side::End).fill(2.0);
        assert_eq!(numbers.slice(3, Side::Start), [1.0; 3]);
        assert_eq!(numbers.slice(3, Side::End), [2.0; 3]);
        assert!(numbers.slice(1000, Side::End).ends_with(&[2.0; 3]));
    }
}
