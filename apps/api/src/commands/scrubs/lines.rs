//! The lines of a large file, one at a time, each of bounded length.

use std::io::{self, BufRead, Read as _};

/// The most bytes of a line; of a longer one this many are read as a line.
const LONGEST: u64 = 256;

/// The lines of a file that are not blank, each with its number.
pub(super) struct Lines<R> {
    reader: R,
    read: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) const fn new(reader: R) -> Self {
        Self { reader, read: 0 }
    }

    /// How many lines were read.
    pub(super) const fn read(&self) -> u64 {
        self.read
    }

    /// The next line without its end.
    pub(super) fn next(&mut self) -> io::Result<Option<(u64, String)>> {
        loop {
            let mut bytes = Vec::new();
            let part = self.reader.by_ref().take(LONGEST);
            if { part }.read_until(b'\n', &mut bytes)? == 0 {
                return Ok(None);
            }
            self.read += 1;
            let text = String::from_utf8_lossy(&bytes);
            if !text.trim().is_empty() {
                return Ok(Some((self.read, text.trim().to_owned())));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbered_and_blank_ones_are_left_out() {
        let mut lines = Lines::new(&b"a\r\n\n  \nb"[..]);
        assert_eq!(lines.next().unwrap(), Some((1, "a".to_owned())));
        assert_eq!(lines.next().unwrap(), Some((4, "b".to_owned())));
        assert_eq!(lines.next().unwrap(), None);
        assert_eq!(lines.read(), 4);
    }

    #[test]
    fn a_line_that_does_not_end_fills_no_memory() {
        let long = vec![b'1'; 10_000];
        let mut lines = Lines::new(&*long);
        assert_eq!(lines.next().unwrap().unwrap().1.len(), 256);
    }
}
