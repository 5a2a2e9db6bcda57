//! The organization that sends, and the people it sends to.

use std::sync::Arc;

use anyhow::ensure;
use sms_api::system::{SystemClock, SystemIds};
use sms_api::wiring::Stores;
use sms_domain::facts::OrganizationKind;
use sms_domain::values::billing::Money;
use sms_domain::values::ids::ConversationId;
use sms_tests::{Client, Tenant};

/// Number of leads; each gets several messages.
pub(crate) const LEADS: usize = 40;

pub(crate) struct Customer {
    tenant: Tenant,
    number: String,
    conversations: Vec<ConversationId>,
}

impl Customer {
    /// Creates the organization, as an operator would before the first start. It is a sandbox: its messages
    /// go to the simulated account, at any hour and without caps.
    pub(crate) async fn create(base_url: &str, database: &str) -> anyhow::Result<Self> {
        let stores = Stores::connect(database, 2).await?;
        let client = Client::new(base_url);
        let (clock, ids) = (Arc::new(SystemClock), Arc::new(SystemIds::default()));
        let mut number = String::new();
        let kind = OrganizationKind::Sandbox;
        let tenant = Tenant::create(client, stores, clock, &ids, kind, |around| {
            around.balance = Money::from_micros(100_000_000);
            number = around.numbers[0].phone.as_str().to_owned();
        });
        let tenant = tenant.await;
        let conversations = tenant.conversations((0..LEADS).map(phone)).await;
        Ok(Self {
            tenant,
            number,
            conversations,
        })
    }

    /// The organization's API client.
    pub(crate) fn client(&self) -> &Client {
        &self.tenant.client
    }

    /// The number from which all messages leave.
    pub(crate) fn number(&self) -> &str {
        &self.number
    }

    /// The conversation of the `n`th message.
    pub(crate) fn conversation(&self, n: usize) -> ConversationId {
        self.conversations[n % LEADS]
    }

    /// Fails if money is still held. The database must run.
    pub(crate) async fn holds_nothing(&self) -> anyhow::Result<()> {
        let wallet = self.tenant.wallet(self.conversation(0)).await;
        let held = wallet.held.micros();
        ensure!(held == 0, "{held} micros are still held");
        Ok(())
    }
}

/// The phone number of the `n`th message's lead.
pub(crate) fn phone(n: usize) -> String {
    format!("+140455501{:02}", n % LEADS)
}
