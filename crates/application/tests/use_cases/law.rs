//! A process uses one law, and works beside no other one.

use std::sync::{Arc, Mutex};

use sms_application::{LawError, LawInUse};
use sms_domain::ports::{Clock as _, LawUser, MockLawRepository, RuleSet};
use sms_testkit::SequentialIds;
use tokio::sync::watch;

use crate::world::clock;

fn law() -> RuleSet {
    RuleSet {
        hash: "new".to_owned(),
        files: Vec::new(),
    }
}

fn other() -> LawUser {
    LawUser {
        process: sms_testkit::sequential_uuid(99),
        law: "old".to_owned(),
        is_transition: false,
        seen_at: clock().now(),
    }
}

fn in_use(store: MockLawRepository) -> LawInUse {
    let ids = SequentialIds::default();
    LawInUse::new(Arc::new(store), clock(), &ids, law(), false)
}

#[tokio::test]
async fn a_process_stores_its_law_before_it_uses_it() {
    let steps = Arc::new(Mutex::new(Vec::new()));
    let mut store = MockLawRepository::new();
    let seen = Arc::clone(&steps);
    store.expect_store_law().returning(move |set, _| {
        seen.lock().unwrap().push(format!("store {}", set.hash));
        Ok(())
    });
    let seen = Arc::clone(&steps);
    store.expect_use_law().returning(move |user, alive_since| {
        assert_eq!(user.seen_at - alive_since, LawInUse::ALIVE);
        seen.lock().unwrap().push(format!("use {}", user.law));
        Ok(Vec::new())
    });
    in_use(store).begin().await.unwrap();
    assert_eq!(*steps.lock().unwrap(), ["store new", "use new"]);
}

#[tokio::test]
async fn beside_another_law_it_does_not_begin_and_says_why() {
    let mut store = MockLawRepository::new();
    store.expect_store_law().returning(|_, _| Ok(()));
    store.expect_use_law().returning(|_, _| Ok(vec![other()]));
    let refused = in_use(store).begin().await.unwrap_err();
    let text = refused.to_string();
    assert!(matches!(refused, LawError::Excluded { .. }), "{text}");
    assert!(
        text.contains("the law new must not judge beside another one"),
        "{text}"
    );
    assert!(
        text.contains(&other().process.to_string()) && text.contains("with old"),
        "{text}"
    );
}

#[tokio::test]
async fn it_stops_once_another_law_has_taken_its_place() {
    let mut store = MockLawRepository::new();
    store.expect_use_law().returning(|_, _| Ok(vec![other()]));
    let (_stop, stopped) = watch::channel(false);
    let ended = in_use(store).run(stopped).await;
    assert!(matches!(ended, Err(LawError::Excluded { .. })));
}

#[tokio::test]
async fn it_says_that_it_works_until_it_is_stopped_and_then_leaves() {
    let (stop, stopped) = watch::channel(false);
    let mut store = MockLawRepository::new();
    store.expect_use_law().times(1).returning(move |_, _| {
        stop.send_replace(true);
        Ok(Vec::new())
    });
    store.expect_leave_law().times(1).returning(|_| Ok(()));
    in_use(store).run(stopped).await.unwrap();
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_asked_again() {
    let (stop, stopped) = watch::channel(false);
    let mut store = MockLawRepository::new();
    let mut asked = 0;
    let told = stop.clone();
    store.expect_use_law().times(2).returning(move |_, _| {
        asked += 1;
        if asked == 2 {
            told.send_replace(true);
            return Ok(Vec::new());
        }
        Err(sms_domain::ports::Unavailable("down".into()))
    });
    store.expect_leave_law().times(1).returning(|_| Ok(()));
    let clock = clock();
    let ids = SequentialIds::default();
    let in_use = LawInUse::new(Arc::new(store), clock.clone(), &ids, law(), false);
    let time_passes = async {
        while !*stop.borrow() {
            clock.advance(LawInUse::EVERY);
            tokio::task::yield_now().await;
        }
    };
    let (ended, ()) = tokio::join!(in_use.run(stopped), time_passes);
    ended.unwrap();
}
