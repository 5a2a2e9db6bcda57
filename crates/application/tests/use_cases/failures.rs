//! What a provider's failure tells beyond its message.

use chrono::TimeDelta;
use sms_application::ProviderFailures;
use sms_domain::carrier::{
    Evidence, EvidenceKind, FailureMeaning, Limit, ProviderError, Refusal, RefusalClass, SpamBlock,
};
use sms_domain::facts::SuppressionScope;
use sms_domain::lifecycle::SuppressionSource;
use sms_domain::message::{Message, Route, SendingPhase, State};
use sms_domain::numbers::{Owned, PacedLane, ReputationEvent};
use sms_domain::values::ids::{CampaignId, OrganizationId, PhoneNumberId};
use sms_domain::values::{CampaignShare, ProviderAccount, Reservation};
use sms_testkit::fixtures::altered;
use sms_testkit::{fixtures, sequential_uuid};

use crate::opt_out_world::{Desk, drained};

fn error() -> ProviderError {
    ProviderError {
        code: "40300".to_owned(),
        message: "No.".to_owned(),
    }
}

fn sent() -> Message {
    sent_from(ProviderAccount::new("default"))
}

fn sent_from(account: ProviderAccount) -> Message {
    let sending = fixtures::message_in(State::Sending(SendingPhase::Calling));
    altered(&sending, |message| {
        message.route = Some(Route {
            account,
            ..fixtures::route()
        });
    })
}

async fn refused(failures: &ProviderFailures, class: RefusalClass) {
    let refusal = Refusal {
        class,
        error: error(),
        retry_after: None,
    };
    failures
        .after_refusal(&sent(), 1, &refusal, fixtures::noon())
        .await
        .unwrap();
}

async fn receipt(failures: &ProviderFailures, kind: EvidenceKind) {
    let evidence = Evidence {
        kind,
        occurred_at: fixtures::noon(),
        event_id: "e-1".to_owned(),
        provider_message_id: None,
        parts: None,
        error: Some(error()),
    };
    failures
        .after_evidence(&sent(), 1, &evidence)
        .await
        .unwrap();
}

fn reputation(desk: &Desk) -> Vec<ReputationEvent> {
    drained(&desk.reputation)
        .iter()
        .map(|report| report.event)
        .collect()
}

fn closed(desk: &Desk) -> Vec<(OrganizationId, SuppressionScope)> {
    drained(&desk.opt_outs)
        .iter()
        .map(|change| (change.organization_id, change.scope))
        .collect()
}

/// Numbers of two organizations.
fn shared() -> Vec<Owned> {
    let other = OrganizationId::new(sequential_uuid(99));
    vec![
        (fixtures::organization_id(), fixtures::number_id()),
        (other, PhoneNumberId::new(sequential_uuid(98))),
    ]
}

#[tokio::test]
async fn a_block_on_a_profile_that_is_not_known_to_be_shared_closes_the_organization() {
    let own = vec![(fixtures::organization_id(), fixtures::number_id())];
    for on_profile in [Vec::new(), own] {
        let desk = Desk::default();
        let failures = desk.failures(None, on_profile);
        refused(&failures, RefusalClass::OptedOut).await;
        let opt_out = drained(&desk.opt_outs).remove(0);
        assert_eq!(opt_out.scope, SuppressionScope::Organization);
        assert_eq!(opt_out.source, SuppressionSource::Provider);
        assert_eq!(opt_out.phone, sent().submission.to);
    }
}

#[tokio::test]
async fn a_block_on_a_shared_profile_closes_its_numbers_for_everybody() {
    let desk = Desk::default();
    let message = altered(&sent(), |message| {
        let route = message.route.as_mut().unwrap();
        route.messaging_profile_id = Some("shared".to_owned());
    });
    let refusal = Refusal {
        class: RefusalClass::OptedOut,
        error: error(),
        retry_after: None,
    };
    let failures = desk.failures(None, shared());
    failures
        .after_refusal(&message, 1, &refusal, fixtures::noon())
        .await
        .unwrap();
    let numbers = |(owner, number)| (owner, SuppressionScope::Number(number));
    let mut expected: Vec<_> = shared().into_iter().map(numbers).collect();
    expected.sort_by_key(|(owner, _)| *owner);
    assert_eq!(closed(&desk), expected);
}

