//! The program as an operator calls it, where that needs neither database nor carrier.

use std::fs::OpenOptions;
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
