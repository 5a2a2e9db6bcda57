//! What the decisions of a commit rested on: the organization's facts are stored once for all decisions that
//! share them, each before the first of them.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use diesel::sql_types::{Array, Bytea};
use sms_domain::decision::{Basis, OrganizationSnapshot, SnapshotHash};
use sms_domain::facts::OrgFacts;
use sms_domain::lifecycle::MessageChange;
use sms_domain::values::ids::OrganizationId;
use uuid::Uuid;

use crate::rows::{encode_confirmation, encode_decision, encode_with_basis};
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

/// Most organizations that are remembered; all are forgotten when it is full.
const MOST: usize = 10_000;

statement! {
    /// In the order of the key, as every commit writes them.
    InsertFactSnapshots {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        hashes: Array<Bytea> = Vec<Vec<u8>>,
        facts: Array<Bytea> = Vec<Vec<u8>>,
    } -> ();
    "INSERT INTO fact_snapshots (organization_id, hash, facts)
     SELECT * FROM unnest($organizations, $hashes, $facts) ON CONFLICT DO NOTHING"
}

/// The snapshots of the organizations that this process decides for: a snapshot is made once for facts that
/// many decisions share, and is not written again after a commit wrote it.
#[derive(Debug, Default)]
pub struct FactSnapshots(Mutex<HashMap<OrganizationId, Known>>);

#[derive(Debug, Clone)]
struct Known {
    /// The facts of which the snapshot was made.
    made_of: Weak<OrgFacts>,
    snapshot: Arc<(SnapshotHash, Vec<u8>)>,
    is_stored: bool,
}

/// The snapshots behind a group of changes.
pub(super) struct GroupSnapshots {
    of: BTreeMap<OrganizationId, Vec<(Arc<OrgFacts>, Known)>>,
    is_committed: AtomicBool,
}

impl FactSnapshots {
    /// The snapshots behind the decisions of a group.
    pub(super) fn of(&self, changes: &[MessageChange]) -> GroupSnapshots {
        let mut found: BTreeMap<_, Vec<(Arc<OrgFacts>, Known)>> = BTreeMap::new();
        for change in changes {
            let Some(basis) = basis_of(change) else {
                continue;
            };
            let organization = change.message.organization_id;
            let known = found.entry(organization).or_default();
            if !known
                .iter()
                .any(|(facts, _)| Arc::ptr_eq(facts, &basis.organization))
            {
                let snapshot = self.of_organization(organization, &basis.organization);
                known.push((Arc::clone(&basis.organization), snapshot));
            }
        }
        GroupSnapshots {
            of: found,
            is_committed: AtomicBool::new(false),
        }
    }

    fn of_organization(&self, id: OrganizationId, facts: &Arc<OrgFacts>) -> Known {
        if let Some(known) = self.made_of(id, facts) {
            return known;
        }
        // Made without the lock: other groups need not wait for it.
        let (hash, json) = OrganizationSnapshot::of(facts).encode();
        let mut all = self.known();
        let same = all.get(&id).filter(|known| known.snapshot.0 == hash);
        let made = Known {
            made_of: Arc::downgrade(facts),
            is_stored: same.is_some_and(|known| known.is_stored),
            snapshot: same.map_or_else(
                || Arc::new((hash, lz4_flex::compress_prepend_size(&json))),
                |known| Arc::clone(&known.snapshot),
            ),
        };
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(id, made.clone());
        made
    }

    /// The snapshot that was made of these very facts.
    fn made_of(&self, id: OrganizationId, facts: &Arc<OrgFacts>) -> Option<Known> {
        let all = self.known();
        let known = all.get(&id)?;
        std::ptr::eq(known.made_of.as_ptr(), Arc::as_ptr(facts)).then(|| known.clone())
    }

    fn known(&self) -> MutexGuard<'_, HashMap<OrganizationId, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers the snapshots of a group if a transaction that wrote them was committed.
    pub(super) fn keep(&self, group: &GroupSnapshots) {
        if !group.is_committed.load(Ordering::Acquire) {
            return;
        }
        let mut all = self.known();
        for (id, snapshots) in &group.of {
            if let Some(known) = all.get_mut(id) {
                let own = known.snapshot.0;
                known.is_stored |= snapshots.iter().any(|(_, stored)| stored.snapshot.0 == own);
            }
        }
    }
}

impl GroupSnapshots {
    /// Every transaction of the group writes all its snapshots, so one that is committed suffices.
    pub(super) fn mark_committed(&self) {
        self.is_committed.store(true, Ordering::Release);
    }

    /// The snapshots that are not stored yet.
    pub(super) fn insert(&self) -> Option<InsertFactSnapshots> {
        let new: BTreeMap<(Uuid, SnapshotHash), &Vec<u8>> = (self.of.iter())
            .flat_map(|(id, snapshots)| snapshots.iter().map(move |(_, known)| (id, known)))
            .filter(|(_, known)| !known.is_stored)
            .map(|(id, known)| ((id.as_uuid(), known.snapshot.0), &known.snapshot.1))
            .collect();
        let (keys, facts): (Vec<_>, Vec<_>) = new.into_iter().unzip();
        (!keys.is_empty()).then(|| InsertFactSnapshots {
            organizations: keys.iter().map(|(id, _)| *id).collect(),
            hashes: keys
                .iter()
                .map(|(_, hash)| hash.as_bytes().to_vec())
                .collect(),
            facts: facts.into_iter().cloned().collect(),
        })
    }

    /// The stored form of a change's decision, with what it rested on.
    pub(super) fn decision(&self, change: &MessageChange) -> Option<Vec<u8>> {
        let record = change.decision.as_ref()?;
        let basis = change.basis.as_ref();
        let basis = basis.and_then(|basis| Some((self.hash(change, basis)?, &basis.snapshot)));
        Some(match basis {
            Some((hash, snapshot)) => encode_with_basis(record, hash, snapshot),
            None => encode_decision(record),
        })
    }

    /// The stored form of the decision that confirmed another when the change's attempt began.
    pub(super) fn confirmation(&self, change: &MessageChange) -> Option<Vec<u8>> {
        let confirmed = change.confirmation.as_ref()?;
        let hash = self.hash(change, &confirmed.basis)?;
        let snapshot = &confirmed.basis.snapshot;
        Some(encode_confirmation(confirmed.digest, hash, snapshot))
    }

    fn hash(&self, change: &MessageChange, basis: &Basis) -> Option<SnapshotHash> {
        let known = self.of.get(&change.message.organization_id)?;
        let (_, known) = known
            .iter()
            .find(|(facts, _)| Arc::ptr_eq(facts, &basis.organization))?;
        Some(known.snapshot.0)
    }
}

/// What the stored decision of a change rested on. A confirmation is stored with the attempt that it begins.
fn basis_of(change: &MessageChange) -> Option<&Basis> {
    let confirmation = change.confirmation.as_ref();
    let confirmation = confirmation.filter(|_| change.begins_attempt());
    let confirmed = confirmation.map(|confirmation| &confirmation.basis);
    change.basis.as_ref().or(confirmed)
}
