//! The messages of a batch: which are admitted, and what is said about each.

use poem::Request;
use poem::http::header;
use sms_application::{Accepted, SendCommand, SendError, SendService, Sender, send_each};

use crate::http::auth::admit;
use crate::http::dto::{BatchItemProblem, BatchItemResult, SendBatchRequest, SendBatchResponse};
use crate::http::envelope::{RequestContext, log_failure};
use crate::http::extractor_state::ExtractorState;
use crate::http::problem::Problem;

/// An item that was read: its key, and the message or why it is not sent.
type Item = (Option<String>, Result<SendCommand, Problem>);

/// Sends each item by itself. The request counts as one for each item against the organization's limit.
pub(super) async fn send(
    service: &dyn SendService,
    request: &Request,
    sender: Sender,
    batch: SendBatchRequest,
    problem_base: &str,
) -> Result<SendBatchResponse, Problem> {
    let context = RequestContext::of(request)?;
    let items = admitted(request, sender, batch)?;
    let shown = |(key, answer)| match answer {
        Ok(accepted) => taken(key, &accepted),
        Err(problem) => {
            log_failure(context, &problem);
            refused(key, problem, problem_base)
        }
    };
    let answered = send_admitted(service, items).await;
    Ok(SendBatchResponse {
        items: answered.into_iter().map(shown).collect(),
    })
}

fn admitted(
    request: &Request,
    sender: Sender,
    batch: SendBatchRequest,
) -> Result<Vec<Item>, Problem> {
    let (http, context) = (ExtractorState::of(request)?, RequestContext::of(request)?);
    let mut items = Vec::new();
    for (place, (message, faults)) in batch.into_entries().enumerate() {
        // The first was counted when the request was let in.
        let admitted = if place == 0 {
            Ok(())
        } else {
            admit(http, context, sender)
        };
        let key = message.outbound_idempotency_key.clone();
        let command = match admitted {
            Err(problem) => Err(problem),
            Ok(()) if !faults.is_empty() => Err(Problem::invalid(faults)),
            Ok(()) => Ok(message.command(sender)),
        };
        items.push((key, command));
    }
    Ok(items)
}

async fn send_admitted(
    service: &dyn SendService,
    items: Vec<Item>,
) -> Vec<(Option<String>, Result<Accepted, Problem>)> {
    let (mut commands, mut refusals) = (Vec::new(), Vec::with_capacity(items.len()));
    for (key, command) in items {
        let refusal = command.map(|command| commands.push(command)).err();
        refusals.push((key, refusal));
    }
    let mut answers = send_each(service, commands).await.into_iter();
    let mut next = || answers.next().unwrap_or(Err(SendError::Contended));
    let answered = refusals.into_iter().map(|(key, refusal)| match refusal {
        Some(problem) => (key, Err(problem)),
        None => (key, next().map_err(Problem::from)),
    });
    answered.collect()
}

fn taken(key: Option<String>, accepted: &Accepted) -> BatchItemResult {
    BatchItemResult {
        outbound_idempotency_key: key,
        status: 201.into(),
        is_replayed: accepted.is_replayed,
        message: Some((&accepted.message).into()),
        problem: None,
        retry_after: None,
    }
}

fn refused(key: Option<String>, problem: Problem, problem_base: &str) -> BatchItemResult {
    BatchItemResult {
        outbound_idempotency_key: key,
        status: u32::from(problem.kind.status().as_u16()).into(),
        is_replayed: false,
        message: None,
        retry_after: retry_after(&problem).map(Into::into),
        problem: Some(BatchItemProblem {
            r#type: problem.kind.address(problem_base),
            title: problem.kind.title().to_owned(),
            detail: problem.detail.into_owned(),
            errors: problem.errors,
        }),
    }
}

fn retry_after(problem: &Problem) -> Option<u32> {
    let mut headers = problem.headers.iter();
    let (_, value) = headers.find(|(name, _)| *name == header::RETRY_AFTER)?;
    value.to_str().ok()?.parse().ok()
}
