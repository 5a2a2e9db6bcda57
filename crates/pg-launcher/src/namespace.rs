//! A Linux user namespace in which root appears as an ordinary account.
//!
//! This code runs between `fork` and `exec` in a multi-threaded process: it must not allocate or lock,
//! only make system calls.

use std::ffi::CStr;
use std::io;

use rustix::fs::{Mode, OFlags, open};
use rustix::io::{Errno, write};
use rustix::thread::{UnshareFlags, unshare_unsafe};

/// The contents of `/proc/self/{uid_map,gid_map}`, which map one id outside to one id inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IdMaps {
    uid_map: String,
    gid_map: String,
}

impl IdMaps {
    /// `outside` is this process's effective user and group, `inside` those that it appears to have.
    pub(crate) fn new(outside: (u32, u32), inside: (u32, u32)) -> Self {
        Self {
            uid_map: format!("{} {} 1", inside.0, outside.0),
            gid_map: format!("{} {} 1", inside.1, outside.1),
        }
    }

    /// Moves the calling process, which must have a single thread, into a new user namespace.
    ///
    /// There, files of the outside user belong to the inside user, whatever folder they are in, so no
    /// file needs a new owner. Privileges end at the next `exec`.
    pub(crate) fn enter(&self) -> io::Result<()> {
        #[expect(
            unsafe_code,
            reason = "other flags than this would unshare memory or files"
        )]
        // SAFETY: unsharing the user namespace does not affect this process's memory or files.
        unsafe {
            unshare_unsafe(UnshareFlags::NEWUSER)?;
        }
        // The kernel requires this before an unprivileged process may write gid_map.
        write_file(c"/proc/self/setgroups", b"deny")?;
        write_file(c"/proc/self/uid_map", self.uid_map.as_bytes())?;
        write_file(c"/proc/self/gid_map", self.gid_map.as_bytes())
    }
}

/// Writes through `rustix`, whose calls do not allocate. `std::fs` may allocate, which is not allowed
/// after `fork`.
fn write_file(path: &CStr, bytes: &[u8]) -> io::Result<()> {
    let file = open(path, OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty())?;
    if write(&file, bytes)? == bytes.len() {
        Ok(())
    } else {
        Err(Errno::IO.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_outside_id_becomes_one_inside_id() {
        let maps = IdMaps::new((0, 7), (65534, 65533));
        assert_eq!(maps.uid_map, "65534 0 1");
        assert_eq!(maps.gid_map, "65533 7 1");
    }
}
