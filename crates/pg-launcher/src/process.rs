//! Starts, watches and ends the server's process.

use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

#[cfg(target_os = "linux")]
use rustix::io::Errno;
use rustix::process::{Pid, Signal};

/// The signals that end a server, in escalating order, and how long to wait after each: fast shutdown,
/// immediate shutdown (the next start recovers), and `SIGKILL`.
const FAREWELL: [(Signal, Duration); 3] = [
    (Signal::INT, Duration::from_secs(30)),
    (Signal::QUIT, Duration::from_secs(10)),
    (Signal::KILL, Duration::from_secs(10)),
];

/// Polling interval for a process that is not our child.
const POLL: Duration = Duration::from_millis(20);

/// A server that this process started.
#[derive(Debug)]
pub(crate) struct ServerProcess {
    pid: u32,
    exit: Mutex<Exit>,
}

#[derive(Debug)]
struct Exit {
    status: Option<ExitStatus>,
    arrives: Receiver<ExitStatus>,
}

impl ServerProcess {
    /// Starts `command` from a dedicated thread that lives as long as the server, because the kernel
    /// interrupts the server when the *thread* that started it ends.
    pub(crate) fn spawn(mut command: Command) -> io::Result<Self> {
        // Ctrl-C in a terminal reaches the whole process group, but the owner decides when to stop.
        command.process_group(0);
        die_with_the_parent(&mut command);
        let (started, start) = mpsc::channel();
        let (exited, exit) = mpsc::channel();
        std::thread::Builder::new()
            .name("postgres".to_owned())
            .spawn(move || start_and_wait(command, &started, &exited))?;
        let pid = start.recv().map_err(io::Error::other)??;
        Ok(Self {
            pid,
            exit: Mutex::new(Exit {
                status: None,
                arrives: exit,
            }),
        })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// Waits at most `limit` for the process to end.
    pub(crate) fn wait(&self, limit: Duration) -> Option<ExitStatus> {
        let mut exit = self.exit.lock().unwrap_or_else(PoisonError::into_inner);
        if exit.status.is_none() {
            exit.status = match exit.arrives.recv_timeout(limit) {
                Ok(status) => Some(status),
                Err(RecvTimeoutError::Timeout) => None,
                // The thread ends without an answer only if it lost the child.
                Err(RecvTimeoutError::Disconnected) => Some(ExitStatus::default()),
            };
        }
        exit.status
    }

    /// Ends the process and waits until it is gone; `false` if it survives every signal.
    pub(crate) fn stop(&self) -> bool {
        say_farewell(
            || self.wait(Duration::ZERO).is_none().then_some(self.pid),
            |limit| self.wait(limit).is_some(),
        )
    }
}

/// Ends a process that is not a child of this one; `is_alive` reports whether it still exists.
pub(crate) fn stop_stranger(pid: u32, is_alive: impl Fn() -> bool) -> bool {
    say_farewell(
        || is_alive().then_some(pid),
        |limit| {
            let start = Instant::now();
            while is_alive() && start.elapsed() < limit {
                pause(POLL);
            }
            !is_alive()
        },
    )
}

/// Whether the process `pid` exists and has `argument` on its command line.
///
/// A zombie process has no command line.
#[cfg(target_os = "linux")]
pub(crate) fn has_argument(pid: u32, argument: &Path) -> bool {
    let argument = argument.as_os_str().as_bytes();
    std::fs::read(format!("/proc/{pid}/cmdline"))
        .is_ok_and(|line| line.split(|&byte| byte == 0).any(|part| part == argument))
}

/// Whether the process `pid` exists and has `argument` on its command line.
#[cfg(not(target_os = "linux"))]
pub(crate) fn has_argument(pid: u32, argument: &Path) -> bool {
    let argument = argument.as_os_str().as_bytes();
    Command::new("ps")
        .args(["-ww", "-o", "command=", "-p", &pid.to_string()])
        .output()
        .is_ok_and(|ps| {
            ps.stdout
                .windows(argument.len())
                .any(|part| part == argument)
        })
}

/// Ends the backends of a server whose postmaster is gone. They exit by themselves once they notice, but
/// one that waits for a checkpoint of the dead server notices only after a minute.
///
/// They are recognised by their working directory, the folder of the cluster, and the name `postgres`.
#[cfg(target_os = "linux")]
pub(crate) fn end_orphans(cluster: &Path) {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    for pid in pids.filter(|pid| is_orphan(*pid, cluster)) {
        tracing::info!(pid, "ending what a killed database server left behind");
        send(Signal::KILL, pid);
    }
}

#[cfg(target_os = "linux")]
fn is_orphan(pid: u32, cluster: &Path) -> bool {
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    name.trim_end() == "postgres"
        && std::fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|folder| folder == cluster)
}

