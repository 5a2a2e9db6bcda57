//! All carriers as one, each chosen by account: the gateway, the webhooks, the opt-out lists and the numbers that
//! the use cases work with. It must not name an adapter.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sms_domain::carrier::{
    Evidence, FailureMeaning, Notice, NoticeContent, OutboundSms, ProviderAnswer, ProviderCall,
    ProviderError, ProviderEvent, Refusal, RefusalClass, RequestBody,
};
use sms_domain::ports::{
    GatewayUnavailable, NumberCatalogue, OptOutFeed, OwnedNumber, ProviderOptOut, SmsGateway,
    WebhookReader, WebhookRejected, WebhookRequest,
};
use sms_domain::values::ProviderAccount;
use sms_domain::values::phone::PhoneNumber;

/// The code of a refusal by which nothing was sent.
const NOT_CONFIGURED: &str = "account-not-configured";

/// One carrier's adapter behind the ports.
#[derive(Clone)]
pub struct Carrier {
    /// Our accounts there.
    pub accounts: Vec<ProviderAccount>,
    /// The path of its webhooks, `/webhooks/<carrier>`; a receipt's path goes on with the attempt's
    /// token.
    pub webhook_path: &'static str,
    /// Handing messages over.
    pub gateway: Arc<dyn SmsGateway>,
    pub webhooks: Arc<dyn WebhookReader>,
    /// Reading the carrier's own opt-out list, if it has one.
    pub opt_outs: Option<Arc<dyn OptOutFeed>>,
    /// Reading which numbers our accounts have, if it can be asked.
    pub numbers: Option<Arc<dyn NumberCatalogue>>,
}

/// The carriers of one process.
///
/// A call is made only by the carrier that claims the account. What was received and stored is read by
/// it too, or, where none claims the account because an operator's command is given no accounts, by the
/// first carrier that understands it.
#[derive(Clone)]
pub struct Carriers(Arc<[Carrier]>);

/// Two carriers claim one account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the account {0} is configured at two carriers")]
pub struct ClaimedTwice(pub ProviderAccount);

impl Carriers {
    /// Several carriers.
    ///
    /// # Errors
    /// [`ClaimedTwice`].
    pub fn new(carriers: Vec<Carrier>) -> Result<Self, ClaimedTwice> {
        let mut accounts: Vec<_> = carriers.iter().flat_map(|one| &one.accounts).collect();
        accounts.sort();
        let twice = accounts.windows(2).find(|pair| pair[0] == pair[1]);
        match twice {
            Some(pair) => Err(ClaimedTwice(pair[0].clone())),
            None => Ok(Self(carriers.into())),
        }
    }

    /// One carrier, for all accounts that it claims.
    #[must_use]
    pub fn only(carrier: Carrier) -> Self {
        Self(Arc::new([carrier]))
    }

    /// The same carriers, whose messages all go to one gateway.
    #[must_use]
    pub fn with_gateway(&self, gateway: &Arc<dyn SmsGateway>) -> Self {
        let carriers = self.0.iter().cloned().map(|one| Carrier {
            gateway: Arc::clone(gateway),
            ..one
        });
        Self(carriers.collect())
    }

    /// The accounts whose carrier has an opt-out list.
    pub(super) fn with_opt_outs(&self) -> impl Iterator<Item = ProviderAccount> {
        let carriers = self.0.iter().filter(|one| one.opt_outs.is_some());
        carriers.flat_map(|one| one.accounts.iter().cloned())
    }

    fn of(&self, account: &ProviderAccount) -> Option<&Carrier> {
        self.0.iter().find(|one| one.accounts.contains(account))
    }

    fn asked(&self, account: &ProviderAccount) -> Result<&Carrier, GatewayUnavailable> {
        let carrier = self.of(account);
        carrier.ok_or_else(|| GatewayUnavailable(not_configured(account)))
    }
}

#[async_trait]
impl SmsGateway for Carriers {
    fn encode(&self, sms: &OutboundSms) -> Option<RequestBody> {
        self.of(&sms.account)?.gateway.encode(sms)
    }

