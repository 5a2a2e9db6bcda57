//! The scope of a block at the provider. The provider blocks a person for the messaging profile of
//! the texted number, and does not say which of the organizations that share the profile the person
//! meant. Must not know how a block becomes known.

use std::collections::BTreeSet;

use crate::facts::SuppressionScope;
use crate::values::ids::{OrganizationId, PhoneNumberId};

/// A number and the organization that owns it.
pub type Owned = (OrganizationId, PhoneNumberId);

/// The suppression scopes that follow from a block, by organization. `sender` is the number that
/// the person stopped or from which the provider refused to send, and `is_set_apart` whether its
/// traffic is set apart; `on_profile` are all known numbers of the blocked profile, empty where the
/// profile is unknown.
///
/// For a number that is set apart, only that number is closed, whoever shares its profile.
///
/// If the profile has numbers of several organizations, each of these numbers is closed, because the
/// person may have stopped any of them. Otherwise the whole organization is closed, even if the
/// profile is unknown: else the next message would go out from another of its numbers.
#[must_use]
pub fn closed_by_block(
    sender: Owned,
    is_set_apart: bool,
    on_profile: &[Owned],
) -> Vec<(OrganizationId, SuppressionScope)> {
    let owners: BTreeSet<_> = on_profile.iter().map(|(owner, _)| owner).collect();
    if is_set_apart || owners.len() < 2 {
        let scope = SuppressionScope::closed_from(sender.1, is_set_apart);
        return vec![(sender.0, scope)];
    }
    let numbers: BTreeSet<_> = on_profile.iter().copied().chain([sender]).collect();
    numbers
        .into_iter()
        .map(|(owner, number)| (owner, SuppressionScope::Number(number)))
        .collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn owned(owner: u128, number: u128) -> Owned {
        (
            OrganizationId::new(Uuid::from_u128(owner)),
            PhoneNumberId::new(Uuid::from_u128(number)),
        )
    }

    fn closed_number((owner, number): Owned) -> (OrganizationId, SuppressionScope) {
        (owner, SuppressionScope::Number(number))
    }

    #[test]
    fn a_profile_that_is_not_known_to_be_shared_closes_the_organization() {
        let sender = owned(1, 10);
        let whole = vec![(sender.0, SuppressionScope::Organization)];
        let closed = |on_profile: &[Owned]| closed_by_block(sender, false, on_profile);
        assert_eq!(closed(&[]), whole, "not known");
        assert_eq!(closed(&[sender]), whole, "its own");
        let own = [sender, owned(1, 11), owned(1, 12)];
        assert_eq!(closed(&own), whole, "its own numbers");
        assert_eq!(closed(&[owned(1, 11)]), whole, "left it");
    }

    #[test]
    fn a_shared_profile_closes_each_of_its_numbers_for_whom_it_belongs_to() {
        let shared = [owned(1, 10), owned(1, 11), owned(2, 20)];
        assert_eq!(
            closed_by_block(shared[0], false, &shared),
            shared.map(closed_number)
        );
    }

    #[test]
    fn a_number_that_has_left_a_shared_profile_is_closed_with_it() {
        let (left, shared) = (owned(1, 10), [owned(1, 11), owned(2, 20)]);
        assert_eq!(
            closed_by_block(left, false, &shared),
            [left, shared[0], shared[1]].map(closed_number)
        );
    }

    #[test]
    fn a_number_that_is_set_apart_closes_alone_whoever_shares_its_profile() {
        let sender = owned(1, 10);
        for on_profile in [&[][..], &[sender, owned(1, 11)], &[sender, owned(2, 20)]] {
            let closed = closed_by_block(sender, true, on_profile);
            assert_eq!(closed, [closed_number(sender)], "{on_profile:?}");
        }
    }
}
