//! `FactsRepository`.

use std::time::Duration;

use chrono::TimeDelta;
use sms_domain::facts::{
    Consent, ConsentBasis, Lead, Policy, Registration, SuppressionScope, WalletFacts,
};
use sms_domain::ports::{
    FactsRepository, FactsRequest, Replay, Seed, SeedCampaign, SeedRepository, SeedSource,
    SeedSuppression,
};
use sms_domain::values::billing::Money;
use sms_domain::values::ids::{
    CampaignId, ConversationId, OrganizationId, SourceId, SuppressionId, UserId,
};
use sms_domain::values::{CounterKind, PersonName};
use sms_testkit::fixtures::{instant, noon, number_id, operator, organization_id};

use crate::changes::{key, message_id, queued};
use crate::support::{
    Store, conversation, lead, other_organization, phone, request, seed_of, uuid,
};

/// A campaign without limits.
fn seed_campaign(organization_id: OrganizationId, id: CampaignId) -> SeedCampaign {
    SeedCampaign {
        organization_id,
        id,
        name: "Spring".to_owned(),
        brand_id: None,
        ten_dlc_campaign_id: None,
        registration: Registration::Approved,
        minute_limit: None,
        daily_limit: None,
    }
}

#[tokio::test]
async fn a_conversation_gives_the_facts_about_everybody_in_it() {
    let store = Store::new().await;
    let context = store.context(1).await;
    assert_eq!(context.org.organization_id, organization_id());
    assert_eq!(context.org.numbers.len(), 1);
    assert_eq!(context.org.default_number, Some(number_id()));
    let message = context.message;
    assert_eq!(message.conversation.id, conversation(1));
    assert!(message.conversation.is_first_message);
    assert_eq!((message.lead.id, message.lead.phone), (lead(1), phone(1)));
    assert_eq!(message.recipient.version, 0);
    let balance = Money::from_micros(10_000_000);
    assert_eq!(
        message.wallet,
        WalletFacts {
            balance,
            held: Money::ZERO
        }
    );
}

#[tokio::test]
async fn an_unknown_conversation_has_no_context() {
    let store = Store::new().await;
    let unknown = ConversationId::new(uuid(9, 9));
    let facts = store
        .load(FactsRequest {
            conversation_id: unknown,
            ..request(1)
        })
        .await;
    assert!(facts.context.is_none() && facts.message.is_none() && facts.replay.is_none());
}

#[tokio::test]
async fn another_organizations_things_look_unknown() {
    let store = Store::new().await;
    let mut seed = seed_of(other_organization());
    seed.organizations[0].default_number_id = None;
    seed.numbers.clear();
    seed.leads.clear();
    seed.conversations.clear();
    store.seed(&seed).await;
    let mut change = queued(1);
    change.idempotency = key("order-7");
    store.commit(change).await.unwrap();
    let theirs = store
        .load(FactsRequest {
            organization_id: other_organization(),
            message_id: Some(message_id(1)),
            idempotency_key: Some("order-7".to_owned()),
            ..request(1)
        })
        .await;
    assert!(theirs.context.is_none());
    assert_eq!((theirs.message, theirs.replay), (None, None));
}

#[tokio::test]
async fn answers_come_in_the_order_of_the_requests() {
    let store = Store::new().await;
    let message = store.queue(3).await;
    let unknown = FactsRequest {
        conversation_id: ConversationId::new(uuid(9, 9)),
        ..request(1)
    };
    let with_message = FactsRequest {
        message_id: Some(message.id),
        ..request(3)
    };
    let requests = vec![request(2), unknown, with_message, request(2)];
    let facts = store.pg.load(requests).await.unwrap();
    let conversations: Vec<_> = facts
        .iter()
        .map(|facts| {
            facts
                .context
                .as_ref()
                .map(|context| context.message.conversation.id)
        })
        .collect();
    let expected = [
        Some(conversation(2)),
        None,
        Some(conversation(3)),
        Some(conversation(2)),
    ];
    assert_eq!(conversations, expected);
    assert_eq!(facts[2].message.as_ref(), Some(&message));
    assert_eq!(facts[3].message, None);
}

