//! What a transaction writes beside the changes of its group. It must not know how.

use std::sync::Arc;

use super::snapshots::GroupSnapshots;
use crate::webhooks::Listening;

/// What is written beside the changes of a group.
pub(super) struct Beside {
    /// The facts behind their decisions.
    pub(super) snapshots: GroupSnapshots,
    /// Who is told of them.
    pub(super) listening: Arc<Listening>,
}
