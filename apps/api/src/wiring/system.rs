//! The use cases of one process, put over the ports. It must not name an adapter.

use std::sync::Arc;

use sms_application::{
    BacklogWatch, Campaigns, CancelSms, Circuits, DataRetention, DispatchLoop,
    DispatchLoopSettings, DispatchPorts, DispatchSteps, FetchReceivedMedia, FollowPauses,
    KeepMedia, KeepSuppressions, ManageSources, MediaAddresses, OutgoingMedia, OwnNumbers, Pausing,
    PreviewSms, ReceiveWebhook, SeedWithTexts, SelectNumber, SendSms, TakeInLead, Wake,
    WebhookLoop, WebhookLoopSettings, WebhookPorts,
};
use sms_domain::ports::{PageTokens, Unavailable};

use super::inbound::{InboundUseCases, Maintenance};
use super::webhooks;
use super::{Carriers, ClockAndIds, Outbound, Secrets, Settings, Stores};
use crate::config::Config;
use crate::http::UseCases;
use crate::system::SystemIds;

/// The use cases of one process.
#[derive(Clone)]
pub struct System {
    stores: Stores,
    /// What stands behind the routes.
    pub use_cases: UseCases,
    /// Tokens between the pages of lists.
    pub page_tokens: Arc<dyn PageTokens>,
    /// Addresses of files.
    pub files: MediaAddresses,
    /// Reading the files that leads sent.
    pub received_media: FetchReceivedMedia,
    /// One round of dispatch.
    pub dispatch: Arc<DispatchSteps>,
    /// The opt-out list and the watch over numbers.
    pub maintenance: Maintenance,
    /// Removing what is not kept any longer.
    pub retention: DataRetention,
    webhooks: WebhookPorts,
    /// Measuring what waits.
    pub backlog: BacklogWatch,
    /// The campaigns of organizations.
    pub campaigns: Campaigns,
    /// The numbers of organizations.
    pub own_numbers: OwnNumbers,
    /// Pausing and resuming.
    pub pausing: Pausing,
    /// What follows a pause or a resumption.
    pub follow_pauses: FollowPauses,
    wake: Wake,
}

