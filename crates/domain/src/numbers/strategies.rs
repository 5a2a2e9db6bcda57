//! The strategies, one function each. This module must not know their order: see
//! [`super::selection::STRATEGIES`].

mod local_area;
mod manual_override;
mod overlays;
mod score;

pub(super) use local_area::local_area;
pub(crate) use manual_override::instructed_number;
pub(super) use manual_override::manual_override;

use super::gates::STICKY_WAIT;
use super::selection::{Field, Outcome, Pick};
use crate::facts::NumberFacts;
use crate::values::Health;
use score::best;
pub(crate) use score::rendezvous;

/// The number of the conversation. People expect a business to keep its number, and carriers treat
/// one conversation spread over many numbers as snowshoeing; an active exchange therefore waits
/// briefly for its number.
pub(super) fn sticky_conversation<'a>(field: &Field<'_, 'a>) -> Pick<'a> {
    let case = field.case;
    let active = case.context.message.conversation.active_number;
    let Some(active) = active.and_then(|active| field.find(active)) else {
        return Pick::Pass;
    };
    if active.is_survivor() {
        return Pick::Number(active.number, None);
    }
    let patience = case
        .now
        .checked_add_signed(STICKY_WAIT)
        .unwrap_or(case.now)
        .min(case.horizon);
    match active.not_now(patience) {
        Some((until, reason, number)) if case.is_active_exchange(case.now) => {
            Pick::Stop(Outcome::NotNow {
                number,
                reason,
                until,
            })
        }
        Some(_) | None => Pick::Pass,
    }
}

/// The number assigned to the lead, or one of the lead's owner.
pub(super) fn lead_assigned<'a>(field: &Field<'_, 'a>) -> Pick<'a> {
    let lead = &field.case.context.message.lead;
    if let Some(number) = lead.assigned_number_id.and_then(|id| field.survivor(id)) {
        return Pick::Number(number, Some("lead"));
    }
    let Some(owner) = lead.owner_id else {
        return Pick::Pass;
    };
    best_of(field, "owner", |number| number.owner_id == Some(owner))
}

/// Numbers routed to the message's campaign or source. The campaign's gate excludes numbers of
/// other campaigns when the message has a campaign.
pub(super) fn campaign_or_source<'a>(field: &Field<'_, 'a>) -> Pick<'a> {
    let (campaign, source) = (field.case.campaign(), field.case.source());
    let by_campaign = best_of(field, "campaign", |number| {
        campaign.is_some() && number.campaign_id == campaign
    });
    match by_campaign {
        Pick::Pass => best_of(field, "source", |number| {
            source.is_some() && number.source_id == source
        }),
        Pick::Number(..) | Pick::Stop(_) => by_campaign,
    }
}

/// The organization's preferred numbers, best first.
pub(super) fn preferred<'a>(field: &Field<'_, 'a>) -> Pick<'a> {
    let list = &field.case.context.org.preferred_numbers;
    let first = list.iter().find_map(|id| field.survivor(*id));
    first.map_or(Pick::Pass, |number| Pick::Number(number, None))
}

/// The number with the best score. Limited numbers are left out: they are used only where another
/// strategy names them.
pub(super) fn healthy_pool<'a>(field: &Field<'_, 'a>) -> Pick<'a> {
    let pool = field
        .survivors()
        .filter(|number| number.health != Health::Limited);
    best(field.case, pool).map_or(Pick::Pass, |(number, detail)| Pick::Number(number, detail))
}

/// The organization's default number.
pub(super) fn fallback_default<'a>(field: &Field<'_, 'a>) -> Pick<'a> {
    let default = field
        .case
        .context
        .org
        .default_number
        .and_then(|id| field.survivor(id));
    default.map_or(Pick::Pass, |number| Pick::Number(number, None))
}

/// The best eligible number that meets a condition.
fn best_of<'a>(
    field: &Field<'_, 'a>,
    kind: &'static str,
    is_of_kind: impl Fn(&NumberFacts) -> bool,
) -> Pick<'a> {
    best(
        field.case,
        field.survivors().filter(|number| is_of_kind(number)),
    )
    .map_or(Pick::Pass, |(number, detail)| {
        Pick::Number(number, detail.or(Some(kind)))
    })
}
