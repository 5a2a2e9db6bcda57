//! Locks that are held for a few instructions and never across an await or a write.

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

/// Locks `mutex`. A panic elsewhere leaves the simulator's tables usable: each is changed by single
/// insertions, so poisoning says nothing.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A copy of what `cell` holds.
pub(crate) fn read<T: Clone>(cell: &RwLock<T>) -> T {
    cell.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Replaces what `cell` holds.
pub(crate) fn replace<T>(cell: &RwLock<T>, value: T) {
    *cell.write().unwrap_or_else(PoisonError::into_inner) = value;
}
