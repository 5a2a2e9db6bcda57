//! The published contracts. Bodies of answers stand once, in the form of the newest; one pure step writes them
//! in the form of the contract of the asking key.
//!
//! This module must not know operations, DTOs or where an answer goes.

mod page;

use std::sync::Arc;

use poem::Response;
use serde::Serialize;
use sms_domain::ports::Contract;

pub(crate) use self::page::is_newer;

/// The name under which an amount is serialized: a number whose digits are to be kept.
pub(crate) const EXACT_NUMBER: &str = "ExactNumber";

/// An answer whose form is not decided yet: it waits among the extensions of a response.
#[derive(Clone)]
struct Unwritten(Arc<dyn Form>);

trait Form: Send + Sync {
    fn written(&self, contract: Contract) -> serde_json::Result<Vec<u8>>;
}

impl<T: Serialize + Send + Sync> Form for T {
    fn written(&self, contract: Contract) -> serde_json::Result<Vec<u8>> {
        written(self, contract)
    }
}

/// A value as JSON in the form of a contract.
///
/// # Errors
/// A value that is no JSON.
pub(crate) fn written<T: Serialize + ?Sized>(
    value: &T,
    contract: Contract,
) -> serde_json::Result<Vec<u8>> {
    match contract {
        Contract::August2026 => serde_json::to_vec(value),
        Contract::Page => page::to_vec(value),
    }
}

/// Leaves an answer with a response; [`write()`] gives it its form.
pub(crate) fn leave(response: &mut Response, answer: impl Serialize + Send + Sync + 'static) {
    let answer = Unwritten(Arc::new(answer));
    response.extensions_mut().insert(answer);
}

/// Writes the answer that was left with a response, if any.
///
/// # Errors
/// An answer that is no JSON.
pub(crate) fn write(response: &mut Response, contract: Contract) -> serde_json::Result<()> {
    if let Some(Unwritten(answer)) = response.extensions_mut().remove::<Unwritten>() {
        response.set_body(answer.written(contract)?);
    }
    Ok(())
}
