//! The program as an operator calls it, where that needs neither database nor carrier.

use std::fs::OpenOptions;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Output, Stdio};

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sms-api"));
    command.args(arguments).env_clear();
    command
}

/// What is left when nobody reads what a command prints.
fn unread(arguments: &[&str]) -> Output {
    let mut command = program(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    child.wait_with_output().unwrap()
}

#[test]
fn a_command_whose_output_nobody_reads_ends_without_a_word() {
    for arguments in [["openapi"], ["--help"], ["--version"]] {
        let output = unread(&arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        assert!(output.stderr.is_empty(), "{arguments:?}: {output:?}");
    }
}

#[test]
fn a_text_is_explained_without_configuration() {
    let output = program(&["keywords", "explain", "> stop texting me now"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("reading: review by quotation"), "{said}");
}

#[test]
fn an_error_that_nobody_reads_is_an_error_all_the_same() {
    let mut command = program(&["migrate"]);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_an_error_that_says_so() {
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = program(&["openapi"]).stdout(full).output().unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("standard output"), "{said}");
}

const SCENARIO: &str = "name: At night in Florida
when: 2026-12-15 21:30 America/New_York
message: { to: '+13055550100' }
expect: { outcome: OUTCOME }
";

#[test]
fn watched_scenarios_run_again_when_one_changes_until_the_program_is_interrupted() {
    let folder = tempfile::tempdir().unwrap();
    let write = |outcome| {
        let text = SCENARIO.replace("OUTCOME", outcome);
        std::fs::write(folder.path().join("night.yaml"), text).unwrap();
    };
    write("defer");
    let path = folder.path().to_str().unwrap();
    let mut command = program(&["rules", "test", path, "--watch"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut result = || {
        let mut results = lines.by_ref().map(Result::unwrap);
        results.find(|line| line.contains(" scenarios, ")).unwrap()
    };
    assert_eq!(result(), "1 scenarios, 0 failed");
    write("no_number");
    assert_eq!(result(), "1 scenarios, 1 failed");
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn what_is_proposed_judges_scenarios_where_it_is_expected() {
    let folder = tempfile::tempdir().unwrap();
    let text = SCENARIO
        .replace("+13055550100", "+13045550100")
        .replace("21:30", "20:30")
        .replace("OUTCOME", "send");
    std::fs::write(folder.path().join("evening.yaml"), text).unwrap();
    let path = folder.path().to_str().unwrap();
    let code = |more: &[&str]| {
        let arguments = [&["rules", "test", path], more].concat();
        program(&arguments).output().unwrap().status.code()
    };
    assert_eq!(code(&[]), Some(0));
    // West Virginia's House Bill 4909 would end the day at 8 p.m.
    assert_eq!(code(&["--expect"]), Some(1));
}