#[tokio::test]
async fn the_facts_still_count_the_message_itself() {
    let store = Store::new().await;
    let message = store.queue(1).await;
    let facts = store
        .load(FactsRequest {
            message_id: Some(message.id),
            ..request(1)
        })
        .await;
    let context = facts.context.unwrap();
    assert_eq!(context.message.wallet.held, message.billing.hold);
    assert_eq!(context.message.recipient.version, 1);
    let reservation = message.reservation.unwrap();
    let usage = &context.org.numbers[0].usage;
    assert_eq!(usage.used(CounterKind::Hour, reservation.hour_start), 1);
    assert_eq!(usage.used(CounterKind::Day, reservation.day_start), 1);
    assert_eq!(context.org.numbers[0].last_used_at, Some(noon()));
    let without = message.left_out_of(context);
    assert_eq!(without.message.wallet.held, Money::ZERO);
    assert!(without.message.recipient.recent.is_empty());
}

#[tokio::test]
async fn a_number_shows_its_newest_windows() {
    let store = Store::new().await;
    let window = |kind: &str, start: &str, used: u32| {
        format!(
            "('{}', '{}', '{kind}', '{start}', {used})",
            organization_id(),
            number_id()
        )
    };
    let hours = (0..10).map(|hour| window("hour", &format!("2026-03-03 {hour:02}:00Z"), hour));
    let days = (1..10).map(|day| window("day", &format!("2026-02-{day:02} 08:00Z"), day));
    let rows: Vec<String> = hours.chain(days).collect();
    store
        .execute(&format!(
            "INSERT INTO counters (organization_id, number_id, kind, window_start, used) VALUES {}",
            rows.join(", ")
        ))
        .await;
    let usage = store.context(1).await.org.numbers[0].usage.clone();
    assert_eq!(
        usage.used(CounterKind::Hour, instant("2026-03-03T09:00:00Z")),
        9
    );
    assert_eq!(
        usage.used(CounterKind::Hour, instant("2026-03-03T08:00:00Z")),
        8
    );
    assert_eq!(
        usage.used(CounterKind::Day, instant("2026-02-09T08:00:00Z")),
        9
    );
    assert_eq!(
        usage.used(CounterKind::Hour, instant("2026-03-03T00:00:00Z")),
        0
    );
}

#[tokio::test]
async fn an_unexpired_key_is_answered_with_its_message_as_it_is_now() {
    let store = Store::new().await;
    let mut change = queued(1);
    change.idempotency = key("order-7");
    let record = change.idempotency.clone().unwrap();
    let message = store.commit(change).await.unwrap();
    let with_key = FactsRequest {
        idempotency_key: Some("order-7".to_owned()),
        ..request(2)
    };
    let replay = store.load(with_key.clone()).await.replay;
    let expected = Replay {
        request_hash: record.request_hash,
        hash_version: record.hash_version,
        message,
    };
    assert_eq!(replay, Some(expected));
    let later = FactsRequest {
        now: record.expires_at,
        ..with_key
    };
    assert_eq!(
        store.load(later).await.replay,
        None,
        "it expires at its last instant"
    );
}

#[tokio::test]
async fn active_opt_outs_are_part_of_the_facts_with_their_scope() {
    let store = Store::new().await;
    let campaign = CampaignId::new(uuid(8, 1));
    let number = number_id();
    let entry = |n, campaign_id, number_id| SeedSuppression {
        organization_id: organization_id(),
        id: SuppressionId::new(uuid(6, n)),
        phone: phone(1),
        campaign_id,
        number_id,
    };
    let suppressions = vec![
        entry(1, None, None),
        entry(2, Some(campaign), None),
        entry(3, None, Some(number)),
    ];
    let campaigns = vec![seed_campaign(organization_id(), campaign)];
    store
        .seed(&Seed {
            campaigns,
            suppressions,
            ..Seed::default()
        })
        .await;
    assert_eq!(
        store.scopes(1).await,
        [
            SuppressionScope::Organization,
            SuppressionScope::Campaign(campaign),
            SuppressionScope::Number(number)
        ]
    );
    assert_eq!(store.scopes(2).await, []);
    store
        .execute("UPDATE suppressions SET released_at = created_at")
        .await;
    assert_eq!(store.scopes(1).await, []);
}

#[tokio::test]
async fn an_organization_is_known_with_its_own_campaigns_and_sources() {
    let store = Store::new().await;
    let (campaign, source) = (CampaignId::new(uuid(8, 1)), SourceId::new(uuid(8, 2)));
    for organization_id in [organization_id(), other_organization()] {
        let mut seed = seed_of(organization_id);
        seed.numbers.clear();
        seed.organizations[0].default_number_id = None;
        seed.sources.push(SeedSource {
            organization_id,
            id: source,
            name: "Web form".to_owned(),
            is_imported: false,
        });
        seed.campaigns
            .push(seed_campaign(organization_id, campaign));
        store.seed(&seed).await;
    }
    let org = store.context(1).await.org;
    let campaigns: Vec<CampaignId> = org.campaigns.iter().map(|campaign| campaign.id).collect();
    assert_eq!(
        (campaigns.as_slice(), org.sources.as_slice()),
        ([campaign].as_slice(), [source].as_slice())
    );
}

