//! The data folder of one run and its addresses. The folder of a failed run is kept for investigation.

use std::fs::{self, File, OpenOptions};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU16, Ordering};

use anyhow::Context as _;
use pg_launcher::Options;

/// Ports outside the system's ephemeral range. A client that connects to a free ephemeral port could be
/// assigned that very port and connect to itself.
const PORTS: std::ops::Range<u16> = 18_000..28_000;

/// Number of ports handed out so far; concurrent runs must not share a port.
static HANDED_OUT: AtomicU16 = AtomicU16::new(0);

pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn make(name: &str) -> anyhow::Result<Self> {
        let name = format!("faults-{}-{name}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).context("make the data folder")?;
        Ok(Self(path.canonicalize()?))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The log file of a process, shared by all its restarts.
    pub(crate) fn log(&self, name: &str) -> anyhow::Result<File> {
        let path = self.0.join(format!("{name}.log"));
        let mut options = OpenOptions::new();
        Ok(options.create(true).append(true).open(path)?)
    }

    /// The options of a database server in this folder.
    pub(crate) fn postgres(&self) -> Options {
        let home = std::env::var_os("HOME").map(PathBuf::from);
        let cache = home.map_or_else(
            || self.0.join("cache"),
            |home| home.join(".cache").join("sms-api"),
        );
        let mut options = Options::new(self.0.join("postgres"), cache);
        options.search_path = std::env::var_os("PATH");
        options.bin_dir = std::env::var_os("PG_BIN_DIR").map(PathBuf::from);
        options
    }

    pub(crate) fn remove(self) -> anyhow::Result<()> {
        fs::remove_dir_all(self.0).context("remove the data folder")
    }
}

/// A free address, which stays the same over all restarts because pending receipts name it.
pub(crate) fn free_address() -> anyhow::Result<SocketAddr> {
    let span = PORTS.end - PORTS.start;
    let begin = u16::try_from(std::process::id() % u32::from(span))?;
    for _ in PORTS {
        let next = HANDED_OUT.fetch_add(1, Ordering::Relaxed);
        let port = PORTS.start + (begin + next % span) % span;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        if TcpListener::bind(address).is_ok() {
            return Ok(address);
        }
    }
    anyhow::bail!("no port is free")
}
