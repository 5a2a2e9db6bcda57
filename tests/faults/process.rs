//! Operating-system processes: build, start, kill, freeze, stop.

use std::ffi::OsString;
use std::fs::File;
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};

use anyhow::{Context as _, bail, ensure};
use chrono::TimeDelta;
use sms_api::system::SystemClock;
use sms_domain::ports::Clock as _;

/// The environment variables that a program inherits, to find Postgres and a place for downloads.
const INHERITED: [&str; 4] = ["PATH", "HOME", "PG_BIN_DIR", "TMPDIR"];

/// Time limit for a program to start, and to stop whatever the database does.
const PATIENCE: TimeDelta = TimeDelta::seconds(30);

/// Polling interval while waiting for that.
const PAUSE: TimeDelta = TimeDelta::milliseconds(20);

/// The bit of SIGTERM in a signal mask.
const TERM: u64 = 1 << (15 - 1);

/// The programs, built from the current sources.
pub(crate) struct Binaries {
    /// `sms-api`.
    pub(crate) product: PathBuf,
    /// `telnyx-sim`.
    pub(crate) carrier: PathBuf,
}

impl Binaries {
    /// Builds the programs beside this one.
    pub(crate) fn build() -> Self {
        let own = std::env::current_exe().unwrap();
        // <target>/<profile>/deps/<this program>
        let profile = own.ancestors().nth(2).unwrap();
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--package", "sms-api"]);
        cargo.args(["--package", "telnyx-sim", "--target-dir"]);
        cargo.arg(profile.parent().unwrap());
        if profile.ends_with("release") {
            cargo.arg("--release");
        }
        cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
        let is_built = cargo.status().unwrap().success();
        assert!(is_built, "the programs cannot be built");
        Self {
            product: profile.join("sms-api"),
            carrier: profile.join("telnyx-sim"),
        }
    }
}

/// A command that inherits only the environment variables that every program needs.
pub(crate) fn bare(program: impl Into<PathBuf>) -> Command {
    let inherited = INHERITED.into_iter().filter_map(|name| {
        let value: OsString = std::env::var_os(name)?;
        Some((name, value))
    });
    let mut command = Command::new(program.into());
    command.env_clear().envs(inherited);
    command
}

/// A running program in a process group of its own.
pub(crate) struct Process {
    name: String,
    child: Child,
}

impl Process {
    pub(crate) fn start(name: &str, mut command: Command, log: File) -> anyhow::Result<Self> {
        command.stdin(Stdio::piped()).stdout(log.try_clone()?);
        command.stderr(log).process_group(0);
        let child = command.spawn().with_context(|| format!("start {name}"))?;
        let name = name.to_owned();
        Ok(Self { name, child })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal to the whole group.
    pub(crate) fn signal(&self, signal: &str) -> anyhow::Result<()> {
        sh(&format!("kill -s {signal} -- -{}", self.child.id()))
    }

    /// Writes a line to its standard input.
    pub(crate) fn say(&mut self, line: &str) -> anyhow::Result<()> {
        let input = self.child.stdin.as_mut().context("its input is closed")?;
        Ok(writeln!(input, "{line}")?)
    }

    pub(crate) fn kill(mut self) -> anyhow::Result<()> {
        self.signal("KILL")?;
        self.child.wait()?;
        Ok(())
    }

    /// Fails if the process has exited by itself.
    pub(crate) fn is_alive(&mut self) -> anyhow::Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("{} ended by itself with {status}", self.name),
        }
    }

    /// Waits until the process handles SIGTERM. A program that is asked to stop earlier may exit at once, and
    /// one without a database does.
    pub(crate) async fn started(&mut self) -> anyhow::Result<()> {
        let until = SystemClock.now() + PATIENCE;
        while !self.listens() {
            self.is_alive()?;
            ensure!(SystemClock.now() < until, "{} does not start", self.name);
            SystemClock.sleep_until(SystemClock.now() + PAUSE).await;
        }
        Ok(())
    }

    /// Whether the process handles SIGTERM (`SigCgt` in proc_pid_status(5)).
    fn listens(&self) -> bool {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        mask.is_some_and(|mask| mask & TERM != 0)
    }

    /// The process's peak memory, in KiB (`VmHWM` in proc_pid_status(5)).
    pub(crate) fn most_memory(&self) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().strip_suffix("kB"));
        Ok(kib.context("VmHWM")?.trim().parse()?)
    }

    /// Sends SIGTERM.
    pub(crate) fn ask_to_stop(&self) -> anyhow::Result<()> {
        sh(&format!("kill -s TERM {}", self.child.id()))
    }

    /// Waits until the process has drained and exited.
    pub(crate) async fn stopped(mut self) -> anyhow::Result<()> {
        let until = SystemClock.now() + PATIENCE;
        while SystemClock.now() < until {
            if let Some(status) = self.child.try_wait()? {
                return self.is_good(status);
            }
            SystemClock.sleep_until(SystemClock.now() + PAUSE).await;
        }
        bail!("{} does not stop", self.name)
    }

    fn is_good(&self, status: ExitStatus) -> anyhow::Result<()> {
        ensure!(status.success(), "{} stopped with {status}", self.name);
        Ok(())
    }
}

impl Drop for Process {
    /// Kills the process; this has no effect on a program that has exited.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a shell command; fails if the command fails.
pub(crate) fn sh(command: &str) -> anyhow::Result<()> {
    let status = Command::new("sh").args(["-c", command]).status()?;
    ensure!(status.success(), "{command}");
    Ok(())
}