#[tokio::test]
async fn a_profile_that_is_not_known_is_not_taken_for_a_shared_one() {
    let desk = Desk::default();
    let failures = desk.failures(None, shared());
    refused(&failures, RefusalClass::OptedOut).await;
    let whole = (fixtures::organization_id(), SuppressionScope::Organization);
    assert_eq!(closed(&desk), [whole]);
}

#[tokio::test]
async fn an_opt_out_in_a_receipt_counts_as_one_in_an_answer() {
    let desk = Desk::default();
    let failures = desk.failures(Some(FailureMeaning::OptOut), Vec::new());
    receipt(&failures, EvidenceKind::Failed).await;
    assert_eq!(drained(&desk.opt_outs).len(), 1);
    assert!(reputation(&desk).is_empty());
}

#[tokio::test]
async fn a_missing_registration_makes_the_numbers_registration_stale() {
    let desk = Desk::default();
    refused(&desk.failures(None, Vec::new()), RefusalClass::Registration).await;
    let failures = desk.failures(Some(FailureMeaning::Unregistered), Vec::new());
    receipt(&failures, EvidenceKind::Undeliverable).await;
    assert_eq!(drained(&desk.stale).len(), 2);
}

#[tokio::test]
async fn a_spam_block_is_a_reputation_event_of_the_number() {
    for (block, event) in [
        (SpamBlock::Temporary, ReputationEvent::SpamBlock),
        (SpamBlock::Permanent, ReputationEvent::SpamBlockForGood),
    ] {
        let desk = Desk::default();
        let failures = desk.failures(Some(FailureMeaning::SpamBlock(block)), Vec::new());
        receipt(&failures, EvidenceKind::Undeliverable).await;
        assert_eq!(reputation(&desk), [ReputationEvent::Undelivered, event]);
    }
}

#[tokio::test]
async fn a_landline_is_not_texted_again_and_is_no_fault_of_the_number() {
    let desk = Desk::default();
    let failures = desk.failures(Some(FailureMeaning::Landline), Vec::new());
    receipt(&failures, EvidenceKind::Undeliverable).await;
    let opt_out = drained(&desk.opt_outs).remove(0);
    assert_eq!(opt_out.scope, SuppressionScope::Organization);
    assert_eq!(opt_out.reason, "landline: 40300");
    assert!(reputation(&desk).is_empty());
}

#[tokio::test]
async fn what_the_simulator_says_of_a_person_closes_its_number_alone() {
    let own = (
        fixtures::organization_id(),
        SuppressionScope::Number(fixtures::number_id()),
    );
    let message = sent_from(ProviderAccount::new(ProviderAccount::SIMULATOR));
    for class in [RefusalClass::OptedOut, RefusalClass::Message] {
        let desk = Desk::default();
        let failures = desk.failures(Some(FailureMeaning::Landline), shared());
        let refusal = Refusal {
            class,
            error: error(),
            retry_after: None,
        };
        failures
            .after_refusal(&message, 1, &refusal, fixtures::noon())
            .await
            .unwrap();
        assert_eq!(closed(&desk), [own], "{class:?}");
    }
}

#[tokio::test]
async fn a_refused_number_is_a_reputation_event() {
    let desk = Desk::default();
    refused(&desk.failures(None, Vec::new()), RefusalClass::Number).await;
    assert_eq!(reputation(&desk), [ReputationEvent::Refused]);
}

