//! Lists: pages that follow each other, filters that mean what is shown, and no page that reads too much.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use sms_domain::message::{Message, Status};
use sms_domain::ports::{
    API_KEYS, ApiKey, ApiKeyRepository as _, CONVERSATIONS, Contract, ConversationView,
    ConversationsOf, KeyKind, ListBound, ListFilter, ListPage, ListQuery, ListRange, ListSearch,
    ListValue, MOST_READ, MessageView, MessagesOf, ReadModel as _, SMS_EVENTS,
};
use sms_domain::values::ids::{ApiKeyId, OrganizationId};
use sms_testkit::fixtures::{noon, number_id, operator, organization_id};

use crate::support::{Store, conversation, lead, other_organization, other_seed, phone, uuid};

/// Adds a message of each given status to an organization: the n-th, `n` seconds after noon, with lead n % 2.
pub(crate) async fn add(store: &Store, organization: OrganizationId, statuses: &[&str]) {
    let statuses = statuses.join("','");
    let (own, number) = (organization.as_uuid(), number_id().as_uuid());
    let place = |kind: &str| format!("('01900000-0000-7000-8000-000{kind}0000000' || n % 2)::uuid");
    store
        .execute(&format!(
            "CREATE TABLE new AS
             SELECT n, status, timestamptz '2026-03-03 17:00:00Z' + n * interval '1 s' AS at
             FROM unnest(ARRAY['{statuses}']) WITH ORDINALITY AS given (status, n)"
        ))
        .await;
    let id = "(lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0')
        || '70008000' || lpad(to_hex(n), 12, '0'))::uuid";
    store
        .execute(&format!(
            "INSERT INTO submissions (organization_id, id, conversation_id, lead_id, requested_at,
                 created_at, received_at, scheduled_until,
                 scheduled_reason, segments, priority, is_warmup, recipient, body, traffic, compliance,
                 number_id, from_number, provider_account, options)
             SELECT '{own}', {id}, {}, {}, at, at, CASE WHEN status = 'received' THEN at END,
                 CASE WHEN status = 'scheduled' THEN at END,
                 CASE WHEN status = 'scheduled' THEN 'quiet_hours' END, 1, 1, false,
                 '+1404555000' || n % 2, 'Text ' || n, 'RealLead',
                 CASE WHEN n = 1 THEN 'allowed' END, '{number}', '+14045559999', 'default',
                 CASE WHEN n = 1 THEN '{{\"campaign_id\": \"{number}\", \"source_id\": \"{number}\"}}'::json END
             FROM new",
            place("2"),
            place("1")
        ))
        .await;
    store
        .execute(&format!(
            "INSERT INTO messages (organization_id, id, version, modified_at, due_at, queued_at,
                 sending_started_at, sent_at, delivered_at, failed_at, undeliverable_at, blocked_at, canceled_at,
                 hold, attempts_last, attempts_counted, is_unconfirmed, is_reopened, has_switched_number, status,
                 billing_status, error_code, error_message, reason)
             SELECT '{own}', {id}, 1, at, CASE WHEN status IN ('scheduled', 'queued', 'sending') THEN at END,
                 at, at, at, at, at, at, at, at, 0, attempts, attempts, false, false, false, status,
                 CASE WHEN n = 1 THEN 'charged' END,
                 CASE WHEN status IN ('failed', 'undeliverable') THEN '4000' || n END,
                 CASE WHEN status IN ('failed', 'undeliverable') THEN 'It failed.' END,
                 CASE WHEN status IN ('blocked_compliance', 'canceled') THEN 'quiet_hours' END
             FROM new, LATERAL (SELECT CASE WHEN status IN ('draft', 'scheduled', 'received') THEN 0
                 ELSE 1 END AS attempts) AS made"
        ))
        .await;
    store.execute("DROP TABLE new").await;
}

pub(crate) fn all() -> ListQuery {
    ListQuery {
        filters: Vec::new(),
        ranges: Vec::new(),
        search: None,
        order: SMS_EVENTS.order,
        after: None,
        size: 200,
        counts: true,
    }
}

