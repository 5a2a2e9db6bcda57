//! What commands print: their answer, on standard output. Whoever reads it may have read enough
//! (`sms-api openapi | head -1`): then the command ends without a word.

use std::fmt;
use std::io::{self, Write as _};

/// Nobody reads standard output any longer.
#[derive(Debug)]
pub struct Unread;

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nobody reads what is printed")
    }
}

impl std::error::Error for Unread {}

/// Prints a line.
///
/// # Errors
/// [`Unread`], or what else keeps it from being written.
pub(super) fn say(text: &str) -> anyhow::Result<()> {
    match write(text) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Unread.into()),
        Err(error) => Err(anyhow::Error::new(error).context("write to standard output")),
    }
}

/// Prints lines.
///
/// # Errors
/// As [`say`].
pub(super) fn say_all(lines: &[String]) -> anyhow::Result<()> {
    lines.iter().try_for_each(|line| say(line))
}

fn write(text: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    writeln!(output, "{text}")?;
    output.flush()
}
