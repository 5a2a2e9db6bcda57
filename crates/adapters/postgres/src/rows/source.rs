//! Rows of `sources` that are not deleted.

use chrono::{DateTime, Utc};
use diesel::prelude::{AsChangeset, Insertable, Queryable, Selectable};
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz};
use sms_domain::facts::Source;
use sms_domain::law::Jurisdiction;
use sms_domain::values::LeadTag;
use sms_domain::values::billing::Money;
use sms_domain::values::ids::{OrganizationId, SourceId};
use uuid::Uuid;

use super::{ImpossibleRow, RowRef};
use crate::schema::sources;

type SqlUuid = diesel::sql_types::Uuid;

/// A source.
#[derive(Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = sources, check_for_backend(diesel::pg::Pg))]
#[diesel(primary_key(organization_id, id), treat_none_as_null = true)]
pub(crate) struct SourceRow {
    organization_id: Uuid,
    id: Uuid,
    name: String,
    is_imported: bool,
    description: Option<String>,
    is_enabled: bool,
    cost_per_lead: Option<i64>,
    allowed_states: Vec<String>,
    allowed_products: Vec<String>,
    requires_certificate: bool,
    default_tags: Vec<String>,
    created_at: Option<DateTime<Utc>>,
    modified_at: Option<DateTime<Utc>>,
}

/// The SQL types of [`SourceRow::COLUMNS`].
pub(crate) type SourceSql = (
    SqlUuid,
    SqlUuid,
    Text,
    Bool,
    Nullable<Text>,
    Bool,
    Nullable<BigInt>,
    Array<Text>,
    Array<Text>,
    Bool,
    Array<Text>,
    Nullable<Timestamptz>,
    Nullable<Timestamptz>,
);

impl SourceRow {
    /// The columns in the order of the fields.
    pub(crate) const COLUMNS: &'static str =
        "sources.organization_id, sources.id, sources.name, sources.is_imported, sources.description,
         sources.is_enabled, sources.cost_per_lead, sources.allowed_states, sources.allowed_products,
         sources.requires_certificate, sources.default_tags, sources.created_at, sources.modified_at";
}

impl From<&Source> for SourceRow {
    fn from(source: &Source) -> Self {
        let states = source.allowed_states.iter();
        let tags = source.default_tags.iter();
        Self {
            organization_id: source.organization_id.as_uuid(),
            id: source.id.as_uuid(),
            name: source.name.clone(),
            is_imported: source.is_imported,
            description: source.description.clone(),
            is_enabled: source.is_enabled,
            cost_per_lead: source.cost_per_lead.map(Money::micros),
            allowed_states: states.map(ToString::to_string).collect(),
            allowed_products: source.allowed_products.clone(),
            requires_certificate: source.requires_certificate,
            default_tags: tags.map(|tag| tag.as_str().to_owned()).collect(),
            created_at: source.created_at,
            modified_at: source.modified_at,
        }
    }
}

impl TryFrom<SourceRow> for Source {
    type Error = ImpossibleRow;

    fn try_from(row: SourceRow) -> Result<Self, ImpossibleRow> {
        let reading = RowRef {
            table: "sources",
            id: row.id,
        };
        let state = |text: &String| {
            let place = Jurisdiction::parse(text);
            place.ok_or_else(|| reading.impossible("allowed_states", "has no code of a state"))
        };
        let tag = |text: &String| {
            let tag = LeadTag::parse(text);
            tag.ok_or_else(|| reading.impossible("default_tags", "has no tag"))
        };
        let allowed_states: Result<_, _> = row.allowed_states.iter().map(state).collect();
        let default_tags: Result<_, _> = row.default_tags.iter().map(tag).collect();
        Ok(Self {
            organization_id: OrganizationId::new(row.organization_id),
            id: SourceId::new(row.id),
            name: row.name,
            description: row.description,
            is_enabled: row.is_enabled,
            is_imported: row.is_imported,
            cost_per_lead: row.cost_per_lead.map(Money::from_micros),
            allowed_states: allowed_states?,
            allowed_products: row.allowed_products,
            requires_certificate: row.requires_certificate,
            default_tags: default_tags?,
            created_at: row.created_at,
            modified_at: row.modified_at,
        })
    }
}
