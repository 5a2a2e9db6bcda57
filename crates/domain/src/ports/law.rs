//! The tables of the law that are stored, and the processes that judge by them.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Unavailable;

/// The files of one version of the law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSet {
    /// The fingerprint that decisions record, [`crate::law::RuleData::version`].
    pub hash: String,
    /// The name and the text of each file.
    pub files: Vec<(String, String)>,
}

/// A process that judges messages by one version of the law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LawUser {
    /// The process; a new one at each start.
    pub process: Uuid,
    /// The hash of its [`RuleSet`].
    pub law: String,
    /// Whether it was told to work beside processes with another law.
    pub is_transition: bool,
    /// When it last said that it works.
    pub seen_at: DateTime<Utc>,
}

impl LawUser {
    /// Whether the two must not work at the same time: they judge by different laws, and nobody said
    /// that they may.
    #[must_use]
    pub fn excludes(&self, other: &Self) -> bool {
        self.process != other.process
            && self.law != other.law
            && !self.is_transition
            && !other.is_transition
    }
}

/// Stored versions of the law and their users.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait LawRepository: Send + Sync {
    /// Stores a rule set, unless its hash is stored already.
    ///
    /// # Errors
    /// [`Unavailable`]. Repeating it is safe.
    async fn store_law(&self, set: &RuleSet, now: DateTime<Utc>) -> Result<(), Unavailable>;

    /// The rule set with a hash, its files in the order of their names.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn find_law(&self, hash: &str) -> Result<Option<RuleSet>, Unavailable>;

    /// Records that a process works, or still works, by its law, which MUST be stored. Processes that
    /// were last seen before `alive_since` count as gone. Returns those that it must not work beside
    /// ([`LawUser::excludes`]); if there is one, the process MUST NOT be recorded. Of two processes that
    /// begin at the same time with laws that exclude each other, one MUST be refused.
    ///
    /// # Errors
    /// [`Unavailable`]. Repeating it is safe.
    async fn use_law(
        &self,
        user: &LawUser,
        alive_since: DateTime<Utc>,
    ) -> Result<Vec<LawUser>, Unavailable>;

    /// Forgets a process that ends.
    ///
    /// # Errors
    /// [`Unavailable`]. Repeating it is safe.
    async fn leave_law(&self, process: Uuid) -> Result<(), Unavailable>;

    /// The processes seen at or after `alive_since`, the one that was seen last first.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn law_users(&self, alive_since: DateTime<Utc>) -> Result<Vec<LawUser>, Unavailable>;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(process: u128, law: &str, is_transition: bool) -> LawUser {
        LawUser {
            process: Uuid::from_u128(process),
            law: law.to_owned(),
            is_transition,
            seen_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn two_laws_exclude_each_other_unless_somebody_said_otherwise() {
        let old = user(1, "old", false);
        assert!(old.excludes(&user(2, "new", false)) && user(2, "new", false).excludes(&old));
        assert!(!old.excludes(&user(2, "old", false)));
        assert!(!old.excludes(&user(2, "new", true)) && !user(2, "new", true).excludes(&old));
        assert!(
            !old.excludes(&user(1, "new", false)),
            "it was restarted as itself"
        );
    }
}
