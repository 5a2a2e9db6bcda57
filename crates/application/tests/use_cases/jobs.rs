//! What is done again and again: the opt-out mirror and the watch over numbers; and replaying stored
//! events.

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use sms_application::{MirrorError, MirrorOptOuts, NumberWatch};
use sms_domain::facts::SuppressionScope;
use sms_domain::inbound::{ActiveSuppression, InboundFacts};
use sms_domain::lifecycle::{ProviderProfile, SuppressionSource};
use sms_domain::numbers::{
    HealthReason, NumberHealth, Owned, ReceiptCounts, ReputationEvent, ReputationReport,
};
use sms_domain::ports::{
    GatewayUnavailable, MockNumberRepository, MockOptOutFeed, OptOutOutcome, ProviderOptOut,
};
use sms_domain::values::ids::{OrganizationId, PhoneNumberId, SuppressionId};
use sms_domain::values::{Health, ProviderAccount};
use sms_testkit::{fixtures, sequential_uuid};
use tokio::sync::watch;

use crate::opt_out_world::{Desk, blocks, closed, drained, inbound_facts};
use crate::world::clock;

fn block() -> ProviderOptOut {
    ProviderOptOut {
        our_number: fixtures::number().phone,
        person: fixtures::phone("+14045550100"),
        messaging_profile_id: None,
        at: fixtures::noon() - TimeDelta::days(2),
    }
}

fn mirror(desk: &Desk, feed: MockOptOutFeed, facts: Option<InboundFacts>) -> MirrorOptOuts {
    mirror_over(desk, feed, facts, Vec::new())
}

/// `on_profile` send under whatever profile is blocked.
fn mirror_over(
    desk: &Desk,
    feed: MockOptOutFeed,
    facts: Option<InboundFacts>,
    on_profile: Vec<Owned>,
) -> MirrorOptOuts {
    let active = facts
        .as_ref()
        .map(|facts| facts.suppressions.clone())
        .unwrap_or_default();
    let list = desk.list_with(OptOutOutcome::Recorded, Vec::new(), active);
    let blocks = blocks(on_profile, desk.opt_outs(list));
    let inbound = Arc::new(desk.inbound(facts, Vec::new()));
    let accounts = [ProviderAccount::new("default")];
    MirrorOptOuts::new(Arc::new(feed), inbound, blocks, clock(), accounts)
}

fn listing(blocks: Vec<ProviderOptOut>) -> MockOptOutFeed {
    let mut feed = MockOptOutFeed::new();
    feed.expect_list_opt_outs()
        .returning(move |_, _| Ok(blocks.clone()));
    feed
}

#[tokio::test]
async fn a_block_that_only_the_provider_knows_becomes_ours_as_of_its_own_instant() {
    let desk = Desk::default();
    let mirror = mirror(&desk, listing(vec![block()]), Some(inbound_facts()));
    assert_eq!(mirror.mirror().await.unwrap(), 1);
    let opt_out = drained(&desk.opt_outs).remove(0);
    assert_eq!(opt_out.at, block().at);
    assert_eq!(opt_out.source, SuppressionSource::Provider);
    assert_eq!(opt_out.scope, SuppressionScope::Organization);
}

#[tokio::test]
async fn a_mirrored_block_on_a_shared_profile_closes_its_numbers_for_everybody() {
    let mut facts = inbound_facts();
    facts.number.messaging_profile_id = Some("now".to_owned());
    let other = OrganizationId::new(sequential_uuid(99));
    let on_profile = vec![
        (fixtures::organization_id(), fixtures::number_id()),
        (other, PhoneNumberId::new(sequential_uuid(98))),
    ];
    for profile in [None, Some("now"), Some("before")] {
        let desk = Desk::default();
        let block = ProviderOptOut {
            messaging_profile_id: profile.map(str::to_owned),
            ..block()
        };
        let (feed, shared) = (listing(vec![block]), on_profile.clone());
        let mirror = mirror_over(&desk, feed, Some(facts.clone()), shared);
        assert_eq!(mirror.mirror().await.unwrap(), 2, "{profile:?}");
        for opt_out in drained(&desk.opt_outs) {
            let closed = (opt_out.organization_id, opt_out.scope);
            let is_listed =
                |(owner, number): &Owned| closed == (*owner, SuppressionScope::Number(*number));
            assert!(on_profile.iter().any(is_listed), "{closed:?}");
        }
    }
}

#[tokio::test]
async fn a_block_that_we_know_or_that_is_about_a_strange_number_changes_nothing() {
    let known = ActiveSuppression {
        id: SuppressionId::new(sequential_uuid(1)),
        scope: SuppressionScope::Organization,
        source: SuppressionSource::Provider,
        profile: Some(ProviderProfile {
            account: ProviderAccount::new("default"),
            id: None,
        }),
        reason: None,
        at: block().at,
        renewed_at: block().at,
    };
    let closed = InboundFacts {
        suppressions: vec![known],
        ..inbound_facts()
    };
    for facts in [Some(closed), None] {
        let desk = Desk::default();
        let mirror = mirror(&desk, listing(vec![block()]), facts);
        assert_eq!(mirror.mirror().await.unwrap(), 0);
        assert!(drained(&desk.opt_outs).is_empty());
    }
}

