//! What an opt-in ends. Each source's entry of the opt-out list stands by itself: an opt-in ends what
//! rests on the person's own word up to then, and nothing that the business said. The result does
//! not depend on the order in which texts, refusals and the provider's list reach us. Must not know
//! how the list is stored.

use chrono::{DateTime, Utc};

use super::opt_out::{OptIn, OptInReach, OptOutChange, ProviderProfile, SuppressionSource};
use crate::facts::SuppressionScope;
use crate::values::ids::PhoneNumberId;

/// What somebody said: that a person must not be texted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closing<'a> {
    /// Who said so.
    pub source: SuppressionSource,
    /// What it closes.
    pub scope: SuppressionScope,
    /// Where the provider enforces it.
    pub profile: Option<&'a ProviderProfile>,
    /// When it was said last.
    pub at: DateTime<Utc>,
}

/// An entry of the opt-out list that no longer holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleasedSuppression {
    /// What it closed.
    pub scope: SuppressionScope,
    /// Who brought it.
    pub source: SuppressionSource,
    /// Where the provider enforced it.
    pub profile: Option<ProviderProfile>,
    /// Up to when what was said no longer holds.
    pub released_at: DateTime<Utc>,
}

impl OptOutChange {
    /// What the change says.
    #[must_use]
    pub const fn closing(&self) -> Closing<'_> {
        Closing {
            source: self.source,
            scope: self.scope,
            profile: self.profile.as_ref(),
            at: self.at,
        }
    }

    /// Whether it was taken back before it reached us: by an opt-in, or by the release of an entry that
    /// said the same.
    #[must_use]
    pub fn is_overtaken(&self, opt_ins: &[OptIn], released: &[ReleasedSuppression]) -> bool {
        let closing = self.closing();
        opt_ins.iter().any(|opt_in| opt_in.overtook(closing))
            || released.iter().any(|entry| entry.overtook(closing))
    }
}

impl Closing<'_> {
    /// Of a text that says the opposite of another at the same instant the one that arrives last
    /// holds. What the provider enforces follows from a text that we get ourselves, so that it never
    /// outlives an opt-in of the same instant.
    fn is_undone_by_what_came_before(self, opened_at: DateTime<Utc>) -> bool {
        match self.source {
            SuppressionSource::Inbound => self.at < opened_at,
            SuppressionSource::Provider => self.at <= opened_at,
            SuppressionSource::Operator | SuppressionSource::Import => false,
        }
    }
}

impl OptIn {
    /// Whether it ends what is on the list when it arrives.
    #[must_use]
    pub fn ends(&self, closing: Closing<'_>) -> bool {
        closing.at <= self.at && self.reaches(closing)
    }

    /// Whether it overtook what arrives only now.
    fn overtook(&self, closing: Closing<'_>) -> bool {
        closing.is_undone_by_what_came_before(self.at) && self.reaches(closing)
    }

    /// Whether it may end what was said to a number of ours, and so overtake what is said to it.
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

/// Whether the provider lifts its block by a text to `number` under `texted`. Where a profile is not
/// known, the block is one of the number's own profile if it closes the number.
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
        // Which profile an old entry was about is not recorded.
        let is_same = self.source == closing.source
            && (self.profile.is_none() || self.profile.as_ref() == closing.profile);
        covers && is_same && closing.is_undone_by_what_came_before(self.released_at)
    }
}

#[cfg(test)]
mod tests;
