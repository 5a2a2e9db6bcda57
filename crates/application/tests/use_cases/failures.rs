//! What a provider's failure tells beyond its message.

use sms_application::ProviderFailures;
use sms_domain::change::SuppressionSource;
use sms_domain::decision::SuppressionScope;
use sms_domain::inbound::InboundFacts;
use sms_domain::message::{Evidence, EvidenceKind, Message, ProviderError, Route};
use sms_domain::numbers::{ProviderAccount, Trouble};
use sms_domain::ports::{FailureMeaning, Refusal, RefusalClass, SpamBlock};
use sms_testkit::{fixtures, sequential_uuid};

use crate::opt_out_world::{Desk, drained, inbound_facts};

fn error() -> ProviderError {
    ProviderError {
        code: "40300".to_owned(),
        message: "No.".to_owned(),
    }
}

fn sent() -> Message {
    let number = fixtures::number();
    let mut message = fixtures::message();
    message.route = Some(Route {
        number_id: number.id,
        from: number.phone,
        selection: None,
        ten_dlc_campaign_id: None,
        is_warmup: false,
        account: ProviderAccount::new("default"),
        messaging_profile_id: None,
    });
    message
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

fn troubles(desk: &Desk) -> Vec<Trouble> {
    drained(&desk.troubles)
        .iter()
        .map(|report| report.trouble)
        .collect()
}

#[tokio::test]
async fn a_block_on_a_shared_profile_closes_only_the_number() {
    let desk = Desk::default();
    refused(
        &desk.failures(None, Some(inbound_facts())),
        RefusalClass::OptedOut,
    )
    .await;
    let opt_out = drained(&desk.opt_outs).remove(0);
    assert_eq!(
        opt_out.scope,
        SuppressionScope::Number(fixtures::number_id())
    );
    assert_eq!(opt_out.source, SuppressionSource::Provider);
    assert_eq!(opt_out.phone, sent().submission.to);
}

#[tokio::test]
async fn a_block_on_the_organizations_own_profile_closes_the_organization() {
    let mut facts = inbound_facts();
    facts.number.is_profile_exclusive = true;
    let desk = Desk::default();
    refused(&desk.failures(None, Some(facts)), RefusalClass::OptedOut).await;
    assert_eq!(
        drained(&desk.opt_outs)[0].scope,
        SuppressionScope::Organization
    );
}

#[tokio::test]
async fn a_block_on_a_number_that_belongs_to_others_by_now_closes_only_the_number() {
    let mut facts = inbound_facts();
    facts.number.is_profile_exclusive = true;
    facts.organization_id = sms_domain::ids::OrganizationId::new(sequential_uuid(99));
    for facts in [Some(facts), None] {
        let desk = Desk::default();
        refused(&desk.failures(None, facts), RefusalClass::OptedOut).await;
        let opt_out = drained(&desk.opt_outs).remove(0);
        assert_eq!(
            opt_out.scope,
            SuppressionScope::Number(fixtures::number_id())
        );
        assert_eq!(opt_out.organization_id, fixtures::organization_id());
    }
}

#[tokio::test]
async fn an_opt_out_in_a_receipt_counts_as_one_in_an_answer() {
    let desk = Desk::default();
    let failures = desk.failures(Some(FailureMeaning::OptOut), Some(inbound_facts()));
    receipt(&failures, EvidenceKind::Failed).await;
    assert_eq!(drained(&desk.opt_outs).len(), 1);
    assert!(troubles(&desk).is_empty());
}

#[tokio::test]
async fn a_missing_registration_makes_the_numbers_registration_stale() {
    let desk = Desk::default();
    refused(&desk.failures(None, None), RefusalClass::Registration).await;
    let failures = desk.failures(Some(FailureMeaning::Unregistered), None);
    receipt(&failures, EvidenceKind::Undeliverable).await;
    assert_eq!(drained(&desk.stale).len(), 2);
}

#[tokio::test]
async fn a_spam_block_is_trouble_for_the_number() {
    for (block, trouble) in [
        (SpamBlock::Temporary, Trouble::SpamBlock),
        (SpamBlock::Permanent, Trouble::SpamBlockForGood),
    ] {
        let desk = Desk::default();
        let failures = desk.failures(Some(FailureMeaning::SpamBlock(block)), None);
        receipt(&failures, EvidenceKind::Undeliverable).await;
        assert_eq!(troubles(&desk), [Trouble::Undelivered, trouble]);
    }
}

#[tokio::test]
async fn a_landline_is_not_texted_again_and_is_no_fault_of_the_number() {
    let desk = Desk::default();
    let failures = desk.failures(Some(FailureMeaning::Landline), Some(inbound_facts()));
    receipt(&failures, EvidenceKind::Undeliverable).await;
    let opt_out = drained(&desk.opt_outs).remove(0);
    assert_eq!(opt_out.scope, SuppressionScope::Organization);
    assert_eq!(opt_out.reason, "landline: 40300");
    assert!(troubles(&desk).is_empty());
}

#[tokio::test]
async fn a_refused_number_is_in_trouble() {
    let desk = Desk::default();
    refused(&desk.failures(None, None), RefusalClass::Number).await;
    assert_eq!(troubles(&desk), [Trouble::Refused]);
}

#[tokio::test]
async fn trouble_is_named_by_message_and_attempt_so_that_it_counts_once() {
    let desk = Desk::default();
    let failures = desk.failures(None, None);
    receipt(&failures, EvidenceKind::Failed).await;
    receipt(&failures, EvidenceKind::Undeliverable).await;
    let reports = drained(&desk.troubles);
    assert_eq!(reports[0].reference, reports[1].reference);
    assert_eq!(reports[0].trouble, reports[1].trouble);
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
        let failures = desk.failures(Some(FailureMeaning::OptOut), Some(inbound_facts()));
        refused(&failures, class).await;
        assert!(drained(&desk.opt_outs).is_empty() && troubles(&desk).is_empty());
    }
}

#[tokio::test]
async fn a_delivered_message_tells_nothing_even_with_an_error() {
    let desk = Desk::default();
    let facts: Option<InboundFacts> = Some(inbound_facts());
    let failures = desk.failures(Some(FailureMeaning::OptOut), facts);
    receipt(&failures, EvidenceKind::Delivered).await;
    assert!(drained(&desk.opt_outs).is_empty() && troubles(&desk).is_empty());
}
