//! The examples of the operations on sources and leads, made by the same mapping as real answers.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use sms_application::{NewSource, PersonRequest};
use sms_domain::facts::{
    Attribution, Consent, ConsentBasis, Lead, LeadDetails, Source, SuppressionScope,
};
use sms_domain::law::Jurisdiction;
use sms_domain::lifecycle::SuppressionSource;
use sms_domain::ports::{KeySecret, LeadRowView, LeadView, SourceView, SuppressionEntry};
use sms_domain::values::billing::Money;
use sms_domain::values::ids::{ConversationId, LeadId, OrganizationId, SourceId, SuppressionId};
use sms_domain::values::phone::PhoneNumber;
use sms_domain::values::{Actor, LeadTag, PersonName};
use uuid::Uuid;

use super::example::{Answer, example};
use super::paged::Paged;
use super::{
    LeadResponse, LeadTableRow, PagedResultOfLeadTableRow, PagedResultOfSourceTableRow,
    PagedResultOfSuppressionEntryResponse, SourceResponse, SourceTableRow, SuppressionCheckResult,
    SuppressionEntryResponse,
};

const ORGANIZATION: OrganizationId = OrganizationId::new(uuid(0xA1));
const SOURCE: SourceId = SourceId::new(uuid(0x51));

const fn uuid(n: u128) -> Uuid {
    Uuid::from_u128(0x019a_b5f0_8c00_7000_8000_0000_0000_0000 | n)
}

/// The examples of an operation: of its request and of its answer.
pub(super) fn examples(operation_id: &str) -> (Option<Value>, Option<Answer>) {
    match operation_id {
        "Sources_Create" => (Some(source_request()), example(new_source())),
        "Sources_Update" => (Some(source_request()), example(source())),
        "Sources_Get" => (None, example(source())),
        "Suppressions_Suppress" => (Some(person()), example(suppression())),
        "Suppressions_Release" => (Some(person()), example(suppression())),
        "Suppressions_Check" => (Some(person()), example(check())),
        "Suppressions_Get" => (None, example(suppression())),
        "Leads_CreateIntake" => (Some(intake_request()), example(lead())),
        "Sources_GetAllForCurrentUser" => (Some(first()), example(sources())),
        "Leads_GetAllForCurrentUser" => (Some(first()), example(leads())),
        "Suppressions_GetAllForCurrentOrganization" => (Some(first()), example(suppressions())),
        "Leads_GetForCurrentUser" => (None, example(lead())),
        _ => (None, None),
    }
}

/// A Tuesday noon in New York.
fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_764_090_000, 0).unwrap_or_default()
}

fn source_request() -> Value {
    json!({
        "name": "Website",
        "description": "The form on the page about roofs",
        "enabled": true,
        "costPerLead": 12.5,
        "allowedStates": ["GA", "Florida"],
        "allowedProducts": [],
        "requiresTrustedForm": false,
        "defaultTagIds": [],
        "defaultTagNames": ["Website"],
    })
}

fn view() -> SourceView {
    let states = ["GA", "FL"].into_iter();
    let source = Source {
        description: Some("The form on the page about roofs".to_owned()),
        cost_per_lead: Some(Money::from_micros(12_500_000)),
        allowed_states: states.filter_map(Jurisdiction::parse).collect(),
        default_tags: LeadTag::parse("Website").into_iter().collect(),
        created_at: Some(noon()),
        ..Source::new(ORGANIZATION, SOURCE, "Website".to_owned())
    };
    SourceView {
        source,
        key_prefix: Some("lp_src_5f0c2a91".to_owned()),
        key_used_at: None,
        organization_name: "Acme Roofing".to_owned(),
        first_lead_at: None,
        last_lead_at: None,
    }
}

fn new_source() -> SourceResponse {
    let secret = KeySecret {
        prefix: "lp_src_5f0c2a91".to_owned(),
        secret: "lp_src_5f0c2a91_…".to_owned(),
        hash: [0; 32],
    };
    SourceResponse::from(&NewSource {
        view: view(),
        secret: Some(secret),
    })
}

