//! The audit log: who changed law, lists, keys, suppressions or money, from where and when, with what
//! was there before and after.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{ApiKey, ConsentRevocation, Unavailable};
use crate::facts::{Source, SuppressionScope};
use crate::inbound::ActiveSuppression;
use crate::lifecycle::{OptOutChange, ReviewChange, SuppressionSource};
use crate::values::Actor;
use crate::values::ids::{LeadId, OrganizationId, SuppressionId};
use crate::values::phone::PhoneNumber;
use crate::values::wire::wire_enum;

wire_enum! {
    /// What was done.
    AuditAction {
        /// An API key was made.
        KeyCreated = "key_created",
        /// An API key was withdrawn.
        KeyRevoked = "key_revoked",
        /// A person was put on the opt-out list.
        SuppressionAdded = "suppression_added",
        /// Entries of the opt-out list were released.
        SuppressionReleased = "suppression_released",
        /// A text that may be an opt-out was reviewed.
        ReviewResolved = "review_resolved",
        /// A consent was revoked.
        ConsentRevoked = "consent_revoked",
        /// A list of others was imported.
        ScrubImported = "scrub_imported",
        /// An emergency was declared.
        EmergencyDeclared = "emergency_declared",
        /// An emergency was lifted.
        EmergencyLifted = "emergency_lifted",
        /// An organization, its policy or its price was created or changed.
        OrganizationSeeded = "organization_seeded",
        /// A campaign was created or changed.
        CampaignSeeded = "campaign_seeded",
        /// A number was created or changed.
        NumberSeeded = "number_seeded",
        /// A source of leads was made.
        SourceCreated = "source_created",
        /// A source of leads was changed.
        SourceChanged = "source_changed",
        /// A source of leads was deleted.
        SourceDeleted = "source_deleted",
        /// An organization, a number or a campaign was paused.
        Paused = "paused",
        /// It was resumed.
        Resumed = "resumed",
        /// A number was registered.
        NumberRegistered = "number_registered",
        /// A number was renamed, enabled or disabled.
        NumberChanged = "number_changed",
        /// A number was removed: it sends no more.
        NumberRemoved = "number_removed",
        /// Money was put in.
        MoneyAdded = "money_added",
        /// An endpoint for events was made.
        WebhookCreated = "webhook_created",
        /// An endpoint for events was changed.
        WebhookChanged = "webhook_changed",
        /// An endpoint for events was removed.
        WebhookRemoved = "webhook_removed",
        /// An endpoint for events was switched off by a rule.
        WebhookSwitchedOff = "webhook_switched_off",
        /// Events were asked for again.
        WebhookReplayed = "webhook_replayed",
        /// Stored decisions were taken out of the store, under pseudonyms.
        DecisionsExported = "decisions_exported",
        /// A file was uploaded.
        MediaUploaded = "media_uploaded",
    }
}

/// One entry of the audit log. It has no full phone number of a person and no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    pub at: DateTime<Utc>,
    /// The organization that is concerned; `None` = every one.
    pub organization_id: Option<OrganizationId>,
    pub actor: Actor,
    /// What was done.
    pub action: AuditAction,
    /// To what: an id, or a masked phone number.
    pub target: String,
    /// The target before; `None` = it did not exist.
    pub before: Option<Value>,
    /// The target after; `None` = it exists no longer.
    pub after: Option<Value>,
}

/// An entry on record. Entries are numbered in the order in which they were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord {
    pub id: i64,
    pub entry: AuditEntry,
}

/// Which entries to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AuditQuery {
    /// Entries of this instant and later only.
    pub since: Option<DateTime<Utc>>,
    /// Entries that concern this organization alone.
    pub organization_id: Option<OrganizationId>,
    /// Entries after this number only.
    pub after: i64,
    /// The most entries.
    pub limit: usize,
}

