//! Callers that wait at the same time are served together: everything that waits is answered with one
//! transaction or one query. There is no timer, so a caller who is alone waits for nobody; the busier
//! the process, the larger the groups.
//!
//! A group that could start while another is under way waits for it, unless it is large enough: small
//! groups at once cost more than one large group after the other.
//!
//! This module must not know what the callers want.

use std::sync::Arc;

use async_trait::async_trait;
use sms_domain::ports::Unavailable;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

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
    /// A group of this weight need not wait for one that is under way.
    const ENOUGH: usize;
    /// Groups that are under way at most.
    const AT_ONCE: usize;

    /// What a request adds to its group.
    fn weight(request: &Self::Request) -> usize;

    /// One answer per request, in their order.
    async fn serve(&self, requests: Vec<Self::Request>) -> Result<Vec<Self::Answer>, Unavailable>;
}

/// Where callers queue up. The task behind it ends with the last clone.
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

impl<S: Server> Together<S> {
    /// Starts the task, on the runtime of the caller.
    pub(crate) fn start(server: S) -> Self {
        let (sender, queue) = mpsc::unbounded_channel();
        tokio::spawn(serve_all(Arc::new(server), queue));
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

/// Those who wait for the next group.
struct Group<S: Server> {
    waiting: Vec<Waiting<S>>,
    weight: usize,
}

impl<S: Server> Group<S> {
    const fn empty() -> Self {
        Self {
            waiting: Vec::new(),
            weight: 0,
        }
    }

    const fn is_full(&self) -> bool {
        self.weight >= S::FULL
    }

    fn push(&mut self, waiting: Waiting<S>) {
        self.weight += S::weight(&waiting.request);
        self.waiting.push(waiting);
    }

    const fn may_start(&self, under_way: usize) -> bool {
        let is_enough = self.weight >= S::ENOUGH && under_way < S::AT_ONCE;
        !self.waiting.is_empty() && (under_way == 0 || is_enough)
    }

    async fn serve(self, server: Arc<S>) {
        let (requests, callers) = self
            .waiting
            .into_iter()
            .map(|waiting| (waiting.request, waiting.caller))
            .unzip();
        answer(callers, server.serve(requests).await);
    }
}

async fn serve_all<S: Server>(server: Arc<S>, mut queue: mpsc::UnboundedReceiver<Waiting<S>>) {
    // On tasks of their own, so that a defect in one group does not end the queue.
    let mut under_way = JoinSet::new();
    let mut group = Group::empty();
    while let Some(()) = gather(&mut group, &mut queue, &mut under_way).await {
        let complete = std::mem::replace(&mut group, Group::empty());
        under_way.spawn(complete.serve(Arc::clone(&server)));
    }
    while under_way.join_next().await.is_some() {}
}

/// Waits until the group may start, and takes everybody who is there by then; `None` at the end.
async fn gather<S: Server>(
    group: &mut Group<S>,
    queue: &mut mpsc::UnboundedReceiver<Waiting<S>>,
    under_way: &mut JoinSet<()>,
) -> Option<()> {
    loop {
        while let Some(next) = (!group.is_full()).then(|| queue.try_recv().ok()).flatten() {
            group.push(next);
        }
        while under_way.try_join_next().is_some() {}
        if group.may_start(under_way.len()) {
            return Some(());
        }
        tokio::select! {
            next = queue.recv(), if !group.is_full() => match next {
                Some(next) => group.push(next),
                // The end; whoever still waits is served.
                None if group.waiting.is_empty() => return None,
                None => return Some(()),
            },
            Some(_) = under_way.join_next() => {}
        }
    }
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
        const ENOUGH: usize = 2;
        const AT_ONCE: usize = 1;

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
        let together = Together::start(server);
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
