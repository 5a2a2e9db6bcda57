//! The effect of an opt-in on the opt-out list. Each source has its own entry: an opt-in ends earlier
//! opt-outs by the person, and none by the business. The result does not depend on the order in which
//! texts, refusals and the provider's list arrive. Must not know how the list is stored.

use chrono::{DateTime, Utc};

use super::opt_out::{OptIn, OptInReach, OptOutChange, ProviderProfile, SuppressionSource};
use crate::facts::SuppressionScope;
use crate::values::ids::PhoneNumberId;

/// An opt-out statement, as it affects the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closing<'a> {
    /// The source of the opt-out.
    pub source: SuppressionSource,
    /// The scope of the opt-out.
    pub scope: SuppressionScope,
    /// The profile for which the provider enforces the opt-out.
    pub profile: Option<&'a ProviderProfile>,
    /// When the opt-out was last stated.
    pub at: DateTime<Utc>,
}

/// A released entry of the opt-out list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleasedSuppression {
    /// The scope of the entry.
    pub scope: SuppressionScope,
    /// The source of the entry.
    pub source: SuppressionSource,
    /// The profile for which the provider enforced the entry.
    pub profile: Option<ProviderProfile>,
    /// The instant up to which statements are released.
    pub released_at: DateTime<Utc>,
}

impl OptOutChange {
    /// The statement of the change.
    #[must_use]
    pub const fn closing(&self) -> Closing<'_> {
        Closing {
            source: self.source,
            scope: self.scope,
            profile: self.profile.as_ref(),
            at: self.at,
        }
    }

    /// Whether the opt-out was revoked before it reached us: by an opt-in, or by the release of an
    /// equivalent entry.
    #[must_use]
    pub fn is_overtaken(&self, opt_ins: &[OptIn], released: &[ReleasedSuppression]) -> bool {
        let closing = self.closing();
        opt_ins.iter().any(|opt_in| opt_in.overtook(closing))
            || released.iter().any(|entry| entry.overtook(closing))
    }
}

impl Closing<'_> {
    /// Of two contradictory texts with the same instant, the one that arrives last prevails. A
    /// provider's entry follows from a text that we also receive, so it never outlives an opt-in of
    /// the same instant.
    fn is_undone_by_what_came_before(self, opened_at: DateTime<Utc>) -> bool {
        match self.source {
            SuppressionSource::Inbound => self.at < opened_at,
            SuppressionSource::Provider => self.at <= opened_at,
            SuppressionSource::Operator | SuppressionSource::Import => false,
        }
    }
}

impl OptIn {
    /// Whether the opt-in ends an entry that is on the list when it arrives.
    #[must_use]
    pub fn ends(&self, closing: Closing<'_>) -> bool {
        closing.at <= self.at && self.reaches(closing)
    }

    /// Whether the opt-in revokes an opt-out that arrives after it.
    fn overtook(&self, closing: Closing<'_>) -> bool {
        closing.is_undone_by_what_came_before(self.at) && self.reaches(closing)
    }

    /// Whether the opt-in affects opt-outs that were sent to a number of ours.
    #[must_use]
    pub fn concerns(&self, number: PhoneNumberId) -> bool {
        match self.reach {
            OptInReach::OnlyNumber(only) => only == number,
            OptInReach::Texted { .. } | OptInReach::Everything => true,
        }
    }

    fn reaches(&self, closing: Closing<'_>) -> bool {
        match (closing.source, &self.reach) {
            (SuppressionSource::Operator | SuppressionSource::Import, _) => false,
            (_, OptInReach::OnlyNumber(number)) => {
                closing.scope == SuppressionScope::Number(*number)
            }
            (SuppressionSource::Inbound, _)
            | (SuppressionSource::Provider, OptInReach::Everything) => true,
            (SuppressionSource::Provider, OptInReach::Texted { number_id, profile }) => {
                lies_on(closing, profile, *number_id)
            }
        }
    }
}

/// Whether a text to `number` under `texted` lifts the provider's block. If the profile of the block
/// is unknown, it counts as that of the number if the block covers the number.
fn lies_on(closing: Closing<'_>, texted: &ProviderProfile, number: PhoneNumberId) -> bool {
    let closes_the_number = match closing.scope {
        SuppressionScope::Organization => true,
        SuppressionScope::Number(closed) => closed == number,
        SuppressionScope::Campaign(_) => false,
    };
    let Some(profile) = closing.profile else {
        return closes_the_number;
    };
    let is_of_the_account = profile.account == texted.account;
    match (&profile.id, &texted.id) {
        (Some(one), Some(other)) => is_of_the_account && one == other,
        (None, _) | (_, None) => is_of_the_account && closes_the_number,
    }
}

impl ReleasedSuppression {
    fn overtook(&self, closing: Closing<'_>) -> bool {
        let covers = self.scope == SuppressionScope::Organization || self.scope == closing.scope;
        // Old entries do not record their profile.
        let is_same = self.source == closing.source
            && (self.profile.is_none() || self.profile.as_ref() == closing.profile);
        covers && is_same && closing.is_undone_by_what_came_before(self.released_at)
    }
}

#[cfg(test)]
mod tests;
