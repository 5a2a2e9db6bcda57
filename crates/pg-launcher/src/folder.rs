//! The data folder: its layout, and the lock that gives it a single owner.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, lchown};
use std::path::{Path, PathBuf};

use crate::error::EmbeddedError;

/// The longest path of a Unix socket in bytes, without the terminating zero.
const SOCKET_PATH_LIMIT: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// File name of the socket that Postgres creates for its default port.
const SOCKET_NAME: &str = ".s.PGSQL.5432";

/// Parent of the sockets of data folders whose path is too long: short, and present on every Unix.
const SHORT_PARENT: &str = "/tmp";

/// A data folder that this process owns until the value is dropped.
#[derive(Debug)]
pub(crate) struct DataFolder {
    root: PathBuf,
    socket_dir: PathBuf,
    /// The locked file. The operating system releases the lock however this process ends.
    lock: File,
}

impl DataFolder {
    /// Creates the folder if it is missing, and locks it.
    pub(crate) fn open(data_dir: &Path) -> Result<Self, EmbeddedError> {
        create_private(data_dir).map_err(EmbeddedError::folder("create the folder", data_dir))?;
        let root = fs::canonicalize(data_dir)
            .map_err(EmbeddedError::folder("resolve the folder", data_dir))?;
        let lock = take_lock(&root)?;
        let socket_dir = socket_dir(&root);
        create_private(&socket_dir)
            .and_then(|()| require_private(&socket_dir))
            .map_err(EmbeddedError::folder("use the folder", &socket_dir))?;
        Ok(Self {
            root,
            socket_dir,
            lock,
        })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of the database cluster (`PGDATA`).
    pub(crate) fn cluster(&self) -> PathBuf {
        self.root.join("cluster")
    }

    /// The folder of a cluster under construction; what a crash leaves there is discarded.
    pub(crate) fn unfinished_cluster(&self) -> PathBuf {
        self.root.join("cluster.new")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.root.join("postgres.log")
    }

    pub(crate) fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    /// Makes the account with these ids the owner of everything in the folder. Requires root.
    pub(crate) fn give_to(&self, uid: u32, gid: u32) -> Result<(), EmbeddedError> {
        let give = |path: &Path| {
            lchown(path, Some(uid), Some(gid))
                .map_err(EmbeddedError::folder("change the owner of", path))
        };
        give(&self.root)?;
        give(&self.socket_dir)?;
        let cluster = self.cluster();
        match fs::symlink_metadata(&cluster) {
            Ok(meta) if meta.uid() != uid => give_tree_to(&cluster, uid, gid)
                .map_err(EmbeddedError::folder("change the owner of", &cluster)),
            _ => Ok(()),
        }
    }

    /// Removes the socket and its lock file that a killed server leaves. Its process id may have been
    /// reused since, in which case Postgres would mistake the other program for a running server.
    pub(crate) fn remove_dead_sockets(&self) -> Result<(), EmbeddedError> {
        for name in [SOCKET_NAME.to_owned(), format!("{SOCKET_NAME}.lock")] {
            let file = self.socket_dir.join(name);
            ignore_missing(fs::remove_file(&file))
                .map_err(EmbeddedError::folder("remove", file))?;
        }
        Ok(())
    }

    /// Deletes the cluster and all its data.
    pub(crate) fn discard_cluster(&self) -> Result<(), EmbeddedError> {
        remove_tree(&self.cluster())?;
        remove_tree(&self.unfinished_cluster())
    }
}

impl Drop for DataFolder {
    fn drop(&mut self) {
        if self.socket_dir.starts_with(SHORT_PARENT) && !self.socket_dir.starts_with(&self.root) {
            // The folder is empty after a clean stop. Otherwise the next start reuses it.
            let _ = fs::remove_dir(&self.socket_dir);
        }
        // Closing the file is not enough: a child that another thread is starting shares it until
        // `exec`. If unlocking fails, closing is the fallback.
        let _ = self.lock.unlock();
    }
}

pub(crate) fn remove_tree(path: &Path) -> Result<(), EmbeddedError> {
    ignore_missing(fs::remove_dir_all(path)).map_err(EmbeddedError::folder("remove", path))
}

fn ignore_missing(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Creates a folder with mode 0700. Missing parents get the default mode, because another account may
/// have to pass through them.
fn create_private(path: &Path) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Restricts a folder of ours to mode 0700. Refuses a symbolic link, and a folder that belongs to
/// another account. Root accepts any owner, because its folder may belong to the account that the
/// server runs as.
fn require_private(path: &Path) -> io::Result<()> {
    let meta = fs::symlink_metadata(path)?;
    if !meta.is_dir() {
        return Err(io::Error::new(io::ErrorKind::NotADirectory, "not a folder"));
    }
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
}

fn take_lock(root: &Path) -> Result<File, EmbeddedError> {
    let path = root.join("lock");
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .mode(0o600)
        .open(&path)
        .map_err(EmbeddedError::folder("open", &path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(EmbeddedError::InUse {
                data_dir: root.to_path_buf(),
                owner: owner_in(&mut file),
            });
        }
        Err(TryLockError::Error(source)) => {
            return Err(EmbeddedError::folder("lock", &path)(source));
        }
    }
    file.set_len(0)
        .and_then(|()| writeln!(file, "{}", std::process::id()))
        .map_err(EmbeddedError::folder("write", &path))?;
    Ok(file)
}

fn owner_in(lock: &mut File) -> Option<u32> {
    let mut text = String::new();
    lock.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

fn socket_dir(root: &Path) -> PathBuf {
    let beside_the_data = root.join("run");
    if beside_the_data.join(SOCKET_NAME).as_os_str().len() <= SOCKET_PATH_LIMIT {
        return beside_the_data;
    }
    let mut hasher = DefaultHasher::new();
    root.hash(&mut hasher);
    Path::new(SHORT_PARENT).join(format!("sms-postgres-{:016x}", hasher.finish()))
}

fn give_tree_to(path: &Path, uid: u32, gid: u32) -> io::Result<()> {
    if fs::symlink_metadata(path)?.is_dir() {
        for entry in fs::read_dir(path)? {
            give_tree_to(&entry?.path(), uid, gid)?;
        }
    }
    // The top folder comes last: its owner shows whether the whole tree was changed.
    lchown(path, Some(uid), Some(gid))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_data_folder_keeps_its_socket_inside() {
        assert_eq!(socket_dir(Path::new("/srv/sms")), Path::new("/srv/sms/run"));
    }

    #[test]
    fn the_longest_path_that_fits_is_kept() {
        let fixed = "/".len() + "/run/".len() + SOCKET_NAME.len();
        let fits = PathBuf::from(format!("/{}", "x".repeat(SOCKET_PATH_LIMIT - fixed)));
        let too_long = PathBuf::from(format!("/{}", "x".repeat(SOCKET_PATH_LIMIT - fixed + 1)));
        assert_eq!(socket_dir(&fits), fits.join("run"));
        assert!(socket_dir(&too_long).starts_with(SHORT_PARENT));
    }

    #[test]
    fn two_long_data_folders_have_different_sockets() {
        let long = |end: &str| PathBuf::from(format!("/{}/{end}", "x".repeat(120)));
        assert_ne!(socket_dir(&long("a")), socket_dir(&long("b")));
        assert_eq!(socket_dir(&long("a")), socket_dir(&long("a")));
    }

    #[test]
    fn a_folder_is_free_once_its_owner_lets_go_although_a_child_has_its_lock_open() {
        let path = std::env::temp_dir().join(format!("sms-folder-{}", std::process::id()));
        let folder = DataFolder::open(&path).unwrap();
        let of_the_child = folder.lock.try_clone().unwrap();
        drop(folder);
        let again = DataFolder::open(&path);
        drop(of_the_child);
        assert!(again.is_ok());
        drop(again);
        fs::remove_dir_all(&path).unwrap();
    }
}