/// Access to the audit log.
///
/// The other ports write it: each method that takes an [`Actor`] MUST add its entry in the transaction
/// of the change, and none if nothing changed. Entries MUST NOT be changed or removed, by any statement.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// Entries in the order of their numbers.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn list_audit(&self, query: AuditQuery) -> Result<Vec<AuditRecord>, Unavailable>;
}

impl AuditEntry {
    /// An entry about an organization's own.
    #[must_use]
    pub const fn of(
        organization_id: OrganizationId,
        actor: Actor,
        at: DateTime<Utc>,
        action: AuditAction,
        target: String,
    ) -> Self {
        Self {
            at,
            organization_id: Some(organization_id),
            actor,
            action,
            target,
            before: None,
            after: None,
        }
    }

    /// The entry with what was there before and after.
    #[must_use]
    pub fn changed(mut self, before: Option<Value>, after: Option<Value>) -> Self {
        self.before = before;
        self.after = after;
        self
    }

    /// A key was made.
    #[must_use]
    pub fn key_created(key: &ApiKey, actor: Actor) -> Self {
        let (action, target) = (AuditAction::KeyCreated, key.id.to_string());
        Self::of(key.organization_id, actor, key.created_at, action, target)
            .changed(None, Some(shown_key(key)))
    }

    /// A key was withdrawn; `key` is the key before.
    #[must_use]
    pub fn key_revoked(key: &ApiKey, at: DateTime<Utc>, actor: Actor) -> Self {
        let after = ApiKey {
            revoked_at: Some(at),
            ..key.clone()
        };
        let (action, target) = (AuditAction::KeyRevoked, key.id.to_string());
        Self::of(key.organization_id, actor, at, action, target)
            .changed(Some(shown_key(key)), Some(shown_key(&after)))
    }

    /// A source was made, changed or deleted; `after` = `None` means deleted.
    #[must_use]
    pub fn source(
        before: Option<&Source>,
        after: Option<&Source>,
        at: DateTime<Utc>,
        actor: Actor,
    ) -> Option<Self> {
        let action = match (before, after) {
            (None, _) => AuditAction::SourceCreated,
            (Some(_), Some(_)) => AuditAction::SourceChanged,
            (Some(_), None) => AuditAction::SourceDeleted,
        };
        let source = after.or(before)?;
        let target = source.id.to_string();
        let entry = Self::of(source.organization_id, actor, at, action, target);
        Some(entry.changed(before.map(Source::settings), after.map(Source::settings)))
    }

    /// A person was put on the opt-out list.
    #[must_use]
    pub fn suppression_added(change: &OptOutChange, actor: Actor) -> Self {
        let target = change.phone.masked();
        let action = AuditAction::SuppressionAdded;
        Self::of(change.organization_id, actor, change.at, action, target)
            .changed(None, Some(shown_opt_out(change)))
    }

    /// Entries of a person were released; `entries` are those that were in force.
    #[must_use]
    pub fn suppression_released(
        organization_id: OrganizationId,
        phone: &PhoneNumber,
        entries: &[ActiveSuppression],
        at: DateTime<Utc>,
        actor: Actor,
    ) -> Self {
        let before = entries.iter().map(shown_suppression).collect();
        let action = AuditAction::SuppressionReleased;
        Self::of(organization_id, actor, at, action, phone.masked())
            .changed(Some(Value::Array(before)), None)
    }

    /// A consent was revoked.
    #[must_use]
    pub fn consent_revoked(change: &ConsentRevocation, lead: LeadId) -> Self {
        let after = json!({ "lead": lead, "revoked": change.revoked });
        let (organization, action) = (change.organization_id, AuditAction::ConsentRevoked);
        Self::of(
            organization,
            change.by.clone(),
            change.at,
            action,
            change.id.to_string(),
        )
        .changed(Some(json!({ "lead": lead, "revoked": null })), Some(after))
    }

