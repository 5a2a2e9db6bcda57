//! Creates the database cluster and defines the server's settings.

use std::fs::{self, File};
use std::io;
use std::net::Ipv4Addr;
use std::process::Command;

use crate::binaries::Installation;
use crate::error::EmbeddedError;
use crate::folder::{self, DataFolder};
use crate::identity::Identity;
use crate::options::Options;

/// The only role: a superuser without a password. Access to the socket's folder is what protects it.
pub(crate) const USER: &str = "app";

/// Settings for a developer's machine: little memory, few log lines, otherwise the defaults.
const SETTINGS: [(&str, &str); 12] = [
    ("listen_addresses", ""),
    ("port", "5432"),
    ("unix_socket_permissions", "0700"),
    ("shared_buffers", "128MB"),
    ("max_connections", "100"),
    // Short statements gain nothing from JIT compilation, and its first use costs 100 ms.
    ("jit", "off"),
    ("wal_compression", "on"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("log_line_prefix", "%m [%p] "),
    ("log_checkpoints", "off"),
    // The launcher redirects standard error to a log file of bounded size.
    ("logging_collector", "off"),
];

/// Additional settings for a disposable cluster: no waiting for the disk, and enough connections for
/// many tests.
const THROW_AWAY_SETTINGS: [(&str, &str); 5] = [
    ("fsync", "off"),
    ("synchronous_commit", "off"),
    ("full_page_writes", "off"),
    ("autovacuum", "off"),
    ("max_connections", "300"),
];

/// The major version that created the cluster, if it exists.
pub(crate) fn major_version(folder: &DataFolder) -> Option<u32> {
    let text = fs::read_to_string(folder.cluster().join("PG_VERSION")).ok()?;
    text.trim().parse().ok()
}

/// Creates the cluster unless it exists. A crash during creation leaves no cluster, never a partial one.
pub(crate) fn ensure(
    installation: &Installation,
    identity: &Identity,
    folder: &DataFolder,
    durable: bool,
) -> Result<(), EmbeddedError> {
    if folder.cluster().exists() {
        return Ok(());
    }
    let unfinished = folder.unfinished_cluster();
    folder::remove_tree(&unfinished)?;
    init(
        identity.command(&installation.program("initdb")),
        folder,
        durable,
    )?;
    let cluster = folder.cluster();
    fs::rename(&unfinished, &cluster)
        .and_then(|()| File::open(folder.root())?.sync_all())
        .map_err(EmbeddedError::folder("put the new cluster into", cluster))
}

fn init(mut initdb: Command, folder: &DataFolder, durable: bool) -> Result<(), EmbeddedError> {
    initdb
        .arg("--pgdata")
        .arg(folder.unfinished_cluster())
        .args(["--username", USER, "--auth", "trust"])
        .args(["--encoding", "UTF8", "--locale", "C", "--no-instructions"]);
    initdb.arg(if durable {
        "--data-checksums"
    } else {
        "--no-sync"
    });
    let failed = |output: String| EmbeddedError::CannotCreate {
        data_dir: folder.root().to_path_buf(),
        output,
    };
    let output = initdb
        .output()
        .map_err(|error: io::Error| failed(error.to_string()))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(failed(
            String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        ))
    }
}

/// The server's command line. It runs `postgres` directly, because `pg_ctl` would detach the server
/// from its owner.
pub(crate) fn server_command(
    installation: &Installation,
    identity: &Identity,
    folder: &DataFolder,
    options: &Options,
) -> Command {
    let mut command = identity.command(&installation.program("postgres"));
    command.arg("-D").arg(folder.cluster());
    let extra: &[(&str, &str)] = if options.durable {
        &[]
    } else {
        &THROW_AWAY_SETTINGS
    };
    for (name, value) in SETTINGS.iter().chain(extra) {
        command.arg("-c").arg(format!("{name}={value}"));
    }
    if let Some(address) = options.loopback.filter(Ipv4Addr::is_loopback) {
        command.arg("-c").arg(format!("listen_addresses={address}"));
    }
    // The setting is a list; the quotes keep a comma or a space in the path from splitting it.
    let mut socket_dir = std::ffi::OsString::from("unix_socket_directories=\"");
    socket_dir.push(folder.socket_dir());
    socket_dir.push("\"");
    command.arg("-c").arg(socket_dir);
    command
}