    async fn send(&self, call: &ProviderCall) -> ProviderAnswer {
        match self.of(&call.account) {
            Some(carrier) => carrier.gateway.send(call).await,
            None => not_sent(&call.account),
        }
    }

    async fn look_up(
        &self,
        account: &ProviderAccount,
        provider_message_id: &str,
    ) -> Result<Option<Evidence>, GatewayUnavailable> {
        let gateway = &self.asked(account)?.gateway;
        gateway.look_up(account, provider_message_id).await
    }

    fn enforces_idempotency(&self, account: &ProviderAccount) -> bool {
        self.of(account)
            .is_some_and(|carrier| carrier.gateway.enforces_idempotency(account))
    }

    fn failure_meaning(
        &self,
        account: &ProviderAccount,
        error: &ProviderError,
    ) -> Option<FailureMeaning> {
        let meaning = |carrier: &Carrier| carrier.gateway.failure_meaning(account, error);
        match self.of(account) {
            Some(carrier) => meaning(carrier),
            None => self.0.iter().find_map(meaning),
        }
    }
}

impl WebhookReader for Carriers {
    fn read(
        &self,
        request: WebhookRequest<'_>,
        now: DateTime<Utc>,
    ) -> Result<Notice, WebhookRejected> {
        let mut carriers = self.0.iter();
        let carrier = carriers.find(|one| is_below(one.webhook_path, request.path));
        let carrier = carrier.ok_or(WebhookRejected::UnknownPath)?;
        carrier.webhooks.read(request, now)
    }

    fn read_again(&self, event: ProviderEvent) -> Notice {
        if let Some(carrier) = self.of(&event.account) {
            return carrier.webhooks.read_again(event);
        }
        let read = |carrier: &Carrier| carrier.webhooks.read_again(event.clone());
        let understood = self.0.iter().map(read).find(is_understood);
        understood.unwrap_or_else(|| unreadable(event))
    }
}

#[async_trait]
impl OptOutFeed for Carriers {
    async fn list_opt_outs(
        &self,
        account: &ProviderAccount,
        since: Option<DateTime<Utc>>,
    ) -> Result<Vec<ProviderOptOut>, GatewayUnavailable> {
        match &self.asked(account)?.opt_outs {
            Some(feed) => feed.list_opt_outs(account, since).await,
            None => Ok(Vec::new()),
        }
    }
}

#[async_trait]
impl NumberCatalogue for Carriers {
    fn accounts(&self) -> Vec<ProviderAccount> {
        let carriers = self.0.iter().filter(|one| one.numbers.is_some());
        carriers
            .flat_map(|one| one.accounts.iter().cloned())
            .collect()
    }

    async fn owned_number(
        &self,
        account: &ProviderAccount,
        phone: &PhoneNumber,
    ) -> Result<Option<OwnedNumber>, GatewayUnavailable> {
        match &self.asked(account)?.numbers {
            Some(catalogue) => catalogue.owned_number(account, phone).await,
            None => Ok(None),
        }
    }
}

fn is_below(webhook_path: &str, path: &str) -> bool {
    let rest = path.strip_prefix(webhook_path);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

const fn is_understood(notice: &Notice) -> bool {
    match notice.content {
        NoticeContent::Evidence(_) | NoticeContent::Inbound(_) => true,
        NoticeContent::Other | NoticeContent::Unreadable => false,
    }
}

fn unreadable(event: ProviderEvent) -> Notice {
    Notice {
        signers: vec![event.account.clone()],
        event,
        content: NoticeContent::Unreadable,
    }
}

fn not_sent(account: &ProviderAccount) -> ProviderAnswer {
    ProviderAnswer::Refused(Refusal {
        class: RefusalClass::Account,
        error: ProviderError {
            code: NOT_CONFIGURED.to_owned(),
            message: not_configured(account),
        },
        retry_after: None,
    })
}

fn not_configured(account: &ProviderAccount) -> String {
    format!("no carrier is configured for the account {account}")
}

#[cfg(test)]
mod tests;
