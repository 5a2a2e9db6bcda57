//! `LawRepository`.

use chrono::{DateTime, TimeDelta, Utc};
use sms_domain::ports::{LawRepository, LawUser, RuleSet};
use sms_testkit::fixtures::noon;

use crate::support::{Store, uuid};

fn set(hash: &str) -> RuleSet {
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    RuleSet {
        hash: hash.to_owned(),
        files: vec![file("a.csv", "state\n\"FL\"\n"), file("b.csv", hash)],
    }
}

/// Process `n`, seen `seconds` after noon.
fn user(n: u32, law: &str, seconds: i64) -> LawUser {
    LawUser {
        process: uuid(5, n),
        law: law.to_owned(),
        is_transition: false,
        seen_at: noon() + TimeDelta::seconds(seconds),
    }
}

/// Who counts as alive for a process: whoever was seen in the minute before it.
fn alive(user: &LawUser) -> DateTime<Utc> {
    user.seen_at - TimeDelta::seconds(60)
}

async fn with_laws() -> Store {
    let store = Store::empty().await;
    for hash in ["old", "new"] {
        store.pg.store_law(&set(hash), noon()).await.unwrap();
    }
    store
}

async fn begin(store: &Store, user: &LawUser) -> Vec<LawUser> {
    store.pg.use_law(user, alive(user)).await.unwrap()
}

#[tokio::test]
async fn a_stored_law_is_found_by_its_hash_and_stays_as_it_is() {
    let store = with_laws().await;
    let other = RuleSet {
        files: Vec::new(),
        ..set("old")
    };
    store.pg.store_law(&other, noon()).await.unwrap();
    assert_eq!(store.pg.find_law("old").await.unwrap(), Some(set("old")));
    assert_eq!(store.pg.find_law("none").await.unwrap(), None);
}

#[tokio::test]
async fn a_process_with_another_law_is_refused_while_one_is_alive() {
    let store = with_laws().await;
    let old = user(1, "old", 0);
    assert_eq!(begin(&store, &old).await, []);
    assert_eq!(begin(&store, &user(2, "old", 1)).await, []);
    let refused = begin(&store, &user(3, "new", 30)).await;
    assert_eq!(refused, [user(2, "old", 1), old]);
    let users = store.pg.law_users(noon()).await.unwrap();
    assert_eq!(users.len(), 2, "a refused process is not recorded");
    // Process 2 was last seen exactly a minute before, and then longer ago.
    assert_eq!(begin(&store, &user(3, "new", 61)).await.len(), 1);
    assert_eq!(begin(&store, &user(3, "new", 62)).await, []);
    assert_eq!(
        begin(&store, &user(1, "old", 63)).await,
        [user(3, "new", 62)]
    );
}

#[tokio::test]
async fn a_process_that_says_it_works_counts_from_then_and_one_that_left_no_more() {
    let store = with_laws().await;
    for seconds in [0, 50] {
        assert_eq!(begin(&store, &user(1, "old", seconds)).await, []);
    }
    assert_eq!(begin(&store, &user(2, "new", 100)).await.len(), 1);
    store.pg.leave_law(uuid(5, 1)).await.unwrap();
    assert_eq!(begin(&store, &user(2, "new", 100)).await, []);
}

#[tokio::test]
async fn a_transition_works_beside_another_law() {
    let store = with_laws().await;
    let transition = LawUser {
        is_transition: true,
        ..user(2, "new", 1)
    };
    assert_eq!(begin(&store, &user(1, "old", 0)).await, []);
    assert_eq!(begin(&store, &transition).await, []);
    assert_eq!(begin(&store, &user(1, "old", 2)).await, []);
    assert_eq!(begin(&store, &user(3, "new", 3)).await, [user(1, "old", 2)]);
}

#[tokio::test]
async fn of_two_that_begin_together_one_is_refused() {
    let store = with_laws().await;
    let (old, new) = (user(1, "old", 0), user(2, "new", 0));
    let (first, second) = tokio::join!(begin(&store, &old), begin(&store, &new));
    assert_eq!(first.len() + second.len(), 1);
}

#[tokio::test]
async fn processes_that_are_long_gone_are_forgotten() {
    let store = with_laws().await;
    assert_eq!(begin(&store, &user(1, "old", 0)).await, []);
    assert_eq!(begin(&store, &user(2, "new", 24 * 3600 + 1)).await, []);
    assert_eq!(store.count("law_users").await, 1);
}
