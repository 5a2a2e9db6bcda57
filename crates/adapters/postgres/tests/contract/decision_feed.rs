//! Decisions as they are made: each is read once, however late it is committed. Transactions of other tests on the
//! server hold the reader up for a moment, so that it is asked until it answers.

use sms_domain::ports::{DecisionCursor, DecisionFeed as _, StoredDecision};
use sms_domain::values::ids::MessageId;

use crate::changes::message_id;
use crate::decisions::accept;
use crate::sql;
use crate::support::Store;

/// How often the reader is asked.
const TRIES: usize = 100_000;

/// The next decisions until that about a message, and where they end.
async fn until(
    store: &Store,
    mut cursor: DecisionCursor,
    last: MessageId,
) -> (Vec<StoredDecision>, DecisionCursor) {
    let mut found = Vec::new();
    for _ in 0..TRIES {
        let (decisions, end) = store.pg.made_since(cursor).await.unwrap();
        cursor = end;
        found.extend(decisions);
        if ids(&found).contains(&last) {
            return (found, cursor);
        }
    }
    panic!("the decision about {last} is missing in {:?}", ids(&found));
}

fn ids(decisions: &[StoredDecision]) -> Vec<MessageId> {
    decisions.iter().map(|one| one.message_id).collect()
}

#[tokio::test]
async fn each_decision_is_read_once_with_what_it_rested_on() {
    let store = Store::new().await;
    accept(&store, 1).await;
    let cursor = store.pg.present().await.unwrap();
    accept(&store, 2).await;
    accept(&store, 3).await;
    // What was decided just before may come first, where a transaction of somebody else was still running.
    let (found, cursor) = until(&store, cursor, message_id(3)).await;
    let found: Vec<_> = ids(&found)
        .into_iter()
        .filter(|id| *id != message_id(1))
        .collect();
    assert_eq!(found, [message_id(2), message_id(3)]);
    store.execute("UPDATE submissions SET body = NULL").await;
    accept(&store, 4).await;
    let (found, _) = until(&store, cursor, message_id(4)).await;
    assert_eq!(ids(&found), [message_id(4)]);
    assert!(found.iter().all(|one| one.basis.is_some()));
}

#[tokio::test]
async fn a_decision_that_is_committed_late_is_not_passed_over() {
    let store = Store::new().await;
    let begin = store.pg.present().await.unwrap();
    accept(&store, 1).await;
    let mut late = store.connection().await;
    let write = "INSERT INTO decisions (organization_id, message_id, seq, record)
        SELECT organization_id, id, 999, first_decision FROM submissions";
    for statement in ["BEGIN", write] {
        sql::execute(&mut late, statement).await.unwrap();
    }
    accept(&store, 2).await;
    let (mut before, mut cursor) = (Vec::new(), begin);
    loop {
        let (found, end) = store.pg.made_since(cursor).await.unwrap();
        before.extend(ids(&found));
        if end == cursor {
            break;
        }
        cursor = end;
    }
    assert!(!before.contains(&message_id(2)), "{before:?}");
    sql::execute(&mut late, "COMMIT").await.unwrap();
    let (after, _) = until(&store, cursor, message_id(2)).await;
    let all = [before, ids(&after)].concat();
    assert_eq!(all, [message_id(1), message_id(1), message_id(2)]);
}
