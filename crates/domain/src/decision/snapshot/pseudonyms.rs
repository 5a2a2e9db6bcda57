//! Snapshots under pseudonyms, for people who may see how decisions come about but not whom they concern. They decide
//! alike: ids stay equal where they were equal, and ties that depend on ids keep their recorded order. This module
//! must not know how a snapshot is stored, or where the key comes from.

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::message::{ConversationSnapshot, LeadSnapshot, RecipientSnapshot, SubmissionSnapshot};
use super::organization::OrganizationSnapshot;
use super::{PausesSnapshot, Restored, Snapshot};
use crate::case::features::{CompletedText, TextFeatures};
use crate::content::TextHashes;
use crate::facts::Emergency;
use crate::law::RuleData;
use crate::numbers::rendezvous;
use crate::values::ids::{
    CampaignId, EmergencyId, LeadId, MessageId, OrganizationId, PhoneNumberId, SourceId, UserId,
};

/// Makes pseudonyms. Whoever does not have the key cannot tell what they stand for.
#[derive(Clone)]
pub struct Pseudonyms {
    key: [u8; 32],
}

/// The pseudonyms in one state of an organization: its numbers are called by their places.
pub(super) struct Renamer<'a> {
    pub(super) pseudonyms: &'a Pseudonyms,
    numbers: &'a [PhoneNumberId],
    /// The law by which stated places are read.
    pub(super) rules: &'a RuleData,
}

impl std::fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pseudonyms")
    }
}

impl Pseudonyms {
    /// Those of a key, which must be random.
    #[must_use]
    pub const fn of(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// The pseudonym of an organization.
    #[must_use]
    pub fn organization(&self, id: OrganizationId) -> OrganizationId {
        OrganizationId::new(self.id(id.as_uuid()))
    }

    /// The pseudonym of a message.
    #[must_use]
    pub fn message(&self, id: MessageId) -> MessageId {
        MessageId::new(self.id(id.as_uuid()))
    }

    pub(super) fn lead(&self, id: LeadId) -> LeadId {
        LeadId::new(self.id(id.as_uuid()))
    }

    pub(super) fn campaign(&self, id: CampaignId) -> CampaignId {
        CampaignId::new(self.id(id.as_uuid()))
    }

    pub(super) fn source(&self, id: SourceId) -> SourceId {
        SourceId::new(self.id(id.as_uuid()))
    }

    pub(super) fn user(&self, id: UserId) -> UserId {
        UserId::new(self.id(id.as_uuid()))
    }

    pub(super) fn id(&self, id: Uuid) -> Uuid {
        Uuid::from_bytes(self.first(id.as_bytes()))
    }

    /// Of a word: 16 hexadecimal digits.
    pub(super) fn word(&self, text: &str) -> String {
        let bytes: [u8; 8] = self.first(text.as_bytes());
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Of the hash of a text.
    pub(super) fn hash(&self, hash: i64) -> i64 {
        i64::from_le_bytes(self.first(&hash.to_le_bytes()))
    }

    fn hashes(&self, hashes: TextHashes) -> TextHashes {
        let TextHashes { bare, exact } = hashes;
        TextHashes {
            bare: self.hash(bare),
            exact: self.hash(exact),
        }
    }

    /// The first bytes of a hash with the key. Nothing is appended to what is hashed, so that the key in front suffices.
    fn first<const N: usize>(&self, bytes: &[u8]) -> [u8; N] {
        let hash = Sha256::new().chain_update(self.key).chain_update(bytes);
        let hash: [u8; 32] = hash.finalize().into();
        let mut first = [0; N];
        first.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        first
    }
}

impl Renamer<'_> {
    pub(super) fn number(&self, id: PhoneNumberId) -> PhoneNumberId {
        renamed_number(self.numbers, id, self.pseudonyms)
    }
}

impl OrganizationSnapshot {
    /// The snapshot under pseudonyms; its numbers are called by their places.
    #[must_use]
    pub fn pseudonymous(&self, pseudonyms: &Pseudonyms, rules: &RuleData) -> Self {
        let numbers = self.number_ids();
        self.renamed(&Renamer {
            pseudonyms,
            numbers: &numbers,
            rules,
        })
    }

