//! Groups, their errors, their bounds: without a database.

use std::sync::Mutex as StdMutex;

use futures_util::future::join_all;
use tokio::sync::Notify;

use super::*;

type Groups = Arc<StdMutex<Vec<Vec<u32>>>>;

/// Answers each number with the size of its group; fails for 13; holds groups until told.
#[derive(Default)]
struct Sizes {
    groups: Groups,
    go_on: Arc<Notify>,
}

#[async_trait]
impl BatchHandler for Sizes {
    const NAME: &'static str = "sizes";
    type Request = u32;
    type Answer = usize;
    const FULL: usize = 3;
    const ENOUGH: usize = 2;
    const AT_ONCE: usize = 1;

    fn weight(_: &u32) -> usize {
        1
    }

    async fn handle(&self, requests: Vec<u32>) -> Result<Vec<usize>, Unavailable> {
        self.groups.lock().unwrap().push(requests.clone());
        self.go_on.notified().await;
        assert!(!requests.contains(&666), "a defect");
        if requests.contains(&13) {
            return Err(StoreError::Ended.into());
        }
        Ok(vec![requests.len(); requests.len()])
    }
}

/// A queue of which two callers may wait, whose groups are late at once and end never by themselves.
fn stuck(longest: Duration) -> (Coalescer<Sizes>, Groups) {
    let handler = Sizes::default();
    let groups = Arc::clone(&handler.groups);
    let bounds = Bounds {
        waiting: 2,
        late_after: Duration::ZERO,
        late: 1,
        longest,
    };
    (Coalescer::bounded(handler, bounds), groups)
}

async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

fn spawn(
    coalescer: &Coalescer<Sizes>,
    number: u32,
) -> tokio::task::JoinHandle<Result<usize, Unavailable>> {
    let coalescer = coalescer.clone();
    tokio::spawn(async move { coalescer.ask(number).await })
}

#[tokio::test]
async fn a_group_that_does_not_end_is_given_up() {
    let (coalescer, _) = stuck(Duration::ZERO);
    for number in 1..4 {
        let error = coalescer.ask(number).await.unwrap_err();
        assert!(error.0.to_string().contains("in time"), "{error:?}");
    }
}

#[tokio::test]
async fn late_groups_block_nobody_until_there_are_too_many_and_then_callers_are_sent_away() {
    let (coalescer, groups) = stuck(Duration::from_secs(60));
    let mut asked = Vec::new();
    for number in 1..=8 {
        asked.push(spawn(&coalescer, number));
        settle().await;
    }
    assert_eq!(*groups.lock().unwrap(), [[1], [2]]);
    // A full group of three waits, and two in the queue.
    assert!(asked.remove(7).is_finished());
    assert!(asked.iter().all(|asked| !asked.is_finished()));
    let error = coalescer.ask(9).await.unwrap_err();
    assert!(error.0.to_string().contains("too many"), "{error:?}");
}

#[tokio::test]
async fn who_goes_away_before_the_group_starts_is_not_served() {
    let handler = Sizes::default();
    let (groups, go_on) = (Arc::clone(&handler.groups), Arc::clone(&handler.go_on));
    let coalescer = Coalescer::start(handler);
    let first = spawn(&coalescer, 1);
    settle().await;
    let (second, third) = (spawn(&coalescer, 2), spawn(&coalescer, 3));
    settle().await;
    second.abort();
    settle().await;
    go_on.notify_one();
    first.await.unwrap().unwrap();
    settle().await;
    go_on.notify_one();
    assert_eq!(third.await.unwrap().unwrap(), 1);
    assert_eq!(*groups.lock().unwrap(), [[1], [3]]);
}

async fn ask_all(numbers: &[u32]) -> (Vec<Vec<u32>>, Vec<Result<usize, Unavailable>>) {
    let handler = Sizes::default();
    let (groups, go_on) = (Arc::clone(&handler.groups), Arc::clone(&handler.go_on));
    let coalescer = Coalescer::start(handler);
    let answers = tokio::spawn({
        let (coalescer, numbers) = (coalescer.clone(), numbers.to_vec());
        async move { join_all(numbers.iter().map(|number| coalescer.ask(*number))).await }
    });
    while !answers.is_finished() {
        tokio::task::yield_now().await;
        go_on.notify_one();
    }
    let groups = groups.lock().unwrap().clone();
    (groups, answers.await.unwrap())
}

#[tokio::test]
async fn who_waits_meanwhile_is_served_together_up_to_a_full_group() {
    let (groups, answers) = ask_all(&[1, 2, 3, 4]).await;
    assert_eq!(groups.concat(), [1, 2, 3, 4]);
    assert!(
        groups.len() < 4 && groups.iter().all(|group| group.len() <= 3),
        "{groups:?}"
    );
    assert!(answers.iter().all(Result::is_ok));
}

#[tokio::test]
async fn who_is_alone_is_served_alone() {
    let (groups, answers) = ask_all(&[1]).await;
    assert_eq!(groups, [[1]]);
    assert_eq!(*answers[0].as_ref().unwrap(), 1);
}

#[tokio::test]
async fn an_error_reaches_everybody_of_the_group_and_nobody_else() {
    let (groups, answers) = ask_all(&[1, 2, 13, 4, 5, 6]).await;
    let with_error = groups.iter().find(|group| group.contains(&13)).unwrap();
    for (number, answer) in [1, 2, 13, 4, 5, 6].iter().zip(answers) {
        assert_eq!(answer.is_err(), with_error.contains(number), "{number}");
    }
}

#[tokio::test]
async fn a_defect_in_one_group_does_not_end_the_queue() {
    let (_, answers) = ask_all(&[666, 2, 3, 4, 5, 6]).await;
    assert!(answers[0].is_err());
    assert!(answers[5].is_ok());
}
