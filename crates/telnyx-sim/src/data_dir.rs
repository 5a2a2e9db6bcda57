//! The data directory: its lock and the signing seed that is kept in it.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::Path,
};

use crate::{SimError, signer::Signer};

/// Makes the directory and locks it for as long as the returned file is open, also against a
/// second simulator of the same process.
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

/// The seed that was kept, else a new one that is kept from now on: a receiver configured with the
/// public key must go on working after a restart.
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