#[tokio::test]
async fn a_lead_is_read_as_it_was_written_and_an_imported_one_is_known_by_its_source() {
    let store = Store::new().await;
    let source = SeedSource {
        organization_id: organization_id(),
        id: SourceId::new(uuid(8, 3)),
        name: "A list".to_owned(),
        is_imported: true,
    };
    let campaign = seed_campaign(organization_id(), CampaignId::new(uuid(8, 4)));
    // Every field has a value of its own, so that each is seen to be written and read.
    let lead = Lead {
        organization_id: organization_id(),
        id: lead(1),
        name: Some(PersonName::new("Ann Lee")),
        phone: phone(1),
        state: Some("FL".to_owned()),
        postal_code: Some("33101".to_owned()),
        consent: Some(Consent::new(
            ConsentBasis::Express,
            noon() - TimeDelta::days(3),
        )),
        assigned_number_id: Some(number_id()),
        owner_id: Some(UserId::new(uuid(8, 5))),
        source_id: Some(source.id),
        campaign_id: Some(campaign.id),
        is_archived: true,
        last_purchase_at: Some(noon() - TimeDelta::days(9)),
    };
    store
        .seed(&Seed {
            campaigns: vec![campaign],
            sources: vec![source],
            leads: vec![lead.clone()],
            ..Seed::default()
        })
        .await;
    let facts = store.context(1).await.message;
    assert!(facts.is_lead_imported);
    assert_eq!(facts.lead, lead);
}

#[tokio::test]
async fn a_conversation_has_had_its_first_message_once_one_was_accepted() {
    let store = Store::new().await;
    store.start(1).await;
    assert!(store.context(1).await.message.conversation.is_first_message);
    store.send(2).await;
    assert!(!store.context(2).await.message.conversation.is_first_message);
}

#[tokio::test]
async fn facts_that_must_be_fresh_do_not_come_from_the_cache() {
    let store = Store::new().await;
    let pg = store.second_process(Duration::from_secs(1)).await;
    pg.load(vec![request(1)]).await.unwrap();
    let mut seed = seed_of(organization_id());
    seed.organizations[0].policy = Policy {
        default_daily_cap: 1,
        ..Policy::default()
    };
    store.seed(&seed).await;
    let fresh = FactsRequest {
        must_be_fresh: true,
        ..request(1)
    };
    let facts = pg.load(vec![fresh]).await.unwrap().remove(0);
    let org = facts.context.unwrap().org;
    assert_eq!((org.policy.default_daily_cap, org.policy_version), (1, 2));
}

#[tokio::test]
async fn facts_are_fresh_after_this_process_seeded() {
    let store = Store::new().await;
    let pg = store.second_process(Duration::from_secs(1)).await;
    pg.load(vec![request(1)]).await.unwrap();
    let mut seed = seed_of(organization_id());
    seed.organizations[0].name = "New Name".to_owned();
    pg.apply(&seed, noon(), &operator()).await.unwrap();
    let facts = pg.load(vec![request(1)]).await.unwrap().remove(0);
    assert_eq!(facts.context.unwrap().org.name, "New Name");
}

#[tokio::test]
async fn an_impossible_row_is_named_and_not_guessed() {
    let store = Store::new().await;
    store
        .execute("UPDATE organizations SET policy = '{\"noSuchChoice\": 1}'")
        .await;
    let error = store.pg.load(vec![request(1)]).await.unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    let place = format!(
        "impossible row {} in organizations: policy",
        organization_id()
    );
    assert!(cause.starts_with(&place), "{cause}");
}

#[tokio::test]
async fn a_recipient_that_is_a_number_of_any_organization_is_one_of_ours() {
    let store = Store::new().await;
    assert!(!store.context(1).await.message.recipient.is_own_number);
    store
        .execute(
            "INSERT INTO phone_directory (e164, organization_id, number_id)
             SELECT phone, gen_random_uuid(), gen_random_uuid() FROM leads ORDER BY id OFFSET 1 LIMIT 1",
        )
        .await;
    let own = store.context(1).await.message.recipient.is_own_number;
    let others = store.context(2).await.message.recipient.is_own_number;
    assert!(own != others, "{own} {others}");
}
