//! The account that the server runs as. Postgres refuses to run as root, so a root process needs one of
//! two workarounds:
//!
//! 1. In a user namespace (Linux), root's files appear to belong to an ordinary account. No file changes
//!    its owner, and folders that only root may enter work.
//! 2. Where namespaces are disabled (some containers), the server runs as the account `postgres` or
//!    `nobody`, and the data folder is given to that account. Every parent folder must let it in.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::binaries::Installation;
use crate::error::EmbeddedError;
use crate::folder::DataFolder;

#[cfg(target_os = "linux")]
use crate::namespace::IdMaps;

/// The account that the programs of Postgres run as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Identity {
    /// The account of this process.
    Own,
    /// The account of this process, mapped to another one in a user namespace.
    #[cfg(target_os = "linux")]
    Namespace(IdMaps),
    /// Another account.
    Account(Account),
}

/// An entry of `/etc/passwd`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    uid: u32,
    gid: u32,
}

impl Identity {
    /// Finds the identity under which this process can run the server on this folder, and makes it the
    /// folder's owner.
    pub(crate) fn establish(
        installation: &Installation,
        folder: &DataFolder,
    ) -> Result<Self, EmbeddedError> {
        let own = effective_ids();
        if own.0 != 0 {
            return Ok(Self::Own);
        }
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let mut attempts = Vec::new();
        for identity in Self::for_root(own, &passwd) {
            let (uid, gid) = identity.owner(own);
            folder.give_to(uid, gid)?;
            match identity.probe(installation, folder.root()) {
                Ok(()) => return Ok(identity),
                Err(failure) => attempts.push(format!("{}: {failure}", identity.describe())),
            }
        }
        Err(EmbeddedError::CannotLeaveRoot {
            attempts: attempts.join("; "),
        })
    }

    fn for_root(own: (u32, u32), passwd: &str) -> Vec<Self> {
        let Some(account) = Account::unprivileged(passwd) else {
            return Vec::new();
        };
        vec![
            #[cfg(target_os = "linux")]
            Self::Namespace(IdMaps::new(own, (account.uid, account.gid))),
            Self::Account(account),
        ]
    }

    fn owner(&self, own: (u32, u32)) -> (u32, u32) {
        match self {
            Self::Own => own,
            #[cfg(target_os = "linux")]
            Self::Namespace(_) => own,
            Self::Account(account) => (account.uid, account.gid),
        }
    }

    fn describe(&self) -> String {
        match self {
            Self::Own => "as this user".to_owned(),
            #[cfg(target_os = "linux")]
            Self::Namespace(_) => "in a user namespace".to_owned(),
            Self::Account(account) => format!("as the user with id {}", account.uid),
        }
    }

    /// A command that runs `program` under this identity, with `/` as the working directory.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir("/")
            .env("LC_ALL", "C")
            .stdin(Stdio::null());
        match self {
            Self::Own => {}
            #[cfg(target_os = "linux")]
            Self::Namespace(maps) => enter_on_exec(&mut command, maps.clone()),
            Self::Account(account) => {
                command.uid(account.uid).gid(account.gid);
            }
        }
        command
    }

    /// Checks that this identity can run the server and enter the data folder.
    fn probe(&self, installation: &Installation, data_dir: &Path) -> Result<(), String> {
        let output = self
            .command(&installation.program("postgres"))
            .arg("--version")
            .current_dir(data_dir)
            .output()
            .map_err(|error| error.to_string())?;
        if output.status.success() {
            Ok(())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
        }
    }
}

impl Account {
    fn unprivileged(passwd: &str) -> Option<Self> {
        ["postgres", "nobody"]
            .iter()
            .find_map(|name| Self::named(name, passwd))
    }

    fn named(name: &str, passwd: &str) -> Option<Self> {
        let mut entries = passwd.lines().map(|line| line.split(':'));
        let mut fields = entries.find_map(|mut f| (f.next() == Some(name)).then_some(f))?;
        let uid = parse_id(fields.nth(1)?)?;
        let gid = parse_id(fields.next()?)?;
        (uid != 0).then_some(Self { uid, gid })
    }
}

/// Parses a user or group id; macOS writes that of `nobody` as -2.
fn parse_id(text: &str) -> Option<u32> {
    text.parse()
        .ok()
        .or_else(|| text.parse::<i32>().ok().map(i32::cast_unsigned))
}

#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "a namespace is entered between fork and exec")]
fn enter_on_exec(command: &mut Command, maps: IdMaps) {
    // SAFETY: `IdMaps::enter` makes system calls only; it neither allocates nor locks.
    unsafe { command.pre_exec(move || maps.enter()) };
}

/// The effective user and group of this process.
fn effective_ids() -> (u32, u32) {
    (
        rustix::process::geteuid().as_raw(),
        rustix::process::getegid().as_raw(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\n\
                          nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin\n\
                          postgres:x:105:110::/var/lib/postgresql:/bin/bash\n";

    #[test]
    fn the_account_of_postgres_is_preferred() {
        let account = Account { uid: 105, gid: 110 };
        assert_eq!(Account::unprivileged(PASSWD), Some(account));
    }

    #[test]
    fn nobody_serves_where_postgres_has_no_account() {
        let without = PASSWD.replace("postgres", "somebody");
        let account = Account {
            uid: 65534,
            gid: 65533,
        };
        assert_eq!(Account::unprivileged(&without), Some(account));
    }

    #[test]
    fn a_negative_id_is_read_as_the_system_reads_it() {
        let account = Account::named(
            "nobody",
            "nobody:*:-2:-2:Unprivileged User:/:/usr/bin/false",
        );
        assert_eq!(account.map(|a| a.uid), Some(u32::MAX - 1));
    }

    #[test]
    fn an_account_that_is_root_in_disguise_is_not_taken() {
        assert_eq!(
            Account::named("postgres", "postgres:x:0:0::/:/bin/sh"),
            None
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn root_tries_a_namespace_before_another_account() {
        let account = Account { uid: 105, gid: 110 };
        assert_eq!(
            Identity::for_root((0, 0), PASSWD),
            [
                Identity::Namespace(IdMaps::new((0, 0), (105, 110))),
                Identity::Account(account)
            ]
        );
    }
}