pub(crate) fn text(text: &str) -> ListValue {
    ListValue::Text(text.to_owned())
}

pub(crate) fn filtered(field: &'static str, value: ListValue) -> ListQuery {
    ListQuery {
        filters: vec![ListFilter { field, value }],
        ..all()
    }
}

async fn page(store: &Store, of: &MessagesOf, query: &ListQuery) -> ListPage<MessageView> {
    let page = store.pg.messages(organization_id(), of, query).await;
    page.unwrap().unwrap()
}

async fn found(store: &Store, query: &ListQuery) -> Vec<Message> {
    let page = page(store, &MessagesOf::Everybody, query).await;
    page.items.into_iter().map(|view| view.message).collect()
}

fn every_status() -> Vec<&'static str> {
    Status::ALL.iter().map(|status| status.as_str()).collect()
}

#[tokio::test]
async fn pages_follow_each_other_without_a_gap_and_have_nothing_of_others() {
    let store = Store::new().await;
    store.seed(&other_seed()).await;
    add(&store, organization_id(), &["draft"; 7]).await;
    add(&store, other_organization(), &["draft"; 5]).await;
    for is_descending in [true, false] {
        let mut query = all();
        query.order.is_descending = is_descending;
        query.size = 3;
        let (mut seen, mut sizes) = (Vec::new(), Vec::new());
        loop {
            let page = page(&store, &MessagesOf::Everybody, &query).await;
            assert_eq!(page.count, Some(7));
            sizes.push(page.items.len());
            seen.extend(page.items.into_iter().map(|view| view.message));
            query.after = page.next;
            if query.after.is_none() {
                break;
            }
        }
        assert_eq!(sizes, [3, 3, 1]);
        assert!(
            seen.iter()
                .all(|message| message.organization_id == organization_id())
        );
        let times: Vec<_> = seen
            .iter()
            .map(|message| message.timeline.created_at)
            .collect();
        let is_before = |pair: &[_]| (pair[0] > pair[1]) == is_descending && pair[0] != pair[1];
        assert!(times.windows(2).all(is_before), "{times:?}");
    }
}

#[tokio::test]
async fn a_filter_finds_the_messages_that_show_its_value() {
    let store = Store::new().await;
    add(&store, organization_id(), &every_status()).await;
    let shown = found(&store, &all()).await;
    assert_eq!(shown.len(), Status::ALL.len());
    for message in &shown {
        let status = filtered("status", text(message.status().as_str()));
        assert_eq!(found(&store, &status).await, std::slice::from_ref(message));
        let Some((code, _)) = message.error() else {
            continue;
        };
        let with_code =
            |message: &&Message| message.error().is_some_and(|(other, _)| other == code);
        let expected: Vec<_> = shown.iter().filter(with_code).cloned().collect();
        assert_eq!(
            found(&store, &filtered("errorCode", text(code))).await,
            expected
        );
    }
    let number = || ListValue::Id(number_id().as_uuid());
    for (field, value, count) in [
        ("direction", text("inbound"), 1),
        ("direction", text("outbound"), shown.len() - 1),
        ("cancelReason", text("quiet_hours"), 1),
        ("complianceAction", text("allowed"), 1),
        ("scheduledReason", text("quiet_hours"), 1),
        ("billingStatus", text("charged"), 1),
        ("campaignId", number(), 1),
        ("sourceId", number(), 1),
        ("outboundPhoneNumberId", number(), shown.len()),
        (
            "conversationId",
            ListValue::Id(conversation(1).as_uuid()),
            shown.len() / 2,
        ),
        ("leadId", ListValue::Id(lead(1).as_uuid()), shown.len() / 2),
    ] {
        let page = page(&store, &MessagesOf::Everybody, &filtered(field, value)).await;
        assert_eq!(
            (page.items.len(), page.count),
            (count, u32::try_from(count).ok()),
            "{field}"
        );
    }
}

