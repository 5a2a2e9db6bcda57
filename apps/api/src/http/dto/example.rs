//! An example of an answer, in the form of the contract that the document is of.

use serde::Serialize;
use serde_json::Value;
use sms_domain::ports::Contract;

use crate::http::contract::written;

/// An answer that is written in the form of a contract.
pub(super) type Answer = Box<dyn FnOnce(Contract) -> Option<Value>>;

/// The answer as an example.
pub(super) fn example(answer: impl Serialize + 'static) -> Option<Answer> {
    let in_form = move |contract| {
        let text = written(&answer, contract).ok()?;
        serde_json::from_slice(&text).ok()
    };
    Some(Box::new(in_form))
}
