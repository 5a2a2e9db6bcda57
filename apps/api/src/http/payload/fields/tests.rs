//! Reading members, and the faults that are found.

use sms_testkit::fixtures::{noon, organization_id};

use super::*;

fn errors(body: &str, read: impl FnOnce(&mut Fields<'_>)) -> String {
    let headers = HeaderMap::new();
    let mut fields = Fields::parse(body.as_bytes(), &headers, organization_id(), noon()).unwrap();
    read(&mut fields);
    serde_json::to_string(&fields.into_errors()).unwrap()
}

#[test]
fn null_is_nothing_where_a_member_is_optional_and_a_fault_elsewhere() {
    let found = errors(r#"{"a": null, "b": null, "c": null}"#, |fields| {
        assert_eq!(fields.optional("a", parse::string), None);
        fields.required("b", parse::string);
        fields.absent_or("c", parse::boolean);
    });
    assert_eq!(
        found,
        r#"{"b":["is required"],"c":["must be true or false"]}"#
    );
}

#[test]
fn nothing_is_coerced() {
    let found = errors(r#"{"a": 5, "b": "true"}"#, |fields| {
        fields.optional("a", parse::string);
        fields.optional("b", parse::boolean);
    });
    assert_eq!(
        found,
        r#"{"a":["must be a string"],"b":["must be true or false"]}"#
    );
}

#[test]
fn members_of_a_nested_object_are_named_by_their_path() {
    let found = errors(r#"{"a": {"b": 1, "b": 2}}"#, |fields| {
        fields.object("a", "a.", |inner| {
            inner.required("b", parse::string);
        });
    });
    assert_eq!(
        found,
        r#"{"a.b":["is given more than once","must be a string"]}"#
    );
}

#[test]
fn members_of_a_list_are_named_by_their_place() {
    let found = errors(r#"{"a": [{"b": "x"}, 5, {"b": 1}], "c": {}}"#, |fields| {
        let read = fields.list("a", 3, |inner| inner.required("b", parse::string));
        assert_eq!(read, [Some("x".to_owned()), None]);
        assert!(fields.list("c", 3, |_| ()).is_empty() && fields.list("d", 3, |_| ()).is_empty());
    });
    assert_eq!(
        found,
        r#"{"a[1]":["must be an object"],"a[2].b":["must be a string"],"c":["must be a list of objects"]}"#
    );
    let many = errors(r#"{"a": [{}, {}]}"#, |fields| {
        drop(fields.list("a", 1, |_| ()));
    });
    assert_eq!(many, r#"{"a":["must have at most 1 entries"]}"#);
}

#[test]
fn what_is_not_supported_is_refused_unless_it_asks_for_nothing() {
    for nothing in ["{}", r#"{"a": null}"#, r#"{"a": []}"#, r#"{"a": [ ] }"#] {
        let found = errors(nothing, |fields| fields.unsupported("a", "is not there"));
        assert_eq!(found, "{}", "{nothing}");
    }
    for something in [
        r#"{"a": ["x"]}"#,
        r#"{"a": [null]}"#,
        r#"{"a": "x"}"#,
        r#"{"a": {}}"#,
        r#"{"a": ""}"#,
    ] {
        let found = errors(something, |fields| fields.unsupported("a", "is not there"));
        assert_eq!(found, r#"{"a":["is not there"]}"#, "{something}");
    }
}

#[test]
fn a_member_in_another_spelling_is_not_ignored() {
    let read = |fields: &mut Fields<'_>| {
        fields.optional("scheduledFor", parse::instant);
    };
    for name in [
        "scheduled_for",
        "ScheduledFor",
        "scheduledfor",
        "scheduled-for",
    ] {
        let found = errors(&format!(r#"{{"{name}": 1, "sideNote": 2}}"#), read);
        assert_eq!(
            found,
            format!(r#"{{"{name}":["is not known: it is spelt scheduledFor"]}}"#)
        );
    }
}

#[test]
fn values_that_nobody_asks_for_are_not_looked_at() {
    let deep = format!(r#"{{"x": {}{}}}"#, "[".repeat(30_000), "]".repeat(30_000));
    assert_eq!(errors(&deep, |_| {}), "{}");
    assert_eq!(errors(r#"{"x": "\ud800"}"#, |_| {}), "{}");
}
