//! Processes of the operating system: built, started, killed, frozen, asked to stop.

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

/// What a program needs of our environment: to find Postgres and a place for what it fetches.
const INHERITED: [&str; 4] = ["PATH", "HOME", "PG_BIN_DIR", "TMPDIR"];

/// How long a program that is asked to stop may take, whatever the database does; and one to start.
const PATIENCE: TimeDelta = TimeDelta::seconds(30);

/// How often it is looked whether it has.
const PAUSE: TimeDelta = TimeDelta::milliseconds(20);

/// SIGTERM's bit in a mask of signals.
const TERM: u64 = 1 << (15 - 1);

/// The programs as they are now.
pub(crate) struct Binaries {
    /// `sms-api`.
    pub(crate) product: PathBuf,
    /// `telnyx-sim`.
    pub(crate) carrier: PathBuf,
}

impl Binaries {
    /// Builds them beside this program.
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

/// A command with nothing in its environment but what every program needs.
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

    /// Fails when it has ended by itself, which it must not.
    pub(crate) fn is_alive(&mut self) -> anyhow::Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("{} ended by itself with {status}", self.name),
        }
    }

    /// Waits until it has started: a program that is asked to stop before may end at once, and one that
    /// finds no database does.
    pub(crate) async fn started(&mut self) -> anyhow::Result<()> {
        let until = SystemClock.now() + PATIENCE;
        while !self.listens() {
            self.is_alive()?;
            ensure!(SystemClock.now() < until, "{} does not start", self.name);
            SystemClock.sleep_until(SystemClock.now() + PAUSE).await;
        }
        Ok(())
    }

    /// Whether SIGTERM means something to it (`SigCgt` in proc_pid_status(5)).
    fn listens(&self) -> bool {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        mask.is_some_and(|mask| mask & TERM != 0)
    }

    /// The most memory that it ever had, in KiB (`VmHWM` in proc_pid_status(5)).
    pub(crate) fn most_memory(&self) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().strip_suffix("kB"));
        Ok(kib.context("VmHWM")?.trim().parse()?)
    }

    /// Asks it to stop, as an operator does.
    pub(crate) fn ask_to_stop(&self) -> anyhow::Result<()> {
        sh(&format!("kill -s TERM {}", self.child.id()))
    }

    /// Waits until it has, and has drained.
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
    /// Does nothing to a program that has ended.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a command line that must go well.
pub(crate) fn sh(command: &str) -> anyhow::Result<()> {
    let status = Command::new("sh").args(["-c", command]).status()?;
    ensure!(status.success(), "{command}");
    Ok(())
}
