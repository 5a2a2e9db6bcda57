//! The lists of leads, of their sources and of the opt-out list.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Jsonb, Nullable, Text, Timestamptz};
use serde_json::Value;
use sms_domain::facts::{Lead, LeadDetails, Source};
use sms_domain::ports::{
    LEADS, LeadRowView, LeadsWith, ListPage, ListQuery, ListValue, SOURCES, SUPPRESSIONS,
    SourceView, SuppressionEntry,
};
use sms_domain::values::ids::OrganizationId;

use crate::error::StoreError;
use crate::lists::{Column, ListTable, Listed, Within};
use crate::opt_outs::{ENTRY, EntryRow, EntrySql, entry};
use crate::pg::Pg;
use crate::rows::{ImpossibleRow, LeadRow, LeadSql, RowRef, SourceRow, SourceSql};
use crate::statement::Columns;

type SqlInstant = Nullable<Timestamptz>;
type Instant = Option<DateTime<Utc>>;

/// When a lead was made: what an intake recorded, else what an id of version 7 says.
const MADE_AT: &str = "coalesce(details.created_at, CASE WHEN substr(leads.id::text, 15, 1) = '7'
    THEN to_timestamp(('x' || left(replace(leads.id::text, '-', ''), 12))::bit(48)::bigint / 1000.0) END)";

/// Leads with their details.
pub(crate) static LEAD_TABLE: ListTable = ListTable {
    listing: &LEADS,
    rows: "leads",
    joins: "LEFT JOIN lead_details AS details ON details.organization_id = leads.organization_id
            AND details.lead_id = leads.id",
    beside: "LEFT JOIN sources AS source ON source.organization_id = leads.organization_id
            AND source.id = leads.source_id
        LEFT JOIN organizations ON organizations.id = leads.organization_id",
    columns: &[
        ("createdAt", Column::TimeOfId(MADE_AT)),
        ("phone", Column::Expression("leads.phone")),
        ("email", Column::Expression("(details.details ->> 'email')")),
        (
            "firstName",
            Column::Expression("coalesce(details.details ->> 'firstName', '')"),
        ),
        (
            "lastName",
            Column::Expression("coalesce(details.details ->> 'lastName', leads.name, '')"),
        ),
        ("sourceId", Column::Expression("leads.source_id")),
        ("isArchived", Column::Expression("leads.is_archived")),
    ],
};

type LeadAroundSql = (Nullable<Jsonb>, SqlInstant, Nullable<Text>, Nullable<Text>);
type LeadAround = (Option<Value>, Instant, Option<String>, Option<String>);

const LEAD_AROUND: &str = "details.details, details.modified_at, source.name, organizations.name";

/// Sources that are not deleted, with their keys and what they brought.
pub(crate) static SOURCE_TABLE: ListTable = ListTable {
    listing: &SOURCES,
    rows: "sources",
    joins: "",
    beside: "LEFT JOIN organizations ON organizations.id = sources.organization_id
        LEFT JOIN LATERAL (
            SELECT prefix, last_used_at FROM api_keys
            WHERE api_keys.organization_id = sources.organization_id
                AND api_keys.source_id = sources.id AND api_keys.revoked_at IS NULL
            ORDER BY api_keys.created_at DESC LIMIT 1) AS key ON true
        LEFT JOIN LATERAL (
            SELECT min(received_at) AS first_at, max(received_at) AS last_at FROM lead_intakes
            WHERE lead_intakes.organization_id = sources.organization_id
                AND lead_intakes.source_id = sources.id) AS intakes ON true",
    columns: &[
        ("createdAt", Column::TimeOfId("sources.created_at")),
        ("name", Column::Expression("sources.name")),
        ("enabled", Column::Expression("sources.is_enabled")),
    ],
};

type SourceAroundSql = (
    Nullable<Text>,
    Nullable<Text>,
    SqlInstant,
    SqlInstant,
    SqlInstant,
);
type SourceAround = (Option<String>, Option<String>, Instant, Instant, Instant);

const SOURCE_AROUND: &str =
    "organizations.name, key.prefix, key.last_used_at, intakes.first_at, intakes.last_at";

/// Entries of the opt-out list.
pub(crate) static SUPPRESSION_TABLE: ListTable = ListTable {
    listing: &SUPPRESSIONS,
    rows: "suppressions",
    joins: "",
    beside: "",
    columns: &[
        ("suppressedAt", Column::Indexed("suppressions.created_at")),
        (
            "normalizedPhoneNumber",
            Column::Expression("suppressions.phone"),
        ),
        (
            "status",
            Column::Expression(
                "CASE WHEN suppressions.released_at IS NULL THEN 'active' ELSE 'released' END",
            ),
        ),
        (
            "source",
            Column::Expression(
                "CASE WHEN suppressions.created_by LIKE 'key %' THEN 'api' ELSE suppressions.source END",
            ),
        ),
    ],
};

