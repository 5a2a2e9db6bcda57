//! The organization that sends, and the people it sends to.

use std::sync::Arc;

use anyhow::ensure;
use sms_api::system::{SystemClock, SystemIds};
use sms_api::wiring::Stores;
use sms_domain::billing::Money;
use sms_domain::decision::OrganizationKind;
use sms_domain::ids::ConversationId;
use sms_tests::{Client, Tenant};

/// Leads; several messages go to each.
pub(crate) const LEADS: usize = 40;

pub(crate) struct Customer {
    tenant: Tenant,
    number: String,
    conversations: Vec<ConversationId>,
}

impl Customer {
    /// Puts it in place, as an operator would before the program is first started. A sandbox: its
    /// messages go to the simulated account, at any hour and any number of times.
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

    /// Talks to the API.
    pub(crate) fn client(&self) -> &Client {
        &self.tenant.client
    }

    /// The number that everything leaves from.
    pub(crate) fn number(&self) -> &str {
        &self.number
    }

    /// Whom the `n`th message goes to.
    pub(crate) fn conversation(&self, n: usize) -> ConversationId {
        self.conversations[n % LEADS]
    }

    /// No money is set aside any more; the database must run.
    pub(crate) async fn holds_nothing(&self) -> anyhow::Result<()> {
        let wallet = self.tenant.wallet(self.conversation(0)).await;
        let held = wallet.held.micros();
        ensure!(held == 0, "{held} micros are still held");
        Ok(())
    }
}

/// The number of the `n`th message's lead.
pub(crate) fn phone(n: usize) -> String {
    format!("+140455501{:02}", n % LEADS)
}
