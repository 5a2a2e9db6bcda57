//! Wiring of received texts, opt-outs and the health of numbers. Must not name an adapter.

use std::sync::Arc;

use sms_application::{
    AwaitedTexts, InboundPorts, MirrorOptOuts, NumberWatch, OptOuts, ProviderBlocks,
    ProviderFailures, ReceiveInbound, RecordEvidence, ReplayEvents, Wake,
};

use super::{Carriers, ClockAndIds, Stores};

/// The use cases that keep the opt-out list and watch the numbers.
#[derive(Clone)]
pub struct Maintenance {
    /// The opt-out list and its reviews.
    pub opt_outs: OptOuts,
    /// The mirror of the provider's list.
    pub mirror: MirrorOptOuts,
    /// The health of numbers.
    pub numbers: NumberWatch,
    /// Matching of stored events without a message.
    pub replay: ReplayEvents,
    /// Texts that were stored for a number.
    pub awaited: AwaitedTexts,
}

/// What the rest of the system needs of them.
pub(super) struct InboundUseCases {
    pub(super) maintenance: Maintenance,
    pub(super) inbound: ReceiveInbound,
    pub(super) evidence: RecordEvidence,
    pub(super) failures: ProviderFailures,
}

impl InboundUseCases {
    pub(super) fn new(
        stores: &Stores,
        carriers: &Carriers,
        clock_and_ids: &ClockAndIds,
        wake: &Wake,
    ) -> Self {
        let ClockAndIds { clock, ids } = clock_and_ids.clone();
        let numbers = NumberWatch::new(stores.numbers.clone(), clock.clone());
        let opt_outs = OptOuts::new(
            stores.opt_outs.clone(),
            stores.reviews.clone(),
            stores.messages.clone(),
            clock.clone(),
            ids.clone(),
        );
        let blocks = ProviderBlocks::new(stores.numbers.clone(), opt_outs.clone());
        let failures = ProviderFailures::new(
            Arc::new(carriers.clone()),
            blocks.clone(),
            opt_outs.clone(),
            numbers.clone(),
        );
        let evidence = RecordEvidence::new(
            stores.receipts.clone(),
            stores.messages.clone(),
            clock.clone(),
            ids.clone(),
            failures.clone(),
        );
        let ports = InboundPorts {
            inbound: stores.inbound.clone(),
            facts: stores.facts.clone(),
            messages: stores.messages.clone(),
            waker: Arc::new(wake.clone()),
            clock: clock.clone(),
            ids,
        };
        let inbound = ReceiveInbound::new(ports, opt_outs.clone(), numbers.clone());
        let replay = ReplayEvents::new(
            stores.receipts.clone(),
            Arc::new(carriers.clone()),
            evidence.clone(),
            inbound.clone(),
        );
        let awaited = AwaitedTexts::new(
            stores.receipts.clone(),
            Arc::new(carriers.clone()),
            inbound.clone(),
            clock.clone(),
        );
        let mirror = MirrorOptOuts::new(
            Arc::new(carriers.clone()),
            stores.inbound.clone(),
            blocks,
            clock,
            carriers.with_opt_outs(),
        );
        Self {
            maintenance: Maintenance {
                opt_outs,
                mirror,
                numbers,
                replay,
                awaited,
            },
            inbound,
            evidence,
            failures,
        }
    }
}
