//! The list as the business keeps it, over mocked ports.

use std::sync::Arc;

use sms_application::{KeepSuppressions, OptOuts, PersonRequest, ReleaseError, SuppressionService};
use sms_domain::facts::SuppressionScope;
use sms_domain::lifecycle::SuppressionSource;
use sms_domain::ports::{
    MockMessageRepository, MockOptOutRepository, MockReviewRepository, MockSuppressionRepository,
    OptOutOutcome, SuppressionEntry,
};
use sms_domain::values::ids::{CampaignId, SuppressionId};
use sms_testkit::fixtures::{noon, operator, organization_id, phone};
use sms_testkit::sequential_uuid;

use crate::world::{clock, ids};

fn entry(n: u64, source: SuppressionSource) -> SuppressionEntry {
    SuppressionEntry {
        organization_id: organization_id(),
        id: SuppressionId::new(sequential_uuid(n)),
        phone: phone("+14045550100"),
        scope: SuppressionScope::Organization,
        source,
        reason: None,
        recipient: None,
        created_at: noon(),
        created_by: None,
        released_at: None,
        released_by: None,
        release_reason: None,
    }
}

fn released(n: u64, source: SuppressionSource) -> SuppressionEntry {
    SuppressionEntry {
        released_at: Some(noon()),
        ..entry(n, source)
    }
}

fn person() -> PersonRequest {
    PersonRequest {
        organization_id: organization_id(),
        phone: phone("+14045550100"),
        reason: Some("asked".to_owned()),
        recipient: Some("crm-7".to_owned()),
        by: operator(),
    }
}

/// The use case over a list with these entries, and the ports of the opt-out list.
fn keeping(
    entries: Vec<SuppressionEntry>,
    list: impl Fn(&mut MockOptOutRepository),
) -> KeepSuppressions {
    let mut looking = MockSuppressionRepository::new();
    let all = entries.clone();
    looking
        .expect_suppressions_of()
        .returning(move |_, _, _| Ok(all.clone()));
    looking.expect_find_suppression().returning(move |_, id| {
        let found = entries.iter().find(|entry| entry.id == id).cloned();
        Ok(found.map(|entry| SuppressionEntry {
            released_at: Some(noon()),
            ..entry
        }))
    });
    let mut opt_outs = MockOptOutRepository::new();
    list(&mut opt_outs);
    let opt_outs = Arc::new(opt_outs);
    let reviews = Arc::new(MockReviewRepository::new());
    let messages = Arc::new(MockMessageRepository::new());
    let keeper = OptOuts::new(opt_outs.clone(), reviews, messages, clock(), ids());
    KeepSuppressions::new(keeper, opt_outs, Arc::new(looking), clock())
}

#[tokio::test]
async fn the_business_closes_everything_in_its_own_name() {
    let keeping = keeping(
        vec![
            entry(1, SuppressionSource::Inbound),
            entry(2, SuppressionSource::Operator),
        ],
        |list| {
            list.expect_record_opt_out().once().returning(|change| {
                assert_eq!(change.source, SuppressionSource::Operator);
                assert_eq!(change.scope, SuppressionScope::Organization);
                assert_eq!(
                    (change.reason.as_str(), change.by),
                    ("asked", Some(operator()))
                );
                assert_eq!(change.recipient.as_deref(), Some("crm-7"));
                Ok(OptOutOutcome::Recorded)
            });
            list.expect_active().returning(|_, _| Ok(Vec::new()));
        },
    );
    let made = keeping.suppress(person()).await.unwrap();
    assert_eq!(made.id, entry(2, SuppressionSource::Operator).id);
}

#[tokio::test]
async fn only_the_business_own_entry_is_released() {
    let keeping = keeping(
        vec![
            entry(1, SuppressionSource::Inbound),
            entry(2, SuppressionSource::Operator),
        ],
        |list| {
            list.expect_release().once().returning(|change| {
                assert_eq!(change.only, Some(entry(2, SuppressionSource::Operator).id));
                assert_eq!(change.reason.as_deref(), Some("asked"));
                Ok(1)
            });
        },
    );
    let opened = keeping.release(person()).await.unwrap();
    assert_eq!(opened.released_at, Some(noon()));
    let closed = keeping
        .closed_by(organization_id(), &person().phone)
        .await
        .unwrap();
    assert_eq!(closed.unwrap().source, SuppressionSource::Inbound);
}

#[tokio::test]
async fn what_others_closed_is_refused_with_what_it_is() {
    for source in [
        SuppressionSource::Inbound,
        SuppressionSource::Provider,
        SuppressionSource::Import,
    ] {
        let before = released(2, SuppressionSource::Operator);
        let keeping = keeping(vec![entry(1, source), before], |_| {});
        let refused = keeping.release(person()).await;
        let Err(ReleaseError::NotOurs(theirs)) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(theirs.source, source);
    }
}

#[tokio::test]
async fn releasing_again_changes_nothing_and_nothing_is_released_where_nothing_was() {
    let before = released(2, SuppressionSource::Operator);
    let again = keeping(vec![before.clone()], |_| {})
        .release(person())
        .await;
    assert_eq!(again.unwrap(), before);
    let of_campaign = SuppressionEntry {
        scope: SuppressionScope::Campaign(CampaignId::new(sequential_uuid(9))),
        ..entry(1, SuppressionSource::Operator)
    };
    for entries in [Vec::new(), vec![of_campaign]] {
        let refused = keeping(entries, |_| {}).release(person()).await;
        assert!(matches!(refused, Err(ReleaseError::Nothing)));
    }
}
