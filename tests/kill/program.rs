//! The program as a process of the operating system: built, started, killed, stopped.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use anyhow::{Context as _, anyhow, bail, ensure};
use chrono::TimeDelta;
use sms_api::system::SystemClock;
use sms_domain::ports::Clock as _;

use crate::site::Site;

/// Calls to the carrier under way at most: what a kill can leave unknown.
pub(crate) const IN_FLIGHT: usize = 16;

/// Deadlines short enough for a test.
const SETTINGS: [(&str, &str); 6] = [
    ("LEASE_SECONDS", "2"),
    ("CALL_DEADLINE_SECONDS", "2"),
    ("RESEND_SECONDS", "1"),
    ("UNKNOWN_WITH_IDEMPOTENCY_SECONDS", "20"),
    ("RATE_LIMIT", "0"),
    ("RUST_LOG", "info"),
];

/// What the program needs of our environment: to find Postgres and a place for what it fetches.
const INHERITED: [&str; 4] = ["PATH", "HOME", "PG_BIN_DIR", "TMPDIR"];

/// How long a program that is asked to stop may take.
const PATIENCE: TimeDelta = TimeDelta::seconds(60);

/// How often it is looked whether it has.
const PAUSE: TimeDelta = TimeDelta::milliseconds(20);

/// Builds the program as it is now, beside this one; answers where it is.
pub(crate) fn build() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    // <target>/<profile>/deps/<this program>
    let profile = own.ancestors().nth(2).unwrap();
    let target = profile.parent().unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--package", "sms-api", "--target-dir"]);
    cargo.arg(target);
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    assert!(
        cargo.status().unwrap().success(),
        "the program cannot be built"
    );
    profile.join("sms-api")
}

/// The running program.
pub(crate) struct Program {
    child: Child,
    cluster: PathBuf,
}

impl Program {
    pub(crate) fn start(binary: &Path, site: &Site) -> anyhow::Result<Self> {
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(site.log())?;
        let inherited = INHERITED.into_iter().filter_map(|name| {
            let value: OsString = std::env::var_os(name)?;
            Some((name, value))
        });
        let child = Command::new(binary)
            .args(["dev", "--data-dir"])
            .arg(site.data_dir())
            .env_clear()
            .envs(inherited)
            .envs(SETTINGS)
            .env("BIND", site.address().to_string())
            .env("DISPATCH_IN_FLIGHT", IN_FLIGHT.to_string())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0)
            .spawn()
            .context("start the program")?;
        let cluster = site.data_dir().join("postgres/cluster");
        Ok(Self { child, cluster })
    }

    /// Kills the program's process group, and the database server if asked; answers whether that
    /// died too. Left alone it is told by the kernel that its owner is gone.
    pub(crate) fn kill(mut self, with_database: bool) -> anyhow::Result<bool> {
        let database = self.database().filter(|_| with_database);
        let mut command = format!("kill -s KILL -- -{}", self.child.id());
        if let Some(pid) = database {
            command.push_str(&format!(" {pid}"));
        }
        ensure!(sh(&command)?, "{command}");
        self.child.wait()?;
        Ok(database.is_some())
    }

    /// The first process of the database server that this program started, if it is up.
    fn database(&self) -> Option<u32> {
        let file = fs::read_to_string(self.cluster.join("postmaster.pid")).ok()?;
        let pid = file.lines().next()?.trim().parse().ok()?;
        let command = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        let argument = self.cluster.as_os_str().as_encoded_bytes();
        let is_ours = command
            .split(|byte| *byte == 0)
            .any(|part| part == argument);
        is_ours.then_some(pid)
    }

    /// Returns when the program ends by itself, which it must not.
    pub(crate) async fn ended(&mut self) -> anyhow::Error {
        loop {
            match self.child.try_wait() {
                Ok(None) => SystemClock.sleep_until(SystemClock.now() + PAUSE).await,
                Ok(Some(status)) => return anyhow!("the program ended by itself with {status}"),
                Err(error) => return error.into(),
            }
        }
    }

    /// Asks it to stop, as an operator does, and waits until it has.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        sh(&format!("kill -TERM {}", self.child.id()))?;
        let until = SystemClock.now() + PATIENCE;
        while SystemClock.now() < until {
            if let Some(status) = self.child.try_wait()? {
                ensure!(status.success(), "the program stopped with {status}");
                return Ok(());
            }
            SystemClock.sleep_until(SystemClock.now() + PAUSE).await;
        }
        bail!("the program does not stop")
    }
}

impl Drop for Program {
    /// Does nothing to a program that has ended.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn sh(command: &str) -> anyhow::Result<bool> {
    Ok(Command::new("sh").args(["-c", command]).status()?.success())
}
