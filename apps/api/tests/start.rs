//! How the program starts when its database is not there: as operators run it.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

/// Nobody listens there any more.
fn nobody() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

fn start(arguments: &[&str], database: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_sms-api"))
        .args(arguments)
        .env_clear()
        .env("DATABASE_URL", database)
        .env("BIND", "127.0.0.1:0")
        .env("PUBLIC_BASE_URL", "https://sms.example")
        .env("INSTALLATION_KEY", "5ec2e7".repeat(12))
        .env("TELNYX_API_KEY", "KEY")
        .env(
            "TELNYX_PUBLIC_KEYS",
            "hLAxt8camNPY5uWWnJZ4aRNP/H3bxTpcBWEMieEaT2A=",
        )
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// What is said before the program fails by itself.
fn failure(arguments: &[&str], database: &str) -> String {
    let mut child = start(arguments, database);
    let mut said = String::new();
    let mut stderr = child.stderr.take().unwrap();
    stderr.read_to_string(&mut said).unwrap();
    assert!(!child.wait().unwrap().success(), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
    said
}

#[test]
fn a_process_that_waits_says_for_what_and_stops_when_told() {
    for command in ["serve", "worker"] {
        let at = nobody();
        let mut child = start(&[command], &format!("postgres://sms:hunter2@{at}/sms"));
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let mut lines = stderr.lines().map(Result::unwrap);
        let waits = lines
            .find(|line| line.contains("waiting for the database"))
            .unwrap();
        assert!(waits.contains(&at.to_string()), "{waits}");
        assert!(waits.contains("refused"), "{waits}");
        assert!(!waits.contains("hunter2"), "{waits}");
        let pid = Pid::from_child(&child);
        kill_process(pid, Signal::TERM).unwrap();
        // Well before the wait would end by itself with a failure.
        assert!(child.wait().unwrap().success());
    }
}

#[test]
fn nobody_waits_who_is_told_not_to_and_no_operators_command() {
    let at = nobody();
    let url = format!("postgres://sms:hunter2@{at}/sms");
    let list: &[&str] = &["keys", "list", "01900000-0000-7000-8000-000000000001"];
    for arguments in [
        &["serve", "--no-wait"] as &[&str],
        &["worker", "--no-wait"],
        &["migrate"],
        list,
    ] {
        let said = failure(arguments, &url);
        assert!(said.contains(&at.to_string()), "{arguments:?}: {said}");
        assert!(!said.contains("waiting"), "{arguments:?}: {said}");
    }
}

#[test]
fn nobody_waits_for_what_waiting_cannot_mend() {
    let at = nobody();
    for (parameters, named) in [
        ("sslmode=on", "sslmode is \"on\""),
        ("sslmode=verify-full", "sslrootcert"),
        (
            "sslmode=require&sslrootcert=/nowhere/ca.pem",
            "/nowhere/ca.pem",
        ),
        ("sslcrl=/crl", "sslcrl"),
    ] {
        let said = failure(
            &["serve"],
            &format!("postgres://sms:hunter2@{at}/sms?{parameters}"),
        );
        assert!(said.contains(named), "{said}");
        assert!(!said.contains("waiting"), "{said}");
    }
}
