//! The effect of an opt-in by source and by order of arrival.

use chrono::TimeDelta;
use uuid::Uuid;

use super::*;
use crate::values::ProviderAccount;
use crate::values::ids::{CampaignId, OrganizationId, SuppressionId};
use crate::values::phone::PhoneNumber;

fn at(seconds: i64) -> DateTime<Utc> {
    let noon: DateTime<Utc> = "2026-03-03T17:00:00Z".parse().unwrap();
    noon + TimeDelta::seconds(seconds)
}

const fn number(n: u128) -> PhoneNumberId {
    PhoneNumberId::new(Uuid::from_u128(n))
}

fn profile(account: &str, id: Option<&str>) -> ProviderProfile {
    ProviderProfile {
        account: ProviderAccount::new(account),
        id: id.map(str::to_owned),
    }
}

fn person() -> PhoneNumber {
    PhoneNumber::parse("+14045550100").unwrap()
}

/// START to number 1 under `profile`, ten seconds after noon.
fn start(profile: ProviderProfile) -> OptIn {
    OptIn {
        organization_id: OrganizationId::new(Uuid::nil()),
        phone: person(),
        reach: OptInReach::Texted {
            number_id: number(1),
            profile,
        },
        at: at(10),
    }
}

fn change(
    source: SuppressionSource,
    scope: SuppressionScope,
    profile: Option<ProviderProfile>,
    seconds: i64,
) -> OptOutChange {
    OptOutChange {
        organization_id: OrganizationId::new(Uuid::nil()),
        suppression_id: SuppressionId::new(Uuid::nil()),
        phone: person(),
        scope,
        source,
        profile,
        reason: "asked".to_owned(),
        recipient: None,
        at: at(seconds),
        by: None,
    }
}

const ORGANIZATION: SuppressionScope = SuppressionScope::Organization;

#[test]
fn an_opt_in_ends_the_persons_own_word_and_nothing_of_the_business() {
    let everything = OptIn {
        reach: OptInReach::Everything,
        ..start(profile("a", None))
    };
    let campaign = SuppressionScope::Campaign(CampaignId::new(Uuid::nil()));
    for opt_in in [start(profile("a", Some("p"))), everything] {
        for scope in [ORGANIZATION, SuppressionScope::Number(number(1)), campaign] {
            for (source, is_ended) in [
                (SuppressionSource::Inbound, true),
                (SuppressionSource::Operator, false),
                (SuppressionSource::Import, false),
            ] {
                let said = change(source, scope, None, 0);
                assert_eq!(opt_in.ends(said.closing()), is_ended, "{source} {scope:?}");
            }
        }
    }
}

#[test]
fn of_the_providers_entries_an_opt_in_ends_those_of_its_profile() {
    let (own, other) = (
        SuppressionScope::Number(number(1)),
        SuppressionScope::Number(number(2)),
    );
    let (p, q) = (Some("p"), Some("q"));
    // The entry's account, profile and scope; START's profile of account a; whether it ends the entry.
    for (account, entry, scope, texted, is_ended) in [
        ("a", p, ORGANIZATION, p, true),
        ("a", p, own, p, true),
        ("a", p, other, p, true),
        ("a", p, ORGANIZATION, q, false),
        ("a", p, own, q, false),
        ("b", p, ORGANIZATION, p, false),
        ("a", None, ORGANIZATION, p, true),
        ("a", None, own, p, true),
        ("a", None, other, p, false),
        ("b", None, ORGANIZATION, p, false),
        ("a", p, ORGANIZATION, None, true),
        ("a", p, other, None, false),
        ("a", None, own, None, true),
    ] {
        let said = change(
            SuppressionSource::Provider,
            scope,
            Some(profile(account, entry)),
            0,
        );
        let opt_in = start(profile("a", texted));
        let case = format!("{account} {entry:?} {scope:?} {texted:?}");
        assert_eq!(opt_in.ends(said.closing()), is_ended, "{case}");
        assert_eq!(said.is_overtaken(&[opt_in], &[]), is_ended, "{case}");
    }
}

#[test]
fn an_entry_whose_profile_nobody_recorded_ends_if_it_closes_the_texted_number() {
    let opt_in = start(profile("a", Some("p")));
    for (scope, is_ended) in [
        (ORGANIZATION, true),
        (SuppressionScope::Number(number(1)), true),
        (SuppressionScope::Number(number(2)), false),
    ] {
        let said = change(SuppressionSource::Provider, scope, None, 0);
        assert_eq!(opt_in.ends(said.closing()), is_ended, "{scope:?}");
    }
}

