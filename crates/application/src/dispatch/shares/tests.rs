//! What one of several organizations may hold.

use sms_testkit::fixtures::{altered, message, noon};

use super::*;

fn organization(n: u32) -> OrganizationId {
    format!("01900000-0000-7000-8000-{n:012}").parse().unwrap()
}

fn rows(owner: OrganizationId, count: usize) -> Vec<Due> {
    let due = || {
        let mut message = message();
        message = altered(&message, |message| message.organization_id = owner);
        Due {
            message,
            attempt: None,
        }
    };
    std::iter::repeat_with(due).take(count).collect()
}

#[test]
fn one_organization_alone_may_hold_everything() {
    let shares = Shares::new(64);
    let held = shares.hold(&rows(organization(1), 64), noon());
    assert_eq!(shares.rooms(16, noon()), []);
    drop(held);
}

#[test]
fn one_of_several_leaves_an_eighth_of_the_slots_besides_what_the_others_hold() {
    let shares = Shares::new(64);
    let mut held = shares.hold(&rows(organization(1), 50), noon());
    let other = shares.hold(&rows(organization(2), 1), noon());
    assert_eq!(shares.rooms(16, noon()), [(organization(1), 5)]);
    let more = shares.hold(&rows(organization(1), 5), noon());
    assert_eq!(shares.rooms(16, noon()), [(organization(1), 0)]);
    drop(held.take(organization(1)));
    assert_eq!(shares.rooms(16, noon()), [(organization(1), 1)]);
    drop((held, more, other));
    assert_eq!(shares.rooms(16, noon()), []);
}

#[test]
fn another_counts_for_a_while_after_its_last_row() {
    let shares = Shares::new(8);
    let flood = shares.hold(&rows(organization(1), 8), noon());
    drop(shares.hold(&rows(organization(2), 1), noon()));
    let just_before = noon() + RECENT - TimeDelta::milliseconds(1);
    assert_eq!(shares.rooms(2, just_before), [(organization(1), 0)]);
    assert_eq!(shares.rooms(2, noon() + RECENT), []);
    drop(flood);
}

#[test]
fn what_the_others_usually_hold_is_left_to_them_for_a_while() {
    let shares = Shares::new(32);
    let flood = shares.hold(&rows(organization(1), 1), noon());
    let two_each = (2..12).flat_map(|other| rows(organization(other), 2));
    let others = shares.hold(&two_each.collect::<Vec<_>>(), noon());
    let of_flood = |now| {
        let rooms = shares.rooms(32, now);
        rooms.into_iter().find(|(id, _)| *id == organization(1))
    };
    assert_eq!(of_flood(noon()), Some((organization(1), 32 - 4 - 20 - 1)));
    let later = noon() + TimeDelta::seconds(9);
    assert_eq!(of_flood(later), Some((organization(1), 32 - 4 - 20 - 1)));
    drop(others);
    // After nine seconds the average is nine nineteenths of twenty.
    assert_eq!(of_flood(later), Some((organization(1), 32 - 4 - 10 - 1)));
    assert_eq!(of_flood(noon() + RECENT), None, "nobody else has rows");
    drop(flood);
}

/// By a millisecond at a time an average comes to within a percent of what it would by one step.
#[test]
fn averages_move_however_soon_one_claim_follows_another() {
    let shares = Shares::new(32);
    let flood = shares.hold(&rows(organization(1), 1), noon());
    let other = shares.hold(&rows(organization(2), 8), noon());
    for passed in 0..=9_000 {
        shares.rooms(32, noon() + TimeDelta::milliseconds(passed));
    }
    drop(other);
    let rooms = shares.rooms(32, noon() + TimeDelta::seconds(9));
    // After nine seconds the average of eight is 8 * (1 - exp(-0.9)), which is 4.7.
    assert!(
        rooms.contains(&(organization(1), 32 - 4 - 5 - 1)),
        "{rooms:?}"
    );
    drop(flood);
}

#[test]
fn an_equal_share_is_held_whatever_the_others_hold() {
    let shares = Shares::new(8);
    let others = shares.hold(&rows(organization(1), 8), noon());
    let one = shares.hold(&rows(organization(2), 1), noon());
    assert!(shares.rooms(8, noon()).contains(&(organization(2), 3)));
    drop((others, one));
}

#[test]
fn the_shares_of_some_rows_are_split_from_the_others() {
    let shares = Shares::new(8);
    let mut due = rows(organization(1), 2);
    due.extend(rows(organization(2), 1));
    let mut held = shares.hold(&due, noon());
    let mut first = held.split([organization(1), organization(2)].into_iter());
    assert!(first.take(organization(1)).is_some() && first.take(organization(1)).is_none());
    assert!(held.take(organization(1)).is_some() && held.take(organization(2)).is_none());
}

#[tokio::test]
async fn what_becomes_free_is_announced() {
    let shares = Shares::new(8);
    drop(shares.hold(&rows(organization(1), 1), noon()));
    shares.freed().await;
}