fn source() -> SourceResponse {
    SourceResponse::from(&SourceView {
        first_lead_at: Some(noon() + TimeDelta::minutes(5)),
        last_lead_at: Some(noon() + TimeDelta::hours(1)),
        ..view()
    })
}

fn intake_request() -> Value {
    json!({
        "firstName": "Ann",
        "lastName": "Lee",
        "email": "ann@example.com",
        "phone": "(404) 555-0100",
        "state": "Georgia",
        "zip": "30301",
        "landingPage": "https://example.com/request-a-quote",
        "utmSource": "paid-search",
        "externalId": "external-lead-123",
        "tagNames": ["Website"],
        "consent": {
            "basis": "written",
            "textShown": "By clicking you agree to texts from Acme Roofing.",
            "ipAddress": "192.0.2.7",
        },
    })
}

fn lead() -> LeadResponse {
    LeadResponse::from(&lead_view())
}

fn lead_view() -> LeadView {
    LeadView {
        lead: Lead {
            name: Some(PersonName::new("Ann Lee")),
            state: Some("Georgia".to_owned()),
            postal_code: Some("30301".to_owned()),
            consent: Some(Consent::new(ConsentBasis::Written, noon())),
            source_id: Some(SOURCE),
            ..Lead::new(ORGANIZATION, LeadId::new(uuid(0xB1)), phone())
        },
        details: LeadDetails {
            first_name: Some(PersonName::new("Ann")),
            last_name: Some(PersonName::new("Lee")),
            email: Some("ann@example.com".to_owned()),
            tags: LeadTag::parse("Website").into_iter().collect(),
            attribution: Attribution {
                external_id: Some("external-lead-123".to_owned()),
                landing_page: Some("https://example.com/request-a-quote".to_owned()),
                utm_source: Some("paid-search".to_owned()),
                ..Attribution::default()
            },
            ..LeadDetails::default()
        },
        is_imported: false,
        created_at: Some(noon()),
        modified_at: None,
        conversation_id: Some(ConversationId::new(uuid(0xC1))),
        opted_out_at: None,
        opted_in_at: None,
    }
}

fn phone() -> PhoneNumber {
    let phone = PhoneNumber::parse("+14045550100");
    phone.expect("the number of the examples is a literal in E.164")
}

fn person() -> Value {
    json!({
        "organizationId": ORGANIZATION,
        "phoneNumber": "(404) 555-0100",
        "channel": "sms",
        "reason": "asked by phone",
    })
}

fn entry() -> SuppressionEntry {
    SuppressionEntry {
        organization_id: ORGANIZATION,
        id: SuppressionId::new(uuid(0x61)),
        phone: phone(),
        scope: SuppressionScope::Organization,
        source: SuppressionSource::Operator,
        reason: Some("asked by phone".to_owned()),
        recipient: None,
        created_at: noon(),
        created_by: Some(format!("key {}", uuid(0x71))),
        released_at: None,
        released_by: None,
        release_reason: None,
    }
}

fn suppression() -> SuppressionEntryResponse {
    SuppressionEntryResponse::from(&entry())
}

fn check() -> SuppressionCheckResult {
    let person = PersonRequest {
        organization_id: ORGANIZATION,
        phone: phone(),
        reason: None,
        recipient: None,
        by: Actor::operator("", ""),
    };
    SuppressionCheckResult::new(&person, "sms".to_owned(), Some(&entry()))
}

fn first() -> Value {
    json!({ "pageSize": 50, "includeCount": true })
}

/// The only page, with one row.
fn page<R>(row: R) -> Paged<R> {
    Paged {
        items: vec![row],
        size: 50,
        count: Some(1),
        token: None,
    }
}

fn sources() -> PagedResultOfSourceTableRow {
    page(SourceTableRow::from(view())).into()
}

fn leads() -> PagedResultOfLeadTableRow {
    let view = lead_view();
    let row = LeadRowView {
        lead: view.lead,
        details: view.details,
        created_at: view.created_at,
        modified_at: view.modified_at,
        source_name: Some("Website".to_owned()),
        organization_name: Some("Acme Roofing".to_owned()),
    };
    page(LeadTableRow::from(row)).into()
}

fn suppressions() -> PagedResultOfSuppressionEntryResponse {
    page(suppression()).into()
}
