//! Sending the messages of a batch.

use std::sync::Mutex;

use async_trait::async_trait;
use sms_application::{Accepted, DraftCommand, SendCommand, SendError, SendService, send_each};
use sms_testkit::fixtures::message;
use tokio::sync::Semaphore;

use crate::send::command;

/// Answers in the reverse order of its calls, as far as these do not wait for each other; refuses every second text.
struct Backwards {
    calls: Mutex<Vec<String>>,
    turns: Semaphore,
}

#[async_trait]
impl SendService for Backwards {
    async fn send(&self, command: SendCommand) -> Result<Accepted, SendError> {
        let place = {
            let mut calls = self.calls.lock().unwrap();
            calls.push(command.text.clone());
            calls.len()
        };
        for _ in place..8 {
            tokio::task::yield_now().await;
        }
        drop(self.turns.acquire().await);
        if command.text.ends_with(['1', '3', '5']) {
            return Err(SendError::KeyReused);
        }
        Ok(Accepted {
            message: message(),
            is_replayed: command.text.ends_with('4'),
        })
    }

    async fn save_draft(&self, _: DraftCommand) -> Result<Accepted, SendError> {
        panic!("a batch saves no drafts")
    }
}

fn to(conversation: u32, text: &str) -> SendCommand {
    let id = format!("01900000-0000-7000-8000-{conversation:012}");
    SendCommand {
        conversation_id: id.parse().unwrap(),
        text: text.to_owned(),
        ..command()
    }
}

#[tokio::test]
async fn results_come_in_the_order_of_the_commands_and_one_person_is_texted_in_order() {
    let service = Backwards {
        calls: Mutex::default(),
        turns: Semaphore::new(1),
    };
    let commands = vec![
        to(1, "a 0"),
        to(2, "b 1"),
        to(1, "a 2"),
        to(3, "c 3"),
        to(1, "a 4"),
        to(2, "b 5"),
    ];
    let results = send_each(&service, commands).await;
    let shown: Vec<_> = results
        .iter()
        .map(|result| result.as_ref().ok().map(|accepted| accepted.is_replayed))
        .collect();
    assert_eq!(
        shown,
        [Some(false), None, Some(false), None, Some(true), None]
    );
    let calls = service.calls.lock().unwrap().clone();
    let of = |person: &str| -> Vec<_> {
        let theirs = calls.iter().filter(|text| text.starts_with(person));
        theirs.cloned().collect()
    };
    assert_eq!(of("a"), ["a 0", "a 2", "a 4"]);
    assert_eq!(of("b"), ["b 1", "b 5"]);
}
