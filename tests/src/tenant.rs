//! One organization: its client, and the data that tests create for it.

use std::sync::Arc;

use serde_json::{Value, json};
use sms_api::commands::keys::{self, NewKey};
use sms_api::system::SystemIds;
use sms_api::wiring::Stores;
use sms_domain::facts::{Context, Lead, NumberFacts, OrganizationKind, WalletFacts};
use sms_domain::ports::{Clock, Contract, FactsRequest, KeyKind, Scope, Seed};
use sms_domain::values::billing::Money;
use sms_domain::values::ids::{ConversationId, LeadId, OrganizationId, PhoneNumberId};
use sms_testkit::fixtures;

use crate::client::{Answer, Client};
use crate::seeding::{self, Surroundings, surroundings};

/// An organization with a key.
#[derive(Clone)]
pub struct Tenant {
    /// Its client, with a key that may do everything.
    pub client: Client,
    pub organization_id: OrganizationId,
    /// Its numbers, the default first.
    pub number_ids: Vec<PhoneNumberId>,
    anonymous: Client,
    stores: Stores,
    clock: Arc<dyn Clock>,
    ids: Arc<SystemIds>,
}

impl Tenant {
    /// Creates an organization with the given surroundings.
    ///
    /// # Panics
    /// When the store fails.
    pub async fn create(
        anonymous: Client,
        stores: Stores,
        clock: Arc<dyn Clock>,
        ids: &Arc<SystemIds>,
        kind: OrganizationKind,
        differ: impl FnOnce(&mut Surroundings),
    ) -> Self {
        let mut around = surroundings(kind, ids);
        differ(&mut around);
        let organization_id = around.organization.id;
        let mut tenant = Self {
            client: anonymous.clone(),
            organization_id,
            number_ids: around.numbers.iter().map(|number| number.id).collect(),
            anonymous,
            stores,
            clock,
            ids: Arc::clone(ids),
        };
        let top_ups = (around.balance != Money::ZERO)
            .then(|| seeding::top_up(organization_id, around.balance, ids));
        tenant
            .seed(Seed {
                organizations: vec![around.organization],
                numbers: around.numbers,
                top_ups: top_ups.into_iter().collect(),
                ..Seed::default()
            })
            .await;
        tenant.client = tenant.client_with_scopes(Scope::ALL, ids).await;
        tenant
    }

    pub(crate) async fn client_with_scopes(&self, scopes: &[Scope], ids: &SystemIds) -> Client {
        let contract = Contract::default();
        self.client_with_key(scopes, KeyKind::Live, contract, ids)
            .await
    }

    pub(crate) async fn client_with_key(
        &self,
        scopes: &[Scope],
        kind: KeyKind,
        contract: Contract,
        ids: &SystemIds,
    ) -> Client {
        let new = NewKey {
            organization_id: self.organization_id,
            scopes: scopes.to_vec(),
            kind,
            expires_in_days: None,
            contract,
        };
        let made =
            keys::create_key(self.stores.keys.as_ref(), new, ids, &fixtures::operator()).await;
        let client = self.anonymous.clone().described_by(contract);
        client.with_key(made.unwrap().1)
    }

    /// Applies a seed.
    ///
    /// # Panics
    /// When the seed is refused.
    pub async fn seed(&self, seed: Seed) {
        self.stores
            .seeds
            .apply(&seed, self.clock.now(), &fixtures::operator())
            .await
            .unwrap();
    }

    /// A conversation with a new lead of this number.
    pub async fn conversation(&self, number: &str) -> ConversationId {
        self.conversation_with(number, |_| {}).await
    }

    /// A conversation with a new lead who differs from the usual one.
    pub async fn conversation_with(
        &self,
        number: &str,
        differ: impl FnOnce(&mut Lead),
    ) -> ConversationId {
        let mut lead = seeding::lead(self.organization_id, number, &self.ids);
        differ(&mut lead);
        let conversation = seeding::conversation(&lead, &self.ids);
        let id = conversation.id;
        self.seed(Seed {
            leads: vec![lead],
            conversations: vec![conversation],
            ..Seed::default()
        })
        .await;
        id
    }