    /// A text that may be an opt-out was reviewed.
    #[must_use]
    pub fn review_resolved(change: &ReviewChange) -> Self {
        let target = change.conversation_id.to_string();
        let after = json!({
            "isOptOut": change.opt_out.is_some(),
            "suppression": change.opt_out.as_ref().map(shown_opt_out),
        });
        let (organization, action) = (change.organization_id, AuditAction::ReviewResolved);
        Self::of(organization, change.by.clone(), change.at, action, target)
            .changed(Some(json!({ "waits": true })), Some(after))
    }
}

fn shown_key(key: &ApiKey) -> Value {
    json!({
        "prefix": key.prefix,
        "kind": key.kind,
        "source": key.source_id,
        "contract": key.contract,
        "scopes": key.scopes,
        "expiresAt": key.expires_at,
        "revokedAt": key.revoked_at,
    })
}

fn shown_opt_out(change: &OptOutChange) -> Value {
    let reason = Some(change.reason.as_str());
    shown_entry(
        change.suppression_id,
        change.scope,
        change.source,
        reason,
        change.at,
    )
}

fn shown_suppression(entry: &ActiveSuppression) -> Value {
    shown_entry(
        entry.id,
        entry.scope,
        entry.source,
        entry.reason.as_deref(),
        entry.at,
    )
}

fn shown_entry(
    id: SuppressionId,
    scope: SuppressionScope,
    source: SuppressionSource,
    reason: Option<&str>,
    at: DateTime<Utc>,
) -> Value {
    let scope = match scope {
        SuppressionScope::Organization => "organization".to_owned(),
        SuppressionScope::Campaign(id) => format!("campaign {id}"),
        SuppressionScope::Number(id) => format!("number {id}"),
    };
    json!({ "entry": id, "scope": scope, "source": source, "reason": reason, "at": at })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ports::{Contract, KeyKind, Scope};
    use crate::values::ids::ApiKeyId;

    fn organization() -> OrganizationId {
        OrganizationId::new(Uuid::from_u128(1))
    }

    fn person() -> PhoneNumber {
        PhoneNumber::parse("+14045550142").unwrap()
    }

    #[test]
    fn a_revoked_key_shows_both_states_and_no_secret() {
        let key = ApiKey {
            id: ApiKeyId::new(Uuid::from_u128(2)),
            organization_id: organization(),
            source_id: None,
            prefix: "lp_live_ab".to_owned(),
            scopes: vec![Scope::SmsRead],
            kind: KeyKind::Live,
            contract: Contract::Page,
            expires_at: None,
            revoked_at: None,
            created_at: DateTime::UNIX_EPOCH,
            last_used_at: None,
        };
        let at = DateTime::UNIX_EPOCH + chrono::TimeDelta::days(1);
        let entry = AuditEntry::key_revoked(&key, at, Actor::operator("anna", "desk"));
        let (before, after) = (entry.before.unwrap(), entry.after.unwrap());
        assert_eq!(before["revokedAt"], Value::Null);
        assert_eq!(after["revokedAt"], "1970-01-02T00:00:00Z");
        assert_eq!(after["scopes"], json!(["sms:read"]));
        assert_eq!(entry.target, key.id.to_string());
    }

    #[test]
    fn a_person_is_masked() {
        let change = OptOutChange {
            organization_id: organization(),
            suppression_id: SuppressionId::new(Uuid::from_u128(3)),
            phone: person(),
            scope: SuppressionScope::Organization,
            source: SuppressionSource::Operator,
            profile: None,
            reason: "asked".to_owned(),
            recipient: None,
            at: DateTime::UNIX_EPOCH,
            by: None,
        };
        let entry = AuditEntry::suppression_added(&change, Actor::operator("anna", "desk"));
        assert_eq!(entry.target, "+*********42");
        assert!(!format!("{entry:?}").contains("404555"), "{entry:?}");
        assert_eq!(entry.after.unwrap()["source"], "operator");
    }
}
