//! What the lists read, question by question, where there is more than a page may read.

use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use sms_domain::ports::{
    API_KEYS, CONVERSATION_EVENTS, CONVERSATIONS, LEADS, LeadsWith, ListValue, PHONE_NUMBERS,
    SMS_EVENTS, SMS_EVENTS_OF_ONE, SOURCES, SUPPRESSIONS, USAGE,
};
use sms_domain::values::LeadTag;
use sms_testkit::database::TestDatabase;
use sms_testkit::fixtures::organization_id;
use uuid::Uuid;

use super::conversations;
use super::keys::KEYS;
use super::messages::{MESSAGES, USAGES, view_columns};
use super::numbers::NUMBERS;
use super::people::{
    LEAD_TABLE, SOURCE_TABLE, SUPPRESSION_TABLE, lead_columns, of_leads, of_phone,
};
use crate::lists::plans::{assert_budget, questions};
use crate::lists::{Listed, Within};
use crate::opt_outs::ENTRY;

/// 24,000 drafts of two organizations, one a millisecond.
const DRAFTS: &str = "
    CREATE TABLE new AS SELECT n, owner, (lpad(to_hex(1772557200000 + n), 12, '0') || '7000'
        || lpad(to_hex(n), 16, '8'))::uuid AS id, timestamptz '2026-03-03 17:00Z' + n * interval '1 ms' AS at
    FROM generate_series(1, 12000) AS n,
        unnest(ARRAY['ORGANIZATION', '00000000-0000-7000-8000-000000000001']::uuid[]) AS owner;
    INSERT INTO submissions (organization_id, id, conversation_id, lead_id, requested_at, created_at, segments,
        priority, is_warmup, recipient, body, traffic)
    SELECT owner, id, id, id, at, at, 1, 1, false, '+1404555' || lpad((n % 6000)::text, 4, '0'), 'x', 'RealLead'
    FROM new;
    INSERT INTO messages (organization_id, id, version, modified_at, hold, attempts_last, attempts_counted,
        is_unconfirmed, is_reopened, has_switched_number, status)
    SELECT owner, id, 1, at, 0, 0, 0, false, false, false, 'draft' FROM new;
    DROP TABLE new";

async fn filled() -> (TestDatabase, AsyncPgConnection) {
    let database = TestDatabase::create().await;
    let mut connection = AsyncPgConnection::establish(database.url()).await.unwrap();
    let drafts = DRAFTS.replace("ORGANIZATION", &organization_id().to_string());
    connection.batch_execute(&drafts).await.unwrap();
    (database, connection)
}

#[tokio::test]
async fn no_question_about_messages_reads_more_than_a_page_may() {
    let (_database, mut connection) = filled().await;
    let few = Within {
        few: Some(("recipient", ListValue::Text("+14045550007".to_owned()))),
        equal: vec![("submissions.lead_id", ListValue::Id(Uuid::nil()))],
        also: Vec::new(),
    };
    let many = Within {
        few: None,
        equal: vec![("submissions.number_id", ListValue::Id(Uuid::nil()))],
        also: Vec::new(),
    };
    let asked = [
        (&SMS_EVENTS, Within::default()),
        (&SMS_EVENTS_OF_ONE, few),
        (&SMS_EVENTS_OF_ONE, many),
    ];
    for (listing, within) in asked {
        for query in questions(listing) {
            let listed = Listed {
                table: &MESSAGES,
                organization_id: organization_id(),
                within: &within,
                query: &query,
            };
            assert_budget(&mut connection, &listed, &view_columns()).await;
        }
    }
}

/// A conversation with each of 12,000 leads of two organizations.
const TALKS: &str = "
    INSERT INTO leads (organization_id, id, phone, is_archived)
    SELECT organization_id, id, recipient, false FROM submissions;
    INSERT INTO conversations (organization_id, id, lead_id)
    SELECT organization_id, id, id FROM leads";

