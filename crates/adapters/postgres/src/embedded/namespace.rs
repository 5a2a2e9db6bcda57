//! A Linux user namespace in which root is nobody in particular.
//!
//! Everything here runs between `fork` and `exec` in a process that had threads: no allocation, no
//! locks, only system calls.

use std::ffi::CStr;
use std::io;

/// What to write into `/proc/self/{uid_map,gid_map}`: one id outside becomes one id inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct IdMaps {
    uid_map: String,
    gid_map: String,
}

impl IdMaps {
    /// `outside` are this process's effective user and group; `inside` is who it appears to be.
    pub(super) fn new(outside: (u32, u32), inside: (u32, u32)) -> Self {
        Self {
            uid_map: format!("{} {} 1", inside.0, outside.0),
            gid_map: format!("{} {} 1", inside.1, outside.1),
        }
    }

    /// Moves the calling process, which must have one thread, into a new user namespace.
    ///
    /// Files of the outside user are the inside user's own there, whatever folders they are in, and
    /// nothing needs another owner. Privileges end at the next `exec`.
    pub(super) fn enter(&self) -> io::Result<()> {
        #[expect(unsafe_code, reason = "the standard library has no unshare")]
        // SAFETY: takes a flag and no pointer.
        let result = unsafe { libc::unshare(libc::CLONE_NEWUSER) };
        check(result)?;
        // The kernel wants this before an unprivileged gid_map.
        write_file(c"/proc/self/setgroups", b"deny")?;
        write_file(c"/proc/self/uid_map", self.uid_map.as_bytes())?;
        write_file(c"/proc/self/gid_map", self.gid_map.as_bytes())
    }
}

#[expect(
    unsafe_code,
    reason = "std::fs may allocate, which is not allowed after fork"
)]
fn write_file(path: &CStr, bytes: &[u8]) -> io::Result<()> {
    // SAFETY: `path` ends in a zero byte.
    let file = unsafe { libc::open(path.as_ptr(), libc::O_WRONLY | libc::O_CLOEXEC) };
    check(file)?;
    // SAFETY: the pointer and the length are those of one slice; `file` is open.
    let written = unsafe { libc::write(file, bytes.as_ptr().cast(), bytes.len()) };
    // The error must be read before `close` can replace it.
    let result = match usize::try_from(written) {
        Ok(length) if length == bytes.len() => Ok(()),
        Ok(_) => Err(io::Error::from_raw_os_error(libc::EIO)),
        Err(_) => Err(io::Error::last_os_error()),
    };
    // SAFETY: `file` was opened above and is closed once.
    unsafe { libc::close(file) };
    result
}

fn check(result: libc::c_int) -> io::Result<()> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
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
