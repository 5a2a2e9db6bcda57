//! The lists of leads, of their sources and of the opt-out list.

use chrono::TimeDelta;
use sms_domain::facts::{Lead, LeadDetails, Source, SuppressionScope};
use sms_domain::lifecycle::{IntakeChange, OptOutChange, SuppressionSource};
use sms_domain::ports::{
    LEADS, LeadRepository, LeadsWith, ListFilter, ListQuery, ListValue, Listing, OptOutRepository,
    ReadModel, SOURCES, SUPPRESSIONS, SourceRepository,
};
use sms_domain::values::LeadTag;
use sms_domain::values::ids::{
    ApiKeyId, ConversationId, IntakeId, LeadId, SourceId, SuppressionId,
};
use sms_testkit::fixtures::{self, noon, operator, organization_id};

use crate::sources::{key, source};
use crate::support::{LEADS as SEEDED, Store, other_organization, phone, uuid};

fn asked(listing: &'static Listing) -> ListQuery {
    ListQuery {
        filters: Vec::new(),
        ranges: Vec::new(),
        search: None,
        order: listing.order,
        after: None,
        size: 200,
        counts: true,
    }
}

fn filtered(listing: &'static Listing, field: &'static str, value: ListValue) -> ListQuery {
    ListQuery {
        filters: vec![ListFilter { field, value }],
        ..asked(listing)
    }
}

fn text(text: &str) -> ListValue {
    ListValue::Text(text.to_owned())
}

/// A lead whose id says that it is the newest, with tags.
async fn tagged(store: &Store, n: u32, tags: &[&str]) -> LeadId {
    let id = LeadId::new(uuid(0x7000, n));
    let change = IntakeChange {
        id: IntakeId::new(uuid(60, n)),
        source_id: None,
        key_id: ApiKeyId::new(uuid(52, 1)),
        own_id: None,
        at: noon(),
        lead: Lead::new(
            organization_id(),
            id,
            fixtures::phone(&format!("+1404555{:04}", 7000 + n)),
        ),
        is_new_lead: true,
        details: LeadDetails {
            email: Some(format!("lead{n}@example.com")),
            tags: tags.iter().filter_map(|tag| LeadTag::parse(tag)).collect(),
            ..LeadDetails::default()
        },
        version: 0,
        conversation_id: ConversationId::new(uuid(62, n)),
        is_new_conversation: true,
        consents: Vec::new(),
    };
    store.pg.record_intake(change).await.unwrap();
    id
}

async fn leads(store: &Store, with: LeadsWith, query: ListQuery) -> Vec<LeadId> {
    let page = store
        .pg
        .leads(organization_id(), &with, &query)
        .await
        .unwrap();
    page.items.iter().map(|view| view.lead.id).collect()
}

#[tokio::test]
async fn leads_are_listed_newest_first_and_found_by_phone_mail_and_tag() {
    let store = Store::new().await;
    let web = tagged(&store, 1, &["Web", "New Lead"]).await;
    let roof = tagged(&store, 2, &["roof"]).await;
    let (everybody, query) = (LeadsWith::default(), asked(&LEADS));
    let all = store
        .pg
        .leads(organization_id(), &everybody, &query)
        .await
        .unwrap();
    assert_eq!(all.count, Some(SEEDED + 2));
    let first = &all.items[0];
    assert_eq!((first.lead.id, all.items[1].lead.id), (roof, web));
    assert_eq!(first.created_at, Some(noon()));
    assert_eq!(first.organization_name.as_deref(), Some("Acme Roofing"));
    assert!(
        all.items[2].created_at.is_some(),
        "its id says when it was made"
    );

    let by_phone = filtered(&LEADS, "phone", text("+14045557001"));
    assert_eq!(leads(&store, LeadsWith::default(), by_phone).await, [web]);
    let by_mail = filtered(&LEADS, "email", text("lead2@example.com"));
    assert_eq!(leads(&store, LeadsWith::default(), by_mail).await, [roof]);
    for (tags, has_all_tags, expected) in [
        (vec!["new  lead", "Roof"], false, vec![roof, web]),
        (vec!["new lead", "web"], true, vec![web]),
        (vec!["new lead", "roof"], true, vec![]),
    ] {
        let with = LeadsWith {
            tags: tags.into_iter().filter_map(LeadTag::parse).collect(),
            has_all_tags,
            ..LeadsWith::default()
        };
        assert_eq!(leads(&store, with, asked(&LEADS)).await, expected);
    }
    let untagged = LeadsWith {
        is_untagged: true,
        is_archived: Some(false),
        ..LeadsWith::default()
    };
    let untagged = leads(&store, untagged, asked(&LEADS)).await;
    assert!(!untagged.contains(&web) && untagged.len() == 100);
    let archived = LeadsWith {
        is_archived: Some(true),
        ..LeadsWith::default()
    };
    assert_eq!(leads(&store, archived, asked(&LEADS)).await, []);
    let theirs = store
        .pg
        .leads(other_organization(), &everybody, &query)
        .await;
    assert_eq!(theirs.unwrap().items, []);
}

