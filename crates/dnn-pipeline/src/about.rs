//! What `run.json` keeps of a training.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use dnn_data::Preprocessor;
use dnn_data::Target;
use dnn_observe::About;

use crate::machine::cores;
use crate::session::Session;
use crate::{Error, Result};

/// What `run.json` keeps.
///
/// # Errors
/// [`Error::Other`] for a configuration that JSON cannot hold.
pub(crate) fn about(session: &Session<'_>) -> Result<About> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let data = &session.config.data;
    let path = |path: &Option<std::path::PathBuf>| path.as_ref().map(|path| path.display().to_string());
    let mut described: BTreeMap<String, String> =
        session.counts().map(|(name, count)| (format!("{name} examples"), count.to_string())).collect();
    described.extend(path(&data.train).map(|path| ("train".into(), path)));
    described.extend(path(&data.test).map(|path| ("test".into(), path)));
    described.extend(data.train.as_deref().and_then(fingerprint).map(|print| (FINGERPRINT.into(), print)));
    described.insert("predicted".into(), predicted(&session.prepared.preprocessor));
    let machine = [
        ("system", std::env::consts::OS.to_owned()),
        ("architecture", std::env::consts::ARCH.to_owned()),
        ("cores", cores().to_string()),
    ];
    Ok(About {
        started: now.as_secs_f64(),
        command: std::env::args().collect(),
        versions: [("dnn".to_owned(), env!("CARGO_PKG_VERSION").to_owned())].into(),
        seed: session.config.run.seed.unwrap_or(0),
        backend: session.machine.backend.identity().to_string(),
        threads: session.machine.compute().pool.threads(),
        machine: machine.map(|(name, value)| (name.to_owned(), value)).into(),
        network: session.network.to_string(),
        parameters: session.network.parameter_count(),
        data: described,
        configuration: serde_json::to_value(&session.config).map_err(|error| Error::Other(error.into()))?,
        ..About::default()
    })
}

fn predicted(preprocessor: &Preprocessor) -> String {
    let what = match preprocessor {
        Preprocessor::Table(encoder) => format!("{:?} ", encoder.target_name()),
        _ => String::new(),
    };
    match preprocessor.target() {
        Target::Number { .. } => format!("{what}as a number"),
        target => format!("{what}as one of {} classes", target.classes().unwrap_or_default().len()),
    }
}

/// What `run.json` calls the fingerprint of the file that is trained on.
pub const FINGERPRINT: &str = "train file";

/// What tells a file from another: its length, and a checksum of its first and last mebibyte. None for a folder, and for what
/// cannot be read.
pub fn fingerprint(path: &Path) -> Option<String> {
    let mut file = File::open(path).ok().filter(|_| path.is_file())?;
    let length = file.metadata().ok()?.len();
    let mut ends = Vec::new();
    (&mut file).take(ENDS).read_to_end(&mut ends).ok()?;
    file.seek(SeekFrom::Start(length.saturating_sub(ENDS))).ok()?;
    file.take(ENDS).read_to_end(&mut ends).ok()?;
    Some(format!("{length} bytes, CRC32C {:08x} of both ends", crc32c::crc32c(&ends)))
}

/// Bytes of either end of a file that are looked at.
const ENDS: u64 = 1 << 20;
