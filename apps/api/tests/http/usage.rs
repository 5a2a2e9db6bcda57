//! What messages cost.

use async_trait::async_trait;
use chrono::Datelike as _;
use poem::http::{Method, StatusCode};
use serde_json::{Value, json};
use sms_domain::message::TrafficType;
use sms_domain::ports::{MessagesOf, Unavailable, UsagePeriod, UsageRepository, UsageTotal};
use sms_domain::values::billing::{BillingStatus, Money};
use sms_domain::values::ids::OrganizationId;
use sms_testkit::fixtures::{message_id, organization_id};

use crate::fakes::{FakeService, World};
use crate::operations::{Answer, call};

#[tokio::test]
async fn what_messages_cost_is_listed_by_segment() {
    let world = World::new();
    let answer = call(&world, Method::POST, "/usage/all/my", Some(json!({}))).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(world.service.lists.lock().unwrap()[0].0, MessagesOf::Billed);
    let row = &answer.body["items"][0];
    assert_eq!(row["id"], message_id().to_string());
    let kind = (&row["channel"], &row["billableUnit"], &row["status"]);
    let expected = (
        &json!("sms"),
        &json!("sms_segment"),
        &json!("non_billable_internal"),
    );
    assert_eq!(kind, expected);
    let amounts = (&row["quantity"], &row["unitPrice"], &row["isBillable"]);
    assert_eq!(amounts, (&json!("1"), &json!("0.0000"), &json!(false)));
}

#[async_trait]
impl UsageRepository for FakeService {
    async fn summed(
        &self,
        organization: OrganizationId,
        period: UsagePeriod,
    ) -> Result<Option<Vec<UsageTotal>>, Unavailable> {
        assert_eq!(organization, organization_id());
        let total = |traffic, status, messages| UsageTotal {
            traffic,
            status,
            is_mms: false,
            messages,
            segments: 2 * u64::from(messages),
            quoted: Money::from_micros(40_000).times(messages),
        };
        let totals = vec![
            total(TrafficType::RealLead, BillingStatus::Charged, 3),
            total(TrafficType::RealLead, BillingStatus::Failed, 1),
            total(TrafficType::SystemInternal, BillingStatus::Charged, 2),
            total(TrafficType::Warmup, BillingStatus::NonBillableInternal, 7),
        ];
        // There are too many messages in the year 2030.
        Ok((period.from.year() != 2030).then_some(totals))
    }
}

async fn summary(query: &str) -> Answer {
    let path = format!("/usage/summary/my{query}");
    call(&World::new(), Method::GET, &path, None).await
}

#[tokio::test]
async fn a_summary_charges_what_is_charged_and_counts_everything() {
    let answer = summary("").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let body = &answer.body;
    assert_eq!(body["periodStart"], "2026-03-01T00:00:00Z");
    assert_eq!(body["periodEnd"], "2026-04-01T00:00:00Z");
    assert_eq!(body["customerChargeTotal"], "0.2000");
    assert_eq!(body["billableQuantityTotal"], "10");
    let counts = ["transactionCount", "pendingInvoiceCount", "failedCount"];
    assert_eq!(
        counts.map(|name| body[name].as_str().unwrap()),
        ["13", "0", "1"]
    );
    let counters = body["counters"].as_array().unwrap().iter();
    let counters: Vec<_> = counters.map(|one| (&one["key"], &one["value"])).collect();
    let (messages, segments) = (json!("messages"), json!("segments"));
    assert_eq!(
        counters,
        [(&messages, &json!("13")), (&segments, &json!("26"))]
    );
}

#[tokio::test]
async fn a_summary_has_a_line_for_what_is_priced_and_stands_alike() {
    let answer = summary("").await;
    let lines = answer.body["lines"].as_array().unwrap().iter();
    let shown = |line: &Value| {
        let text = |name: &str| line[name].as_str().unwrap().to_owned();
        let names = [
            "billableUnit",
            "status",
            "quantity",
            "customerChargeAmount",
            "recordCount",
        ];
        names.map(text).join(" ")
    };
    assert_eq!(
        lines.map(shown).collect::<Vec<_>>(),
        [
            "sms_segment charged 10 0.2000 5",
            "sms_segment failed 2 0.0000 1",
            "warmup_sms_segment non_billable_internal 14 0.0000 7",
        ]
    );
}

#[tokio::test]
async fn a_period_that_cannot_be_summed_is_refused_by_the_parameter_at_fault() {
    let start = "periodStart=2026-03-01T00:00:00Z";
    for (query, field) in [
        ("?periodStart=yesterday".to_owned(), "periodStart"),
        ("?periodEnd=2026-03-01".to_owned(), "periodEnd"),
        (
            format!("?{start}&periodEnd=2026-03-01T00:00:00Z"),
            "periodEnd",
        ),
        (
            format!("?{start}&periodEnd=2026-04-01T00:00:01Z"),
            "periodEnd",
        ),
        (
            "?periodStart=2030-03-01T00:00:00Z".to_owned(),
            "periodStart",
        ),
    ] {
        let answer = summary(&query).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        let errors = answer.body["errors"].as_object().unwrap();
        assert_eq!(errors.keys().collect::<Vec<_>>(), [field], "{query}");
    }
    let whole = summary(&format!("?{start}&periodEnd=2026-04-01T00:00:00Z")).await;
    assert_eq!(whole.status, StatusCode::OK);
}