    /// Conversations with new leads of these numbers, created in one seed.
    pub async fn conversations(
        &self,
        numbers: impl IntoIterator<Item = String>,
    ) -> Vec<ConversationId> {
        let new_lead = |number: String| seeding::lead(self.organization_id, &number, &self.ids);
        let leads: Vec<_> = numbers.into_iter().map(new_lead).collect();
        let conversations: Vec<_> = leads
            .iter()
            .map(|lead| seeding::conversation(lead, &self.ids))
            .collect();
        let ids = conversations.iter().map(|one| one.id).collect();
        self.seed(Seed {
            leads,
            conversations,
            ..Seed::default()
        })
        .await;
        ids
    }

    /// Opts the person with this number out of the organization.
    pub async fn opt_out(&self, number: &str) {
        let entry = seeding::suppression(self.organization_id, number, &self.ids);
        self.seed(Seed {
            suppressions: vec![entry],
            ..Seed::default()
        })
        .await;
    }

    /// Adds money to the wallet.
    pub async fn top_up(&self, amount: Money) {
        let entry = seeding::top_up(self.organization_id, amount, &self.ids);
        self.seed(Seed {
            top_ups: vec![entry],
            ..Seed::default()
        })
        .await;
    }

    /// Sends a request to send.
    pub async fn send(&self, body: &Value) -> Answer {
        self.client.post("/sms/send", body).await
    }

    /// Sends a text in a conversation, and returns the message's id.
    ///
    /// # Panics
    /// When the message is not accepted.
    pub async fn send_text(&self, conversation: ConversationId, text: &str) -> String {
        let answer = self.send(&message(conversation, text)).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.id()
    }

    /// The current state of a message.
    ///
    /// # Panics
    /// When the organization has no such message.
    pub async fn message(&self, id: &str) -> Value {
        let answer = self.client.get(&format!("/events/sms/{id}")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body
    }

    /// A message's status.
    pub async fn status(&self, id: &str) -> String {
        self.message(id).await["status"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Cancels a message.
    pub async fn cancel(&self, id: &str) -> Answer {
        self.client
            .post(&format!("/sms/{id}/cancel"), &Value::Null)
            .await
    }

    /// The wallet as decisions see it, loaded through any conversation of the organization.
    ///
    /// # Panics
    /// When the store fails or there is no such conversation.
    pub async fn wallet(&self, conversation: ConversationId) -> WalletFacts {
        self.facts(conversation).await.message.wallet
    }

    /// The organization's numbers with their used capacity, as decisions see them, loaded through any conversation
    /// of the organization.
    ///
    /// # Panics
    /// When the store fails or there is no such conversation.
    pub async fn numbers(&self, conversation: ConversationId) -> Vec<NumberFacts> {
        self.facts(conversation).await.org.numbers.clone()
    }

    /// The lead of a conversation.
    ///
    /// # Panics
    /// When the store fails or there is no such conversation.
    pub async fn lead(&self, conversation: ConversationId) -> LeadId {
        self.facts(conversation).await.message.lead.id
    }

    async fn facts(&self, conversation: ConversationId) -> Context {
        let request = FactsRequest {
            organization_id: self.organization_id,
            conversation_id: conversation,
            message_id: None,
            idempotency_key: None,
            now: self.clock.now(),
            must_be_fresh: true,
        };
        let facts = self.stores.facts.load(vec![request]).await.unwrap();
        let context = facts.into_iter().next().and_then(|facts| facts.context);
        context.expect("the conversation")
    }
}

/// A request to send.
#[must_use]
pub fn message(conversation: ConversationId, text: &str) -> Value {
    json!({ "conversationId": conversation.to_string(), "text": text })
}
