//! Quiet hours as a client of the API sees them: the instant in the answer, to the second. The domain's tests cover
//! every edge of every window.

use chrono::{DateTime, Utc};
use sms_domain::facts::OrganizationKind;
use sms_tests::{Answer, TestApp, message};

/// A text to a person, and when it may leave. Instants are in the person's local time.
struct Row {
    /// What is shown.
    case: &'static str,
    /// The area code of the person's number.
    area_code: &'static str,
    /// When the request comes.
    sent: &'static str,
    /// When the message leaves; `None` = at once.
    leaves: Option<&'static str>,
}

const fn waits(
    case: &'static str,
    area_code: &'static str,
    sent: &'static str,
    until: &'static str,
) -> Row {
    Row {
        case,
        area_code,
        sent,
        leaves: Some(until),
    }
}

const fn leaves(case: &'static str, area_code: &'static str, sent: &'static str) -> Row {
    Row {
        case,
        area_code,
        sent,
        leaves: None,
    }
}

#[rustfmt::skip]
const ROWS: [Row; 27] = [
    waits("Florida, a Tuesday evening", "305", "2026-03-03T21:30:00-05:00", "2026-03-04T08:00:00-05:00"),
    leaves("Florida, the last second", "305", "2026-03-03T19:59:59-05:00"),
    waits("Florida, the first second after", "305", "2026-03-03T20:00:00-05:00", "2026-03-04T08:00:00-05:00"),
    waits("Florida, over the change to summer time", "305", "2026-03-07T20:00:00-05:00", "2026-03-08T08:00:00-04:00"),

    waits("Texas, a Saturday night", "214", "2026-05-16T21:30:00-05:00", "2026-05-17T12:00:00-05:00"),
    waits("Texas, the last second of a Sunday morning", "214", "2026-05-17T11:59:59-05:00", "2026-05-17T12:00:00-05:00"),
    leaves("Texas, Sunday noon", "214", "2026-05-17T12:00:00-05:00"),

    // British Columbia stopped changing its clocks in 2026.
    waits("Vancouver, a winter morning", "604", "2027-01-12T08:59:59-07:00", "2027-01-12T09:00:00-07:00"),
    leaves("Vancouver, nine in winter", "604", "2027-01-12T09:00:00-07:00"),
    waits("Vancouver, a winter night", "604", "2027-01-12T21:30:00-07:00", "2027-01-13T09:00:00-07:00"),
    waits("Vancouver, a summer morning", "604", "2026-07-14T08:59:59-07:00", "2026-07-14T09:00:00-07:00"),
    leaves("Vancouver, nine in summer", "604", "2026-07-14T09:00:00-07:00"),
    waits("Calgary, a winter morning", "403", "2027-01-12T08:59:59-06:00", "2027-01-12T09:00:00-06:00"),
    leaves("Calgary, nine in winter", "403", "2027-01-12T09:00:00-06:00"),
    waits("Calgary, a winter night", "403", "2027-01-12T21:30:00-06:00", "2027-01-13T09:00:00-06:00"),
    waits("Calgary, a summer morning", "403", "2026-07-14T08:59:59-06:00", "2026-07-14T09:00:00-06:00"),
    leaves("Calgary, nine in summer", "403", "2026-07-14T09:00:00-06:00"),

    // In Tennessee, area code 423 spans Eastern and Central time.
    waits("423, morning in its east alone", "423", "2026-12-15T08:30:00-05:00", "2026-12-15T08:00:00-06:00"),
    leaves("423, morning in both", "423", "2026-12-15T08:00:00-06:00"),
    leaves("423, the last second in its east", "423", "2026-12-15T20:59:59-05:00"),
    waits("423, evening in its west alone", "423", "2026-12-15T20:00:00-06:00", "2026-12-16T08:00:00-06:00"),

    leaves("Louisiana, the Monday before", "504", "2027-02-08T12:00:00-06:00"),
    waits("Louisiana, the evening before", "504", "2027-02-08T20:00:00-06:00", "2027-02-10T08:00:00-06:00"),
    waits("Louisiana, noon of Mardi Gras", "504", "2027-02-09T12:00:00-06:00", "2027-02-10T08:00:00-06:00"),
    leaves("Louisiana, Ash Wednesday", "504", "2027-02-10T08:00:00-06:00"),

    // A holiday of Utah since May 2026.
    leaves("Utah, Good Friday before it was law", "801", "2026-04-03T12:00:00-06:00"),
    waits("Utah, Good Friday since", "801", "2027-03-26T12:00:00-06:00", "2027-03-27T08:00:00-06:00"),
];