#[tokio::test]
async fn a_block_is_recorded_beside_what_others_said() {
    let provider = ActiveSuppression {
        source: SuppressionSource::Provider,
        profile: Some(ProviderProfile {
            account: ProviderAccount::new("default"),
            id: Some("profile".to_owned()),
        }),
        at: block().at,
        renewed_at: block().at,
        ..closed()
    };
    let mut others = Vec::new();
    for source in SuppressionSource::ALL {
        others.push(ActiveSuppression {
            source: *source,
            profile: None,
            ..provider.clone()
        });
    }
    // Of another profile, and one that was said before.
    others.push(ActiveSuppression {
        profile: Some(ProviderProfile {
            account: ProviderAccount::new("default"),
            id: Some("another".to_owned()),
        }),
        ..provider.clone()
    });
    others.push(ActiveSuppression {
        renewed_at: block().at - TimeDelta::seconds(1),
        ..provider.clone()
    });
    for (entry, is_new) in others
        .into_iter()
        .map(|entry| (entry, true))
        .chain([(provider, false)])
    {
        let desk = Desk::default();
        let facts = InboundFacts {
            suppressions: vec![entry.clone()],
            ..inbound_facts()
        };
        let block = ProviderOptOut {
            messaging_profile_id: Some("profile".to_owned()),
            ..block()
        };
        let mirror = mirror(&desk, listing(vec![block]), Some(facts));
        assert_eq!(
            mirror.mirror().await.unwrap(),
            usize::from(is_new),
            "{entry:?}"
        );
    }
}

#[tokio::test]
async fn the_whole_list_is_read_at_first_and_then_what_is_new() {
    let desk = Desk::default();
    let asked = Arc::<Mutex<Vec<_>>>::default();
    let mut feed = MockOptOutFeed::new();
    let log = Arc::clone(&asked);
    feed.expect_list_opt_outs().returning(move |_, since| {
        log.lock().unwrap().push(since);
        Ok(vec![block()])
    });
    let mirror = mirror(&desk, feed, None);
    mirror.mirror().await.unwrap();
    mirror.mirror().await.unwrap();
    assert_eq!(
        *asked.lock().unwrap(),
        [None, Some(block().at - TimeDelta::hours(1))]
    );
}

#[tokio::test]
async fn a_list_that_cannot_be_read_is_an_error_and_is_read_whole_the_next_time() {
    let desk = Desk::default();
    let mut feed = MockOptOutFeed::new();
    feed.expect_list_opt_outs()
        .withf(|_, since| since.is_none())
        .times(2)
        .returning(|_, _| Err(GatewayUnavailable("down".to_owned())));
    let mirror = mirror(&desk, feed, None);
    for _ in 0..2 {
        assert!(matches!(
            mirror.mirror().await,
            Err(MirrorError::Gateway(_))
        ));
    }
}

#[tokio::test]
async fn the_mirror_runs_again_and_again_until_it_is_stopped() {
    let (passes, mut passed) = watch::channel(0);
    let mut feed = MockOptOutFeed::new();
    feed.expect_list_opt_outs().returning(move |_, _| {
        passes.send_modify(|count| *count += 1);
        Ok(Vec::new())
    });
    let desk = Desk::default();
    let clock = clock();
    let inbound = Arc::new(desk.inbound(None, Vec::new()));
    let opt_outs = desk.opt_outs(desk.list(OptOutOutcome::Recorded, Vec::new()));
    let accounts = [ProviderAccount::new("default")];
    let blocks = blocks(Vec::new(), opt_outs);
    let mirror = MirrorOptOuts::new(Arc::new(feed), inbound, blocks, clock.clone(), accounts);
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(async move { mirror.run(stopped).await });
    passed.wait_for(|count| *count == 1).await.unwrap();
    clock.advance(MirrorOptOuts::EVERY);
    passed.wait_for(|count| *count == 2).await.unwrap();
    stop.send(true).unwrap();
    running.await.unwrap();
}

fn burnt() -> NumberHealth {
    NumberHealth {
        organization_id: fixtures::organization_id(),
        number_id: fixtures::number_id(),
        health: Health::Healthy,
        since: fixtures::noon() - TimeDelta::days(9),
        cooling_until: None,
        warm_up: None,
        receipts: ReceiptCounts {
            permanent_spam_blocks: 1,
            ..ReceiptCounts::default()
        },
    }
}

fn burning(desk: &Desk) -> MockNumberRepository {
    let mut numbers = desk.numbers(vec![burnt()]);
    numbers
        .expect_change_health()
        .withf(|_, seen, change, _| {
            let expected = (Health::Suspended, HealthReason::PermanentSpamBlock);
            *seen == Health::Healthy && (change.to, change.reason) == expected
        })
        .times(1)
        .returning(|_, _, _, _| Ok(true));
    numbers
}

#[tokio::test]
async fn a_reputation_event_changes_the_numbers_health_at_once_and_only_once() {
    let desk = Desk::default();
    let watch = NumberWatch::new(Arc::new(burning(&desk)), clock());
    let report = ReputationReport {
        organization_id: fixtures::organization_id(),
        number_id: fixtures::number_id(),
        event: ReputationEvent::SpamBlockForGood,
        at: fixtures::noon(),
        reference: "m/1".to_owned(),
    };
    watch.report(report.clone()).await.unwrap();
    watch.report(report).await.unwrap();
}

#[tokio::test]
async fn all_numbers_are_looked_at_from_time_to_time() {
    let desk = Desk::default();
    let watch = NumberWatch::new(Arc::new(burning(&desk)), clock());
    assert_eq!(watch.look().await.unwrap(), 1);
}