/// Does nothing on this platform, which offers no way to find them; the caller waits instead.
#[cfg(not(target_os = "linux"))]
pub(crate) fn end_orphans(_cluster: &Path) {}

/// Sleeps while another process makes progress.
#[expect(
    clippy::disallowed_methods,
    reason = "waits for a process of the operating system, which knows no manual clock"
)]
pub(crate) fn pause(time: Duration) {
    std::thread::sleep(time);
}

fn say_farewell(alive: impl Fn() -> Option<u32>, wait_for_end: impl Fn(Duration) -> bool) -> bool {
    for (signal, patience) in FAREWELL {
        let Some(pid) = alive() else {
            return true;
        };
        send(signal, pid);
        if wait_for_end(patience) {
            return true;
        }
        tracing::warn!(pid, ?signal, "the database server does not end, insisting");
    }
    alive().is_none()
}

fn start_and_wait(
    mut command: Command,
    started: &Sender<io::Result<u32>>,
    exited: &Sender<ExitStatus>,
) {
    let (answer, child) = match command.spawn() {
        Ok(child) => (Ok(child.id()), Some(child)),
        Err(error) => (Err(error), None),
    };
    // Sending fails if the owner is gone. The child is still waited for.
    let _ = started.send(answer);
    if let Some(status) = child.and_then(|mut child: Child| child.wait().ok()) {
        let _ = exited.send(status);
    }
}

#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "the signal is asked for between fork and exec")]
fn die_with_the_parent(command: &mut Command) {
    let parent = Some(rustix::process::getpid());
    let ask = move || {
        // A shell starts background jobs with SIGINT ignored. The server would inherit that and lose a
        // signal that arrives before it installs its own handlers.
        // SAFETY: the call takes numbers only, and the default action has no handler.
        unsafe { libc::signal(libc::SIGINT, libc::SIG_DFL) };
        rustix::process::set_parent_process_death_signal(Some(Signal::INT))?;
        if rustix::process::getppid() != parent {
            // The parent died before the request took effect.
            return Err(Errno::SRCH.into());
        }
        Ok(())
    };
    // SAFETY: `ask` makes system calls only; it neither allocates nor locks. It runs after any change
    // of identity, which would clear the request.
    unsafe { command.pre_exec(ask) };
}

#[cfg(not(target_os = "linux"))]
fn die_with_the_parent(_command: &mut Command) {}

/// Sends a signal. Errors are ignored: whether it worked shows in whether the process ends.
fn send(signal: Signal, pid: u32) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        let _ = rustix::process::kill_process(pid, signal);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sleeper() -> ServerProcess {
        let mut command = Command::new("sleep");
        command.arg("60");
        ServerProcess::spawn(command).unwrap()
    }

    /// The signals that a process ignores, as a bit mask.
    #[cfg(target_os = "linux")]
    fn ignored_signals(pid: u32) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        u64::from_str_radix(line.unwrap().trim(), 16).unwrap()
    }

    #[test]
    #[cfg(target_os = "linux")]
    #[expect(unsafe_code, reason = "the standard library does not ignore signals")]
    fn a_server_of_a_background_job_hears_when_its_owner_dies() {
        // SAFETY: the call takes numbers only, and this process has no handler that it would replace.
        unsafe { libc::signal(libc::SIGINT, libc::SIG_IGN) };
        let process = sleeper();
        let ignored = ignored_signals(process.pid());
        assert!(process.stop());
        assert_eq!(ignored & (1 << (libc::SIGINT - 1)), 0, "{ignored:x}");
    }

    /// The kernel tells of a started program before it shows the program's arguments.
    fn is_seen(process: &ServerProcess, argument: &str) -> bool {
        let start = Instant::now();
        while !has_argument(process.pid(), Path::new(argument)) {
            if start.elapsed() > Duration::from_secs(10) {
                return false;
            }
            pause(POLL);
        }
        true
    }

    #[test]
    fn a_process_that_is_stopped_is_gone() {
        let process = sleeper();
        assert!(is_seen(&process, "60"));
        assert!(process.stop());
        assert!(!has_argument(process.pid(), Path::new("60")));
    }

    #[test]
    fn stopping_twice_is_harmless() {
        let process = sleeper();
        assert!(process.stop());
        assert!(process.stop());
    }

    #[test]
    fn a_program_that_does_not_exist_is_an_error() {
        let error = ServerProcess::spawn(Command::new("/nonexistent/postgres")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn the_end_of_a_process_is_noticed() {
        let process = ServerProcess::spawn(Command::new("true")).unwrap();
        let status = process.wait(Duration::from_secs(10)).unwrap();
        assert!(status.success());
    }
}
