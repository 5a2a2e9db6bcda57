//! Cases under pseudonyms, for a file.

use std::sync::Arc;

use sms_domain::decision::{OrganizationSnapshot, Pseudonyms};

use crate::case::{CaseBasis, Recorded, StoredCase};

/// Renames cases. Those that share the facts of an organization share them afterwards too.
#[derive(Debug)]
pub struct Renaming {
    pseudonyms: Pseudonyms,
    /// The last facts and what became of them.
    last: Option<(Arc<OrganizationSnapshot>, Arc<OrganizationSnapshot>)>,
}

impl Renaming {
    /// By these pseudonyms.
    #[must_use]
    pub const fn by(pseudonyms: Pseudonyms) -> Self {
        Self {
            pseudonyms,
            last: None,
        }
    }

    /// The case under pseudonyms. It decides alike.
    pub fn pseudonymous(&mut self, case: StoredCase) -> StoredCase {
        let StoredCase {
            organization_id,
            message_id,
            mut recorded,
            basis,
        } = case;
        if let Recorded::Word(word) = &mut recorded {
            let number = &mut word.gist.number;
            *number = match &basis {
                Ok(basis) => number.map(|id| basis.organization.pseudonym_of(id, &self.pseudonyms)),
                // It has no place among numbers that are not known, and is compared with nothing.
                Err(_) => None,
            };
        }
        StoredCase {
            organization_id: self.pseudonyms.organization(organization_id),
            message_id: self.pseudonyms.message(message_id),
            recorded,
            basis: basis.map(|basis| self.basis(basis)),
        }
    }

    fn basis(&mut self, basis: CaseBasis) -> CaseBasis {
        let CaseBasis {
            law,
            snapshot,
            organization,
            ties,
        } = basis;
        let ties = ties.unwrap_or_else(|| snapshot.tie_ranks(&organization));
        CaseBasis {
            law,
            snapshot: snapshot.pseudonymous(&organization, &self.pseudonyms, law),
            organization: self.organization(organization, law),
            ties: Some(ties),
        }
    }

    fn organization(
        &mut self,
        organization: Arc<OrganizationSnapshot>,
        law: &sms_domain::law::RuleData,
    ) -> Arc<OrganizationSnapshot> {
        if let Some((known, renamed)) = &self.last
            && (Arc::ptr_eq(known, &organization) || *known == organization)
        {
            return Arc::clone(renamed);
        }
        let renamed = Arc::new(organization.pseudonymous(&self.pseudonyms, law));
        self.last = Some((organization, Arc::clone(&renamed)));
        renamed
    }
}
