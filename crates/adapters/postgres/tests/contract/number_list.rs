//! The list of numbers.

use sms_domain::ports::{ListQuery, PHONE_NUMBERS, ReadModel as _};
use sms_testkit::fixtures::{number_id, organization_id};

use crate::lists::{all, filtered, text};
use crate::support::{Store, other_seed};

#[tokio::test]
async fn numbers_are_listed_in_their_order_without_those_that_were_removed() {
    let store = Store::new().await;
    store.seed(&other_seed()).await;
    let (own, number) = (organization_id().as_uuid(), number_id().as_uuid());
    let add = format!(
        "INSERT INTO phone_numbers (organization_id, id, e164, is_enabled, is_sms_capable, destinations,
             registration, is_reserved, health, provider_account, name, removed_at)
         SELECT organization_id, gen_random_uuid(), more.e164, more.is_enabled, true, destinations,
             registration, false, health, provider_account, more.name, more.removed_at
         FROM phone_numbers, (VALUES
             ('+12005550101', true, 'Sales', NULL::timestamptz),
             ('+12005550102', false, 'Old', NULL),
             ('+12005550103', true, 'Gone', now())) AS more (e164, is_enabled, name, removed_at)
         WHERE organization_id = '{own}' AND id = '{number}'"
    );
    store.execute(&add).await;
    let query = ListQuery {
        order: PHONE_NUMBERS.order,
        ..all()
    };
    let page = store
        .pg
        .phone_numbers(organization_id(), &query)
        .await
        .unwrap();
    assert!(page.items.len() > 2);
    assert_eq!(page.count, u32::try_from(page.items.len()).ok());
    let first = ListQuery {
        size: 1,
        ..query.clone()
    };
    let one = store
        .pg
        .phone_numbers(organization_id(), &first)
        .await
        .unwrap();
    assert_eq!(one.items, page.items[..1]);
    let rest = ListQuery {
        after: one.next,
        ..query.clone()
    };
    let rest = store
        .pg
        .phone_numbers(organization_id(), &rest)
        .await
        .unwrap();
    assert_eq!(rest.items, page.items[1..]);
    let named = ListQuery {
        order: PHONE_NUMBERS.order,
        ..filtered("name", text("Old"))
    };
    let named = store
        .pg
        .phone_numbers(organization_id(), &named)
        .await
        .unwrap();
    assert_eq!(named.items, page.items[1..2]);
    let gone = ListQuery {
        order: PHONE_NUMBERS.order,
        ..filtered("number", text("+12005550103"))
    };
    let gone = store
        .pg
        .phone_numbers(organization_id(), &gone)
        .await
        .unwrap();
    assert_eq!(gone.items, []);
}
