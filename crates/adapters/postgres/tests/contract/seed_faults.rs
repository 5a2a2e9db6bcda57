//! What `SeedRepository` refuses, all of it at once, and what it warns of.

use sms_domain::ports::{Seed, SeedRepository};
use sms_domain::values::billing::{Money, Rate};
use sms_domain::values::ids::{CampaignId, PhoneNumberId, SourceId};
use sms_testkit::fixtures::{noon, number_id, operator, organization_id};

use crate::seed::{everything, refusal, suppression};
use crate::support::{Store, other_organization, seed_number, seed_of, uuid};

#[tokio::test]
async fn everything_that_is_wrong_is_named_at_once_and_nothing_is_written() {
    let store = Store::empty().await;
    let unknown = uuid(9, 9);
    let mut seed = everything();
    seed.organizations[0].rate = Rate::per_segment(Money::from_micros(-1));
    seed.campaigns[0].minute_limit = Some(0);
    seed.numbers[0].source_id = Some(SourceId::new(unknown));
    seed.leads[0].campaign_id = Some(CampaignId::new(unknown));
    seed.leads[1].source_id = Some(SourceId::new(unknown));
    seed.suppressions[0].number_id = Some(PhoneNumberId::new(unknown));
    seed.top_ups[0].organization_id = other_organization();
    let problem = refusal(&store, &seed).await;
    for place in [
        "organizations[0].rate",
        "campaigns[0].minuteLimit",
        "numbers[0].sourceId",
        "leads[0].campaignId",
        "leads[1].sourceId",
        "suppressions[0].numberId",
        "topUps[0].organizationId",
    ] {
        assert!(problem.contains(place), "{place}: {problem}");
    }
    for table in [
        "organizations",
        "phone_numbers",
        "leads",
        "suppressions",
        "ledger",
    ] {
        assert_eq!(store.count(table).await, 0, "{table}");
    }
}

#[tokio::test]
async fn what_another_organization_has_cannot_be_referred_to() {
    let store = Store::empty().await;
    store.seed(&everything()).await;
    let mut theirs = seed_of(other_organization());
    theirs.numbers[0] = seed_number(
        other_organization(),
        PhoneNumberId::new(uuid(9, 1)),
        "+14045559996",
    );
    theirs.organizations[0].default_number_id = Some(number_id());
    theirs.leads[0].campaign_id = Some(CampaignId::new(uuid(8, 1)));
    theirs.leads[0].source_id = Some(SourceId::new(uuid(8, 2)));
    theirs.leads[0].assigned_number_id = Some(number_id());
    let problem = refusal(&store, &theirs).await;
    for place in [
        "organizations[0].defaultNumberId",
        "leads[0].campaignId",
        "leads[0].sourceId",
        "leads[0].assignedNumberId",
    ] {
        assert!(problem.contains(place), "{place}: {problem}");
    }
}

#[tokio::test]
async fn a_lead_is_no_number_of_ours_whoever_has_it() {
    let store = Store::new().await;
    let mut theirs = seed_of(other_organization());
    theirs.numbers[0] = seed_number(
        other_organization(),
        PhoneNumberId::new(uuid(9, 1)),
        "+14045559996",
    );
    theirs.organizations[0].default_number_id = None;
    theirs.leads[1].phone = sms_testkit::fixtures::phone("+14045559999");
    let problem = refusal(&store, &theirs).await;
    assert!(
        problem.starts_with("leads[1].phone: is one of our own numbers"),
        "{problem}"
    );
}

#[tokio::test]
async fn a_stored_number_keeps_its_id() {
    let store = Store::new().await;
    let again = seed_number(
        organization_id(),
        PhoneNumberId::new(uuid(9, 1)),
        "+14045559999",
    );
    let seed = Seed {
        numbers: vec![again],
        ..Seed::default()
    };
    let problem = refusal(&store, &seed).await;
    assert!(
        problem.starts_with("numbers[0].phone: is stored as the number"),
        "{problem}"
    );
}

#[tokio::test]
async fn a_balance_that_cannot_be_counted_is_refused() {
    let store = Store::new().await;
    store
        .execute(&format!("UPDATE wallets SET balance = {}", i64::MAX))
        .await;
    let mut seed = seed_of(organization_id());
    seed.top_ups[0].id = sms_domain::values::ids::LedgerEntryId::new(uuid(9, 7));
    let problem = refusal(&store, &seed).await;
    assert!(problem.contains("a balance would be higher"), "{problem}");
}

#[tokio::test]
async fn an_organization_that_could_not_send_is_warned_of() {
    let store = Store::empty().await;
    let mut seed = everything();
    seed.top_ups.clear();
    seed.numbers[0].is_enabled = false;
    let warnings = store.pg.apply(&seed, noon(), &operator()).await.unwrap();
    let warnings: Vec<_> = warnings.iter().map(ToString::to_string).collect();
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(
        warnings[0].contains("(wallet_insufficient)"),
        "{warnings:?}"
    );
    assert!(
        warnings[1].contains("(no_eligible_phone_number)"),
        "{warnings:?}"
    );
    assert_eq!(
        store
            .pg
            .apply(&everything(), noon(), &operator())
            .await
            .unwrap(),
        []
    );
}

#[tokio::test]
async fn a_seeds_opt_out_stands_beside_the_persons_own() {
    let store = Store::new().await;
    crate::texts::receive(&store, 1, 1, "STOP", noon()).await;
    let seed = Seed {
        suppressions: vec![suppression()],
        ..Seed::default()
    };
    store.seed(&seed).await;
    let start = noon() + chrono::TimeDelta::minutes(1);
    crate::texts::receive(&store, 2, 1, "START", start).await;
    assert_eq!(store.scopes(1).await.len(), 1);
}
