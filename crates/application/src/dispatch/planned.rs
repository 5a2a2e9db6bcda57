//! From claimed rows to calls: decide again with fresh facts, then commit the attempts. The two steps are
//! separate, so that no call slot is held while facts are loaded.

use sms_domain::lifecycle::MessageChange;
use sms_domain::message::Message;
use sms_domain::ports::{CommitError, Due, Unavailable};
use sms_domain::values::ids::OrganizationId;

use crate::TRIES;
use crate::dispatch::call::Call;
use crate::dispatch::steps::DispatchSteps;

/// The plan for one claimed row.
#[derive(Debug)]
pub struct Planned(Plan);

#[derive(Debug)]
enum Plan {
    /// The row waited and was decided again.
    Change(Box<MessageChange>),
    /// Its attempt has already begun: the row is examined when its batch is begun.
    LookAfter(Box<Due>),
}

impl Planned {
    pub(crate) fn organization_id(&self) -> OrganizationId {
        match &self.0 {
            Plan::Change(change) => change.message.organization_id,
            Plan::LookAfter(due) => due.message.organization_id,
        }
    }
}

impl DispatchSteps {
    /// Decides again about waiting rows. Writes nothing.
    ///
    /// # Errors
    /// [`Unavailable`]; the rows become due again when their lease ends.
    pub async fn plan(&self, due: Vec<Due>) -> Result<Vec<Planned>, Unavailable> {
        let (waiting, begun): (Vec<_>, Vec<_>) =
            due.into_iter().partition(|due| due.message.is_waiting());
        let waiting = waiting.into_iter().map(|due| due.message).collect();
        let changes = self.decide_again(waiting, false).await?.into_iter();
        let begun = begun.into_iter().map(|due| Plan::LookAfter(Box::new(due)));
        Ok(changes
            .map(|change| Plan::Change(Box::new(change)))
            .chain(begun)
            .map(Planned)
            .collect())
    }

    /// Executes the plans and returns the committed calls, at most one per row. Pass no more rows than
    /// calls can be made at once: a crash makes the outcome of every committed call unknown.
    ///
    /// # Errors
    /// [`Unavailable`] if nothing was committed; the rows become due again when their lease ends.
    pub async fn begin(&self, planned: Vec<Planned>) -> Result<Vec<Call>, Unavailable> {
        let mut calls = Vec::new();
        match self.begin_all(planned, &mut calls).await {
            Err(error) if calls.is_empty() => Err(error),
            // Committed calls must be made even if the rest failed: no other worker makes them.
            Err(Unavailable(error)) => {
                tracing::error!(%error, "some attempts could not be committed");
                Ok(calls)
            }
            Ok(()) => Ok(calls),
        }
    }

    /// Adds each call as soon as it is committed.
    async fn begin_all(
        &self,
        planned: Vec<Planned>,
        calls: &mut Vec<Call>,
    ) -> Result<(), Unavailable> {
        let (mut changes, mut begun) = (Vec::new(), Vec::new());
        for Planned(plan) in planned {
            match plan {
                Plan::Change(change) => changes.push(*change),
                Plan::LookAfter(due) => begun.push(*due),
            }
        }
        self.begin_attempts(changes, calls).await?;
        self.look_after(begun, calls).await
    }

    /// Commits the changes. A change that lost a race or is too old is decided again.
    async fn begin_attempts(
        &self,
        changes: Vec<MessageChange>,
        calls: &mut Vec<Call>,
    ) -> Result<(), Unavailable> {
        let now = self.ports.clock.now();
        let (recent, old): (Vec<_>, Vec<_>) = changes
            .into_iter()
            .partition(|change| change.is_recent(now));
        let mut again: Vec<Message> = old.into_iter().map(|change| change.message).collect();
        again.extend(self.commit_attempts(recent, calls).await?);
        for _ in 1..TRIES {
            if again.is_empty() {
                break;
            }
            let changes = self.decide_again(again, true).await?;
            again = self.commit_attempts(changes, calls).await?;
        }
        Ok(())
    }

    /// Commits the changes, adds the calls of those that began an attempt, and returns the messages
    /// whose change lost a race.
    async fn commit_attempts(
        &self,
        changes: Vec<MessageChange>,
        calls: &mut Vec<Call>,
    ) -> Result<Vec<Message>, Unavailable> {
        let tried: Vec<_> = changes
            .iter()
            .map(|change| (change.message.clone(), change.attempt.clone()))
            .collect();
        let results = self.ports.messages.commit(changes).await?;
        let mut lost = Vec::new();
        for ((message, attempt), result) in tried.into_iter().zip(results) {
            match (result, attempt) {
                (Ok(message), Some(attempt)) => calls.push(Call { message, attempt }),
                (Ok(_), None) | (Err(CommitError::Duplicate), _) => {}
                (Err(_), _) => lost.push(message),
            }
        }
        Ok(lost)
    }

    async fn decide_again(
        &self,
        waiting: Vec<Message>,
        must_be_fresh: bool,
    ) -> Result<Vec<MessageChange>, Unavailable> {
        if waiting.is_empty() {
            return Ok(Vec::new());
        }
        let facts = self.load(&waiting, must_be_fresh).await?;
        Ok((waiting.into_iter().zip(facts))
            .filter_map(|(message, facts)| self.next_change(message, facts))
            .collect())
    }
}
