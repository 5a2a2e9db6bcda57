//! Sending the messages of one request, each by itself. Must not know how the results are shown.

use std::collections::BTreeMap;

use futures_util::{StreamExt, stream};

use super::{Accepted, SendCommand, SendError, SendService};

/// Most messages of a batch that are decided at the same time, so that one batch leaves room for other requests.
const AT_ONCE: usize = 16;

/// Sends each message by itself; messages of one conversation in their order. The results are in the order of
/// the commands.
pub async fn send_each(
    service: &dyn SendService,
    commands: Vec<SendCommand>,
) -> Vec<Result<Accepted, SendError>> {
    let mut threads: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (place, command) in commands.into_iter().enumerate() {
        let thread = threads.entry(command.conversation_id).or_default();
        thread.push((place, command));
    }
    let one_after_another = |thread: Vec<(usize, SendCommand)>| async move {
        let mut results = Vec::with_capacity(thread.len());
        for (place, command) in thread {
            results.push((place, service.send(command).await));
        }
        results
    };
    let sent = stream::iter(threads.into_values()).map(one_after_another);
    let mut results = sent.buffer_unordered(AT_ONCE).concat().await;
    results.sort_unstable_by_key(|(place, _)| *place);
    results.into_iter().map(|(_, result)| result).collect()
}