#[tokio::test]
async fn a_message_is_taken_at_any_hour_and_leaves_at_the_first_second_that_the_law_allows() {
    let app = TestApp::start().await;
    let acme = app.tenant().await;
    let mut wrong = Vec::new();
    for (n, row) in ROWS.iter().enumerate() {
        app.set_time(row.sent);
        let person = format!("+1{}55501{n:02}", row.area_code);
        let conversation = acme.conversation(&person).await;
        let answer = acme.send(&message(conversation, "Hello!")).await;
        let (said, promised) = (said(&answer), promised(row));
        if said != promised {
            wrong.push(format!("{}: {said:?} instead of {promised:?}", row.case));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What an answer says: its code, the status, the reason to wait, and until when.
type Said = (u16, String, Option<String>, Option<DateTime<Utc>>);

fn said(answer: &Answer) -> Said {
    let text = |field: &str| answer.body[field].as_str().map(str::to_owned);
    let until = text("scheduledFor").map(|at| at.parse().unwrap());
    let status = text("status").unwrap_or_default();
    (answer.status, status, text("scheduledReason"), until)
}

fn promised(row: &Row) -> Said {
    let until = row.leaves.map(|at| at.parse().unwrap());
    let (status, reason) = match until {
        Some(_) => ("scheduled", Some("quiet_hours".to_owned())),
        None => ("queued", None),
    };
    (201, status.to_owned(), reason, until)
}

/// A lead with a New York number who states Florida: a text at half past eight in the evening waits, because New York
/// allows texts until nine and Florida until eight. The organization texts Florida only.
#[tokio::test]
async fn a_floridian_is_kept_to_floridas_hours_however_florida_is_written() {
    let app = TestApp::start().await;
    let acme = (app.tenant_of(OrganizationKind::Live, |around| {
        around.organization.policy.allowed_states = Some(vec!["Florida".to_owned()]);
    }))
    .await;
    for (n, (state, postal_code)) in [
        (Some("FL"), None),
        (Some("Florida"), None),
        (Some("FLORIDA"), None),
        (Some("Fla."), None),
        (Some("Miami, Florida"), Some("33101-1234")),
        (None, Some("331011234")),
    ]
    .into_iter()
    .enumerate()
    {
        app.set_time("2026-03-03T20:30:00-05:00");
        let person = format!("+1212555{n:04}");
        let conversation = acme
            .conversation_with(&person, |lead| {
                lead.state = state.map(str::to_owned);
                lead.postal_code = postal_code.map(str::to_owned);
            })
            .await;
        let answer = acme.send(&message(conversation, "Hello!")).await;
        // Part of Florida keeps Central time, where it is eight an hour later.
        let until = Some("2026-03-04T08:00:00-06:00".parse().unwrap());
        let expected = (
            201,
            "scheduled".to_owned(),
            Some("quiet_hours".to_owned()),
            until,
        );
        assert_eq!(said(&answer), expected, "{state:?} {postal_code:?}");

        app.set_time("2026-03-04T09:00:00-05:00");
        let noon = acme.send(&message(conversation, "Good morning!")).await;
        assert_eq!(
            said(&noon),
            (201, "queued".to_owned(), None, None),
            "{state:?}"
        );
    }
}
