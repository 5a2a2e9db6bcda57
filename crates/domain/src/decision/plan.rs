//! The send plan: the route, the price and the capacity. Must not know why the message may be sent.

use crate::case::Case;
use crate::message::{Route, SendPlan};
use crate::numbers::is_warming_up;
use crate::numbers::selection::{Choice, Outcome, Selection};
use crate::values::billing::{BillingStatus, Money};

/// The plan; `None` when no number was chosen.
pub(super) fn send_plan(case: &Case<'_>, selection: Option<&Selection<'_>>) -> Option<SendPlan> {
    let choice = match &selection?.outcome {
        Outcome::Chosen(choice) => choice,
        Outcome::NotNow { .. }
        | Outcome::Paused { .. }
        | Outcome::Unregistered
        | Outcome::OptedOut
        | Outcome::NoNumber(_) => return None,
    };
    let is_billed = case.traffic().is_billed() && !choice.number.account.is_simulated();
    let (hold, billing) = if is_billed {
        (case.price, BillingStatus::Recorded)
    } else {
        (Money::ZERO, BillingStatus::NonBillableInternal)
    };
    let is_exempt = case.is_active_exchange(case.now);
    Some(SendPlan {
        route: route(case, choice),
        price: case.price,
        hold,
        billing,
        reservation: choice.reservation(case),
        counts_for_caps: case.traffic().counts_for_caps() && !is_exempt,
        text: case.wording.changed(case.submission, case.context),
        segments: case.wording.segments,
        due_at: case.now,
    })
}

fn route(case: &Case<'_>, choice: &Choice<'_>) -> Route {
    let number = choice.number;
    Route {
        number_id: number.id,
        from: number.phone.clone(),
        selection: Some(choice.reason),
        ten_dlc_campaign_id: number.ten_dlc_campaign_id.clone(),
        is_warmup: is_warming_up(number, case.windows.day),
        account: number.account.clone(),
        messaging_profile_id: number.messaging_profile_id.clone(),
    }
}