#[test]
fn what_was_said_after_an_opt_in_stands_however_they_arrive() {
    let opt_in = start(profile("a", Some("p")));
    for source in SuppressionSource::ALL {
        let said = change(*source, ORGANIZATION, None, 11);
        assert!(!opt_in.ends(said.closing()), "{source}");
        assert!(
            !said.is_overtaken(std::slice::from_ref(&opt_in), &[]),
            "{source}"
        );
    }
}

#[test]
fn of_one_instant_the_persons_last_word_holds_and_the_providers_never_outlives_it() {
    let opt_in = start(profile("a", Some("p")));
    for (source, is_overtaken) in [
        (SuppressionSource::Inbound, false),
        (SuppressionSource::Provider, true),
        (SuppressionSource::Operator, false),
        (SuppressionSource::Import, false),
    ] {
        let said = change(source, ORGANIZATION, None, 10);
        assert_eq!(
            said.is_overtaken(std::slice::from_ref(&opt_in), &[]),
            is_overtaken,
            "{source}"
        );
    }
    let before = change(SuppressionSource::Inbound, ORGANIZATION, None, 10);
    assert!(opt_in.ends(before.closing()));
}

#[test]
fn a_release_overtakes_only_what_the_same_source_said_before() {
    let number = SuppressionScope::Number(number(1));
    let released = |source, scope, id| ReleasedSuppression {
        scope,
        source,
        profile: Some(profile("a", id)),
        released_at: at(10),
    };
    let (provider, p, q) = (SuppressionSource::Provider, Some("p"), Some("q"));
    for (entry, source, scope, id, seconds, is_overtaken) in [
        (
            released(provider, ORGANIZATION, p),
            provider,
            ORGANIZATION,
            p,
            9,
            true,
        ),
        (
            released(provider, ORGANIZATION, p),
            provider,
            number,
            p,
            9,
            true,
        ),
        (
            released(provider, number, p),
            provider,
            ORGANIZATION,
            p,
            9,
            false,
        ),
        (
            released(provider, ORGANIZATION, p),
            provider,
            ORGANIZATION,
            q,
            9,
            false,
        ),
        (
            released(provider, ORGANIZATION, None),
            provider,
            ORGANIZATION,
            q,
            9,
            false,
        ),
        (
            released(provider, ORGANIZATION, p),
            provider,
            ORGANIZATION,
            p,
            11,
            false,
        ),
        (
            released(provider, ORGANIZATION, p),
            SuppressionSource::Inbound,
            ORGANIZATION,
            p,
            9,
            false,
        ),
        (
            released(SuppressionSource::Operator, ORGANIZATION, p),
            SuppressionSource::Operator,
            ORGANIZATION,
            p,
            9,
            false,
        ),
    ] {
        let said = change(source, scope, Some(profile("a", id)), seconds);
        assert_eq!(
            said.is_overtaken(&[], std::slice::from_ref(&entry)),
            is_overtaken,
            "{entry:?} {said:?}"
        );
    }
    let old = ReleasedSuppression {
        profile: None,
        ..released(provider, ORGANIZATION, p)
    };
    let said = change(provider, ORGANIZATION, Some(profile("a", q)), 9);
    assert!(said.is_overtaken(&[], &[old]));
}

#[test]
fn an_opt_in_on_a_number_that_is_set_apart_ends_what_closes_that_number_alone() {
    let opt_in = OptIn {
        reach: OptInReach::OnlyNumber(number(1)),
        ..start(profile("a", None))
    };
    let own = SuppressionScope::Number(number(1));
    let other = SuppressionScope::Number(number(2));
    let campaign = SuppressionScope::Campaign(CampaignId::new(Uuid::nil()));
    for (source, is_ended) in [
        (SuppressionSource::Inbound, true),
        (SuppressionSource::Provider, true),
        (SuppressionSource::Operator, false),
        (SuppressionSource::Import, false),
    ] {
        for scope in [own, other, campaign, ORGANIZATION] {
            let said = change(source, scope, None, 0);
            let is_ended = is_ended && scope == own;
            assert_eq!(opt_in.ends(said.closing()), is_ended, "{source} {scope:?}");
            let is_overtaken = said.is_overtaken(std::slice::from_ref(&opt_in), &[]);
            assert_eq!(is_overtaken, is_ended, "{source} {scope:?}");
        }
    }
    assert!(opt_in.concerns(number(1)) && !opt_in.concerns(number(2)));
    assert!(start(profile("a", None)).concerns(number(2)));
}
