//! Tenant isolation: wherever an operation takes an id, a thing of another organization is answered exactly like one
//! that does not exist. The table is compared with the OpenAPI document: a new operation, or a new id in an existing
//! one, fails until it has a row. A list takes no id: it needs no row, and is searched for things of others.

mod document;
mod routes;
mod world;

use std::collections::BTreeSet;

use serde_json::Value;
use sms_tests::Answer;

use self::routes::{Place, ROUTES, Route};
use self::world::World;

#[tokio::test]
async fn anothers_thing_answers_exactly_like_an_unknown_one() {
    let world = World::build().await;
    for route in ROUTES {
        for place in route.places {
            assert_hidden(&world, route, place).await;
        }
    }
    world.assert_theirs_is_untouched().await;
}

#[tokio::test]
async fn every_id_of_the_table_is_accepted_when_it_is_ones_own() {
    let world = World::build().await;
    for route in ROUTES {
        for place in route.places {
            let answer = world.ask(route, place, &world.own(place.kind).await).await;
            assert!(
                said(&answer) < 300,
                "{} {}: {answer:?}",
                route.path,
                place.at
            );
        }
    }
}

#[tokio::test]
async fn what_an_organization_reads_names_nothing_of_another_one() {
    let world = World::build().await;
    let own_message = ("get".to_owned(), world.own_message());
    for (method, path) in document::lists().into_iter().chain([own_message]) {
        world.assert_only_mine(&method, &path).await;
    }
}

#[test]
fn every_operation_of_the_document_has_its_row() {
    let lists: BTreeSet<_> = document::lists();
    let rows: BTreeSet<_> = ROUTES
        .iter()
        .map(|route| (route.method.to_owned(), route.path.to_owned()))
        .collect();
    let mut operations = document::operations();
    operations.retain(|operation| !lists.contains(operation));
    assert_eq!(rows, operations);
}

#[test]
fn every_id_of_an_operation_has_its_place() {
    for route in ROUTES {
        let places: BTreeSet<_> = route
            .places
            .iter()
            .map(|place| place.at.to_owned())
            .collect();
        let of_nobody = route.of_nobody.iter().map(|at| (*at).to_owned());
        let table: BTreeSet<_> = places.into_iter().chain(of_nobody).collect();
        let document = document::ids(route.method, route.path);
        assert_eq!(table, document, "{} {}", route.method, route.path);
    }
}

async fn assert_hidden(world: &World, route: &Route, place: &Place) {
    let (theirs, unknown) = (world.theirs(place.kind), world.unknown(place.kind));
    let about_theirs = world.ask(route, place, &theirs).await;
    let about_unknown = world.ask(route, place, &unknown).await;
    let what = format!("{} {} {}", route.method, route.path, place.at);
    assert_eq!(
        said(&about_theirs),
        place.status,
        "{what}: {about_theirs:?}"
    );
    let (theirs, unknown) = (seen(&about_theirs, &theirs), seen(&about_unknown, &unknown));
    assert_eq!(theirs, unknown, "{what}");
}

/// The status of an answer; of a batch's, that of its one item.
fn said(answer: &Answer) -> u16 {
    let item = &answer.body["items"][0];
    match (item.get("isReplayed"), item["status"].as_str()) {
        (Some(_), Some(status)) => status.parse().unwrap(),
        _ => answer.status,
    }
}

/// Ids of requests and of things that were made, at any depth.
fn leave_out_what_differs(body: &mut Value) {
    match body {
        Value::Object(members) => {
            members.remove("traceId");
            members.remove("id");
            members.values_mut().for_each(leave_out_what_differs);
        }
        Value::Array(items) => items.iter_mut().for_each(leave_out_what_differs),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The visible answer, without the parts that differ between any two requests.
fn seen(answer: &Answer, value: &str) -> (u16, Vec<String>, String) {
    let mut body = answer.body.clone();
    leave_out_what_differs(&mut body);
    let mut headers: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
    headers.sort();
    (
        answer.status,
        headers,
        body.to_string().replace(value, "VALUE"),
    )
}
