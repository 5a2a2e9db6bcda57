//! The data folder of one run and the addresses in it. What failed is kept for whoever looks into it.

use std::fs::{self, File, OpenOptions};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU16, Ordering};

use anyhow::Context as _;
use pg_launcher::Options;

/// Ports that the system does not hand out by itself: a client that asks for a port on which nobody
/// listens could otherwise be given that port and be connected to itself.
const PORTS: std::ops::Range<u16> = 18_000..28_000;

/// How many were handed out; runs at the same time must not be given the same.
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

    /// The log of a process, over all its lives.
    pub(crate) fn log(&self, name: &str) -> anyhow::Result<File> {
        let path = self.0.join(format!("{name}.log"));
        let mut options = OpenOptions::new();
        Ok(options.create(true).append(true).open(path)?)
    }

    /// How a database server in this folder is run.
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

/// An address that is free now and stays the same over all starts: receipts under way name it.
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