#[tokio::test]
async fn a_reputation_event_is_named_by_message_and_attempt_so_that_it_counts_once() {
    let desk = Desk::default();
    let failures = desk.failures(None, Vec::new());
    receipt(&failures, EvidenceKind::Failed).await;
    receipt(&failures, EvidenceKind::Undeliverable).await;
    let reports = drained(&desk.reputation);
    assert_eq!(reports[0].reference, reports[1].reference);
    assert_eq!(reports[0].event, reports[1].event);
}

#[tokio::test]
async fn what_is_our_accounts_or_passes_says_nothing_about_person_and_number() {
    for class in [
        RefusalClass::Account,
        RefusalClass::SpendLimit,
        RefusalClass::Transient,
        RefusalClass::Malformed,
    ] {
        let desk = Desk::default();
        let failures = desk.failures(Some(FailureMeaning::OptOut), Vec::new());
        refused(&failures, class).await;
        assert!(drained(&desk.opt_outs).is_empty() && reputation(&desk).is_empty());
    }
}

#[tokio::test]
async fn a_delivered_message_tells_nothing_even_with_an_error() {
    let desk = Desk::default();
    let failures = desk.failures(Some(FailureMeaning::OptOut), Vec::new());
    receipt(&failures, EvidenceKind::Delivered).await;
    assert!(drained(&desk.opt_outs).is_empty() && reputation(&desk).is_empty());
}

#[tokio::test]
async fn too_much_at_once_slows_what_sent_it_and_is_no_reputation_event() {
    let number = PacedLane::Number(fixtures::organization_id(), fixtures::number_id());
    for (limit, slower) in [
        (Limit::Number, Some(number)),
        // The message belongs to no campaign.
        (Limit::Campaign, Some(number)),
        (Limit::BrandDay, None),
        (Limit::Account, None),
    ] {
        let desk = Desk::default();
        let failures = desk.failures(Some(FailureMeaning::SlowDown(limit)), Vec::new());
        refused(&failures, RefusalClass::SlowDown(limit)).await;
        receipt(&failures, EvidenceKind::Throttled).await;
        let expected = Vec::from_iter(slower.into_iter().chain(slower));
        assert_eq!(drained(&desk.slowed), expected, "{limit:?}");
        assert!(reputation(&desk).is_empty() && drained(&desk.opt_outs).is_empty());
    }
}

#[tokio::test]
async fn the_numbers_of_a_campaign_are_slowed_together() {
    let desk = Desk::default();
    let campaign_id = CampaignId::new(sequential_uuid(5));
    let reservation = Reservation {
        number_id: fixtures::number_id(),
        hour_start: fixtures::noon(),
        hour_limit: None,
        day_start: fixtures::noon(),
        day_limit: None,
        campaign: Some(CampaignShare {
            campaign_id,
            segments: 1,
            day_limit: None,
        }),
    };
    let message = altered(&sent(), |message| message.reservation = Some(reservation));
    let refusal = Refusal {
        class: RefusalClass::SlowDown(Limit::Campaign),
        error: error(),
        retry_after: None,
    };
    let failures = desk.failures(None, Vec::new());
    failures
        .after_refusal(&message, 1, &refusal, fixtures::noon())
        .await
        .unwrap();
    let campaign = PacedLane::Campaign(fixtures::organization_id(), campaign_id);
    assert_eq!(drained(&desk.slowed), [campaign]);
}

#[tokio::test]
async fn word_of_what_was_too_much_long_ago_slows_nothing() {
    let desk = Desk::default();
    let refusal = Refusal {
        class: RefusalClass::SlowDown(Limit::Number),
        error: error(),
        retry_after: None,
    };
    let failures = desk.failures(None, Vec::new());
    let long_ago = fixtures::noon() - TimeDelta::minutes(11);
    failures
        .after_refusal(&sent(), 1, &refusal, long_ago)
        .await
        .unwrap();
    assert!(drained(&desk.slowed).is_empty());
}
