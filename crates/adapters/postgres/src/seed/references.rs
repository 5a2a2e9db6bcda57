//! References of a seed: each must resolve to a row of the same organization, in the seed or in the store. A
//! number has one owner and is no organization's lead. All faults are reported at once, each with its place.

use std::collections::{BTreeMap, BTreeSet};

use diesel::result::QueryResult;
use diesel::sql_types::{Array, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use sms_domain::ports::{Seed, SeedFault};
use sms_domain::values::ids::OrganizationId;
use uuid::Uuid;

use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    StoredOrganizations { ids: Array<SqlUuid> = Vec<Uuid> } -> (SqlUuid, SqlUuid);
    "SELECT id, id FROM organizations WHERE id = ANY($ids)"
}

statement! {
    StoredNumbers { ids: Array<SqlUuid> = Vec<Uuid> } -> (SqlUuid, SqlUuid);
    "SELECT organization_id, id FROM phone_numbers WHERE id = ANY($ids)"
}

statement! {
    StoredCampaigns { ids: Array<SqlUuid> = Vec<Uuid> } -> (SqlUuid, SqlUuid);
    "SELECT organization_id, id FROM messaging_campaigns WHERE id = ANY($ids)"
}

statement! {
    StoredSources { ids: Array<SqlUuid> = Vec<Uuid> } -> (SqlUuid, SqlUuid);
    "SELECT organization_id, id FROM sources WHERE id = ANY($ids)"
}

statement! {
    StoredLeads {
        organizations: Array<SqlUuid> = Vec<Uuid>,
        ids: Array<SqlUuid> = Vec<Uuid>,
    } -> (SqlUuid, SqlUuid);
    "SELECT organization_id, id FROM leads
     WHERE (organization_id, id) IN (SELECT * FROM unnest($organizations, $ids))"
}

statement! {
    ListedNumbers { phones: Array<Text> = Vec<String> } -> (Text, SqlUuid, SqlUuid);
    "SELECT e164, organization_id, number_id FROM phone_directory WHERE e164 = ANY($phones)"
}

/// The kind of row that a reference names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Organization,
    Number,
    Campaign,
    Source,
    Lead,
}

/// A reference and its place in the seed.
struct Reference {
    place: String,
    kind: Kind,
    organization: Uuid,
    id: Uuid,
}

#[derive(Default)]
struct References(Vec<Reference>);

type Ids = BTreeSet<(Uuid, Uuid)>;

/// All references to rows that do not exist or belong to another organization.
pub(super) async fn faults(
    connection: &mut AsyncPgConnection,
    seed: &Seed,
) -> QueryResult<Vec<SeedFault>> {
    let named = references(seed);
    let mut faults = Vec::new();
    for kind in [
        Kind::Organization,
        Kind::Number,
        Kind::Campaign,
        Kind::Source,
        Kind::Lead,
    ] {
        let of_kind = named.0.iter().filter(|reference| reference.kind == kind);
        let seeded = seeded(seed, kind);
        let missing = |reference: &&Reference| !seeded.contains(&reference.key());
        let missing: Vec<_> = of_kind.filter(missing).collect();
        if missing.is_empty() {
            continue;
        }
        let stored = stored(connection, kind, &missing).await?;
        let missing = missing.into_iter();
        faults.extend(
            missing
                .filter(|reference| !stored.contains(&reference.key()))
                .map(Reference::fault),
        );
    }
    faults.extend(phones(connection, seed).await?);
    Ok(faults)
}

impl Reference {
    const fn key(&self) -> (Uuid, Uuid) {
        (self.organization, self.id)
    }

    fn fault(&self) -> SeedFault {
        let id = self.id;
        let problem = match self.kind {
            Kind::Organization => format!("there is no organization {id}"),
            Kind::Number => format!("the organization has no number {id}"),
            Kind::Campaign => format!("the organization has no campaign {id}"),
            Kind::Source => format!("the organization has no source {id}"),
            Kind::Lead => format!("the organization has no lead {id}"),
        };
        SeedFault {
            place: self.place.clone(),
            problem,
        }
    }
}

async fn stored(
    connection: &mut AsyncPgConnection,
    kind: Kind,
    named: &[&Reference],
) -> QueryResult<Ids> {
    let ids = named.iter().map(|reference| reference.id).collect();
    let organizations = named
        .iter()
        .map(|reference| reference.organization)
        .collect();
    let stored: Vec<(Uuid, Uuid)> = match kind {
        Kind::Organization => StoredOrganizations { ids }.load(connection).await?,
        Kind::Number => StoredNumbers { ids }.load(connection).await?,
        Kind::Campaign => StoredCampaigns { ids }.load(connection).await?,
        Kind::Source => StoredSources { ids }.load(connection).await?,
        Kind::Lead => StoredLeads { organizations, ids }.load(connection).await?,
    };
    Ok(stored.into_iter().collect())
}

fn seeded(seed: &Seed, kind: Kind) -> Ids {
    let of = |organization: OrganizationId, id: Uuid| (organization.as_uuid(), id);
    match kind {
        Kind::Organization => {
            let rows = seed.organizations.iter();
            rows.map(|row| of(row.id, row.id.as_uuid())).collect()
        }
        Kind::Number => {
            let rows = seed.numbers.iter();
            rows.map(|row| of(row.organization_id, row.id.as_uuid()))
                .collect()
        }
        Kind::Campaign => {
            let rows = seed.campaigns.iter();
            rows.map(|row| of(row.organization_id, row.id.as_uuid()))
                .collect()
        }
        Kind::Source => {
            let rows = seed.sources.iter();
            rows.map(|row| of(row.organization_id, row.id.as_uuid()))
                .collect()
        }
        Kind::Lead => {
            let rows = seed.leads.iter();
            rows.map(|row| of(row.organization_id, row.id.as_uuid()))
                .collect()
        }
    }
}