#[tokio::test]
async fn a_range_of_time_and_a_search_are_exact() {
    let store = Store::new().await;
    add(&store, organization_id(), &["draft"; 12]).await;
    let at = |seconds| ListValue::Instant(noon() + TimeDelta::seconds(seconds));
    let bound = |seconds, is_inclusive| {
        Some(ListBound {
            value: at(seconds),
            is_inclusive,
        })
    };
    for (from, to, expected) in [
        (bound(3, true), bound(5, false), vec!["Text 4", "Text 3"]),
        (bound(3, false), bound(5, true), vec!["Text 5", "Text 4"]),
        (None, bound(2, true), vec!["Text 2", "Text 1"]),
        (bound(12, true), None, vec!["Text 12"]),
    ] {
        let query = ListQuery {
            ranges: vec![ListRange {
                field: "createdAt",
                from,
                to,
            }],
            ..all()
        };
        let found = found(&store, &query).await;
        let texts: Vec<_> = found
            .iter()
            .map(|message| message.submission.text.as_str())
            .collect();
        assert_eq!(texts, expected);
    }
    for (wanted, count) in [("TEXT 1", 4), ("t 7", 1), ("%", 0), ("\\", 0)] {
        let query = ListQuery {
            search: Some(ListSearch {
                text: wanted.to_owned(),
                fields: vec!["text"],
            }),
            ..all()
        };
        assert_eq!(found(&store, &query).await.len(), count, "{wanted}");
    }
}

#[tokio::test]
async fn messages_are_listed_by_lead_conversation_and_either_number() {
    let store = Store::new().await;
    add(&store, organization_id(), &every_status()).await;
    let half = Status::ALL.len() / 2;
    for (of, count) in [
        (MessagesOf::Lead(lead(1)), half),
        (MessagesOf::Billed, 1),
        (MessagesOf::Conversation(conversation(1)), half),
        (MessagesOf::Phone(phone(1)), half),
        (MessagesOf::Phone(phone(50)), 0),
        (
            MessagesOf::Phone(sms_testkit::fixtures::phone("+14045559999")),
            2 * half,
        ),
    ] {
        let found = page(&store, &of, &all()).await;
        assert_eq!(found.items.len(), count, "{of:?}");
        assert_eq!((found.next, found.count), (None, u32::try_from(count).ok()));
        let other = store
            .pg
            .messages(other_organization(), &of, &all())
            .await
            .unwrap();
        let is_number = matches!(of, MessagesOf::Phone(_) | MessagesOf::Billed);
        assert_eq!(
            other.map(|page| page.items.len()),
            is_number.then_some(0),
            "{of:?}"
        );
    }
}

#[tokio::test]
async fn a_page_reads_ten_thousand_messages_and_answers_what_it_has() {
    let store = Store::new().await;
    let many = usize::try_from(MOST_READ).unwrap() + 500;
    let mut statuses = vec!["draft"; many];
    statuses[0] = "received";
    add(&store, organization_id(), &statuses).await;
    let mut query = filtered("status", text("received"));
    let first = page(&store, &MessagesOf::Everybody, &query).await;
    assert_eq!((first.items.len(), first.count), (0, None));
    query.after = first.next;
    assert!(query.after.is_some());
    let second = page(&store, &MessagesOf::Everybody, &query).await;
    assert_eq!((second.items.len(), second.next), (1, None));
    let whole = page(&store, &MessagesOf::Everybody, &all()).await;
    assert_eq!((whole.items.len(), whole.count), (200, Some(MOST_READ)));
    // More messages with one person than are sorted: they are looked for among all.
    let of_lead = page(&store, &MessagesOf::Lead(lead(1)), &all()).await;
    assert_eq!((of_lead.items.len(), of_lead.count), (200, None));
    let ids: BTreeSet<_> = of_lead
        .items
        .iter()
        .map(|view| view.message.submission.lead_id)
        .collect();
    assert_eq!(ids, BTreeSet::from([lead(1)]));
}

