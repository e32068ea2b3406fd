//! An allocator that counts, for tests which show that a step takes no memory, and a load little.
//!
//! Invariant, relied on by the `unsafe` below: every call goes to the system's allocator unchanged.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The system's allocator, with a count of the blocks it has given out to any thread, and of the bytes that are out.
#[derive(Debug, Default)]
pub struct Counting {
    blocks: AtomicUsize,
    bytes: AtomicUsize,
    most: AtomicUsize,
}

impl Counting {
    /// A counter at zero, to be the `#[global_allocator]` of a test.
    pub const fn new() -> Self {
        Self { blocks: AtomicUsize::new(0), bytes: AtomicUsize::new(0), most: AtomicUsize::new(0) }
    }

    /// Blocks given out so far.
    pub fn count(&self) -> usize {
        self.blocks.load(Ordering::SeqCst)
    }

    /// What `work` gives, and the most bytes that were out at one moment of it, those from before not counted. A block that
    /// grows counts twice for that moment. Only one thread may take memory meanwhile.
    pub fn most_during<R>(&self, work: impl FnOnce() -> R) -> (R, usize) {
        let before = self.bytes.load(Ordering::SeqCst);
        self.most.store(before, Ordering::SeqCst);
        let result = work();
        (result, self.most.load(Ordering::SeqCst) - before)
    }

    fn take(&self, bytes: usize) {
        let out = self.bytes.fetch_add(bytes, Ordering::SeqCst) + bytes;
        self.most.fetch_max(out, Ordering::SeqCst);
        self.blocks.fetch_add(1, Ordering::SeqCst);
    }

    fn give_back(&self, bytes: usize) {
        self.bytes.fetch_sub(bytes, Ordering::SeqCst);
    }
}

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.take(layout.size());
        // SAFETY: the caller's promise, passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        self.take(layout.size());
        // SAFETY: the caller's promise, passed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        self.give_back(layout.size());
        // SAFETY: the caller's promise, passed on.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        self.take(size);
        self.give_back(layout.size());
        // SAFETY: the caller's promise, passed on.
        unsafe { System.realloc(block, layout, size) }
    }
}
