//! Stored decisions, judged again by this build and by a candidate.

use std::sync::{Arc, Mutex};

use sms_application::{ReplayDecisions, ReplayScope};
use sms_domain::law::{RuleData, RuleFiles};
use sms_domain::ports::{
    DecisionPage, MockDecisionArchive, MockLawRepository, RuleSet, StoredDecision,
};
use sms_domain::values::ids::MessageId;
use sms_lab::{Candidate, Replay};
use sms_testkit::{fixtures, sequential_uuid};

use crate::verify_decisions::decision_on;

/// The holidays of another version of the law.
fn other_holidays() -> String {
    let bundled = RuleFiles::BUNDLED.holidays;
    bundled.replace("Mardi Gras", "Shrove Tuesday")
}

fn other_law() -> &'static RuleData {
    let holidays = other_holidays();
    let files = RuleFiles {
        holidays: &holidays,
        ..RuleFiles::BUNDLED
    };
    Box::leak(Box::new(RuleData::load(&files).unwrap()))
}

fn decision(id: u64) -> StoredDecision {
    let mut context = fixtures::context();
    context.rules = other_law();
    decision_on(&context, id)
}

/// Each page has one decision; the law is stored and asked for once.
fn replays(decisions: Vec<StoredDecision>, scope: ReplayScope) -> ReplayDecisions {
    let mut archive = MockDecisionArchive::new();
    archive.expect_page().returning(move |query| {
        assert_eq!(
            (query.since, query.organization),
            (scope.since, scope.organization)
        );
        let mut rest = decisions.iter();
        let next = rest.find(|decision| {
            let after = query.after;
            after.is_none_or(|(_, id)| decision.message_id > id)
        });
        Ok(DecisionPage {
            last: next.map(|next| (next.organization_id, next.message_id)),
            decisions: next.cloned().into_iter().collect(),
        })
    });
    let mut laws = MockLawRepository::new();
    laws.expect_find_law().times(1).returning(|hash| {
        Ok(Some(RuleSet {
            hash: hash.to_owned(),
            files: vec![("state_holidays.csv".to_owned(), other_holidays())],
        }))
    });
    ReplayDecisions::new(Arc::new(archive), Arc::new(laws))
}

fn candidate() -> Replay {
    let rules = RuleData::bundled().unwrap();
    let refusing = serde_json::json!({ "allowedStates": ["CT"] });
    Replay {
        candidate: Candidate {
            law: Some(rules),
            policy: serde_json::from_value(refusing).ok(),
        },
    }
}

#[tokio::test]
async fn every_page_is_judged_in_order_by_the_recorded_law_and_the_candidate() {
    let scope = ReplayScope {
        since: Some(fixtures::noon()),
        organization: Some(fixtures::organization_id()),
    };
    let replays = replays(vec![decision(1), decision(2), decision(3)], scope);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sees = Arc::clone(&seen);
    let observer = move |case: &sms_lab::StoredCase, _: &sms_lab::Replayed| {
        sees.lock().unwrap().push(case.message_id);
    };
    let found = replays
        .run(scope, candidate(), Box::new(observer))
        .await
        .unwrap();
    assert_eq!((found.decisions, found.code.same), (3, 3));
    assert_eq!(found.candidate.differing(), 3);
    let ids = [1, 2, 3].map(|id| MessageId::new(sequential_uuid(id)));
    assert_eq!(*seen.lock().unwrap(), ids);
}
