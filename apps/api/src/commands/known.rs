//! What an operator's command names must be readable and must exist: else it is refused before
//! anything is done. Must not know what the commands do.

use anyhow::{Context as _, bail};
use sms_domain::ports::Known;
use sms_domain::values::ids::OrganizationId;
use sms_domain::values::phone::PhoneNumber;

use crate::wiring::{Stores, System};

/// An identifier on the command line; `what` says whose.
pub(super) fn parsed<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(
    what: &str,
    text: &str,
) -> anyhow::Result<T> {
    text.parse()
        .with_context(|| format!("{what} is {text:?}: expected an id, as it is listed"))
}

/// A person's number on the command line. What is stored may be older than today's checks.
pub(super) fn person(text: &str) -> anyhow::Result<PhoneNumber> {
    PhoneNumber::parse(text).with_context(|| format!("the phone number is {text:?}"))
}

/// Refuses what the store does not have.
pub(super) async fn require(stores: &Stores, what: Known) -> anyhow::Result<()> {
    if stores.known.is_known(what).await? {
        return Ok(());
    }
    match what {
        Known::Organization(id) => bail!("there is no organization {id}"),
        Known::Number(organization, id) => {
            bail!("the organization {organization} has no number {id}")
        }
        Known::Campaign(organization, id) => {
            bail!("the organization {organization} has no campaign {id}")
        }
        Known::Conversation(organization, id) => {
            bail!("the organization {organization} has no conversation {id}")
        }
    }
}

/// Refuses an organization that the store does not have.
pub(super) async fn organization(system: &System, id: OrganizationId) -> anyhow::Result<()> {
    require(system.stores(), Known::Organization(id)).await
}
