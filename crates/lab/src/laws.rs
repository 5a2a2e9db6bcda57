//! The laws by which stored decisions were made. A record names its law; of a decision that confirmed another only
//! a digest is kept, whose law is found among the versions that were seen.

use std::collections::{BTreeSet, HashMap};

use sms_domain::decision::{RecordDigest, WhatWasDecided, rules_version_of};
use sms_domain::law::{RuleData, RuleFiles};
use sms_domain::ports::{RuleSet, StoredBasis, StoredDecision};

use crate::case::{CaseBasis, NotReplayable, Recorded, StoredCase};

/// The laws that are known.
#[derive(Debug, Default)]
pub struct Laws {
    /// By their hashes; `None` = asked for in vain.
    by_hash: HashMap<String, Option<&'static RuleData>>,
    /// The versions by which decisions were made.
    versions: BTreeSet<Version>,
    /// The hash of the law behind what stands for a version in a digest.
    marks: HashMap<[u8; 8], String>,
}

/// What a rules version names besides the policy's version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Version {
    build: String,
    law: String,
    zones: String,
}

/// The law of a stored rule set, which stays for the life of the process; `None` if this build cannot read it.
#[must_use]
pub fn law_of(set: RuleSet) -> Option<&'static RuleData> {
    let mut texts: HashMap<String, String> = set.files.into_iter().collect();
    let texts: HashMap<&str, String> = RuleFiles::BUNDLED
        .texts()
        .into_iter()
        .map(|(name, bundled)| {
            (
                name,
                texts.remove(name).unwrap_or_else(|| bundled.to_owned()),
            )
        })
        .collect();
    let files = RuleFiles::BUNDLED.map(|name, _| texts.get(name).map_or("", String::as_str));
    let law = RuleData::load(&files).ok()?;
    (law.version() == set.hash).then(|| &*Box::leak(Box::new(law)))
}

impl Laws {
    /// Knows this law besides the others.
    pub fn add(&mut self, law: &'static RuleData) {
        self.learn(law.version().to_owned(), Some(law));
    }

    /// Knows the law with a hash, or that it cannot be had.
    pub fn learn(&mut self, hash: String, law: Option<&'static RuleData>) {
        if let Some(law) = law {
            // This build may have confirmed by it, whether or not a record says so.
            self.versions
                .extend(Version::read(&rules_version_of(law, 0)));
        }
        self.by_hash.insert(hash, law);
    }

    /// The hashes that the decisions name and that are not known yet.
    pub fn missing(&mut self, decisions: &[StoredDecision]) -> Vec<String> {
        let records = decisions.iter().filter_map(|stored| match &stored.decided {
            WhatWasDecided::Record(record) => Some(&record.trace.rules_version),
            WhatWasDecided::Digest(_) => None,
        });
        let mut missing = BTreeSet::new();
        for version in records.filter_map(|text| Version::read(text)) {
            if !self.by_hash.contains_key(&version.law) {
                missing.insert(version.law.clone());
            }
            self.versions.insert(version);
        }
        missing.into_iter().collect()
    }

    /// The decision as a case. Its law must have been asked for ([`Laws::missing`]).
    pub fn case(&mut self, stored: StoredDecision) -> StoredCase {
        let StoredDecision {
            organization_id,
            message_id,
            decided,
            basis,
        } = stored;
        let basis = basis.ok_or(NotReplayable::NoFacts);
        let basis = basis.and_then(|basis| self.basis(&decided, basis));
        let (recorded, basis) = match decided {
            WhatWasDecided::Digest(_) => (Recorded::Confirmed, basis),
            WhatWasDecided::Record(record) => match Recorded::of(&record) {
                Some(recorded) => (recorded, basis),
                None => (Recorded::Confirmed, Err(NotReplayable::Unreadable)),
            },
        };
        StoredCase {
            organization_id,
            message_id,
            recorded,
            basis,
        }
    }

    fn basis(
        &mut self,
        decided: &WhatWasDecided,
        basis: StoredBasis,
    ) -> Result<CaseBasis, NotReplayable> {
        let law = match decided {
            WhatWasDecided::Record(record) => {
                let version = Version::read(&record.trace.rules_version);
                version.and_then(|version| self.known(&version.law))
            }
            WhatWasDecided::Digest(digest) => {
                self.of_digest(*digest, basis.organization.policy_version())
            }
        };
        Ok(CaseBasis {
            law: law.ok_or(NotReplayable::LawUnknown)?,
            snapshot: basis.snapshot,
            organization: basis.organization,
            ties: None,
        })
    }

    fn known(&self, hash: &str) -> Option<&'static RuleData> {
        self.by_hash.get(hash).copied().flatten()
    }

    fn of_digest(&mut self, digest: RecordDigest, policy: i64) -> Option<&'static RuleData> {
        if let Some(hash) = self.marks.get(&digest.mark()) {
            return self.known(hash);
        }
        let mut versions = self.versions.iter();
        let found = versions
            .find(|version| RecordDigest::mark_of(&version.with_policy(policy)) == digest.mark())?;
        let hash = found.law.clone();
        self.marks.insert(digest.mark(), hash.clone());
        self.known(&hash)
    }
}

impl Version {
    /// Reads `build … data … policy … tz …`.
    fn read(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let mut after = |name: &str| {
            (words.next()? == name).then_some(())?;
            words.next().map(str::to_owned)
        };
        let (build, law) = (after("build")?, after("data")?);
        after("policy")?;
        Some(Self {
            build,
            law,
            zones: after("tz")?,
        })
    }

    fn with_policy(&self, policy: i64) -> String {
        let Self { build, law, zones } = self;
        format!("build {build} data {law} policy {policy} tz {zones}")
    }
}
