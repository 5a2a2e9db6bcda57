//! Locks that are held briefly, never across an await or a write.

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

/// Locks `mutex` and ignores poisoning: tables change by single insertions only, so a panic elsewhere
/// leaves them usable.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A copy of the value in `cell`.
pub(crate) fn read<T: Clone>(cell: &RwLock<T>) -> T {
    cell.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Replaces the value in `cell`.
pub(crate) fn replace<T>(cell: &RwLock<T>, value: T) {
    *cell.write().unwrap_or_else(PoisonError::into_inner) = value;
}