    /// The pseudonym of a number.
    #[must_use]
    pub fn pseudonym_of(&self, number: PhoneNumberId, pseudonyms: &Pseudonyms) -> PhoneNumberId {
        renamed_number(&self.number_ids(), number, pseudonyms)
    }
}

/// An own number is called by its place, which keeps the order of the ids.
fn renamed_number(
    own: &[PhoneNumberId],
    id: PhoneNumberId,
    pseudonyms: &Pseudonyms,
) -> PhoneNumberId {
    let place = (1_u128..).zip(own).find(|(_, own)| **own == id);
    PhoneNumberId::new(place.map_or_else(
        || pseudonyms.id(id.as_uuid()),
        |(place, _)| Uuid::from_u128(place),
    ))
}

impl Snapshot {
    /// The snapshot under pseudonyms, to be restored with the pseudonymous snapshot of the organization. A state that
    /// `rules` do not understand, and what is no postal code, are replaced: people write anything there.
    #[must_use]
    pub fn pseudonymous(
        &self,
        organization: &OrganizationSnapshot,
        pseudonyms: &Pseudonyms,
        rules: &RuleData,
    ) -> Self {
        let Self {
            now,
            submission,
            text,
            conversation,
            lead,
            recipient,
            wallet,
            own_reservation,
            numbers,
            campaigns,
            scrubs,
            emergencies,
            pauses,
            is_mms,
        } = self;
        let number_ids = organization.number_ids();
        let renamer = Renamer {
            pseudonyms,
            numbers: &number_ids,
            rules,
        };
        Self {
            now: *now,
            submission: SubmissionSnapshot::renamed(submission, &renamer),
            text: renamed_features(text, pseudonyms),
            conversation: ConversationSnapshot::renamed(conversation, &renamer),
            lead: LeadSnapshot::renamed(lead, &renamer),
            recipient: RecipientSnapshot::renamed(recipient, &renamer),
            wallet: *wallet,
            own_reservation: own_reservation.map(|own| own.renamed(&renamer)),
            numbers: numbers.clone(),
            campaigns: campaigns.clone(),
            scrubs: *scrubs,
            emergencies: emergencies
                .iter()
                .map(|emergency| Emergency {
                    id: EmergencyId::new(pseudonyms.id(emergency.id.as_uuid())),
                    ..emergency.clone()
                })
                .collect(),
            pauses: PausesSnapshot {
                is_organization_paused: pauses.is_organization_paused,
                numbers: (pauses.numbers.iter())
                    .map(|id| renamer.number(*id))
                    .collect(),
                campaigns: (pauses.campaigns.iter())
                    .map(|id| pseudonyms.campaign(*id))
                    .collect(),
            },
            is_mms: *is_mms,
        }
    }

    /// The places of the organization's numbers among those that are equally good for the lead, the best last.
    #[must_use]
    pub fn tie_ranks(&self, organization: &OrganizationSnapshot) -> Vec<u16> {
        let lead = self.lead_id();
        let ids = organization.number_ids();
        let mut places: Vec<usize> = (0..ids.len()).collect();
        places.sort_by_key(|place| ids.get(*place).map(|id| (rendezvous(lead, *id), *id)));
        let mut ranks = vec![0; ids.len()];
        for (rank, place) in (0..).zip(places) {
            if let Some(own) = ranks.get_mut(place) {
                *own = rank;
            }
        }
        ranks
    }
}

impl Restored {
    /// Lets ties between numbers fall as they are recorded ([`Snapshot::tie_ranks`]).
    pub fn keep_ties(&mut self, ranks: &[u16]) {
        let org = std::sync::Arc::make_mut(&mut self.context.org);
        for (number, rank) in org.numbers.iter_mut().zip(ranks) {
            number.tie_rank = Some(*rank);
        }
    }
}

fn renamed_features(features: &TextFeatures, pseudonyms: &Pseudonyms) -> TextFeatures {
    let TextFeatures {
        hashes,
        lacks,
        completed,
        shorteners,
        forbidden,
    } = features;
    TextFeatures {
        hashes: pseudonyms.hashes(*hashes),
        lacks: *lacks,
        completed: completed.map(|CompletedText { segments, hashes }| CompletedText {
            segments,
            hashes: pseudonyms.hashes(hashes),
        }),
        shorteners: shorteners.clone(),
        forbidden: forbidden.clone(),
    }
}
