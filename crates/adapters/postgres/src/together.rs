//! Callers that wait at the same time are served together: one task takes everything that waits, and
//! answers all of it with one transaction or one query. There is no timer, so a caller who is alone
//! waits for nobody; the busier the process, the larger the groups.
//!
//! This module must not know what the callers want.

use std::sync::Arc;

use async_trait::async_trait;
use sms_domain::ports::Unavailable;
use tokio::sync::{Mutex, mpsc, oneshot};

use crate::error::StoreError;

/// Serves many requests at once.
#[async_trait]
pub(crate) trait Server: Send + Sync + 'static {
    /// What one caller asks.
    type Request: Send + 'static;
    /// What one caller is answered.
    type Answer: Send + 'static;

    /// A group is full when its weights reach this.
    const FULL: usize;

    /// What a request adds to its group.
    fn weight(request: &Self::Request) -> usize;

    /// One answer per request, in their order.
    async fn serve(&self, requests: Vec<Self::Request>) -> Result<Vec<Self::Answer>, Unavailable>;
}

/// Where callers queue up. The tasks behind it end with the last clone.
pub(crate) struct Together<S: Server>(mpsc::UnboundedSender<Waiting<S>>);

impl<S: Server> Clone for Together<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

struct Waiting<S: Server> {
    request: S::Request,
    caller: oneshot::Sender<Result<S::Answer, Unavailable>>,
}

type Queue<S> = Arc<Mutex<mpsc::UnboundedReceiver<Waiting<S>>>>;

impl<S: Server> Together<S> {
    /// Starts as many tasks as groups may be served at once, on the runtime of the caller.
    pub(crate) fn start(server: S, at_once: usize) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        let (server, queue) = (Arc::new(server), Arc::new(Mutex::new(receiver)));
        for _ in 0..at_once {
            tokio::spawn(serve_groups(Arc::clone(&server), Arc::clone(&queue)));
        }
        Self(sender)
    }

    /// Asks, together with whoever else waits. A caller who goes away is served all the same.
    pub(crate) async fn ask(&self, request: S::Request) -> Result<S::Answer, Unavailable> {
        let (caller, answer) = oneshot::channel();
        if self.0.send(Waiting { request, caller }).is_err() {
            return Err(StoreError::Ended.into());
        }
        answer
            .await
            .unwrap_or_else(|_| Err(StoreError::Ended.into()))
    }
}

async fn serve_groups<S: Server>(server: Arc<S>, queue: Queue<S>) {
    while let Some(group) = next_group(&queue).await {
        let (requests, callers) = group
            .into_iter()
            .map(|waiting| (waiting.request, waiting.caller))
            .unzip();
        let server = Arc::clone(&server);
        // On a task of its own, so that a defect in one group does not end the queue.
        let served = tokio::spawn(async move { server.serve(requests).await });
        let served = served
            .await
            .unwrap_or_else(|error| Err(StoreError::Task(error).into()));
        answer(callers, served);
    }
}

/// Waits for somebody, and takes everybody who is there then, until the group is full.
async fn next_group<S: Server>(queue: &Queue<S>) -> Option<Vec<Waiting<S>>> {
    let mut queue = queue.lock().await;
    let first = queue.recv().await?;
    let mut weight = S::weight(&first.request);
    let mut group = vec![first];
    while weight < S::FULL {
        let Ok(next) = queue.try_recv() else {
            break;
        };
        weight += S::weight(&next.request);
        group.push(next);
    }
    Some(group)
}

/// All callers of a group that failed get the same error.
fn answer<A>(
    callers: Vec<oneshot::Sender<Result<A, Unavailable>>>,
    served: Result<Vec<A>, Unavailable>,
) {
    match served {
        Ok(answers) => {
            for (caller, answer) in callers.into_iter().zip(answers) {
                // It fails when the caller went away.
                let _ = caller.send(Ok(answer));
            }
        }
        Err(Unavailable(error)) => {
            let error = Shared(Arc::from(error));
            for caller in callers {
                let _ = caller.send(Err(Unavailable(Box::new(error.clone()))));
            }
        }
    }
}

/// An error that several callers get.
#[derive(Debug, Clone, thiserror::Error)]
#[error(transparent)]
struct Shared(Arc<dyn std::error::Error + Send + Sync>);

#[cfg(test)]
mod tests {
    use std::sync::Mutex as StdMutex;

    use futures_util::future::join_all;
    use tokio::sync::Notify;

    use super::*;

    /// Answers each number with the size of its group; fails for 13; holds groups until told.
    #[derive(Default)]
    struct Sizes {
        groups: Arc<StdMutex<Vec<Vec<u32>>>>,
        go_on: Arc<Notify>,
    }

    #[async_trait]
    impl Server for Sizes {
        type Request = u32;
        type Answer = usize;
        const FULL: usize = 3;

        fn weight(_: &u32) -> usize {
            1
        }

        async fn serve(&self, requests: Vec<u32>) -> Result<Vec<usize>, Unavailable> {
            self.groups.lock().unwrap().push(requests.clone());
            self.go_on.notified().await;
            assert!(!requests.contains(&666), "a defect");
            if requests.contains(&13) {
                return Err(StoreError::Ended.into());
            }
            Ok(vec![requests.len(); requests.len()])
        }
    }

    async fn ask_all(numbers: &[u32]) -> (Vec<Vec<u32>>, Vec<Result<usize, Unavailable>>) {
        let server = Sizes::default();
        let (groups, go_on) = (Arc::clone(&server.groups), Arc::clone(&server.go_on));
        let together = Together::start(server, 1);
        let answers = tokio::spawn({
            let (together, numbers) = (together.clone(), numbers.to_vec());
            async move { join_all(numbers.iter().map(|number| together.ask(*number))).await }
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
}