/// The rows of one phone are few: all of them are read.
pub(super) fn of_phone(query: &ListQuery) -> Within {
    let of_phone = ["phone", "normalizedPhoneNumber"];
    let mut filters = query.filters.iter();
    let phone = filters.find(|filter| of_phone.contains(&filter.field));
    Within {
        few: phone.map(|filter| ("phone", filter.value.clone())),
        ..Within::default()
    }
}

/// Which leads a list has.
pub(super) fn of_leads(with: &LeadsWith, query: &ListQuery) -> Within {
    let archived = with
        .is_archived
        .map(|flag| ("leads.is_archived", ListValue::Flag(flag)));
    Within {
        equal: archived.into_iter().collect(),
        also: tagged(with),
        ..of_phone(query)
    }
}

pub(super) fn lead_columns() -> String {
    format!("{}, {LEAD_AROUND}, {MADE_AT}", LeadRow::SELECT)
}

impl Pg {
    /// A page of leads.
    pub(super) async fn list_leads(
        &self,
        organization_id: OrganizationId,
        with: &LeadsWith,
        query: &ListQuery,
    ) -> Result<ListPage<LeadRowView>, StoreError> {
        let within = of_leads(with, query);
        let listed = Listed {
            table: &LEAD_TABLE,
            organization_id,
            within: &within,
            query,
        };
        let columns = lead_columns();
        let page = self
            .list::<(LeadSql, LeadAroundSql, SqlInstant), (LeadRow, LeadAround, Instant)>(
                &listed, &columns,
            );
        Ok(page.await?.try_map(lead)?)
    }

    /// A page of sources.
    pub(super) async fn list_sources(
        &self,
        organization_id: OrganizationId,
        query: &ListQuery,
    ) -> Result<ListPage<SourceView>, StoreError> {
        let within = Within {
            equal: vec![("(sources.deleted_at IS NOT NULL)", ListValue::Flag(false))],
            ..Within::default()
        };
        let listed = Listed {
            table: &SOURCE_TABLE,
            organization_id,
            within: &within,
            query,
        };
        let columns = format!("{}, {SOURCE_AROUND}", SourceRow::COLUMNS);
        let page =
            self.list::<(SourceSql, SourceAroundSql), (SourceRow, SourceAround)>(&listed, &columns);
        Ok(page.await?.try_map(source)?)
    }

    /// A page of entries of the opt-out list.
    pub(super) async fn list_suppressions(
        &self,
        organization_id: OrganizationId,
        query: &ListQuery,
    ) -> Result<ListPage<SuppressionEntry>, StoreError> {
        let within = of_phone(query);
        let listed = Listed {
            table: &SUPPRESSION_TABLE,
            organization_id,
            within: &within,
            query,
        };
        let page = self.list::<EntrySql, EntryRow>(&listed, ENTRY).await?;
        Ok(page.try_map(|row| entry(organization_id, row))?)
    }
}

/// Whether a lead has a tag, up to the tag. Tags are compared in lower case, with single spaces.
const HAS_TAG: &str =
    "EXISTS (SELECT FROM jsonb_array_elements_text(details.details -> 'tags') AS tag
    WHERE lower(regexp_replace(btrim(tag), '\\s+', ' ', 'g')) = ";

/// What the tags of a lead must fulfil.
fn tagged(with: &LeadsWith) -> Vec<(String, Option<ListValue>)> {
    let mut pieces = Vec::new();
    if with.is_untagged {
        let text = " AND details.details -> 'tags' IS NULL";
        pieces.push((text.to_owned(), None));
    }
    if with.tags.is_empty() {
        return pieces;
    }
    let (start, between) = if with.has_all_tags {
        ("true", " AND ")
    } else {
        ("false", " OR ")
    };
    let mut text = format!(" AND ({start}");
    for tag in &with.tags {
        let value = ListValue::Text(tag.normalized());
        pieces.push((format!("{text}{between}{HAS_TAG}"), Some(value)));
        text = ")".to_owned();
    }
    pieces.push((format!("{text})"), None));
    pieces
}

fn lead(row: (LeadRow, LeadAround, Instant)) -> Result<LeadRowView, ImpossibleRow> {
    let (row, (stored, modified_at, source_name, organization_name), created_at) = row;
    let lead = Lead::try_from(row)?;
    let reading = RowRef {
        table: "lead_details",
        id: lead.id,
    };
    let details: Option<LeadDetails> = stored
        .map(serde_json::from_value)
        .transpose()
        .map_err(|_| reading.impossible("details", "are no details of a lead"))?;
    Ok(LeadRowView {
        lead,
        details: details.unwrap_or_default(),
        created_at,
        modified_at,
        source_name,
        organization_name,
    })
}

fn source((row, around): (SourceRow, SourceAround)) -> Result<SourceView, ImpossibleRow> {
    let (organization_name, key_prefix, key_used_at, first_lead_at, last_lead_at) = around;
    Ok(SourceView {
        source: Source::try_from(row)?,
        key_prefix,
        key_used_at,
        organization_name: organization_name.unwrap_or_default(),
        first_lead_at,
        last_lead_at,
    })
}