impl References {
    /// A row's organization.
    fn owner(&mut self, row: &str, organization: OrganizationId) {
        let id = organization.as_uuid();
        self.one(
            row,
            "organizationId",
            Kind::Organization,
            organization,
            Some(id),
        );
    }

    fn one(
        &mut self,
        row: &str,
        field: &str,
        kind: Kind,
        organization: OrganizationId,
        id: Option<Uuid>,
    ) {
        self.0.extend(id.map(|id| Reference {
            place: format!("{row}.{field}"),
            kind,
            organization: organization.as_uuid(),
            id,
        }));
    }
}

fn references(seed: &Seed) -> References {
    let mut found = References::default();
    for (index, row) in seed.organizations.iter().enumerate() {
        let (at, owner) = (format!("organizations[{index}]"), row.id);
        let default = row.default_number_id.map(|id| id.as_uuid());
        found.one(&at, "defaultNumberId", Kind::Number, owner, default);
        for (index, id) in row.preferred_number_ids.iter().enumerate() {
            let field = format!("preferredNumberIds[{index}]");
            found.one(&at, &field, Kind::Number, owner, Some(id.as_uuid()));
        }
    }
    for (index, row) in seed.campaigns.iter().enumerate() {
        found.owner(&format!("campaigns[{index}]"), row.organization_id);
    }
    for (index, row) in seed.sources.iter().enumerate() {
        found.owner(&format!("sources[{index}]"), row.organization_id);
    }
    for (index, row) in seed.top_ups.iter().enumerate() {
        found.owner(&format!("topUps[{index}]"), row.organization_id);
    }
    of_numbers(seed, &mut found);
    of_people(seed, &mut found);
    found
}

fn of_numbers(seed: &Seed, found: &mut References) {
    for (index, row) in seed.numbers.iter().enumerate() {
        let (at, owner) = (format!("numbers[{index}]"), row.organization_id);
        found.owner(&at, owner);
        let campaign = row.campaign_id.map(|id| id.as_uuid());
        found.one(&at, "campaignId", Kind::Campaign, owner, campaign);
        let source = row.source_id.map(|id| id.as_uuid());
        found.one(&at, "sourceId", Kind::Source, owner, source);
    }
}

fn of_people(seed: &Seed, found: &mut References) {
    for (index, row) in seed.leads.iter().enumerate() {
        let (at, owner) = (format!("leads[{index}]"), row.organization_id);
        found.owner(&at, owner);
        let assigned = row.assigned_number_id.map(|id| id.as_uuid());
        found.one(&at, "assignedNumberId", Kind::Number, owner, assigned);
        let source = row.source_id.map(|id| id.as_uuid());
        found.one(&at, "sourceId", Kind::Source, owner, source);
        let campaign = row.campaign_id.map(|id| id.as_uuid());
        found.one(&at, "campaignId", Kind::Campaign, owner, campaign);
    }
    for (index, row) in seed.conversations.iter().enumerate() {
        let (at, owner) = (format!("conversations[{index}]"), row.organization_id);
        found.owner(&at, owner);
        found.one(
            &at,
            "leadId",
            Kind::Lead,
            owner,
            Some(row.lead_id.as_uuid()),
        );
        let chosen = row.override_number_id.map(|id| id.as_uuid());
        found.one(&at, "overrideNumberId", Kind::Number, owner, chosen);
    }
    for (index, row) in seed.consents.iter().enumerate() {
        let (at, owner) = (format!("consents[{index}]"), row.organization_id);
        found.owner(&at, owner);
        let lead = Some(row.lead_id.as_uuid());
        found.one(&at, "leadId", Kind::Lead, owner, lead);
    }
    for (index, row) in seed.suppressions.iter().enumerate() {
        let (at, owner) = (format!("suppressions[{index}]"), row.organization_id);
        found.owner(&at, owner);
        let campaign = row.campaign_id.map(|id| id.as_uuid());
        found.one(&at, "campaignId", Kind::Campaign, owner, campaign);
        let number = row.number_id.map(|id| id.as_uuid());
        found.one(&at, "numberId", Kind::Number, owner, number);
    }
}

/// Numbers that belong to another organization, and leads whose number is one of ours.
async fn phones(connection: &mut AsyncPgConnection, seed: &Seed) -> QueryResult<Vec<SeedFault>> {
    let numbers = seed.numbers.iter().map(|row| row.phone.as_str().to_owned());
    let leads = seed.leads.iter().map(|row| row.phone.as_str().to_owned());
    let statement = ListedNumbers {
        phones: numbers.chain(leads).collect(),
    };
    let listed: Vec<(String, Uuid, Uuid)> = statement.load(connection).await?;
    let listed: BTreeMap<_, _> = listed
        .into_iter()
        .map(|(phone, organization, number)| (phone, (organization, number)))
        .collect();
    let mut faults = Vec::new();
    for (index, row) in seed.numbers.iter().enumerate() {
        let problem = match listed.get(row.phone.as_str()) {
            Some((owner, _)) if *owner != row.organization_id.as_uuid() => {
                "belongs to another organization".to_owned()
            }
            Some((_, id)) if *id != row.id.as_uuid() => {
                format!("is stored as the number {id}: expected that id")
            }
            Some(_) | None => continue,
        };
        let place = format!("numbers[{index}].phone");
        faults.push(SeedFault { place, problem });
    }
    for (index, row) in seed.leads.iter().enumerate() {
        if listed.contains_key(row.phone.as_str()) {
            let place = format!("leads[{index}].phone");
            let problem = SeedFault::OWN_NUMBER.to_owned();
            faults.push(SeedFault { place, problem });
        }
    }
    Ok(faults)
}