#[tokio::test]
async fn conversations_are_listed_with_their_last_message() {
    let store = Store::new().await;
    store.seed(&other_seed()).await;
    add(&store, organization_id(), &["draft", "draft", "received"]).await;
    let query = ListQuery {
        order: CONVERSATIONS.order,
        ..all()
    };
    let listed = async |organization, of| {
        let page = store.pg.conversations(organization, of, &query).await;
        page.unwrap()
    };
    let archived = |is_archived| ConversationsOf::Everybody { is_archived };
    let page = listed(organization_id(), archived(Some(false)))
        .await
        .unwrap();
    assert_eq!((page.items.len(), page.count), (100, Some(100)));
    let ids: Vec<_> = page.items.iter().map(|row| row.id).collect();
    assert_eq!(ids, (0..100).rev().map(conversation).collect::<Vec<_>>());
    let last = |row: &ConversationView| row.last.clone().map(|last| (last.text, last.status));
    let texts: Vec<_> = page.items.iter().rev().take(3).map(last).collect();
    let expected = |text: &str, status| Some((Some(text.to_owned()), status));
    assert_eq!(
        texts,
        [
            expected("Text 2", Status::Draft),
            expected("Text 3", Status::Received),
            None
        ]
    );
    assert_eq!(
        listed(organization_id(), archived(Some(true)))
            .await
            .unwrap()
            .items,
        []
    );
    let of_lead = listed(organization_id(), ConversationsOf::Lead(lead(1))).await;
    let of_lead: Vec<_> = of_lead
        .unwrap()
        .items
        .into_iter()
        .map(|row| row.id)
        .collect();
    assert_eq!(of_lead, [conversation(1)]);
    let others = listed(other_organization(), archived(None)).await.unwrap();
    assert!(others.items.len() == 100 && others.items.iter().all(|row| row.last.is_none()));
    let nobody = ConversationsOf::Lead(lead(1000));
    assert_eq!(listed(organization_id(), nobody).await, None);
}

/// Keys 1 and 2 are made in the same instant, key 3 a second later.
async fn add_key(store: &Store, organization_id: OrganizationId, n: u8) {
    let key = ApiKey {
        id: ApiKeyId::new(uuid(10, u32::from(n))),
        organization_id,
        source_id: None,
        prefix: format!("lp_live_{n}"),
        scopes: Vec::new(),
        kind: KeyKind::Live,
        contract: Contract::Page,
        expires_at: None,
        revoked_at: None,
        created_at: noon() + TimeDelta::seconds(i64::from(n / 3)),
        last_used_at: None,
    };
    assert!(store.pg.insert([n; 32], key, &operator()).await.unwrap());
}

#[tokio::test]
async fn a_list_goes_on_after_rows_that_are_equal_in_its_order() {
    let store = Store::new().await;
    store.seed(&other_seed()).await;
    for n in 1..=3 {
        add_key(&store, organization_id(), n).await;
    }
    add_key(&store, other_organization(), 4).await;
    for (is_descending, expected) in [(true, ["3", "2", "1"]), (false, ["1", "2", "3"])] {
        let mut query = ListQuery {
            size: 1,
            order: API_KEYS.order,
            ..all()
        };
        query.order.is_descending = is_descending;
        for (place, n) in expected.into_iter().enumerate() {
            let page = store.pg.api_keys(organization_id(), &query).await.unwrap();
            assert_eq!((page.items.len(), page.count), (1, Some(3)));
            assert_eq!(page.items[0].key.prefix, format!("lp_live_{n}"));
            assert_eq!(
                page.items[0].organization_name.as_deref(),
                Some("Acme Roofing")
            );
            assert_eq!(page.next.is_none(), place == 2);
            query.after = page.next;
        }
    }
    let third = ListQuery {
        order: API_KEYS.order,
        ..filtered("name", text("lp_live_3"))
    };
    let page = store.pg.api_keys(organization_id(), &third).await.unwrap();
    assert_eq!(
        (page.items.len(), page.next, page.count),
        (1, None, Some(1))
    );
}