#[tokio::test]
async fn a_page_of_leads_goes_on_after_its_last_one() {
    let store = Store::new().await;
    let (size, everybody) = (60, LeadsWith::default());
    let mut query = ListQuery {
        size,
        ..asked(&LEADS)
    };
    let mut found = Vec::new();
    loop {
        let page = store
            .pg
            .leads(organization_id(), &everybody, &query)
            .await
            .unwrap();
        found.extend(page.items.into_iter().map(|view| view.lead.id));
        match page.next {
            Some(place) => query.after = Some(place),
            None => break,
        }
    }
    assert_eq!(found.len(), 100);
    assert!(found.is_sorted_by(|a, b| a > b));
}

#[tokio::test]
async fn sources_are_listed_with_their_keys_and_without_the_deleted() {
    let store = Store::new().await;
    let by = operator();
    for n in 1..=3 {
        let new = source(n);
        let key = key(u8::try_from(n).unwrap(), new.id, noon());
        store.pg.insert_source(new, key, &by).await.unwrap();
    }
    let gone = SourceId::new(uuid(51, 2));
    let at = noon() + TimeDelta::hours(1);
    store
        .pg
        .delete_source(organization_id(), gone, at, &by)
        .await
        .unwrap();
    let page = store
        .pg
        .sources(organization_id(), &asked(&SOURCES))
        .await
        .unwrap();
    let found: Vec<Source> = page.items.iter().map(|view| view.source.clone()).collect();
    assert_eq!(found, [source(3), source(1)]);
    assert_eq!(page.items[0].key_prefix.as_deref(), Some("lp_src_3"));
    assert_eq!(page.items[0].organization_name, "Acme Roofing");
    let named = filtered(&SOURCES, "name", text("Source 1"));
    let page = store.pg.sources(organization_id(), &named).await.unwrap();
    assert_eq!(page.items.len(), 1);
    let theirs = store
        .pg
        .sources(other_organization(), &asked(&SOURCES))
        .await;
    assert_eq!(theirs.unwrap().items, []);
}

#[tokio::test]
async fn the_opt_out_list_is_listed_newest_first_with_what_was_released() {
    let store = Store::new().await;
    let closing = |n: u32, source| OptOutChange {
        organization_id: organization_id(),
        suppression_id: SuppressionId::new(uuid(65, n)),
        phone: phone(n),
        scope: SuppressionScope::Organization,
        source,
        profile: None,
        reason: "asked".to_owned(),
        recipient: None,
        at: noon() + TimeDelta::minutes(i64::from(n)),
        by: None,
    };
    for (n, source) in [
        (1, SuppressionSource::Inbound),
        (2, SuppressionSource::Operator),
        (3, SuppressionSource::Inbound),
    ] {
        store.pg.record_opt_out(closing(n, source)).await.unwrap();
    }
    let ids = |query: ListQuery| {
        let pg = store.pg.clone();
        async move {
            let page = pg.suppressions(organization_id(), &query).await.unwrap();
            let ids = page.items.iter().map(|entry| entry.id);
            ids.collect::<Vec<_>>()
        }
    };
    let id = |n| SuppressionId::new(uuid(65, n));
    assert_eq!(ids(asked(&SUPPRESSIONS)).await, [id(3), id(2), id(1)]);
    let stopped = filtered(&SUPPRESSIONS, "source", text("inbound"));
    assert_eq!(ids(stopped).await, [id(3), id(1)]);
    let of_one = filtered(
        &SUPPRESSIONS,
        "normalizedPhoneNumber",
        text(phone(2).as_str()),
    );
    assert_eq!(ids(of_one).await, [id(2)]);
    assert_eq!(
        ids(filtered(&SUPPRESSIONS, "status", text("released"))).await,
        []
    );
    let theirs = store
        .pg
        .suppressions(other_organization(), &asked(&SUPPRESSIONS))
        .await;
    assert_eq!(theirs.unwrap().items, []);
}
