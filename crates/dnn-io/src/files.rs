//! The operations on files that saving and loading are made of, and the disk's.
//!
//! They stand behind a trait so that tests can make each of them fail, and lose what was not synchronised.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Where files are kept: [`Disk`], or something that stands for it in a test.
///
/// An operation that the system interrupted may say so ([`io::ErrorKind::Interrupted`]): it is then called again, but for
/// the two that synchronise.
///
/// ```
/// use dnn_core::{Network, Registry, Sigmoid};
/// use dnn_io::{Checkpoint, Disk, Files};
///
/// let folder = std::env::temp_dir();
/// let network = Network::builder(2).dense(1, Sigmoid).build()?;
/// let model = Checkpoint::new(network.clone(), network.starting_parameters::<f32>())?;
/// model.save_on(&Disk, folder.join("dnn-io-files.dnn"))?;                // as `save` does
/// assert!(Disk.list(&folder)?.contains(&"dnn-io-files.dnn".into()));
/// Disk.remove(&folder.join("dnn-io-files.dnn"))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Files: Send + Sync {
    /// Makes a file to be written; an error of kind [`io::ErrorKind::AlreadyExists`] if there is one of this name.
    fn create(&self, path: &Path) -> io::Result<Box<dyn NewFile>>;

    /// All bytes of a file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// Gives a file another name in the same folder, in the place of one that has it.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Makes the names in `folder` outlive a power cut.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;

    /// The names in `folder`, in any order.
    fn list(&self, folder: &Path) -> io::Result<Vec<OsString>>;

    /// Makes a folder, and those it lies in; nothing if it is there.
    fn create_folder(&self, folder: &Path) -> io::Result<()>;

    /// Bytes that can still be written in `folder`.
    fn free_bytes(&self, folder: &Path) -> io::Result<u64>;
}

/// A file in the making: may take fewer bytes at a time than it is given.
pub trait NewFile: Write {
    /// Makes what was written outlive a power cut.
    fn sync(&mut self) -> io::Result<()>;
}

/// The files of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

impl Files for Disk {
    fn create(&self, path: &Path) -> io::Result<Box<dyn NewFile>> {
        Ok(Box::new(File::create_new(path)?))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    /// On Unix a folder is synchronised like a file; elsewhere the system gives no such means.
    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<OsString>> {
        fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name())).collect()
    }

    fn create_folder(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)
    }

    #[cfg(unix)]
    fn free_bytes(&self, folder: &Path) -> io::Result<u64> {
        let room = rustix::fs::statvfs(folder)?;
        Ok(room.f_bavail.saturating_mul(room.f_frsize))
    }

    #[cfg(not(unix))]
    fn free_bytes(&self, _: &Path) -> io::Result<u64> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

impl NewFile for File {
    fn sync(&mut self) -> io::Result<()> {
        self.sync_all()
    }
}
