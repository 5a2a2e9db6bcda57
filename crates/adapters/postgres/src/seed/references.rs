//! What a seed names must exist when the seed is in place. Foreign keys see to references within an
//! organization's people; these are the ones that no foreign key watches.

use std::collections::BTreeSet;

use diesel::sql_types::Array;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use sms_domain::ids::{OrganizationId, PhoneNumberId};
use sms_domain::ports::Seed;
use uuid::Uuid;

use super::Failed;
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    UnknownOrganizations { ids: Array<SqlUuid> = Vec<Uuid> } -> SqlUuid;
    "SELECT named.id FROM unnest($ids) AS named (id)
     WHERE NOT EXISTS (SELECT FROM organizations WHERE organizations.id = named.id) LIMIT 1"
}

statement! {
    UnknownNumbers {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        ids: Array<SqlUuid> = Vec<Uuid>,
    } -> SqlUuid;
    "SELECT named.id FROM unnest($organizations, $ids) AS named (organization_id, id)
     WHERE NOT EXISTS (SELECT FROM phone_numbers
         WHERE phone_numbers.organization_id = named.organization_id
             AND phone_numbers.id = named.id) LIMIT 1"
}

/// Refuses a seed that names an organization or a number that does not exist.
pub(super) async fn check(connection: &mut AsyncPgConnection, seed: &Seed) -> Result<(), Failed> {
    let ids = organizations(seed).into_iter().map(OrganizationId::as_uuid);
    let ids = ids.collect();
    let unknown: Vec<Uuid> = UnknownOrganizations { ids }.load(connection).await?;
    if let [id, ..] = unknown.as_slice() {
        return Err(Failed::Invalid(format!("there is no organization {id}")));
    }
    let named = numbers(seed).into_iter();
    let (organizations, ids) = named
        .map(|(organization, number)| (organization.as_uuid(), number.as_uuid()))
        .unzip();
    let statement = UnknownNumbers { organizations, ids };
    let unknown: Vec<Uuid> = statement.load(connection).await?;
    match unknown.as_slice() {
        [id, ..] => Err(Failed::Invalid(format!(
            "the organization has no number {id}"
        ))),
        [] => Ok(()),
    }
}

fn organizations(seed: &Seed) -> BTreeSet<OrganizationId> {
    let campaigns = seed.campaigns.iter().map(|row| row.organization_id);
    let sources = seed.sources.iter().map(|row| row.organization_id);
    let numbers = seed.numbers.iter().map(|row| row.organization_id);
    let leads = seed.leads.iter().map(|row| row.organization_id);
    let conversations = seed.conversations.iter().map(|row| row.organization_id);
    let suppressions = seed.suppressions.iter().map(|row| row.organization_id);
    let top_ups = seed.top_ups.iter().map(|row| row.organization_id);
    campaigns
        .chain(sources)
        .chain(numbers)
        .chain(leads)
        .chain(conversations)
        .chain(suppressions)
        .chain(top_ups)
        .collect()
}

/// Numbers that others refer to.
fn numbers(seed: &Seed) -> BTreeSet<(OrganizationId, PhoneNumberId)> {
    let of_organizations = seed.organizations.iter().flat_map(|row| {
        let preferred = row.preferred_number_ids.iter().copied();
        let all = row.default_number_id.into_iter().chain(preferred);
        all.map(|number| (row.id, number))
    });
    let assigned =
        (seed.leads.iter()).filter_map(|row| Some((row.organization_id, row.assigned_number_id?)));
    let overriding = (seed.conversations.iter())
        .filter_map(|row| Some((row.organization_id, row.override_number_id?)));
    let closed =
        (seed.suppressions.iter()).filter_map(|row| Some((row.organization_id, row.number_id?)));
    of_organizations
        .chain(assigned)
        .chain(overriding)
        .chain(closed)
        .collect()
}
