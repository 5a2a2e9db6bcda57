//! Stored decisions of scenarios, and other laws.

use std::sync::Arc;

use sms_domain::decision::{OrganizationSnapshot, WhatWasDecided, decide};
use sms_domain::law::{RuleData, RuleFiles};
use sms_domain::ports::{StoredBasis, StoredDecision};
use sms_domain::values::ids::{LeadId, MessageId, OrganizationId};
use sms_lab::{Laws, StoredCase};
use sms_scenarios::{Scenario, ScenarioCase};
use uuid::Uuid;

/// The law of the program.
pub(crate) fn bundled() -> &'static RuleData {
    RuleData::bundled().unwrap()
}

/// The law of the program with other hours in Connecticut since 2023.
pub(crate) fn connecticut_until(end: &str) -> &'static RuleData {
    let day = |end: &str| format!("09:00,{end},09:00,{end},09:00,{end}");
    let row = |end: &str| format!("CT,2023-10-01,enacted,{}", day(end));
    let hours = RuleFiles::BUNDLED.quiet_hours;
    let changed = hours.replace(&row("20:00"), &row(end));
    assert!(changed != hours || end == "20:00");
    law(RuleFiles {
        quiet_hours: &changed,
        ..RuleFiles::BUNDLED
    })
}

pub(crate) fn law(files: RuleFiles<'_>) -> &'static RuleData {
    Box::leak(Box::new(RuleData::load(&files).unwrap()))
}

/// A scenario that expects nothing in particular.
pub(crate) fn scenario(when: &str, given: &str) -> Scenario {
    let text = format!("{{ name: A case, when: '{when}', {given} expect: {{ outcome: send }} }}");
    Scenario::read(&text).unwrap().remove(0)
}

/// A text to a person in Connecticut.
pub(crate) fn to_connecticut(when: &str) -> Scenario {
    scenario(when, "message: { to: '+12035550100' },")
}

/// The decision of a scenario as the `n`th of an organization, about a person of its own.
pub(crate) fn stored(scenario: &Scenario, law: &'static RuleData, n: u128) -> StoredDecision {
    let ScenarioCase {
        submission,
        mut context,
        now,
    } = scenario.case(law).unwrap();
    context.message.lead.id = LeadId::new(Uuid::from_u128(n));
    let decided = decide(&submission, &context, now);
    let basis = decided.basis(&submission, &context, now);
    StoredDecision {
        organization_id: OrganizationId::new(Uuid::from_u128(7)),
        message_id: MessageId::new(Uuid::from_u128(n)),
        decided: WhatWasDecided::Record(Box::new(decided.record(now))),
        basis: Some(StoredBasis {
            snapshot: basis.snapshot,
            organization: Arc::new(OrganizationSnapshot::of(&basis.organization)),
        }),
    }
}

/// The decision as a case, where only the law of the program is known.
pub(crate) fn case(stored: StoredDecision) -> StoredCase {
    let mut laws = Laws::default();
    laws.add(bundled());
    laws.case(stored)
}