#[tokio::test]
async fn no_question_about_conversations_reads_more_of_them_than_a_page_may() {
    let (_database, mut connection) = filled().await;
    connection.batch_execute(TALKS).await.unwrap();
    let archived = ("leads.is_archived", ListValue::Flag(true));
    let of_lead = Some(("lead_id", ListValue::Id(Uuid::nil())));
    for within in [
        Within {
            few: None,
            equal: vec![archived],
            also: Vec::new(),
        },
        Within {
            few: of_lead,
            equal: Vec::new(),
            also: Vec::new(),
        },
    ] {
        for query in questions(&CONVERSATIONS) {
            let listed = Listed {
                table: &conversations::TABLE,
                organization_id: organization_id(),
                within: &within,
                query: &query,
            };
            assert_budget(&mut connection, &listed, conversations::COLUMNS).await;
        }
    }
}

/// As many leads with details and entries of the opt-out list, of two organizations.
const PEOPLE: &str = "
    CREATE TABLE new AS SELECT n, owner, (lpad(to_hex(1772557200000 + n), 12, '0') || '7000'
        || lpad(to_hex(n), 16, '8'))::uuid AS id, timestamptz '2026-03-03 17:00Z' + n * interval '1 ms' AS at,
        '+1404' || (2000000 + n) AS phone
    FROM generate_series(1, 12000) AS n,
        unnest(ARRAY['ORGANIZATION', '00000000-0000-7000-8000-000000000001']::uuid[]) AS owner;
    INSERT INTO leads (organization_id, id, phone, is_archived) SELECT owner, id, phone, false FROM new;
    INSERT INTO lead_details (organization_id, lead_id, version, details, created_at)
    SELECT owner, id, 1, '{\"tags\": [\"Web\"], \"attribution\": {}}', at FROM new;
    INSERT INTO suppressions (organization_id, id, phone, channel, scope, source, created_at)
    SELECT owner, id, phone, 'all', 'organization', 'import', at FROM new;
    DROP TABLE new";

#[tokio::test]
async fn no_question_about_people_reads_more_than_a_page_may() {
    let database = TestDatabase::create().await;
    let mut connection = AsyncPgConnection::establish(database.url()).await.unwrap();
    let people = PEOPLE.replace("ORGANIZATION", &organization_id().to_string());
    connection.batch_execute(&people).await.unwrap();
    let with = LeadsWith {
        is_archived: Some(true),
        tags: LeadTag::parse("nowhere").into_iter().collect(),
        ..LeadsWith::default()
    };
    for (listing, table, columns) in [
        (&LEADS, &LEAD_TABLE, lead_columns()),
        (&SUPPRESSIONS, &SUPPRESSION_TABLE, ENTRY.to_owned()),
    ] {
        for query in questions(listing) {
            let mut withins = vec![of_phone(&query)];
            if listing.name == LEADS.name {
                withins.push(of_leads(&with, &query));
            }
            for within in withins {
                let listed = Listed {
                    table,
                    organization_id: organization_id(),
                    within: &within,
                    query: &query,
                };
                assert_budget(&mut connection, &listed, &columns).await;
            }
        }
    }
}

#[test]
fn every_field_of_a_list_has_its_column() {
    for (listing, table) in [
        (&SMS_EVENTS, &MESSAGES),
        (&SMS_EVENTS_OF_ONE, &MESSAGES),
        (&CONVERSATION_EVENTS, &MESSAGES),
        (&CONVERSATIONS, &conversations::TABLE),
        (&API_KEYS, &KEYS),
        (&PHONE_NUMBERS, &NUMBERS),
        (&LEADS, &LEAD_TABLE),
        (&SOURCES, &SOURCE_TABLE),
        (&SUPPRESSIONS, &SUPPRESSION_TABLE),
        (&USAGE, &USAGES),
    ] {
        let fields: Vec<_> = listing.fields.iter().map(|field| field.name).collect();
        let columns: Vec<_> = table.columns.iter().map(|(field, _)| *field).collect();
        assert_eq!(fields, columns);
    }
}