impl System {
    /// Puts the use cases over the ports.
    #[must_use]
    pub fn new(
        stores: Stores,
        carriers: Carriers,
        outbound: Outbound,
        clock_and_ids: ClockAndIds,
        secrets: &Secrets,
        settings: impl Into<Settings>,
    ) -> Self {
        let (wake, settings) = (Wake::default(), settings.into());
        let inbound = InboundUseCases::new(&stores, &carriers, &clock_and_ids, &wake);
        let seeds = SeedWithTexts::new(stores.seeds.clone(), inbound.maintenance.awaited.clone());
        let stores = Stores {
            seeds: Arc::new(seeds),
            ..stores
        };
        let backlog = BacklogWatch::new(stores.backlog.clone(), clock_and_ids.clock.clone());
        let retention = DataRetention::new(
            stores.retention.clone(),
            clock_and_ids.clock.clone(),
            settings.retention,
        );
        let campaigns = Campaigns::new(
            stores.campaigns.clone(),
            clock_and_ids.clock.clone(),
            clock_and_ids.ids.clone(),
        );
        let own_numbers = OwnNumbers::new(
            stores.registry.clone(),
            Arc::new(carriers.clone()),
            Arc::new(wake.clone()),
            clock_and_ids.clock.clone(),
            clock_and_ids.ids.clone(),
        );
        let pausing = Pausing::new(
            stores.pauses.clone(),
            Arc::new(wake.clone()),
            clock_and_ids.clock.clone(),
        );
        let follow_pauses = FollowPauses::new(
            stores.pauses.clone(),
            stores.messages.clone(),
            stores.facts.clone(),
            Arc::new(wake.clone()),
            clock_and_ids.clock.clone(),
        );
        let Stores {
            messages,
            facts,
            queue,
            ..
        } = stores.clone();
        let calls = Arc::clone(&outbound.0);
        let (endpoints, webhooks) = webhooks::over(&stores, outbound, &clock_and_ids, secrets);
        let ClockAndIds { clock, ids } = clock_and_ids;
        let addresses =
            MediaAddresses::new(&settings.public_base_url, secrets.media_tokens.clone());
        let received_media = FetchReceivedMedia::new(
            stores.received_media.clone(),
            Arc::clone(&calls),
            addresses.clone(),
            clock.clone(),
            ids.clone(),
        );
        let media = OutgoingMedia::new(
            stores.media.clone(),
            calls,
            addresses.clone(),
            clock.clone(),
        );
        let ports = DispatchPorts {
            queue,
            facts: facts.clone(),
            messages: messages.clone(),
            gateway: Arc::new(carriers.clone()),
            clock: clock.clone(),
            ids: ids.clone(),
            tokens: Arc::clone(&secrets.attempt_tokens),
            files: addresses.clone(),
            circuits: Arc::new(Circuits::default()),
            failures: inbound.failures,
        };
        let use_cases = UseCases {
            send: Arc::new(SendSms::new(
                messages.clone(),
                facts.clone(),
                Arc::new(wake.clone()),
                clock.clone(),
                ids.clone(),
                media.clone(),
            )),
            cancel: Arc::new(CancelSms::new(messages, clock.clone())),
            preview: Arc::new(PreviewSms::new(facts.clone(), clock.clone(), media)),
            numbers: Arc::new(SelectNumber::new(
                stores.conversations.clone(),
                facts,
                clock.clone(),
            )),
            sources: Arc::new(ManageSources::new(
                stores.sources.clone(),
                Arc::new(SystemIds::default()),
                clock.clone(),
                ids.clone(),
            )),
            suppressions: Arc::new(KeepSuppressions::new(
                inbound.maintenance.opt_outs.clone(),
                stores.opt_outs.clone(),
                stores.suppressions.clone(),
                clock.clone(),
            )),
            media: Arc::new(KeepMedia::new(
                stores.media.clone(),
                addresses.clone(),
                clock.clone(),
                ids.clone(),
            )),
            leads: Arc::new(TakeInLead::new(stores.leads.clone(), ids)),
            webhooks: Arc::new(ReceiveWebhook::new(
                Arc::new(carriers),
                Arc::clone(&secrets.attempt_tokens),
                inbound.evidence,
                inbound.inbound,
                clock,
            )),
            endpoints: Arc::new(endpoints),
        };
        Self {
            use_cases,
            page_tokens: Arc::clone(&secrets.page_tokens),
            files: addresses,
            received_media,
            maintenance: inbound.maintenance,
            webhooks,
            retention,
            backlog,
            campaigns,
            own_numbers,
            pausing,
            follow_pauses,
            dispatch: Arc::new(DispatchSteps::new(ports, settings.dispatch)),
            wake,
            stores,
        }
    }

    /// The stores that the use cases work on.
    #[must_use]
    pub const fn stores(&self) -> &Stores {
        &self.stores
    }

    /// Makes the configured rates of accounts those of all workers on the store: the last one that
    /// starts decides.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn pace_accounts(&self, config: &Config) -> Result<(), Unavailable> {
        let rates = config.carriers.account_rates().into_iter();
        let rates: Vec<_> = rates
            .map(|(account, rate)| (account, Some(rate).filter(|rate| *rate > 0)))
            .collect();
        self.stores.rates.set(&rates).await
    }

    /// The loop of this process that posts events.
    #[must_use]
    pub fn webhook_loop(&self) -> WebhookLoop {
        WebhookLoop::new(self.webhooks.clone(), WebhookLoopSettings::default())
    }

    /// The dispatch loop of this process.
    #[must_use]
    pub fn dispatch_loop(&self, settings: DispatchLoopSettings) -> DispatchLoop {
        DispatchLoop::new(Arc::clone(&self.dispatch), settings, self.wake.clone())
    }
}
