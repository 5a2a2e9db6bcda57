//! The data directory: its lock and the stored signing seed.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::Path,
};

use crate::{SimError, signer::Signer};

/// Creates the directory and locks it while the returned file is open. The lock also excludes a second
/// simulator in the same process.
pub(crate) fn claim(path: &Path) -> Result<File, SimError> {
    let failed = |source| SimError::DataDirectory {
        path: path.to_owned(),
        source,
    };
    fs::create_dir_all(path).map_err(failed)?;
    let lock = File::create(path.join("lock")).map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(SimError::InUse(path.to_owned())),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// The stored seed, or a new one, which is then stored: a receiver that is configured with the public key
/// must keep working after a restart.
pub(crate) fn signing_seed(path: &Path) -> Result<[u8; 32], SimError> {
    let failed = |source| SimError::DataDirectory {
        path: path.to_owned(),
        source,
    };
    let file = path.join("signing_seed");
    match fs::read_to_string(&file) {
        Ok(text) => {
            let mut seed = [0; 32];
            hex::decode_to_slice(text.trim(), &mut seed).map_err(|_| SimError::SigningSeed)?;
            Ok(seed)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let seed = Signer::random_seed().ok_or(SimError::SigningSeed)?;
            fs::write(&file, hex::encode(seed)).map_err(failed)?;
            Ok(seed)
        }
        Err(error) => Err(failed(error)),
    }
}
